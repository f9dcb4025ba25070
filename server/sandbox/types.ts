/** Programs run in other processes behind this interface; isolated-vm is one way to do it. */
import type {
  AgentCall,
  AgentEventName,
  AgentSelf,
  AgentTurn,
  AgentTurnResult,
  ProgramError,
} from '../protocol/agent-io.ts'
import type { Diagnostic } from '../protocol/diagnostics.ts'
import type { AgentId, Json } from '../protocol/ids.ts'

/** Path -> source, e.g. `main.ts`; the entry is `main.ts` or `main.js`. */
export type SourceFiles = Readonly<Record<string, string>>

/** Sources stripped of types and instrumented; the same text everywhere for the same sources. */
export type Program = {
  readonly hash: string
  readonly entry: string
  readonly modules: Readonly<Record<string, string>>
  /** Where counting was put into each line, so that an error's column is the author's. */
  readonly shifts?: Readonly<Record<string, readonly (readonly [line: number, column: number, length: number])[]>>
  /** Only of a program that was compiled to be followed: what the numbers in its hooks mean. */
  readonly points?: readonly Point[]
}

/** Somewhere that a followed program tells of coming to. */
export type Point = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly what: 'line' | 'await'
  /** Variables in sight, the nearest first. */
  readonly names: readonly string[]
}

export type CompileResult =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/** `trace`: with hooks that tell where it is. It does the same and uses the same fuel, and has the hash of the program without them. */
export type CompileOptions = { readonly trace?: boolean }

export type SandboxLimits = {
  readonly fuelPerTurn: number
  readonly fuelBurst: number
  readonly memoryMb: number
  readonly maxMemoryBytes: number
}

export type AgentLoad = {
  readonly self: AgentSelf
  /** What turns and results go by, where that is not `self.id`: of two simulated agents with one id, each has its own. */
  readonly key?: AgentId
  readonly program: Program
  /** JSON of `me.memory` at the checkpoint. */
  readonly memory: string
  /** Turns since the checkpoint, handed in again without their effects. */
  readonly journal: readonly AgentTurn[]
  readonly limits: SandboxLimits
  /** The program was compiled to be followed, and each turn's result has its `path`. */
  readonly trace?: true
  /** Those with the same word here share hosts as far as they can: agents of a zone have their turns together. */
  readonly near?: string
}

/** What a restored program waits for, so that what was asked before a crash can be asked again under the same ids. */
export type Loaded = {
  readonly ok: true
  /** Calls made in the journal whose results are not in it. */
  readonly pending: readonly (AgentCall & { readonly tick: number })[]
  /** What the journal's last turn came to: its sender may have died before hearing of it. */
  readonly last?: AgentTurnResult
  readonly listens: readonly AgentEventName[]
}

/** One function of a program, called once with one value, in an isolate that is made for it and thrown away. */
export type Call = {
  readonly program: Program
  /** Name of what the entry exports. */
  readonly handler: string
  /** Plain data; when it is an object, the handler finds `random` in it besides. */
  readonly input: Json
  /** Feeds all chance: the same seed and input always come to the same answer. */
  readonly seed: number
  readonly fuel: number
}
export type CallAnswer =
  | { readonly ok: true; readonly value: Json; readonly fuelUsed: number }
  /** `host_lost`, `busy`: not its own fault, and it may be asked again. */
  | { readonly ok: false; readonly error: ProgramError }

export type Sandbox = {
  /** Resolves when the program is ready for turns. The first turn runs the modules and starts `main`. */
  load(agent: AgentLoad): Promise<Loaded | { readonly ok: false; readonly error: ProgramError }>
  /** Queues turns, batched into one message per host; results come back through `onResult`. Never throws, never blocks. */
  turn(turns: readonly AgentTurn[]): void
  unload(agent: AgentId): Promise<void>
  /** Resolves always; a call that takes its host down harms no agent and no other call. */
  call(call: Call): Promise<CallAnswer>
  onResult(listener: (results: readonly AgentTurnResult[]) => void): () => void
  /** A host died or was killed: these agents must be loaded again; `culprit` is the one that did it, where known. */
  onLost(
    listener: (lost: {
      readonly agents: readonly AgentId[]
      readonly culprit?: AgentId
      readonly reason: string
    }) => void,
  ): () => void
  /**
   * Runs it again in a process of its own to see at which line it comes to its end: the last one begun. Dear, and for programs
   * that have taken a host down; undefined when it ends otherwise this time.
   */
  locate?(agent: AgentLoad): Promise<{ readonly file: string; readonly line: number } | undefined>
  /** It has come to be near others than those it was loaded with: told of as lost (`recycled`) when a host has more of those. */
  near?(agent: AgentId, near: string): void
  stats(): { readonly hosts: number; readonly agents: number; readonly pids: readonly number[] }
  [Symbol.asyncDispose](): Promise<void>
}

// --- replays -----------------------------------------------------------------------------------------------------------

export type ReplayRequest = Pick<AgentLoad, 'self' | 'memory' | 'limits'> & {
  readonly sources: SourceFiles
  /** Lines of the console in it, each once. */
  readonly lines?: readonly string[]
}

/** All that the frame is handed; it is made for this node's prelude. */
export type ReplayPlan = {
  readonly hash: string
  readonly program: { readonly entry: string; readonly modules: Readonly<Record<string, string>> }
  readonly points: readonly Point[]
  readonly init: string
  readonly exports: readonly string[]
  /** Code of each line of the console. */
  readonly lines: Readonly<Record<string, string>>
  readonly limits: {
    readonly fuelPerTurn: number
    readonly fuelBurst: number
    readonly steps: number
    readonly values: number
  }
}

export type Replays = {
  readonly frame: { readonly html: string; readonly policy: string }
  prepare(
    request: ReplayRequest,
  ): Promise<
    | { readonly ok: true; readonly plan: ReplayPlan }
    | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }
  >
}
