/** The hint ladder: how far the mentor may go, from what the learner has asked and done since they last got further. Pure. */
import { MENTOR_ASKS_PER_RUNG } from '../../limits.ts'
import { type Ladder, type OpenLesson, RUNGS, type Rung } from './types.ts'

/** What counts as getting further: tasks done, and attempts made. Merely asking again does not. */
export const progressOf = ({ tasks, attempts }: Pick<OpenLesson, 'tasks' | 'attempts'>): string =>
  `${tasks.filter(({ done }) => done).length}/${attempts}`

const NEW: Ladder = { asked: 0, progress: '', shown: [] }

/** One more question about a lesson; a task done since leads back to the first rung, an attempt leaves the rung as it is. */
export function climb(ladder: Ladder | undefined, lesson: Pick<OpenLesson, 'tasks' | 'attempts'>): Ladder {
  const before = ladder ?? NEW
  const progress = progressOf(lesson)
  const isFurther = progress.split('/')[0] !== before.progress.split('/')[0]
  return { ...before, asked: (isFurther ? 0 : before.asked) + 1, progress }
}

/** The rung of the n-th question; the last is never passed. */
export const rungOf = ({ asked }: Ladder): Rung =>
  RUNGS[Math.min(RUNGS.length - 1, Math.floor(Math.max(0, asked - 1) / MENTOR_ASKS_PER_RUNG))]!

/** Lines of code that an answer on each rung may show. */
export const codeLinesAllowed = (rung: Rung): number => ({ question: 0, concept: 3, place: 3, step: 3 })[rung]

/** Steps of the answer that may be named in words: none before the last rung, there one at a time, and never more than half of them in all. */
export const stepsAllowed = (rung: Rung, secret: number): { readonly now: number; readonly ever: number } => ({
  now: rung === 'step' ? 1 : 0,
  ever: rung === 'step' ? Math.floor(secret / 2) : 0,
})
