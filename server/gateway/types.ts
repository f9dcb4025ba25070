/** What the gateway is given and what it gives back. */
import type { Accounts } from '../accounts/types.ts'
import type { Agents, Projects } from '../agents/types.ts'
import type { MentorService } from '../inference/mentor/types.ts'
import type { Callers, Inference, Keys } from '../inference/types.ts'
import type { Jobs } from '../jobs/types.ts'
import type { Ious } from '../ledger/iou/types.ts'
import type { HttpWitness, TransparencyLog } from '../ledger/log/types.ts'
import type { Trust } from '../ledger/trust/types.ts'
import type { Ledger } from '../ledger/types.ts'
import type { Lessons } from '../lessons/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { Library, Workspaces } from '../library/types.ts'
import type { Network, NetworkDesk } from '../link/types.ts'
import type { Json, PlayerId } from '../protocol/ids.ts'
import type { Seats, Zones } from '../rooms/types.ts'
import type { Replays } from '../sandbox/types.ts'
import type { Terminal } from '../terminal/types.ts'
import type { Visits } from '../visits/types.ts'

export type GatewayConfig = {
  /** 0 picks a free one. */
  readonly port: number
  readonly host: string
  /** Where people reach this node, when it stands behind a proxy. */
  readonly publicUrl?: string
  /** Believe the last `x-forwarded-for` entry. */
  readonly trustProxy: boolean
  /** Answers only requests that are meant for this machine and come from a page of its own: see own-machine.ts. */
  readonly ownMachineOnly?: boolean
  /** The built page; absent while it is not built. */
  readonly clientDir?: string
  readonly node: {
    readonly name: string
    readonly role: 'initial' | 'trusted' | 'local'
    readonly version: string
    readonly peerId?: string
  }
}

/** Handlers of the operations part. */
export type Ops = {
  live(): HealthReport | Promise<HealthReport>
  ready(): HealthReport | Promise<HealthReport>
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
  /** `route` is the pattern, never the raw path: a label must not grow without bound. */
  observeRequest?(route: string, status: number, seconds: number): void
  observeLine?(outcome: 'ok' | 'refused' | 'failed'): void
}
/** What whoever runs the node may look at: newest log lines of the network, and its settings. Neither holds a secret. */
export type OperatorView = {
  log(limit: number): readonly {
    readonly seq: number
    readonly atMs: number
    readonly level: 'debug' | 'info' | 'warn' | 'error'
    readonly part: string
    readonly message: string
    readonly detail: string
  }[]
  settings(): readonly {
    readonly name: string
    readonly env: string
    readonly flag: string
    readonly value?: string
    readonly isSecret?: true
  }[]
}
export type HealthReport = { readonly ok: boolean; readonly checks?: { readonly [name: string]: Json } }

export type GatewayLog = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export type GatewayParts = {
  readonly config: GatewayConfig
  readonly accounts: Accounts
  readonly zones: Zones & { readonly seats: Seats }
  /** The part that understands a person's lines; the gateway only carries them. */
  readonly terminal: Pick<Terminal, 'open'>
  readonly agents?: Agents
  readonly projects?: Projects
  readonly library?: Library
  readonly workspaces?: Workspaces
  readonly ledger?: Ledger
  /** Trust of owners, and promises to pay between them. */
  readonly credit?: { readonly trust: Trust; readonly ious: Ious }
  /** The transparency log over the ledger, and this node as a witness of others' logs. */
  readonly tlog?: TransparencyLog
  readonly witness?: HttpWitness
  readonly lessons?: Lessons
  readonly mentor?: MentorService
  readonly jobs?: Jobs
  readonly replays?: Replays
  readonly network?: Network & { readonly desk: NetworkDesk }
  readonly models?: GatewayModels
  /** People who go to other nodes' worlds, and those who come. */
  readonly visits?: Visits
  readonly ops?: Ops
  readonly operator?: OperatorView
  readonly clock?: Clock
  readonly log: GatewayLog
}

/** What `/v1/*` and the routes of API keys are made of. */
export type GatewayModels = {
  readonly inference: Inference
  readonly callers: Callers & Keys
  readonly isApiKey: (token: string) => boolean
}

export type Gateway = {
  /** `http://host:port`, once it listens. */
  readonly url: string
  /** Terminals connected now. */
  terminals(): number
  /** Pages that a person has open, terminals and maps. */
  connections(id: PlayerId): number
  listen(): Promise<string>
  /** Takes nothing new, lets what is under way finish, tells those connected, and closes. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
