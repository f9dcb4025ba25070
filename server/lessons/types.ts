/** Lessons as the rest of the node sees them: what is open, what counts, what was earned. */
import type { LessonId, Locale, PlayerId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'

export type TaskState = {
  readonly id: number
  readonly text: string
  readonly done: boolean
  readonly count?: { readonly have: number; readonly need: number }
}
export type LessonState = {
  readonly id: LessonId
  readonly slug: string
  readonly course: string
  readonly title: string
  readonly order: number
  readonly minutes: number
  readonly status: 'locked' | 'open' | 'started' | 'passed'
  readonly rewardMicro: string
  readonly badge?: string
}
export type LessonDetail = LessonState & {
  /** Markdown in the asked language. */
  readonly text: string
  readonly tasks: readonly TaskState[]
  readonly hintsShown: readonly string[]
  readonly hintsLeft: number
  readonly attempts: number
  readonly starter: Readonly<Record<string, string>>
  /** Where the lesson is set: a program that begins beside its owner should begin there. */
  readonly place?: { readonly id: string; readonly name: Readonly<Record<Locale, string>> }
}
export type CheckReport = {
  readonly passed: boolean
  readonly tasks: readonly {
    readonly id: number
    readonly passed: boolean
    readonly message?: string
    readonly file?: string
    readonly line?: number
  }[]
  /** Set when this check ended the lesson: id of the ledger transfer. */
  readonly rewardTransferId?: string
}
export type Badge = { readonly id: string; readonly name: string; readonly text: string; readonly atMs: number }

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal }

export type Lessons = {
  list(player: PlayerId, locale: Locale): Promise<readonly LessonState[]>
  detail(player: PlayerId, lesson: string, locale: Locale): Promise<Result<LessonDetail>>
  /** Opens the lesson for live checking; its starter becomes the project where there is one. */
  start(player: PlayerId, lesson: string, locale: Locale): Promise<Result<LessonDetail>>
  /** Checks code (sources of a project) and what happened so far. Every attempt is stored. */
  check(
    player: PlayerId,
    lesson: string,
    sources: Readonly<Record<string, string>> | undefined,
    locale: Locale,
  ): Promise<Result<CheckReport>>
  hint(
    player: PlayerId,
    lesson: string,
    locale: Locale,
  ): Promise<Result<{ readonly text: string; readonly left: number }>>
  badges(player: PlayerId, locale: Locale): Promise<readonly Badge[]>
  onProgress(
    listener: (player: PlayerId, change: { lesson: LessonState; text: string; report?: CheckReport }) => void,
  ): () => void
}
