/** What a verdict says of its workers: whoever was right passes a check, whoever was wrong has its unpaid answers looked at again. */
import type { Clock } from '../../lib/clock.ts'
import type { JobRecord, PartState, Standings } from '../types.ts'
import { outcomeOf } from './checking.ts'
import type { Identity } from './identity.ts'
import type { Settling } from './settling.ts'

export type LearningParts = {
  readonly self: Identity
  readonly standings: Standings
  readonly clock: Clock
  readonly settling: Settling
  readonly save: (job: JobRecord) => Promise<void>
  /** Takes the job up once more, after what is under way. */
  readonly again: (job: JobRecord) => void
}

export type Learning = ReturnType<typeof createLearning>

export function createLearning({ self, standings, clock, settling, save, again }: LearningParts) {
  /** What others confirmed and what they did not. Whoever is caught has everything that was accepted on its word looked at again. */
  async function learn(job: JobRecord, part: PartState): Promise<void> {
    const votes = part.votes.filter((vote) => vote.status === 'revealed' && vote.owner !== self.owner)
    await standings.record(
      votes.map((vote) => outcomeOf(job, part, vote, vote.digest === part.digest ? 'confirmed' : 'wrong')),
    )
    for (const vote of votes) {
      if (vote.digest === part.digest) await settling.release(vote.owner, job.kind)
      else await lookAgain(vote.owner, job.kind)
    }
  }

  /** Its unpaid answers are worth nothing: each part is done again by others. */
  async function lookAgain(owner: string, kind: string): Promise<void> {
    for (const { job, part, vote } of settling.takeHeld(owner, kind)) {
      await settling.giveBack(job, part, vote)
      if (clock.now() >= job.limits.deadlineMs) continue
      const { outcome: _, digest: __, ...bare } = part
      const anew: PartState = {
        ...bare,
        votes: part.votes.map((one) => (one === vote ? { ...one, status: 'lost' } : one)),
        recheck: true,
      }
      job.parts[job.parts.indexOf(part)] = anew
      job.status = 'running'
      await save(job)
      again(job)
    }
  }

  return { learn, lookAgain }
}
