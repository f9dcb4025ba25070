/** The buyer's side of the market: a job's parts hired out, answers committed to, revealed and judged, money settled. Rules J50–J69. */
import type { Bundles } from '../../bundles/types.ts'
import type { JobModels } from '../../inference/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { PROGRESS_EVERY_MS, SETTLE_AGAIN_MS } from '../../limits.ts'
import type { Caller, Frame } from '../../link/types.ts'
import type { JobKind } from '../kinds/kind.ts'
import type { Escrow, JobRecord, JobStore, Receipt, Standings, Tabs, Vote } from '../types.ts'
import type { Policy } from '../verify/policy.ts'
import { createCanaries } from './canaries.ts'
import { createCheckByKind } from './check-by-kind.ts'
import { createDeciding } from './deciding.ts'
import { Closing, JobFailed } from './failed.ts'
import type { ToBuyer } from './frames.ts'
import { createHiring } from './hiring.ts'
import type { Identity, MarketLog } from './identity.ts'
import { createKnown } from './known.ts'
import { createLearning } from './learning.ts'
import { isOwed } from './owed.ts'
import type { Peers } from './peers.ts'
import type { Running } from './running.ts'
import { createSettling } from './settling.ts'
import { createStages } from './stages.ts'

export type BuyerParts = {
  readonly self: Identity
  readonly peers: Peers
  readonly kinds: ReadonlyMap<string, JobKind>
  readonly store: Pick<JobStore, 'save' | 'savePiece'>
  readonly escrow: Escrow
  readonly tabs?: Tabs
  readonly standings: Standings
  readonly bundles?: Bundles
  readonly models?: JobModels
  readonly clock: Clock
  readonly random: () => number
  readonly policy: Policy
  readonly log: MarketLog
  /** What a part is usually worth here: what its answers are held to. */
  readonly valueMicro: (kind: string, fuel: number) => number
  /** Something to show has changed. */
  readonly changed: (job: JobRecord) => void
  readonly progressEveryMs?: number
  readonly quoteWindowMs?: number
  readonly settleAgainMs?: number
}
export type Buyer = {
  /** Takes a job up, from the beginning or from where it was left; resolves when it has ended and everything that can be settled is. */
  run(job: JobRecord): Promise<void>
  /** Tells of a job that has just come in. */
  announce(job: JobRecord): void
  cancel(job: JobRecord): void
  hear(message: ToBuyer, from: Caller): Frame
  isRunning(id: string): boolean
  [Symbol.asyncDispose](): Promise<void>
}

export function createBuyer(parts: BuyerParts): Buyer {
  const { self, store, clock, log } = parts
  const jobs = new Map<string, Running>()
  const ended = new Map<string, Promise<void>>()
  const settling = createSettling({ ...parts, save })
  const { escrowOf, tabsOf } = settling
  const hiring = createHiring({ ...parts, escrowOf, tabsOf, save })
  const learning = createLearning({ ...parts, settling, save, again })
  const { learn } = learning
  const known = createKnown(parts.random)
  const checkByKind = createCheckByKind({ ...parts, hiring, settling, learning, known, save })
  const slipIn = createCanaries({ ...parts, known, hiring, settling, learn, checkByKind })
  const decide = createDeciding({ ...parts, known, hiring, settling, learn, checkByKind, slipIn, save })
  const work = createStages({ ...parts, decide })
  const watch = setInterval(
    () => {
      hiring.watch()
      settling.payOverdue()
    },
    Math.max(20, (parts.progressEveryMs ?? PROGRESS_EVERY_MS) / 5),
  )
  watch.unref()
  let closed = false

  function run(job: JobRecord): Promise<void> {
    const under = ended.get(job.id)
    if (under) return under
    const running: Running = { job, stop: new AbortController(), bytes: new Map(), aside: [] }
    // Of one that has ended the votes stay as they are: the evidence of what is paid for it names them so.
    if (isUnderWay(job)) for (const part of job.parts) if (!part.outcome) part.votes.forEach(takeUp)
    jobs.set(job.id, running)
    const timer = setTimeout(
      () => running.stop.abort(new JobFailed('deadline', 'The job was not done by its deadline.')),
      Math.min(2 ** 31 - 1, Math.max(0, job.limits.deadlineMs - clock.now())),
    )
    const whole = carry(running)
      .catch((error: unknown) => {
        if (!closed) log.error({ err: error, job: job.id }, 'a job was left as it stands')
      })
      .finally(() => {
        clearTimeout(timer)
        jobs.delete(job.id)
        ended.delete(job.id)
      })
    ended.set(job.id, whole)
    return whole
  }

  /** After a restart: what was shown is shown again, and what this node was working on is begun again. */
  function takeUp(vote: Vote): void {
    if (vote.settled !== undefined || vote.status === 'lost') return
    if (vote.node === self.node) vote.status = 'held'
    else if (vote.status === 'revealed') vote.status = 'committed'
  }

  async function carry(running: Running): Promise<void> {
    const { job } = running
    try {
      if (isUnderWay(job)) await finish(running)
    } catch (error) {
      if (closed || error instanceof Closing) return
      running.stop.abort(error)
      if (!(error instanceof JobFailed))
        log.error({ err: error, job: job.id }, 'a job failed through a fault of ours')
      const { code, message } =
        error instanceof JobFailed ? error : { code: 'internal', message: 'The node failed at it.' }
      await end(job, code === 'cancelled' ? 'cancelled' : 'failed', { code, message })
    }
    await Promise.all(running.aside)
    job.unsettled = job.parts.some((part) => part.votes.some(isOwed))
    try {
      await settling.settleJob(job)
    } catch (error) {
      if (closed) return
      log.error({ err: error, job: job.id }, 'a job could not be settled; it is tried again')
      setTimeout(() => again(job), parts.settleAgainMs ?? SETTLE_AGAIN_MS).unref()
    }
  }

  async function finish(running: Running): Promise<void> {
    await work(running)
    await end(running.job, 'done')
  }

  function again(job: JobRecord): void {
    void (ended.get(job.id) ?? Promise.resolve()).then(() => (closed ? undefined : run(job)))
  }

  async function end(job: JobRecord, status: JobRecord['status'], error?: JobRecord['error']): Promise<void> {
    job.status = status
    if (error) job.error = error
    job.finishedAtMs = clock.now()
    job.unsettled = job.parts.some((part) => part.votes.some(isOwed))
    await save(job)
  }

  async function save(job: JobRecord, receipts: readonly Receipt[] = []): Promise<void> {
    job.updatedAtMs = clock.now()
    await store.save(job, receipts)
    parts.changed(job)
  }

  return {
    run,
    announce: parts.changed,
    cancel(job) {
      jobs.get(job.id)?.stop.abort(new JobFailed('cancelled', 'It was called off.'))
    },
    hear: hiring.hear,
    isRunning: (id) => jobs.has(id),
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(watch)
      for (const { stop } of jobs.values()) stop.abort(new Closing())
      await Promise.allSettled(ended.values())
    },
  }
}

export const isUnderWay = ({ status }: JobRecord): boolean => status === 'queued' || status === 'running'
