/** The verdict on an answer that its kind checks itself. */
import { fromBytes } from '../kinds/encoding.ts'
import type { JobKind } from '../kinds/kind.ts'
import type { JobRecord, JobStore, Outcome, PartState, Vote } from '../types.ts'
import { type CheckingParts, checked, outcomeOf } from './checking.ts'
import { type Hiring, lose } from './hiring.ts'
import type { Known } from './known.ts'
import type { Learning } from './learning.ts'
import type { Running } from './running.ts'
import type { Settling } from './settling.ts'

export type CheckByKindParts = CheckingParts & {
  readonly store: Pick<JobStore, 'savePiece'>
  readonly hiring: Hiring
  readonly settling: Settling
  readonly learning: Learning
  readonly known: Known
  readonly save: (job: JobRecord) => Promise<void>
}
export type CheckByKind = ReturnType<typeof createCheckByKind>

export function createCheckByKind(parts: CheckByKindParts) {
  const { self, store, hiring, settling, learning, known, save } = parts

  /** The kind's own check, which may take as long as the job lasts. */
  async function checkByKind(
    running: Running,
    kind: JobKind,
    part: PartState,
    vote: Vote,
    earlier?: Outcome,
  ): Promise<void> {
    const { job, stop, bytes } = running
    const encoded = hiring.answer(job, vote.digest!)
    if (!encoded) return lose(vote)
    hiring.letGo(job, vote.digest!)
    const answer = fromBytes(encoded) as unknown as Outcome
    const {
      share,
      finding,
      credibility: odds,
      why,
      isKnown,
    } = await checked(parts, running, kind, part, vote, {
      answer,
      ...(earlier && { known: earlier }),
    })
    stop.signal.throwIfAborted()
    if (why !== undefined) vote.found = `${finding}: ${why}`.slice(0, 500)
    if (share <= 0) lose(vote)
    else {
      vote.meter = Math.round(part.fuel * Math.min(1, share))
      part.digest = vote.digest!
      part.credibility = odds
      part.progress = 1
      part.outcome = answer
      await Promise.all([store.savePiece(job, job.parts.indexOf(part)), save(job)])
      if (isKnown) known.remember(job, part, bytes.get(part)!, answer)
      await settling.settlePart(job, part, { alone: finding === 'unchecked' })
    }
    if (vote.owner !== self.owner && (finding === 'confirmed' || finding === 'wrong'))
      await parts.standings.record([outcomeOf(job, part, vote, finding)])
    if (vote.owner !== self.owner && finding === 'confirmed') await settling.release(vote.owner, job.kind)
    if (finding === 'wrong') await learning.lookAgain(vote.owner, job.kind)
  }

  return checkByKind
}
