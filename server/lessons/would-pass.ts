/** Whether a piece of code is a lesson's answer: tried one at a time, without an attempt being stored, and never for nothing. */
import { MENTOR_TRIALS_WAITING_MAX } from '../limits.ts'
import type { Locale } from '../protocol/ids.ts'
import { codeFacts } from './code-check.ts'
import { type TrialResult, tasksMet } from './judge.ts'
import type { Lesson, Sources } from './load.ts'
import { trialLocales } from './trial.ts'

type Trial = (lesson: Lesson, sources: Sources, locale: Locale) => Promise<TrialResult>

const NOTHING_DONE: ReadonlySet<number> = new Set()
const isProgram = (text: string): boolean => /\bexport\s+default\b/.test(text)
/** Lines as they would stand in the middle of a program. */
const asProgram = (text: string): string =>
  `import { me } from 'academy'\n\nexport default async function main() {\n${text.replace(/^\s*import\b.*$/gm, '')}\n}\n`

/**
 * True when every task that a program can meet is met by these sources, as they stand or set into a program. What cannot be tried,
 * because too much waits or the machine is too busy, counts as the answer: it is rather kept back once too often.
 */
export function createWouldPass(trial: Trial) {
  let tail: Promise<unknown> = Promise.resolve()
  let waiting = 0

  async function passes(lesson: Lesson, sources: Sources, locale: Locale): Promise<boolean> {
    const tasks = lesson.tasks.filter(({ check }) => check.kind === 'ast' || check.by !== 'player')
    const tried = await trial(lesson, sources, locale)
    const met = tasksMet(lesson, codeFacts(sources), tried, NOTHING_DONE)
    return tasks.every(({ id }) => met.has(id))
  }

  async function anyPasses(lesson: Lesson, sources: Sources): Promise<boolean> {
    const { 'main.ts': main } = sources
    const forms =
      main === undefined || isProgram(main) ? [sources] : [sources, { ...sources, 'main.ts': asProgram(main) }]
    for (const form of forms)
      for (const locale of trialLocales(lesson, 'en')) if (await passes(lesson, form, locale)) return true
    return false
  }

  return async (lesson: Lesson, sources: Sources): Promise<boolean> => {
    const canBeTried = lesson.trial && lesson.tasks.some(({ check }) => check.kind !== 'ast' && check.by !== 'player')
    if (!canBeTried) return false
    if (waiting >= MENTOR_TRIALS_WAITING_MAX) return true
    waiting++
    const mine = tail.then(() => anyPasses(lesson, sources)).catch(() => true)
    tail = mine
    return mine.finally(() => waiting--)
  }
}
