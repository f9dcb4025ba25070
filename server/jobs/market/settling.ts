/** What votes are paid, and when: at the verdict, after more checks, in part for what was called off, or nothing. */

import type { Clock } from '../../lib/clock.ts'
import { ESCROW_GRACE_MS } from '../../limits.ts'
import { jobMemo } from '../../protocol/job-memo.ts'
import type { Escrow, JobRecord, JobStore, PartState, Receipt, Settlement, Standings, Tabs, Vote } from '../types.ts'
import type { Policy } from '../verify/policy.ts'
import { evidenceOf } from './evidence.ts'
import { metered } from './frames.ts'
import type { Identity, MarketLog } from './identity.ts'
import { chargeOf, holdOf, isOwed, paymentOf } from './owed.ts'
import type { Peers } from './peers.ts'
import { feeOf, priceOf } from './price.ts'
import type { Running } from './running.ts'

export type SettlingParts = {
  readonly self: Identity
  readonly peers: Peers
  readonly escrow: Escrow
  readonly tabs?: Tabs
  readonly standings: Standings
  readonly clock: Clock
  readonly policy: Policy
  readonly log: MarketLog
  readonly store: Pick<JobStore, 'savePiece'>
  readonly save: (job: JobRecord, receipts?: readonly Receipt[]) => Promise<void>
}
/** Accepted on the word of one owner alone, and paid when it has passed so many checks. */
export type Held = {
  readonly job: JobRecord
  readonly part: PartState
  readonly vote: Vote
  readonly releasedAt: number
}
export type Settling = ReturnType<typeof createSettling>

