/** What a host and its pool send each other. Turns and results stay JSON text from the agent's side to the isolate: the host reads none of it. */

/** Names one program in one host; never used twice by the same host. */
export type Slot = number

export type TurnText = {
  readonly tick: number
  readonly seed: number /** JSON of the inputs. */
  readonly inputs: string
  readonly skipMemory?: boolean
}

export type LoadMessage = {
  readonly type: 'load'
  readonly slot: Slot
  readonly entry: string
  readonly modules: Readonly<Record<string, string>>
  /** JSON for the prelude's `$$init`. */
  readonly init: string
  readonly journal: readonly TurnText[]
  readonly fuelPerTurn: number
  readonly fuelBurst: number
  readonly memoryMb: number
  /** Mark each statement of the journal's last turn; the modules have hooks for it. */
  readonly follow?: boolean
  /** Tell with each turn where it went; the modules have hooks for it. */
  readonly trace?: boolean
}

/** One function of a program called once, in an isolate of its own. */
export type CallMessage = {
  readonly type: 'call'
  readonly slot: Slot
  readonly entry: string
  readonly modules: Readonly<Record<string, string>>
  /** JSON for the prelude's `$$init`. */
  readonly init: string
  readonly handler: string
  /** JSON of the one argument. */
  readonly input: string
  readonly seed: number
  readonly fuel: number
  readonly memoryMb: number
  readonly answerMaxChars: number
}

export type ToHost =
  | LoadMessage
  | CallMessage
  | { readonly type: 'turns'; readonly turns: readonly (TurnText & { readonly slot: Slot })[] }
  | { readonly type: 'unload'; readonly slot: Slot }

/** How a turn ended: with the prelude's JSON, or not at all. */
export type TurnOutcome = {
  readonly text?: string
  /** JSON of the program's memory, where the text tells only what has changed in it. */
  readonly memory?: string
  /** Of a traced program: where it went, each place by its number, as far as there is room. */
  readonly points?: readonly number[]
  /** What ended the program from outside of it. */
  readonly ended?: RawError
  /** A rejection nobody waited for. */
  readonly stray?: RawError
}
export type RawError = {
  readonly name: string
  readonly message: string
  readonly stack: string
  readonly code?: string
}

export type FromHost =
  | { readonly type: 'ready' }
  | { readonly type: 'called'; readonly slot: Slot; readonly text?: string; readonly failed?: RawError }
  | {
      readonly type: 'loaded'
      readonly slot: Slot
      readonly failed?: RawError
      readonly last?: TurnOutcome
      readonly lastTick?: number
      readonly pending: readonly string[]
      readonly listens: readonly string[]
    }
  | {
      readonly type: 'results'
      readonly results: readonly (TurnOutcome & { readonly slot: Slot; readonly tick: number })[]
    }
