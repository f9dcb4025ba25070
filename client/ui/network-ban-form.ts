/** Who is to be banned from this node, why, and for how long. */
import { t } from '../i18n.ts'
import { button, el } from './el.ts'

export type BanWish = { readonly subject: string; readonly reason: string; readonly minutes?: number }

const KINDS = ['node', 'owner', 'address'] as const
/** What is proposed: an hour is enough for a look at what is going on. */
const MINUTES = 60
const MINUTES_MAX = 525_600

export function createBanForm(submit: (wish: BanWish) => Promise<void>) {
  const kind = el('select', { class: 'input', attrs: { id: 'ban-kind' } })
  for (const value of KINDS) kind.append(el('option', { attrs: { value }, t: `network.page.ban-${value}` }))
  const who = el('input', {
    class: 'input',
    attrs: { id: 'ban-who', maxlength: 128, spellcheck: 'false', autocomplete: 'off' },
  })
  const reason = el('input', { class: 'input', attrs: { id: 'ban-why', maxlength: 300 } })
  const minutes = el('input', {
    class: 'input',
    attrs: { id: 'ban-minutes', type: 'number', min: 1, max: MINUTES_MAX, value: MINUTES },
  })
  const problem = el('p', { class: 'form-problem', attrs: { role: 'alert', hidden: true } })
  const node = el(
    'form',
    { class: 'net-form', attrs: { novalidate: true, 'aria-labelledby': 'ban-title' } },
    el('h3', { class: 'net-heading', t: 'network.page.ban-title', attrs: { id: 'ban-title' } }),
    field('ban-kind', kind),
    field('ban-who', who),
    field('ban-why', reason),
    field('ban-minutes', minutes),
    problem,
    button({ class: 'button', t: 'network.page.ban', attrs: { type: 'submit' } }),
  )
  node.addEventListener('submit', (event) => {
    event.preventDefault()
    const missing = [who, reason].find(({ value }) => value.trim() === '')
    problem.hidden = missing === undefined
    if (missing) {
      problem.textContent = t('network.page.ban-missing')
      missing.focus()
      return
    }
    void submit({
      subject: `${kind.value}:${who.value.trim()}`,
      reason: reason.value.trim(),
      minutes: Math.max(1, Math.min(MINUTES_MAX, Math.round(Number(minutes.value)) || MINUTES)),
    }).then(() => {
      who.value = reason.value = ''
    })
  })
  return {
    node,
    /** The reason is left to the person. */
    propose(subject: string) {
      const [chosen = 'node', ...rest] = subject.split(':')
      kind.value = chosen
      who.value = rest.join(':')
      reason.focus()
    },
    focus: () => who.focus(),
  }
}

export function field(id: string, input: HTMLElement): HTMLElement {
  return el('div', { class: 'job-field' }, el('label', { t: `network.page.${id}-label`, attrs: { for: id } }), input)
}
