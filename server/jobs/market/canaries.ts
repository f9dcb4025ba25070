/** Parts whose answers are known, slipped in among others. */
import { cidOf } from '../kinds/encoding.ts'
import type { JobKind } from '../kinds/kind.ts'
import type { PartState } from '../types.ts'
import type { CheckByKind } from './check-by-kind.ts'
import type { Hiring } from './hiring.ts'
import type { Known } from './known.ts'
import type { Learning } from './learning.ts'
import { rfqOf } from './offers.ts'
import { spent } from './owed.ts'
import type { Peers } from './peers.ts'
import { beforeFee } from './price.ts'
import { gather } from './quotes.ts'
import type { Running } from './running.ts'
import type { Settling } from './settling.ts'

export type CanariesParts = {
  readonly peers: Peers
  readonly random: () => number
  readonly kinds: ReadonlyMap<string, JobKind>
  readonly known: Known
  readonly hiring: Hiring
  readonly settling: Settling
  readonly learn: Learning['learn']
  readonly checkByKind: CheckByKind
}

export function createCanaries({ peers, random, kinds, known, hiring, settling, learn, checkByKind }: CanariesParts) {
  /** A part whose answer is known, among the others, to a worker that cannot tell. Its price is the job's, within its cap. */
  async function slipIn(running: Running): Promise<void> {
    const { job } = running
    const one = known.draw(job)
    if (!one || job.privacy !== 'public' || peers.list('public').length < 2) return
    const part: PartState = {
      cid: cidOf(one.bytes),
      stage: -1,
      fuel: one.fuel,
      votes: [],
      recheck: false,
      canary: one.digest,
      ...(one.needs && { needs: one.needs }),
    }
    running.bytes.set(part, one.bytes)
    const left = String(beforeFee(BigInt(job.maxPriceMicro) - spent(job)))
    const asked = await gather({ peers, random }, { ...rfqOf(job, part), maxPriceMicro: left }, 1)
    const offers = asked.offers.filter(({ peer }) => !peer.isSelf)
    if (offers.length === 0) return
    job.parts.push(part)
    const [vote] = await hiring.hire(running, part, [offers[Math.floor(random() * offers.length)]!])
    await hiring.follow(running, part, vote!)
    if (vote!.status === 'committed') await hiring.reveal(running, part, vote!)
    if (vote!.status !== 'revealed') return
    if (one.answer) return checkByKind(running, kinds.get(job.kind)!, part, vote!, one.answer)
    hiring.letGo(job, vote!.digest!)
    part.digest = one.digest
    part.credibility = 1
    await settling.settlePart(job, part, { alone: false })
    await learn(job, part)
  }

  return slipIn
}
