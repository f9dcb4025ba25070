/** Hires workers for a part: money set aside, the work agreed on, what was committed to, and what was shown. */
import type { Bundles } from '../../bundles/types.ts'
import type { Clock } from '../../lib/clock.ts'
import {
  ESCROW_GRACE_MS,
  JOB_INLINE_MAX_BYTES,
  JOB_RESULT_MAX_BYTES,
  PROGRESS_EVERY_MS,
  PROGRESS_MISSED_MAX,
} from '../../limits.ts'
import type { Caller, Frame } from '../../link/types.ts'
import { jobMemo } from '../../protocol/job-memo.ts'
import { hex, sha256 } from '../kinds/encoding.ts'
import type { Escrow, Hold, JobRecord, PartState, Tabs, Vote } from '../types.ts'
import { commitmentOf } from './commitment.ts'
import { capped, JobFailed } from './failed.ts'
import { ack, reveal as revealed, type ToBuyer } from './frames.ts'
import { heldFor, holdOf, spent } from './owed.ts'
import type { Peers } from './peers.ts'
import { priceOf } from './price.ts'
import type { Offer } from './quotes.ts'
import type { Running, Waiting } from './running.ts'

export type HiringParts = {
  readonly peers: Peers
  readonly bundles?: Bundles
  readonly clock: Clock
  readonly progressEveryMs?: number
  readonly escrowOf: (job: JobRecord, vote: Vote) => Escrow
  readonly tabsOf: (job: JobRecord, vote: Vote) => Tabs | undefined
  readonly save: (job: JobRecord) => Promise<void>
  /** Something to show has changed. */
  readonly changed: (job: JobRecord) => void
}
export type Hiring = ReturnType<typeof createHiring>

