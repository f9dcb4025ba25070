/** Compute: a job handed in, watched while it is done, paid and shown; and what this node works on and earns. */
import type { z } from 'zod'
import type { Job, JobKinds, JobList } from '../../server/protocol/jobs-api.ts'
import { onLocale } from '../i18n.ts'
import { JOBS_LIST_EVERY, JOBS_REFRESH_MS } from '../limits.ts'
import { el } from './el.ts'
import { createJobCard, type JobCard } from './jobs-card.ts'
import { createJobForm } from './jobs-form.ts'
import { createHostSection } from './jobs-host.ts'
import { whileLookedAt } from './looked-at.ts'
import { createNote, guardedBy } from './note.ts'
import type { PaneContext } from './panes.ts'
import { creditsMoved } from './purse-moved.ts'
import { whenPlaying } from './when-playing.ts'

const isUnderWay = ({ status }: Job) => status === 'queued' || status === 'running'

/** Credits of one's own were set aside, paid or given back since. */
const hasMoved = (job: Job, before: Job | undefined): boolean =>
  job.paidMicro !== before?.paidMicro || job.feeMicro !== before.feeMicro || job.heldMicro !== before.heldMicro

export function mount(element: HTMLElement, context: PaneContext): () => void {
  const { api } = context
  const cards = new Map<string, JobCard>()
  /** Jobs that are done and were asked for by themselves, for their results. */
  const asked = new Set<string>()
  const note = createNote()
  const guarded = guardedBy(note)
  const list = el('div', { class: 'jobs' })
  const empty = el('p', { class: 'jobs-empty', t: 'jobs.empty' })
  const form = createJobForm(async (wish) => {
    await guarded(async () => {
      show([await api.post<Job>('/api/v1/jobs', wish)], false)
      await reload()
    })
  })
  const host = createHostSection(api, guarded)
  element.append(
    el('h2', { class: 'visually-hidden', t: 'jobs.title' }),
    el(
      'div',
      { class: 'jobs-pane' },
      form.node,
      note.node,
      el('h3', { class: 'jobs-heading', t: 'jobs.mine' }),
      empty,
      list,
      host.node,
    ),
  )

  /** Newest first; a card stays the same element as long as its job is listed. */
  function show(jobs: readonly Job[], whole: boolean): void {
    if (whole) {
      const listed = new Set(jobs.map(({ id }) => id))
      for (const [id, card] of cards)
        if (!listed.has(id)) {
          card.node.remove()
          cards.delete(id)
        }
    }
    if (jobs.some((job) => hasMoved(job, cards.get(job.id)?.job()))) creditsMoved()
    for (const job of [...jobs].reverse()) {
      let card = cards.get(job.id)
      if (!card) {
        card = createJobCard(api, guarded, () => void guarded(reload))
        cards.set(job.id, card)
        list.prepend(card.node)
      }
      card.show(job)
    }
    empty.hidden = cards.size > 0
  }

  async function reload(): Promise<void> {
    const { jobs } = await api.get<z.infer<typeof JobList>>('/api/v1/jobs?limit=20')
    show(jobs, true)
    for (const { id, kind, status } of jobs) {
      if (status !== 'done' || kind === 'render' || asked.has(id)) continue
      asked.add(id)
      show([await getJob(id)], false)
    }
  }
  const getJob = (id: string) => api.get<Job>(`/api/v1/jobs/${encodeURIComponent(id)}`)
  async function first(): Promise<void> {
    const { kinds } = await api.get<z.infer<typeof JobKinds>>('/api/v1/job-kinds')
    form.offer(kinds)
    await reload()
    if (context.store.get().player?.roles.includes('admin')) await host.load()
  }

  let looks = 0
  const stops = [
    onLocale(() => {
      for (const card of cards.values()) card.draw()
      host.draw()
    }),
    whileLookedAt(element, JOBS_REFRESH_MS, async () => {
      if (++looks % JOBS_LIST_EVERY === 0) return reload()
      const going = [...cards.values()].map((card) => card.job()).filter((job) => job && isUnderWay(job))
      for (const job of going.slice(0, 4)) show([await getJob(job!.id)], false)
      if (going.length > 4) await reload()
    }),
    whenPlaying(context, () => void guarded(first)),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
