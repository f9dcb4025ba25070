/** Projects (source files) and agents (programs with a body), as the rest of the node sees them. */
import type { AgentSelf, AgentTurn, ProgramError } from '../protocol/agent-io.ts'
import type { Diagnostic } from '../protocol/diagnostics.ts'
import type { AgentId, Json, Locale, PlaceId, PlayerId, ProjectId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import type { SandboxLimits } from '../sandbox/types.ts'

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal }

export type ProjectInfo = {
  readonly id: ProjectId
  readonly name: string
  readonly owner: PlayerId
  readonly files: readonly { readonly path: string; readonly bytes: number }[]
  readonly updatedAtMs: number
}

export type Projects = {
  list(owner: PlayerId): Promise<readonly ProjectInfo[]>
  /** Its words for people are in the language asked for. */
  create(owner: PlayerId, input: { name: string; template?: string; locale?: Locale }): Promise<Result<ProjectInfo>>
  read(owner: PlayerId, id: ProjectId, path: string): Promise<Result<string>>
  write(owner: PlayerId, id: ProjectId, path: string, text: string): Promise<Result<ProjectInfo>>
  remove(owner: PlayerId, id: ProjectId, path: string): Promise<Result<ProjectInfo>>
  /** Several files at once, all of it or nothing. */
  replace(owner: PlayerId, id: ProjectId, change: FilesChange): Promise<Result<ProjectInfo>>
  /** The whole project; refused while an agent has its program from it. */
  discard(owner: PlayerId, id: ProjectId): Promise<Result<ProjectInfo>>
  sources(owner: PlayerId, id: ProjectId): Promise<Result<Readonly<Record<string, string>>>>
  check(owner: PlayerId, id: ProjectId): Promise<Result<readonly Diagnostic[]>>
  /** Files that changed where they are kept in step with a folder, and not from a page: an open page looks again. */
  onOutside?(listener: (change: OutsideChange) => void): () => void
}

export type FilesChange = { readonly put: Readonly<Record<string, string>>; readonly remove: readonly string[] }

export type OutsideChange = {
  readonly owner: PlayerId
  readonly project: ProjectId
  readonly name: string
  readonly paths: readonly string[]
}

/** Words that an agent was told. `taken`: they are in its ears only; true once they are in its journal, false when it let go of them before. */
export type Told = { readonly taken?: Promise<boolean> }

export type AgentStatus = 'stopped' | 'running' | 'resting' | 'paused' | 'frozen' | 'moved'
export type AgentInfo = {
  readonly id: AgentId
  readonly name: string
  readonly owner: PlayerId
  readonly projectId: ProjectId
  readonly status: AgentStatus
  readonly node: string
  readonly epoch: number
  readonly place?: PlaceId
  readonly placeName?: Readonly<Record<Locale, string>>
  readonly fuel: { readonly used: number; readonly limit: number }
  readonly memory: Json
  readonly error?: ProgramError
  /** Why the newest code is not what runs: it failed its first turns, and the program before it came back. */
  readonly rolledBack?: ProgramError
  /** It is idle and put by, and wakes for what it listens to and waits for. */
  readonly asleep?: boolean
  /** Paused by its author, in the middle of what it was at. */
  readonly held?: boolean
  readonly marks?: readonly AgentMark[]
  /** How full its journal is; when it is full, `main` begins anew, with its memory. */
  readonly journal?: {
    readonly turns: number
    readonly maxTurns: number
    readonly inputs: number
    readonly maxInputs: number
  }
}
export type AgentLogEntry = {
  readonly id: number
  readonly tick: number
  readonly level: 'log' | 'warn' | 'error' | 'system'
  readonly text: string
}

/** A stretch of an agent's life that runs again, the same, wherever its program, memory and inputs are. */
export type AgentRecording = {
  readonly self: AgentSelf
  readonly program: {
    readonly hash: string
    readonly entry: string
    readonly sources: Readonly<Record<string, string>>
  }
  readonly limits: SandboxLimits
  /** JSON of `me.memory` when the stretch begins. */
  readonly memory: string
  readonly checkpointTick: number
  /** A page of it, oldest first; ask on from the last one's tick plus one. */
  readonly turns: readonly AgentTurn[]
  /** What it had come to at a tick; `fuelUsed` counts from the beginning and is absent where nobody has counted it whole. */
  readonly end: {
    readonly tick: number
    readonly memory: string
    readonly fuelUsed?: number
    readonly error?: ProgramError
  }
}

/** Drawn on its owner's map, and on nobody else's. */
export type AgentMark = { readonly place: PlaceId; readonly glyph: string; readonly note: string }

/** `pending`: it waits for something; what it comes to will be in the log. */
export type AgentAnswer =
  | { readonly ok: true; readonly text: string; readonly pending?: true }
  | { readonly ok: false; readonly error: ProgramError }

export type Agents = {
  list(owner: PlayerId): Promise<readonly AgentInfo[]>
  get(owner: PlayerId, id: AgentId): Promise<Result<AgentInfo>>
  create(owner: PlayerId, input: { projectId: ProjectId; name: string }): Promise<Result<AgentInfo>>
  /** Compiles the project's present sources and runs them; a running agent gets the new code with its memory kept. */
  start(owner: PlayerId, id: AgentId): Promise<Result<AgentInfo>>
  stop(owner: PlayerId, id: AgentId): Promise<Result<AgentInfo>>
  /** Stops it and forgets it, with its body, its memory and its log; its project stays. */
  remove(owner: PlayerId, id: AgentId): Promise<Result<AgentInfo>>
  /** It keeps its place, its memory and its awaits, and has no turns. */
  pause(owner: PlayerId, id: AgentId): Promise<Result<AgentInfo>>
  /** One turn of a paused agent, as soon as there is something to have it for; pauses one that runs. */
  step(owner: PlayerId, id: AgentId): Promise<Result<AgentInfo>>
  /** Lets a paused agent have its turns again. */
  goOn(owner: PlayerId, id: AgentId): Promise<Result<AgentInfo>>
  /** Takes it to another node, by name or id, or home (`home`), in the middle of whatever it is at. Resolves when it has left. */
  migrate(owner: PlayerId, id: AgentId, node: string): Promise<Result<AgentInfo>>
  /** Runs a line in its program, between its turns. */
  evaluate(owner: PlayerId, id: AgentId, source: string): Promise<Result<AgentAnswer>>
  log(owner: PlayerId, id: AgentId, after: number): Promise<Result<readonly AgentLogEntry[]>>
  /** The recorded turns, for replay. */
  recording(owner: PlayerId, id: AgentId, from: number, to: number): Promise<Result<readonly AgentTurn[]>>
  /** All that is needed to run those turns again elsewhere, since `main` last began: `from` and `to` choose among the turns. */
  replay(owner: PlayerId, id: AgentId, from: number, to: number): Promise<Result<AgentRecording>>
  /** Live changes of a person's agents: state, log lines. */
  onChange(
    listener: (owner: PlayerId, change: { agent: AgentInfo; log?: readonly AgentLogEntry[]; gone?: true }) => void,
  ): () => void
}
