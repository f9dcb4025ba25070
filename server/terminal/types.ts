/** What a person's line needs of the rest of the node. Every part but the zones may be absent: its verbs then say so. */
import type { Accounts, Person } from '../accounts/types.ts'
import type { Agents, Projects } from '../agents/types.ts'
import type { MentorService } from '../inference/mentor/types.ts'
import type { Jobs } from '../jobs/types.ts'
import type { TransparencyLog } from '../ledger/log/types.ts'
import type { Trust } from '../ledger/trust/types.ts'
import type { Ledger } from '../ledger/types.ts'
import type { Lessons } from '../lessons/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { Library, Workspaces } from '../library/types.ts'
import type { Network, NetworkDesk } from '../link/types.ts'
import type { Json, Locale, Params, PlayerId } from '../protocol/ids.ts'
import type { LineAck, OutputDraft } from '../protocol/terminal.ts'
import type { Zones } from '../rooms/types.ts'
import type { Visits } from '../visits/types.ts'

/** What a person has set for themselves. */
export type Preferences = {
  /** Only the name of a place when walking into it; `look` still describes it. */
  readonly brief: boolean
  /** Maps as lists: for screen readers. */
  readonly reader: boolean
  /** Movement and flicker on the page's map. */
  readonly motion: boolean
  readonly aliases: Readonly<Record<string, string>>
  readonly channels: readonly string[]
  /** When they were last here; 0 for never. */
  readonly lastSeenMs: number
}

export type Letter = {
  readonly id: string
  readonly from: PlayerId
  readonly fromName: string
  readonly text: string
  readonly atMs: number
  readonly read: boolean
}

/** Kept between visits. */
export type Kept = Preferences & { readonly letters: readonly Letter[] }

/** One record of plain data per person; its shape is this part's own. */
export type PreferencesStore = {
  read(player: PlayerId): Promise<Json | undefined>
  write(player: PlayerId, value: Json): Promise<void>
}

export type NodeInfo = {
  readonly name: string
  readonly role: string
  readonly version: string
  readonly startedAtMs: number
}
export type WorldCheck = { readonly ok: boolean; readonly problems: readonly string[] }

/** `onBroadcast` hears what other nodes say to everybody. */
export type TerminalNetwork = Network & {
  readonly desk: NetworkDesk & {
    onBroadcast(listener: (said: { readonly name: string; readonly text: string }) => void): () => void
  }
}

export type TerminalServices = {
  readonly zones: Zones
  readonly accounts?: Accounts
  readonly lessons?: Lessons
  readonly mentor?: MentorService
  readonly ledger?: Ledger
  readonly trust?: Trust
  readonly jobs?: Jobs
  /** The log over the ledger: people are told when it has stopped. */
  readonly tlog?: Pick<TransparencyLog, 'mayPost' | 'onStop'>
  readonly agents?: Agents
  readonly projects?: Projects
  readonly library?: Library
  readonly workspaces?: Workspaces
  readonly preferences?: PreferencesStore
  readonly clock?: Clock
  readonly node?: NodeInfo
  readonly network?: TerminalNetwork
  readonly visits?: Pick<Visits, 'away' | 'comeHome' | 'islands' | 'mayAct' | 'shut'>
  /** Reads the world's files again and swaps them in; the problems when they are not right. */
  readonly reloadWorld?: () => Promise<WorldCheck>
  /** The same without the swap. */
  readonly checkWorld?: () => Promise<WorldCheck>
  /** Told of errors that are ours. */
  readonly report?: (error: unknown, where: string) => void
}

export type TerminalOptions = {
  readonly changesPerSecond?: number
  readonly changesBurst?: number
  /** How a line that came too fast is made to wait. */
  readonly sleep?: (ms: number) => Promise<unknown>
}

export type OpenInput = {
  readonly person: Person
  readonly locale: Locale
  readonly send: (drafts: readonly OutputDraft[]) => void
}
export type Completion = { readonly text: string; readonly kind: 'verb' | 'thing' | 'person' | 'way' }

export type Session = {
  /** Never throws for what a person typed. Reads are answered before it returns. */
  line(text: string, lineId?: string): LineAck | Promise<LineAck>
  complete(prefix: string): readonly Completion[]
  setLocale(locale: Locale): void
  /** Name, roles or language changed elsewhere. */
  refresh(person: Person): void
  close(): Promise<void>
}

export type Terminal = {
  open(input: OpenInput): Promise<Session>
  /** A line to every open session of a person; false when they have none. */
  tell(id: PlayerId, key: string, params: Params, data?: Json): boolean
  /** Sessions open now. */
  sessions(): number
  [Symbol.asyncDispose](): Promise<void>
}
