/** What passes between a zone and a running agent: inputs in, outputs out. Everything is plain data and is journalled. */
import type { AgentId, CharacterId, Json, Params, PlaceId } from './ids.ts'
import type { Refusal } from './refusals.ts'

/** Names of the actions an agent can await; each maps to a world command or to the node. */
export const AGENT_ACTIONS = [
  'look',
  'go',
  'say',
  'tell',
  'take',
  'drop',
  'give',
  'use',
  'wait',
  'ask',
  'compute',
  'hop',
  'mark',
  'clearMarks',
] as const
export type AgentAction = (typeof AGENT_ACTIONS)[number]

/** Events an agent can listen to with `on(name, handler)`. */
export const AGENT_EVENTS = ['hear', 'told', 'arrive', 'leave', 'item', 'use', 'wake', 'tide'] as const
export type AgentEventName = (typeof AGENT_EVENTS)[number]

/** One input of a program. The journal is a list of these, and restoring is handing them in again. */
export type AgentInput =
  | { readonly type: 'result'; readonly call: number; readonly ok: true; readonly value: Json }
  | {
      readonly type: 'result'
      readonly call: number
      readonly ok: false
      readonly refusal: Refusal & { readonly message: string }
    }
  | { readonly type: 'event'; readonly name: AgentEventName; readonly data: Params }
  /** A line that the author typed into its console; a turn has no other inputs then. */
  | { readonly type: 'eval'; readonly eval: number; readonly source: string }

/** One turn: the tide's number, a seed for `random`, and what has come in since the last. */
export type AgentTurn = {
  readonly agent: AgentId
  readonly tick: number
  readonly seed: number
  readonly inputs: readonly AgentInput[] /** Leave `me.memory` unwritten this time: writing it costs more than a small turn. */
  readonly skipMemory?: true
  /** Marks of the words from other nodes among its inputs, for the journal; the program is not told. */
  readonly afar?: readonly string[]
}

export type AgentCall = { readonly call: number; readonly action: AgentAction; readonly args: readonly Json[] }
export type AgentLogLine = { readonly level: 'log' | 'warn' | 'error'; readonly text: string }

/** A mistake in the author's own lines. `line` and `column` are 1-based. */
export type ProgramError = {
  readonly name: string
  readonly message: string
  /** A stable code for the sentence a beginner is shown: `undefined_name`, `not_a_function`, `syntax`, `out_of_fuel`, … */
  readonly code: string
  /** For the sentence: the name that is not defined, the action that was refused … */
  readonly params?: Params
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly stack?: string
}

export type AgentTurnResult = {
  readonly agent: AgentId
  /** The turn's tide. */
  readonly tick: number
  readonly calls: readonly AgentCall[]
  readonly logs: readonly AgentLogLine[]
  readonly fuelUsed: number
  /** Present when it changed: canonical JSON of `me.memory`. */
  readonly memory?: string
  /** What ended the program. A turn that was cut (`out_of_fuel`, `stack_overflow`, …) has no calls and leaves memory as it was. */
  readonly error?: ProgramError
  /** A handler's failure, or a rejection that nobody waited for: told, and the program goes on. */
  readonly failed?: ProgramError
  /** Log lines beyond the turn's limit, not kept. */
  readonly droppedLogs?: number
  /** Present when it changed: the events that there are handlers for. */
  readonly listens?: readonly AgentEventName[]
  /** What lines of the console came to: a value as text, or an error. */
  readonly evals?: readonly AgentEvaluation[]
  /** True when `main` has returned and no handler is registered. */
  readonly finished?: boolean
  /** Of a traced program: the lines that it went through, in order, as far as there is room. */
  readonly path?: readonly { readonly file: string; readonly line: number }[]
}

export type AgentEvaluation = { readonly eval: number } & (
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: ProgramError }
)

/** What a program knows of its own character when it starts. */
export type AgentSelf = {
  readonly id: AgentId
  readonly name: string
  readonly owner: CharacterId
  readonly place: PlaceId
}