export function createSettling(parts: SettlingParts) {
  const { self, peers, escrow, tabs, store, standings, clock, policy, save } = parts
  const held = new Map<string, readonly Held[]>()

  /** A tab is this node's own affair: others are paid by entries that they can look up. */
  const tabsOf = (job: JobRecord, vote: Vote): Tabs | undefined =>
    job.batched && vote.node === self.node ? tabs : undefined
  const escrowOf = (job: JobRecord, vote: Vote): Escrow => tabsOf(job, vote) ?? escrow

  async function settlePart(job: JobRecord, part: PartState, { alone }: { alone: boolean }): Promise<void> {
    const open = part.votes.filter(isOwed)
    await Promise.all(
      open.map(async (vote) => {
        if (!isRight(part, vote)) return giveBack(job, part, vote)
        if (alone && vote.owner !== self.owner) return hold(job, part, vote)
        return pay(job, part, vote, vote.meter!)
      }),
    ).catch(later(job))
  }
  /** What is owed is settled when the job has ended, and again until the ledger answers. */
  const later = (job: JobRecord) => (error: unknown) =>
    parts.log.warn({ err: error, job: job.id }, 'a payment waits for the ledger')

  /** Accepted on its word alone: paid when its owner has passed more checks, and looked at again when it is caught. */
  async function hold(job: JobRecord, part: PartState, vote: Vote): Promise<void> {
    const key = `${vote.owner}/${job.kind}`
    const { passed } = await standings.of(vote.owner, job.kind)
    vote.settled = 'held'
    held.set(key, [...(held.get(key) ?? []), { job, part, vote, releasedAt: passed + policy.heldChecks }])
    await tell(job, part, vote)
  }

  async function pay(
    job: JobRecord,
    part: PartState,
    vote: Vote,
    meter: number,
    how: 'paid' | 'part' = 'paid',
  ): Promise<void> {
    const amountMicro = how === 'part' && meter === 0 ? 0n : dueTo(vote, meter)
    const done = await escrowOf(job, vote).settle(settlementOf(job, part, vote, amountMicro))
    note(vote, done === 'gone' ? 0n : amountMicro, how)
    await tell(job, part, vote)
  }
  async function giveBack(job: JobRecord, part: PartState, vote: Vote): Promise<void> {
    await escrowOf(job, vote).settle(settlementOf(job, part, vote, 0n))
    note(vote, 0n)
    await tell(job, part, vote)
  }

  /**
   * Where all that is owed for a part is drawn from tabs of this node's own, its receipts are written down with the verdict, and
   * only the job's end waits for it. False where it is not so: nothing has been done then.
   */
  function payByReceipts({ job, aside }: Running, part: PartState): boolean {
    const open = part.votes.filter(isOwed)
    if (!tabs || !open.every((vote) => tabsOf(job, vote))) return false
    const due = open.map((vote) => (isRight(part, vote) ? dueTo(vote, vote.meter!) : 0n))
    const settlements = open.map((vote, i) => settlementOf(job, part, vote, due[i]!))
    const receipts = tabs.receiptsOf(settlements)
    if (!receipts) return false
    for (const [i, vote] of open.entries()) note(vote, due[i]!)
    const written = Promise.all([store.savePiece(job, job.parts.indexOf(part)), save(job, receipts)]).then(
      () => tabs.written(settlements),
      (error: unknown) => {
        // Neither verdict nor receipt stands: it is owed as before, and settled at the end.
        for (const vote of open) delete vote.settled
        throw error
      },
    )
    aside.push(...[written, ...open.map((vote) => tell(job, part, vote))].map((done) => done.catch(later(job))))
    return true
  }

  async function tell(job: JobRecord, part: PartState, vote: Vote): Promise<void> {
    const paidMicro = vote.paidMicro ?? '0'
    const said = peers.ask(vote.node, {
      t: 'VERDICT',
      work: vote.work,
      outcome: vote.settled!,
      paidMicro,
      ...(paidMicro !== '0' && { transfer: paymentOf(vote) }),
      evidence: evidenceOf(job, job.parts.indexOf(part)).cid,
    })
    // A worker that is gone hears of it from its statement.
    if (vote.node === self.node) await said
    else void said.catch(() => {})
  }

  /** What is still open when a job has ended: the metered part of work under way, nothing for what was lost. */
  async function settleJob(job: JobRecord): Promise<void> {
    if (!job.unsettled) return
    for (const part of job.parts) {
      for (const vote of part.votes.filter(isOwed)) {
        if (vote.settled === 'held') continue
        if (part.digest !== undefined && vote.status === 'revealed') {
          if (vote.digest === part.digest) await pay(job, part, vote, vote.meter!)
          else await giveBack(job, part, vote)
        } else if (vote.status === 'lost' || vote.status === 'held' || job.error?.code === 'deadline')
          await giveBack(job, part, vote)
        else await payPart(job, part, vote)
      }
    }
    job.unsettled = job.parts.some((part) => part.votes.some(isOwed))
    await save(job)
    for (const part of job.parts)
      for (const vote of part.votes)
        if (vote.settled === 'held') {
          const key = `${vote.owner}/${job.kind}`
          const all = held.get(key) ?? []
          if (all.some((one) => one.vote === vote)) continue
          const { passed } = await standings.of(vote.owner, job.kind)
          held.set(key, [...all, { job, part, vote, releasedAt: passed + policy.heldChecks }])
        }
  }

  /** What is paid is written down before, so that a restart pays the same. */
  async function payPart(job: JobRecord, part: PartState, vote: Vote): Promise<void> {
    if (vote.partMeter === undefined) {
      vote.partMeter = await meterOf(part, vote)
      await save(job)
    }
    await pay(job, part, vote, vote.partMeter, 'part')
  }

  async function meterOf(part: PartState, vote: Vote): Promise<number> {
    const answer = await peers.ask(vote.node, { t: 'CANCEL', work: vote.work }).catch(() => undefined)
    const told = metered.safeParse(answer)
    // No more than it had told before: whoever is asked last may not make itself a price.
    const most = Math.round((part.progress ?? 0) * part.fuel) + part.fuel * 0.1
    return told.success ? Math.min(told.data.meter, part.fuel, Math.ceil(most)) : 0
  }

  async function release(owner: string, kind: string): Promise<void> {
    const mine = held.get(`${owner}/${kind}`) ?? []
    const { passed } = await standings.of(owner, kind)
    const due = mine.filter(({ releasedAt }) => releasedAt <= passed)
    held.set(
      `${owner}/${kind}`,
      mine.filter(({ releasedAt }) => releasedAt > passed),
    )
    for (const { job, part, vote } of due) await payHeld(job, part, vote)
  }

  async function payHeld(job: JobRecord, part: PartState, vote: Vote): Promise<void> {
    if (vote.settled !== 'held') return
    await pay(job, part, vote, vote.meter!)
    job.unsettled = job.parts.some((one) => one.votes.some(isOwed))
    await save(job)
  }

  return {
    escrowOf,
    tabsOf,
    settlePart,
    payByReceipts,
    settleJob,
    giveBack,
    release,
    /** What was held for an owner that was caught: no longer. */
    takeHeld(owner: string, kind: string): readonly Held[] {
      const mine = held.get(`${owner}/${kind}`) ?? []
      held.delete(`${owner}/${kind}`)
      return mine
    },
    /** Pays what would go back by itself soon. */
    payOverdue(): void {
      for (const all of held.values())
        for (const { job, part, vote } of all)
          if (job.limits.deadlineMs + ESCROW_GRACE_MS / 2 < clock.now()) void payHeld(job, part, vote).catch(() => {})
    },
  }
}

const isRight = (part: PartState, { status, digest }: Vote): boolean =>
  status === 'revealed' && digest === part.digest

/** The price of that much fuel, and no more than was set aside. */
function dueTo(vote: Vote, meter: number): bigint {
  const most = BigInt(vote.priceMicro)
  const price = priceOf(vote, meter)
  return price < most ? price : most
}

function settlementOf(job: JobRecord, part: PartState, vote: Vote, amountMicro: bigint): Settlement {
  return {
    id: paymentOf(vote),
    holdId: holdOf(vote),
    to: vote.account,
    amountMicro,
    ...(amountMicro > 0n && { fee: { id: chargeOf(vote), from: job.payer, amountMicro: feeOf(amountMicro) } }),
    memo: jobMemo({ job: job.id, evidence: evidenceOf(job, job.parts.indexOf(part)).cid }),
  }
}

function note(vote: Vote, amountMicro: bigint, how: 'paid' | 'part' = 'paid'): void {
  vote.settled = amountMicro === 0n ? 'void' : how
  vote.paidMicro = String(amountMicro)
  vote.feeMicro = String(feeOf(amountMicro))
}
