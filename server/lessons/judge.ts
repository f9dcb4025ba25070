/** The verdict on an answer: what happened in its trial and how it is written, against the lesson's tasks. Pure. */
import { counted, matchesEvent } from '../agents/simulation/match.ts'
import type { ProgramError } from '../protocol/agent-io.ts'
import type { WorldEvent } from '../protocol/events.ts'
import type { Locale } from '../protocol/ids.ts'
import { type CodeFacts, followsRule, placeOf } from './code-check.ts'
import type { Lesson } from './load.ts'
import type { Check, Mistake } from './schema.ts'
import type { CheckReport } from './types.ts'

export type Happening = { readonly tick: number; readonly event: WorldEvent }

/** What came of running an answer in the simulated world. `happenings` are those of the agent alone. */
export type TrialResult = {
  readonly happenings: readonly Happening[]
  /** Texts of conditions that held at the end, of those the lesson asks for. */
  readonly held: readonly string[]
  readonly error?: ProgramError
}

/** Which tasks an answer meets; those a trial cannot show (a person's own doing) count as `live` says. */
export function tasksMet(
  lesson: Lesson,
  facts: CodeFacts,
  trial: TrialResult | undefined,
  live: ReadonlySet<number>,
): ReadonlySet<number> {
  const met = (check: Check): boolean => {
    if (check.kind === 'ast') return followsRule(facts, check)
    if (!trial || check.by === 'player') return false
    if (check.kind === 'state') return trial.held.includes(check.holds)
    return counted(check, trial.happenings).length >= check.count
  }
  return new Set(
    lesson.tasks
      .filter((task) => met(task.check) || (task.check.kind !== 'ast' && live.has(task.id)))
      .map((task) => task.id),
  )
}

const isMistake = (mistake: Mistake, facts: CodeFacts, trial: TrialResult | undefined): boolean => {
  const { event, refusal, error } = mistake
  if (event && !trial?.happenings.some((one) => matchesEvent(one.event, event))) return false
  if (refusal && !trial?.happenings.some(({ event: e }) => e.type === 'refused' && e.code === refusal)) return false
  if (error && trial?.error?.code !== error) return false
  return followsRule(facts, mistake)
}

/** The report a learner reads. A failed task carries its own message, or that of the first mistake that fits, or the program's error. */
export function report(
  lesson: Lesson,
  facts: CodeFacts,
  trial: TrialResult | undefined,
  live: ReadonlySet<number>,
  locale: Locale,
  words: { unmet: string },
): CheckReport {
  const met = tasksMet(lesson, facts, trial, live)
  const messages = lesson.text[locale].messages
  const mistake = lesson.mistakes.find((one) => isMistake(one, facts, trial))
  const tasks = lesson.tasks.map(({ id, check }) => {
    if (met.has(id)) return { id, passed: true }
    const place =
      check.kind === 'ast'
        ? placeOf(facts, check.forbid)
        : trial?.error?.line
          ? { file: trial.error.file ?? 'main.ts', line: trial.error.line }
          : undefined
    const key = check.kind === 'ast' ? check.message : mistake?.message
    return { id, passed: false, message: (key && messages[key]) ?? trial?.error?.message ?? words.unmet, ...place }
  })
  return { passed: tasks.every((task) => task.passed), tasks }
}
