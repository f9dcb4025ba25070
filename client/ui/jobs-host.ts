/** For whoever looks after this node: what it works on, for how much, when it rests, and what it has earned. */
import type { Work } from '../../server/protocol/jobs-api.ts'
import { locale, t } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import { button, el } from './el.ts'
import { plotOf, tableOf } from './jobs-plot.ts'
import { creditsOf, inCredits } from './purse-credits.ts'

export function createHostSection(api: Api, guarded: (action: () => Promise<unknown>) => Promise<void>) {
  let work: Work | undefined
  const content = el('div', { class: 'host-content' })
  const said = el('p', { class: 'host-said', attrs: { role: 'status' } })
  const node = el(
    'section',
    { class: 'host', attrs: { hidden: true, 'aria-labelledby': 'host-title' } },
    el('h3', { class: 'jobs-heading', t: 'jobs.host.title', attrs: { id: 'host-title' } }),
    content,
    said,
  )

  async function change(settings: Record<string, unknown>): Promise<void> {
    await guarded(async () => {
      work = await api.patch<Work>('/api/v1/work', settings)
      // The form is made anew: whoever stood on one of its buttons still does.
      const stood = document.activeElement?.id
      draw()
      if (stood) content.querySelector<HTMLElement>(`#${CSS.escape(stood)}`)?.focus()
      say()
    })
  }

  function say(): void {
    said.textContent = t(work?.settings.paused ? 'jobs.host.is-paused' : 'jobs.host.saved')
  }

  function draw(): void {
    if (!work) return
    if (said.textContent !== '') say()
    const { earnings, load } = work
    const credits = t('jobs.host.earned', { credits: inCredits(earnings.totalMicro) })
    const day = new Intl.DateTimeFormat(locale(), { month: 'short', day: 'numeric', timeZone: 'UTC' })
    const days = earnings.days.map(({ day: on, micro, parts }) => ({
      label: day.format(new Date(`${on}T00:00:00Z`)),
      value: creditsOf(micro),
      text: inCredits(micro),
      parts,
    }))
    const heads = [t('jobs.host.credits'), t('jobs.host.parts')]
    content.replaceChildren(
      el('p', { class: 'host-earned' }, credits),
      el(
        'p',
        { class: 'job-facts' },
        t('jobs.host.load', { working: load.working, waiting: load.waiting, hosts: load.hosts }),
      ),
      plotOf(days, t('jobs.host.plot', { credits: inCredits(earnings.totalMicro) })),
      el(
        'details',
        { class: 'job-details' },
        el('summary', {}, t('jobs.host.figures')),
        tableOf(
          t('jobs.host.by-day'),
          [t('jobs.host.day'), ...heads],
          days.map(({ label, text, parts }) => [label, text, String(parts)]),
        ),
        tableOf(
          t('jobs.host.by-kind'),
          [t('jobs.kind'), ...heads],
          earnings.kinds.map(({ kind, micro, parts }) => [kind, inCredits(micro), String(parts)]),
        ),
      ),
      settingsForm(work),
    )
  }

  function settingsForm({ settings, kinds }: Work): HTMLElement {
    const pause = button({
      class: 'button',
      attrs: { id: 'host-pause' },
      t: settings.paused ? 'jobs.host.resume' : 'jobs.host.pause',
      on: { click: () => void change({ paused: !settings.paused }) },
    })
    const hosts = number('host-hosts', settings.hosts, 1, 64)
    const from = number('host-from', settings.quiet?.fromHour ?? '', 0, 23)
    const to = number('host-to', settings.quiet?.toHour ?? '', 0, 23)
    const prices = kinds.map((kind) => ({
      kind,
      field: number(`host-price-${kind}`, settings.prices[kind] ?? '', 0, 1_000_000_000),
    }))
    const save = button({ class: 'button', t: 'jobs.host.save', attrs: { type: 'submit', id: 'host-save' } })
    const form = el(
      'form',
      { class: 'host-form', attrs: { novalidate: true } },
      row('jobs.host.hosts', hosts),
      el(
        'fieldset',
        { class: 'host-quiet' },
        el('legend', { t: 'jobs.host.quiet' }),
        row('jobs.host.from', from),
        row('jobs.host.to', to),
      ),
      el(
        'fieldset',
        { class: 'host-prices' },
        el('legend', { t: 'jobs.host.prices' }),
        ...prices.map(({ kind, field }) =>
          el(
            'div',
            { class: 'job-field' },
            el('label', { attrs: { for: field.id } }, t(`jobs.kinds.${kind}`)),
            field,
          ),
        ),
      ),
      el('div', { class: 'job-actions' }, save, pause),
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      const isQuiet = from.value !== '' && to.value !== ''
      void change({
        hosts: Math.max(1, Math.min(64, Math.round(Number(hosts.value) || 1))),
        quiet: isQuiet ? { fromHour: Number(from.value), toHour: Number(to.value) } : null,
        prices: Object.fromEntries(
          prices
            .filter(({ field }) => field.value !== '')
            .map(({ kind, field }) => [kind, String(Math.round(Number(field.value)))]),
        ),
      })
    })
    return form
  }

  return {
    node,
    draw,
    /** Only for whoever looks after the node. */
    async load(): Promise<void> {
      work = await api.get<Work>('/api/v1/work')
      node.hidden = false
      draw()
      if (work.settings.paused) say()
    },
  }
}

const number = (id: string, value: string | number, min: number, max: number): HTMLInputElement =>
  el('input', { class: 'input', attrs: { id, type: 'number', min, max, value } })

const row = (key: string, field: HTMLElement): HTMLElement =>
  el('div', { class: 'job-field' }, el('label', { t: key, attrs: { for: field.id } }), field)
