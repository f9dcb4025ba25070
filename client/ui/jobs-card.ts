/** One job: how far it is, what it has cost, what came of it and on what that rests. */
import type { Job } from '../../server/protocol/jobs-api.ts'
import { locale, t } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import { button, el, glyph } from './el.ts'
import { createJobPicture } from './jobs-picture.ts'
import { inCredits } from './purse-credits.ts'

export type JobCard = { readonly node: HTMLElement; show(job: Job): void; draw(): void; job(): Job | undefined }

const MARKS: Readonly<Record<Job['status'], string>> = {
  queued: '·',
  running: '…',
  done: '✓',
  failed: '!',
  cancelled: '×',
}
/** Longest result that stands in the card; the rest is cut off, and the whole is at the API. */
const RESULT_MAX_CHARS = 2_000
/** A result up to this long stands on one line. */
const LINE_MAX_CHARS = 200

export function createJobCard(
  api: Api,
  guarded: (action: () => Promise<unknown>) => Promise<void>,
  changed: () => void,
): JobCard {
  let last: Job | undefined
  const mark = glyph('', 'job-mark')
  const name = el('h4', { class: 'job-name' })
  const status = el('span', { class: 'job-status' })
  const meter = el('progress', { class: 'job-progress', attrs: { max: 1 } })
  const facts = el('p', { class: 'job-facts' })
  const result = el('pre', { class: 'job-result', attrs: { hidden: true, tabindex: 0 } })
  const picture = createJobPicture(api)
  const problem = el('p', { class: 'job-problem', attrs: { hidden: true } })
  const evidence = el('pre', { class: 'job-evidence', attrs: { tabindex: 0 } })
  const details = el('details', { class: 'job-details' }, el('summary', { t: 'jobs.evidence' }), evidence)
  const cancel = button({
    class: 'button',
    t: 'jobs.cancel',
    on: {
      click: () =>
        void guarded(async () => {
          await api.post(path('/cancel'))
          changed()
        }),
    },
  })
  const node = el(
    'article',
    { class: 'job-card' },
    el('header', { class: 'job-head' }, mark, name, status, cancel),
    meter,
    facts,
    problem,
    picture.node,
    result,
    details,
  )
  details.addEventListener('toggle', () => {
    if (details.open)
      void guarded(async () => {
        evidence.textContent = JSON.stringify(await api.get(path('/evidence')), null, 1)
      })
  })
  const path = (rest: string) => `/api/v1/jobs/${encodeURIComponent(last!.id)}${rest}`

  function draw(): void {
    if (!last) return
    const { id, kind, parts, paidMicro, feeMicro, heldMicro, workers, owners, verified, error, createdAtMs } = last
    const underWay = last.status === 'queued' || last.status === 'running'
    node.dataset.status = last.status
    mark.textContent = MARKS[last.status]
    name.textContent = id
    status.textContent = t(`jobs.status.${last.status}`)
    meter.hidden = !underWay
    meter.value = parts.progress
    meter.setAttribute('aria-label', t('jobs.progress', { id }))
    cancel.hidden = !underWay
    cancel.setAttribute('aria-label', t('jobs.cancel-one', { id }))
    const when = new Intl.DateTimeFormat(locale(), { dateStyle: 'short', timeStyle: 'medium' }).format(createdAtMs)
    facts.textContent = [
      t('jobs.facts', {
        kind: t(`jobs.kinds.${kind}`),
        when,
        done: parts.done,
        of: parts.of,
        paid: inCredits(paidMicro),
        fee: inCredits(feeMicro),
        isCharged: feeMicro !== '0',
        held: inCredits(heldMicro),
        isHeld: heldMicro !== '0',
      }),
      verified ? t(`jobs.verified.${verified.mode}`, { owners, workers }) : '',
    ]
      .filter(Boolean)
      .join(' ')
    problem.hidden = error === undefined
    problem.textContent = error ? problemOf(error) : ''
    details.hidden = parts.of === 0
    const shown = last.kind === 'render' || last.result === undefined ? '' : textOf(last.result)
    result.hidden = shown === ''
    if (result.textContent !== shown) result.textContent = shown
    result.setAttribute('aria-label', t('jobs.result', { id }))
  }

  return {
    node,
    job: () => last,
    draw,
    show(job) {
      // A list of jobs leaves their results out.
      last = job.status === last?.status ? { ...last, ...job } : job
      draw()
      if (job.kind === 'render') void picture.follow(job).catch(() => undefined)
    },
  }
}

const textOf = (result: unknown): string => {
  const line = typeof result === 'string' ? result : JSON.stringify(result)
  const text = line.length > LINE_MAX_CHARS ? JSON.stringify(result, null, 1) : line
  return text.length > RESULT_MAX_CHARS ? `${text.slice(0, RESULT_MAX_CHARS)}…` : text
}

/** By its code where there are words for it, else as the node or the author's program said it. */
function problemOf({ code, message }: NonNullable<Job['error']>): string {
  const key = `jobs.error.${code}`
  const words = t(key)
  return words === key ? message : words
}
