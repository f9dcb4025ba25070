/** Until a part has an answer that is believed: whom to hire, what their answers come to, and who is paid for it. */
import { JOB_VOTES_MAX } from '../../limits.ts'
import { fromBytes } from '../kinds/encoding.ts'
import type { JobKind } from '../kinds/kind.ts'
import type { JobRecord, Outcome, PartState, Vote } from '../types.ts'
import { credibility, judge, needed, type Terms } from '../verify/policy.ts'
import type { BuyerParts } from './buyer.ts'
import type { CheckByKind } from './check-by-kind.ts'
import { JobFailed } from './failed.ts'
import type { Hiring } from './hiring.ts'
import type { Known } from './known.ts'
import type { Learning } from './learning.ts'
import { createOffers, OWN } from './offers.ts'
import type { Running } from './running.ts'
import type { Settling } from './settling.ts'

export type DecidingParts = BuyerParts & {
  readonly hiring: Hiring
  readonly settling: Settling
  readonly known: Known
  readonly learn: Learning['learn']
  readonly checkByKind: CheckByKind
  /** A canary beside the part, where there is one. */
  readonly slipIn: (running: Running) => Promise<void>
  readonly save: (job: JobRecord) => Promise<void>
}

export function createDeciding(parts: DecidingParts) {
  const { self, store, standings, random, policy, hiring, known, learn, checkByKind, slipIn, save } = parts
  const { settlePart, payByReceipts } = parts.settling

  /** Until the part has an answer that is believed, or the job ends. */
  async function decide(running: Running, kind: JobKind, part: PartState): Promise<void> {
    const { job, stop } = running
    if (part.outcome) return
    if (random() < policy.canary) running.aside.push(slipIn(running).catch(() => {}))
    const terms = termsOf(job, kind, part)
    const offers = createOffers(parts, running, part, terms)
    let first = kind.verification !== 'sample'
    while (!part.outcome) {
      stop.signal.throwIfAborted()
      const open = part.votes.filter((vote) => ['held', 'agreed', 'committed'].includes(vote.status))
      const revealed = part.votes.filter((vote) => vote.status === 'revealed')
      if (part.votes.length - revealed.length > JOB_VOTES_MAX || part.votes.length > JOB_VOTES_MAX * 2)
        throw new JobFailed('worker_failed', 'Too many workers failed at a part of it.')
      const hired =
        open.length > 0 ? open : await hiring.hire(running, part, await offers.next(first ? undefined : 1))
      first = false
      await Promise.all(hired.map((vote) => hiring.follow(running, part, vote)))
      // Commitments of all before anybody reveals.
      await Promise.all(
        hired.filter((vote) => vote.status === 'committed').map((vote) => hiring.reveal(running, part, vote)),
      )
      await weighUp(running, kind, part, terms)
    }
  }

  function termsOf(job: JobRecord, { verification }: JobKind, part: PartState): Terms {
    const least = job.verify.mode === 'quorum' && verification !== 'sample' ? job.verify.replicas : 1
    const more = part.recheck && verification === 'digest' ? 1 : 0
    return { threshold: needed(parts.valueMicro(job.kind, part.fuel), policy), least, more }
  }

  async function weighUp(running: Running, kind: JobKind, part: PartState, terms: Terms): Promise<void> {
    const { job, stop, bytes } = running
    if (kind.verification !== 'digest') {
      const shown = part.votes.find((vote) => vote.status === 'revealed' && vote.settled === undefined)
      if (shown) await checkByKind(running, kind, part, shown)
      return
    }
    const seen = new Set<string>()
    const votes: { vote: Vote; digest: string; credibility: number }[] = []
    for (const vote of part.votes.filter(({ status }) => status === 'revealed')) {
      // Each owner counts once; this node may do it again where there is nobody else.
      const isOwn = vote.owner === self.owner
      if (seen.has(vote.owner) && !isOwn) continue
      seen.add(vote.owner)
      const standing = isOwn ? OWN : await standings.of(vote.owner, job.kind)
      votes.push({ vote, digest: vote.digest!, credibility: credibility(standing, policy) })
    }
    const verdict = judge(votes, { ...terms, least: Math.min(terms.least, JOB_VOTES_MAX) }, policy)
    if (!verdict.accepted || stop.signal.aborted) return
    const { digest, credibility: odds } = verdict.accepted
    const encoded = hiring.answer(job, digest)
    if (!encoded) return
    part.digest = digest
    part.credibility = odds
    part.progress = 1
    part.outcome = fromBytes(encoded) as unknown as Outcome
    for (const { digest: of } of votes) hiring.letGo(job, of)
    known.remember(job, part, bytes.get(part)!)
    const owners = new Set(votes.map(({ vote }) => vote.owner))
    if (owners.size === 1 && payByReceipts(running, part)) return
    await Promise.all([store.savePiece(job, job.parts.indexOf(part)), save(job)])
    await settlePart(job, part, { alone: owners.size === 1 })
    if (owners.size > 1) await learn(job, part)
  }

  return decide
}
