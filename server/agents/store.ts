/** Where projects and agents are kept. Every write may be repeated without harm. */
import type { AgentEventName, AgentInput, AgentTurn, ProgramError } from '../protocol/agent-io.ts'
import type { AgentId, Locale, PlaceId, PlayerId, ProjectId, ZoneId } from '../protocol/ids.ts'
import type { Program } from '../sandbox/types.ts'
import type { Due } from './body.ts'
import type { AgentLogEntry, AgentMark, AgentStatus, FilesChange, ProjectInfo } from './types.ts'

export type ProjectRow = Omit<ProjectInfo, 'files'> & { readonly createdAtMs: number }

export type ProjectStore = {
  list(owner: PlayerId): Promise<readonly ProjectInfo[]>
  info(id: ProjectId): Promise<ProjectInfo | undefined>
  insert(row: ProjectRow, files: Readonly<Record<string, string>>): Promise<void>
  files(id: ProjectId): Promise<Readonly<Record<string, string>>>
  putFile(id: ProjectId, path: string, text: string, nowMs: number): Promise<void>
  removeFile(id: ProjectId, path: string, nowMs: number): Promise<void>
  /** As one. */
  replaceFiles(id: ProjectId, change: FilesChange, nowMs: number): Promise<void>
  /** With its files; false when an agent has it. */
  remove(id: ProjectId): Promise<boolean>
}

export type AgentRow = {
  readonly id: AgentId
  readonly owner: PlayerId
  readonly projectId: ProjectId
  readonly name: string
  readonly status: AgentStatus
  readonly epoch: number
  /** Counts starts of `main`: calls are numbered anew in each. */
  readonly generation: number
  readonly program?: Program
  /** JSON of `me.memory` when this generation began. */
  readonly memory: string
  readonly checkpointTick: number
  readonly fuelUsed: number
  readonly error?: ProgramError
  /** The program that this one took the place of, until this one has proved itself: what it goes back to when it fails. */
  readonly previous?: Previous
  /** What became of the last new code, when it was rolled back. */
  readonly rolledBack?: ProgramError
  /** How it stood when it was put by; meaningless once a later turn has been journalled. */
  readonly asleep?: Asleep
  /** How the stretch began whose turns an ended agent has left: they stay until it starts again. */
  readonly past?: Past
  /** Times in a row that it took its host down with it. */
  readonly offences?: number
  /** Paused by its author: it keeps its place, and has turns only as they are given to it. */
  readonly held?: boolean
  readonly marks?: readonly AgentMark[]
  /** How its own time goes with its zone's, so that no tide is lost when the node goes down. */
  readonly zoneClock?: ZoneClock
  /** How it came from another node: what is still to be told of what it did there. */
  readonly carried?: Carried
  /** Marks of words from other nodes that it had before its journal begins. */
  readonly heardAfar?: readonly string[]
  /** It lives at another node now. */
  readonly away?: { readonly node: string; readonly name: string; readonly epoch: number }
  readonly createdAtMs: number
  readonly updatedAtMs: number
}
/** The agent's own time is the zone's count of tides and `offset`. */
export type ZoneClock = { readonly zone: ZoneId; readonly offset: number }
export type Carried = {
  readonly tick: number
  readonly locale: Locale
  readonly startPlace: PlaceId
  /** Its last turn, and what it had in memory after it. */
  readonly taken: number
  readonly memory: string
  /** Answers that it had not had when it left, by call: these calls are not made again. */
  readonly due: readonly Due[]
  /** What it had heard and had no turn for. */
  readonly events: readonly AgentInput[]
}
export type Previous = { readonly program: Program; readonly memory: string }
/** An agent without a place in any host: all that is needed to know when to wake it, and to answer questions about it. */
export type Asleep = {
  /** Its own time when it was put by, and how that goes with its zone's. */
  readonly tick: number
  readonly zone?: ZoneId
  readonly offset: number
  /** Its last turn. */
  readonly taken: number
  readonly memory: string
  readonly listens: readonly AgentEventName[]
  /** When something it waits for is due. */
  readonly dueTick?: number
  readonly turns: number
  readonly inputs: number
  readonly fuelLast: number
  readonly fuelSince?: number
  readonly startPlace: PlaceId
  readonly locale: Locale
}
export type Past = {
  readonly memory: string
  readonly checkpointTick: number
  readonly fuelUsed?: number
  readonly fuelLast?: number
}

export type StoredLine = AgentLogEntry & { readonly agent: AgentId }

/** `lines` go in with the rest, as one; a line that is there already stays as it is. */
export type AgentStore = {
  byOwner(owner: PlayerId): Promise<readonly AgentRow[]>
  find(id: AgentId): Promise<AgentRow | undefined>
  /** Those that were going when the node went down. */
  going(): Promise<readonly AgentRow[]>
  /** False when the owner has an agent of that name. */
  insert(row: AgentRow): Promise<boolean>
  save(row: AgentRow, lines?: readonly StoredLine[]): Promise<void>
  /** With its turns and its log; removing again does nothing. */
  remove(id: AgentId): Promise<void>
  /** Saves the row and forgets the turns before it, as one. */
  checkpoint(row: AgentRow, lines?: readonly StoredLine[]): Promise<void>
  /** The row of one that comes from another node, new or not, with its journal instead of whatever was here, as one. */
  takeIn(row: AgentRow, turns: readonly AgentTurn[], lines?: readonly StoredLine[]): Promise<void>
  appendTurns(turns: readonly AgentTurn[], lines?: readonly StoredLine[]): Promise<void>
  /** Whether turns after this one were journalled. */
  hasTurnsAfter(id: AgentId, tick: number): Promise<boolean>
  turns(id: AgentId, fromTick?: number, toTick?: number): Promise<readonly AgentTurn[]>
  appendLog(lines: readonly StoredLine[]): Promise<void>
  /** The newest that come after `after`, oldest first. */
  log(id: AgentId, after: number, limit: number): Promise<readonly AgentLogEntry[]>
  lastLog(id: AgentId): Promise<{ readonly id: number; readonly tick: number } | undefined>
}