export function createHiring({ peers, bundles, clock, escrowOf, tabsOf, save, changed, ...parts }: HiringParts) {
  const waiting = new Map<string, Waiting>()
  /** Encoded outcomes until their part is decided, by job and digest. */
  const answers = new Map<string, Uint8Array>()
  const silentMs = (parts.progressEveryMs ?? PROGRESS_EVERY_MS) * (PROGRESS_MISSED_MAX + 0.5)

  /** Sets the money aside and agrees. What is written down before it is done can be done again after a restart. */
  async function hire({ job }: Running, part: PartState, offers: readonly Offer[]): Promise<readonly Vote[]> {
    const index = job.parts.indexOf(part)
    const votes = offers.map((offer, i): Vote => {
      const { account, perMFuelMicro, baseMicro, peer } = offer
      return {
        work: `${job.id}.${index}.${part.votes.length + i}`,
        node: peer.node,
        owner: peer.owner,
        account,
        perMFuelMicro,
        baseMicro,
        priceMicro: String(priceOf(offer, part.fuel)),
        status: 'held',
      }
    })
    const price = votes.reduce((sum, vote) => sum + heldFor(vote), 0n)
    if (spent(job) + price > BigInt(job.maxPriceMicro)) throw capped(spent(job) + price)
    part.votes.push(...votes)
    // What is drawn from this node's own tabs is kept in mind alone: after a restart the part is hired out anew.
    const drawn = await Promise.all(votes.map((vote) => tabsOf(job, vote)?.draw(holdFor(job, vote)) ?? false))
    if (!drawn.every(Boolean)) await save(job)
    return votes
  }

  /** From held money to a commitment, or to a loss. */
  async function follow(running: Running, part: PartState, vote: Vote): Promise<void> {
    const { job, stop } = running
    if (vote.status === 'committed') return
    if (vote.status === 'held') {
      const answer = await escrowOf(job, vote).hold(holdFor(job, vote))
      if (answer !== 'held') {
        vote.status = 'lost'
        vote.settled = 'void'
        throw answer === 'insufficient_funds'
          ? new JobFailed('insufficient_funds', 'The account does not hold what the job costs.')
          : new JobFailed('no_escrow', 'The ledger did not set the money aside.')
      }
    }
    // Called off meanwhile: nobody is hired any more, and nothing would wake who waits.
    if (stop.signal.aborted) return
    const commitment = new Promise<{ commitment: string; signature?: string } | undefined>((resolve) => {
      waiting.set(vote.work, {
        node: vote.node,
        part,
        job,
        heardMs: clock.now(),
        committed: (given, signature) => resolve({ commitment: given, ...(signature && { signature }) }),
        lost: () => resolve(undefined),
      })
      stop.signal.addEventListener('abort', () => resolve(undefined), { once: true })
    })
    try {
      if (!(await agreeWith(running, part, vote))) return lose(vote)
      vote.status = 'agreed'
      const agreedMs = clock.now()
      const given = await commitment
      if (stop.signal.aborted) return
      if (!given) return lose(vote)
      vote.commitment = given.commitment
      vote.tookMs = clock.now() - agreedMs
      if (given.signature) vote.signature = given.signature
      vote.status = 'committed'
    } finally {
      waiting.delete(vote.work)
    }
  }

  async function agreeWith({ job, bytes }: Running, part: PartState, vote: Vote): Promise<boolean> {
    const encoded = bytes.get(part)!
    const inline = encoded.length <= JOB_INLINE_MAX_BYTES
    try {
      const cid = inline ? part.cid : await bundles?.put('input', encoded, { pin: `job:${job.id}`, owner: 'jobs' })
      if (cid === undefined) throw new JobFailed('input_too_large', 'A part of the input is too large for this node.')
      const answer = await peers.ask(vote.node, {
        t: 'AGREE',
        work: vote.work,
        job: job.id,
        kind: job.kind,
        cid,
        ...(inline && { part: encoded }),
        fuel: part.fuel,
        memoryMb: job.limits.memoryMb,
        deadlineMs: job.limits.deadlineMs,
        privacy: job.privacy,
        perMFuelMicro: vote.perMFuelMicro,
        baseMicro: vote.baseMicro,
        hold: escrowOf(job, vote).nameOf(holdOf(vote), vote.account),
        priceMicro: vote.priceMicro,
      })
      return ack.safeParse(answer).success
    } catch (error) {
      if (error instanceof JobFailed) throw error
      return false
    }
  }

  /** What was committed to, shown and compared with the commitment. */
  async function reveal({ job }: Running, part: PartState, vote: Vote): Promise<void> {
    try {
      const shown = revealed.parse(await peers.ask(vote.node, { t: 'REVEAL', work: vote.work }))
      const answer = { node: vote.node, work: vote.work, salt: shown.salt, digest: shown.digest, meter: shown.meter }
      if (commitmentOf(answer) !== vote.commitment) return lose(vote)
      const bytes =
        shown.bytes ??
        (await bundles?.pull(shown.cid!, [vote.node], { maxBytes: JOB_RESULT_MAX_BYTES, owner: 'jobs' }))
      if (!bytes || hex(sha256(bytes)) !== shown.digest || shown.meter > part.fuel) return lose(vote)
      vote.salt = shown.salt
      vote.digest = shown.digest
      vote.meter = shown.meter
      vote.status = 'revealed'
      answers.set(`${job.id}/${shown.digest}`, bytes)
    } catch {
      lose(vote)
    }
  }

  function hear(message: ToBuyer, from: Caller): Frame {
    const one = waiting.get(message.work)
    if (!one || one.node !== from.node) return { t: 'NO', reason: 'unknown_work' }
    one.heardMs = clock.now()
    if (message.t === 'COMMIT') one.committed(message.commitment, message.signature)
    else if (message.t === 'FAILED') one.lost(message.reason)
    else if (message.share > (one.part.progress ?? 0)) {
      one.part.progress = Math.min(0.99, message.share)
      changed(one.job)
    }
    return { t: 'ACK' }
  }

  return {
    hire,
    follow,
    reveal,
    hear,
    /** What was shown under that digest, until it is let go. */
    answer: (job: JobRecord, digest: string): Uint8Array | undefined => answers.get(`${job.id}/${digest}`),
    letGo: (job: JobRecord, digest: string): void => void answers.delete(`${job.id}/${digest}`),
    /** Whoever has not been heard for too long has lost its part. */
    watch(): void {
      for (const one of waiting.values()) if (clock.now() - one.heardMs > silentMs) one.lost('silent')
    },
  }
}

const holdFor = (job: JobRecord, vote: Vote): Hold => ({
  id: holdOf(vote),
  from: job.payer,
  to: vote.account,
  amountMicro: heldFor(vote),
  // The same however often it is asked for: a repeated hold is the same hold.
  timeoutMs: job.limits.deadlineMs - job.createdAtMs + ESCROW_GRACE_MS,
  memo: jobMemo({ job: job.id }),
})

/** The worker fell silent, was refused, or showed something else than it had promised: its part goes to another one. */
export function lose(vote: Vote): void {
  vote.status = 'lost'
}
