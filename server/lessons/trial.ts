/** Runs a lesson's answer in a world of its own and brings back what the judge needs. */

import { holds } from '../agents/simulation/holds.ts'
import { type SimulationDeps, simulate } from '../agents/simulation/simulation.ts'
import { LESSON_TRIAL_TIMEOUT_MS } from '../limits.ts'
import { LOCALES, type Locale } from '../protocol/ids.ts'
import type { TrialResult } from './judge.ts'
import type { Lesson, Sources } from './load.ts'

/** The same answer always comes to the same: the seed is the lesson's own. */
export const createTrial =
  (deps: () => SimulationDeps) =>
  async (lesson: Lesson, sources: Sources, locale: Locale): Promise<TrialResult> => {
    const { trial } = lesson
    if (!trial) return { happenings: [], held: [] }
    const conditions = lesson.tasks.flatMap(({ check }) => (check.kind === 'state' ? [check.holds] : []))
    const result = await simulate(
      deps(),
      {
        sources,
        place: trial.place,
        ticks: trial.ticks,
        seed: lesson.id,
        visitor: lesson.code[locale].visitor,
        locale,
        timeoutMs: LESSON_TRIAL_TIMEOUT_MS,
      },
      (world, agent) => conditions.filter((text) => holds(world, text, world.state.characters.get(agent)!)),
    )
    if (result.timedOut) throw new TrialTimedOut()
    return { happenings: result.happenings, held: result.found ?? [], error: result.error }
  }

/** Languages that an answer may be tried in, the person's own first: programs that listen may listen in either. */
export const trialLocales = ({ code }: Lesson, own: Locale): readonly Locale[] => {
  const said = (locale: Locale) => JSON.stringify(code[locale].visitor)
  return [own, ...LOCALES.filter((one) => said(one) !== said(own))]
}

/** The machine was too busy; it says nothing about the answer. */
export class TrialTimedOut extends Error {
  readonly code = 'trial_timed_out'
  constructor() {
    super(`The trial took longer than ${LESSON_TRIAL_TIMEOUT_MS} ms and was given up. Try again in a moment.`)
  }
}
