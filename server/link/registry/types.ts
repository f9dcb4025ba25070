/** What a hub keeps of the nodes of the network. */
import type { NodeId, NodeRole, OwnerId } from '../types.ts'

/** What a node says of itself. Nothing of it counts before a hub has looked for itself (`Proven`), or a job has shown it. */
export type Manifest = {
  readonly name: string
  readonly role: NodeRole
  readonly version: string
  /** Where people reach its pages, when they can. */
  readonly url?: string
  readonly zones: readonly string[]
  readonly cpu: { readonly cores: number; readonly model: string }
  readonly memoryMb: number
  readonly gpus: readonly { readonly name: string; readonly memoryMb: number }[]
  readonly models: readonly ModelOffer[]
  /** What it does for others: `jobs`, `inference`, `relay`, `agents`, `zones` … */
  readonly services: readonly string[]
  /** Micro-credits by kind of work, decimal strings. */
  readonly prices: Readonly<Record<string, string>>
  readonly privacy: readonly string[]
}
export type ModelOffer = {
  readonly sha256: string
  readonly name: string
  readonly quant?: string
  readonly ctx: number
  readonly tokensPerS?: number
  readonly slots: number
}

/** What a hub found out for itself. */
export type Proven = {
  /** `public` and `lan`: a fresh connection to one of its addresses worked; `relay`: none did. */
  readonly reach: 'public' | 'lan' | 'relay'
  readonly rttMs: number
  /** SHA-256 a millisecond in a chain: one core's speed, as far as the network lets it show. */
  readonly hashesPerMs: number
  readonly atMs: number
}

/** How busy a node says it is, with each heartbeat. */
export type Load = {
  readonly people: number
  readonly agents: number
  readonly cpuPct: number
  readonly rssMb: number
}

export type NodeRecord = {
  readonly node: NodeId
  readonly leaseId: string
  readonly owner: OwnerId
  readonly role: NodeRole
  readonly name: string
  readonly version: string
  readonly manifest: Manifest
  readonly addresses: readonly string[]
  readonly proven?: Proven
  readonly load?: Load
  readonly hub: NodeId
  readonly admittedAtMs: number
  readonly renewedAtMs: number
  readonly expiresAtMs: number
  readonly leftAtMs?: number
  /** `bye` and its reason, or `lease`. */
  readonly leftReason?: string
}

export type Admit = Pick<
  NodeRecord,
  'node' | 'leaseId' | 'owner' | 'role' | 'name' | 'version' | 'manifest' | 'addresses' | 'hub'
>
export type Renewal = {
  readonly node: NodeId
  readonly leaseId: string
  readonly seq: number
  readonly load?: Load
  readonly addresses?: readonly string[]
  readonly manifest?: Manifest
}

/** The registry's table. All times are the database's own: initial nodes that share it agree on who is alive. */
export type NodeStore = {
  /** A new lease, instead of whatever the node had. */
  admit(node: Admit, ttlMs: number): Promise<NodeRecord>
  /** Longer leases for those that still hold theirs; who is not in the answer must join again. A repeated `seq` renews nothing and harms nothing. */
  renew(
    renewals: readonly Renewal[],
    ttlMs: number,
  ): Promise<ReadonlyMap<NodeId, { readonly proven?: Proven; readonly expiresAtMs: number }>>
  leave(node: NodeId, leaseId: string, reason: string): Promise<boolean>
  prove(node: NodeId, proven: Proven): Promise<void>
  /** Ends the leases that ran out, and answers whose. */
  expire(): Promise<readonly NodeRecord[]>
  get(node: NodeId): Promise<NodeRecord | undefined>
  /** Alive by the database's clock, in the order of their ids. */
  alive(options?: {
    readonly after?: NodeId
    readonly limit?: number
    readonly role?: NodeRole
  }): Promise<readonly NodeRecord[]>
  aliveOf(owner: OwnerId): Promise<number>
  /** Alive and called so, whatever the case of the letters; at most so many. */
  named(name: string, limit: number): Promise<readonly NodeRecord[]>
  /** Admissions, departures and findings since then, oldest first; and the moment to ask from next time. */
  changes(sinceMs: number): Promise<{ readonly nodes: readonly NodeRecord[]; readonly untilMs: number }>
}

export type Invite = {
  readonly id: string
  readonly keyHash: Uint8Array
  readonly role: NodeRole
  readonly usesLeft: number
  readonly createdAtMs: number
  readonly expiresAtMs: number
}
export type InviteStore = {
  put(invite: Invite): Promise<void>
  get(id: string): Promise<Invite | undefined>
  /** Takes one use; false when there is none left. */
  use(id: string, nowMs: number): Promise<boolean>
  list(nowMs: number): Promise<readonly Invite[]>
  remove(id: string): Promise<void>
}

/** Nodes met or heard of, for the next start and for the operator. */
export type KnownPeer = {
  readonly node: NodeId
  readonly owner?: OwnerId
  readonly role?: NodeRole
  readonly name?: string
  readonly addresses: readonly string[]
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly failures: number
}
export type PeerStore = {
  list(limit: number): Promise<readonly KnownPeer[]>
  put(peers: readonly KnownPeer[]): Promise<void>
  /** Forgets those not seen for longest beyond so many. */
  trim(keep: number): Promise<void>
}
