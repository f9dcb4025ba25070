/** What a command is, and what parsing a person's line needs to know. */
import type { z } from 'zod'
import type { Verdict, ZoneView } from '../engine/types.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { Json, Locale, Params } from '../protocol/ids.ts'
import type { Refusal, RefusalCode } from '../protocol/refusals.ts'
import type { OutputDraft } from '../protocol/terminal.ts'

export type ParseContext = {
  readonly world: ZoneView
  readonly me: CharacterRecord
  readonly locale: Locale
  /** The verb as typed, completed to the whole word: `n` stays `n`, `nor` becomes `north`. */
  readonly verb: string
}

export type Parsed<I> = { readonly input: I } | { readonly refusal: Refusal }

export type Command<I = never> = {
  readonly name: string
  readonly verbs: Readonly<Record<Locale, readonly string[]>>
  /** World time an agent pays for it, in tides. */
  readonly ticks: number
  /** Agents' calls and journals enter through this; a person's line through `parse`. */
  readonly input: z.ZodType<I>
  parse(args: string, ctx: ParseContext): Parsed<I>
  /** Pure: reads the world, changes nothing, says what happens. */
  run(world: ZoneView, actor: CharacterRecord, input: I): Verdict
  /** Present on commands that only read: the answer for a person, given at once. */
  readonly show?: (world: ZoneView, me: CharacterRecord, input: I, view: ShowOptions) => Shown
}
export type ShowOptions = { readonly locale: Locale; readonly brief?: boolean; readonly asList?: boolean }
export type Shown = OutputDraft | { readonly refusal: Refusal }
/** A command whose input type does not matter to who holds it. */
// biome-ignore lint/suspicious/noExplicitAny: the registry hands each command only what its own `parse` or `input` made
export type AnyCommand = Command<any>

export const parsed = <I>(input: I): Parsed<I> => ({ input })
export const unparsed = (code: RefusalCode, params?: Params): { readonly refusal: Refusal } => ({
  refusal: { code, params },
})
/** A command that says nothing to the journal. */
export const answer = (value: Json): Verdict => ({ ok: true, events: [], value })
