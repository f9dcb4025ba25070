/** Who is hired for a part: quotes asked for, those at a fair price in the order in which they are taken. */
import type { Clock } from '../../lib/clock.ts'
import type { JobRecord, PartState, Standing, Standings } from '../types.ts'
import { answersWanted, credibility, order, type Policy, type Terms } from '../verify/policy.ts'
import { capped, JobFailed } from './failed.ts'
import type { Identity } from './identity.ts'
import { pause } from './in-turn.ts'
import { spent } from './owed.ts'
import type { Peers } from './peers.ts'
import { beforeFee, priceOf } from './price.ts'
import { gather, type Offer } from './quotes.ts'
import type { Running } from './running.ts'

export type OffersParts = {
  readonly self: Identity
  readonly peers: Peers
  readonly standings: Standings
  readonly clock: Clock
  readonly random: () => number
  readonly policy: Policy
  readonly quoteWindowMs?: number
}
export type Offers = {
  /** At least one; as many as should do, the first time. */
  next(count?: number): Promise<readonly Offer[]>
}

/** How soon offers are asked for again when there were not enough. */
const ASK_AGAIN_MS = 1_000
/** How often in vain, before a job is told that nobody takes it. */
const ASK_TIMES_MAX = 5
/** This node believes itself. */
export const OWN: Standing = { passed: Number.MAX_SAFE_INTEGER, failed: 0, provenMicro: 0 }

export const rfqOf = (job: JobRecord, part: PartState) => ({
  job: job.id,
  kind: job.kind,
  inputCid: part.cid,
  fuel: part.fuel,
  memoryMb: job.limits.memoryMb,
  deadlineMs: job.limits.deadlineMs,
  privacy: job.privacy,
  ...(part.needs && { needs: [...part.needs] }),
})

/** Who is hired next, asked for anew when there is nobody left. */
export function createOffers(parts: OffersParts, running: Running, part: PartState, terms: Terms): Offers {
  const { self, peers, standings, clock, random, policy } = parts
  const { job, stop } = running
  let queue: { readonly offer: Offer; readonly odds: number; readonly standing: Standing }[] = []
  let inVain = 0

  async function ask(count: number): Promise<void> {
    const left = BigInt(job.maxPriceMicro) - spent(job)
    const { offers: all, refused } = await gather(
      { peers, random, ...(parts.quoteWindowMs && { windowMs: parts.quoteWindowMs }) },
      { ...rfqOf(job, part), maxPriceMicro: String(beforeFee(left)) },
      count,
    )
    const used = new Set(part.votes.map(({ owner }) => owner))
    const fresh: typeof queue = []
    const owners = new Set<string>()
    for (const offer of all) {
      const { owner, isSelf } = offer.peer
      if (used.has(owner) || owners.has(owner)) continue
      owners.add(owner)
      const standing = isSelf || owner === self.owner ? OWN : await standings.of(owner, job.kind)
      fresh.push({ offer, standing, odds: credibility(standing, policy) })
    }
    const cheapest = fresh.reduce((low, { offer }) => Math.min(low, Number(priceOf(offer, part.fuel))), Infinity)
    const fair = fresh.filter(({ offer }) => Number(priceOf(offer, part.fuel)) <= cheapest * 3)
    queue = [...order(fair, random, policy)]
    if (queue.length > 0 || job.verify.strict) return
    if (refused.includes('too_cheap')) throw capped()
    if (++inVain >= ASK_TIMES_MAX)
      throw new JobFailed('not_enough_workers', `No worker takes it: ${[...new Set(refused)].join(', ')}.`)
  }

  return {
    /** At least one offer; as many as should do, the first time. */
    async next(count?: number): Promise<readonly Offer[]> {
      while (true) {
        stop.signal.throwIfAborted()
        queue = queue.filter(({ offer }) => offer.expiresMs > clock.now())
        if (queue.length === 0) await ask(terms.least + terms.more + 1)
        const have = part.votes.filter((vote) => vote.status === 'revealed').length
        const wanted =
          count ??
          Math.max(
            1,
            answersWanted(
              queue.map(({ odds }) => odds),
              terms,
              policy,
            ) - have,
          )
        if (queue.length > 0) return queue.splice(0, wanted).map(({ offer }) => offer)
        const again = job.verify.strict ? undefined : ownAgain()
        if (again) return [again]
        await pause(ASK_AGAIN_MS, stop.signal)
      }
    },
  }

  /** Where there are fewer owners than answers wanted, this node's own worker does it once more, in another process. */
  function ownAgain(): Offer | undefined {
    const vote = part.votes.find(({ node, status }) => node === self.node && status === 'revealed')
    const peer = peers.list(job.privacy).find(({ isSelf }) => isSelf)
    if (!vote || !peer) return undefined
    const { account, perMFuelMicro, baseMicro } = vote
    return { t: 'QUOTE', account, perMFuelMicro, baseMicro, etaMs: 0, expiresMs: Number.MAX_SAFE_INTEGER, peer }
  }
}
