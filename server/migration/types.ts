/** An agent's way from node to node, as the rest of the node sees it. */
import type { Cid } from '../bundles/types.ts'
import type { Signed } from '../lib/signed.ts'
import type { NodeId } from '../link/types.ts'
import type { AgentId } from '../protocol/ids.ts'

/** Names one attempt to move one agent; made by the source. */
export type TripId = string
export type Trip = {
  readonly mid: TripId
  readonly agentId: AgentId
  /** The epoch it leaves; it arrives at the next. */
  readonly epoch: number
  readonly src: NodeId
  readonly dst: NodeId
}
export type IntentStatus = 'open' | 'committed' | 'aborted'
/** What the registry knows of a trip. `expiresInMs` by its own clock. */
export type Intent = Trip & { readonly status: IntentStatus; readonly reason?: string; readonly expiresInMs: number }
export type Ownership = {
  readonly agentId: AgentId
  readonly owner: NodeId
  readonly epoch: number
  /** The node it belongs to, which may have it back when its host is dead. */
  readonly home: NodeId
}
export type Prepared = { readonly cid: Cid; readonly stateHash: string; readonly signed: Signed }

/** The one that decides. Every request may be repeated: the answer is what stands. Throws `WireError` when it cannot be asked. */
export type Registry = {
  /** Opens an intent. An agent it does not know belongs to the node that says so first. */
  begin(trip: Trip, ttlMs: number): Promise<Intent>
  status(mid: TripId): Promise<Intent | undefined>
  /** The compare-and-set: owner and epoch as the trip began, and the intent still open. */
  commit(trip: Trip, prepared: Prepared): Promise<Intent>
  /** A compare-and-set as well: a trip that is committed stays so. */
  abort(trip: Trip, reason: string): Promise<Intent>
  where(agentId: AgentId): Promise<(Ownership & { readonly hostIsDead: boolean }) | undefined>
  /** Gives an agent back to its home when the lease of the node that had it has ended. */
  reclaim(agentId: AgentId, epoch: number): Promise<Ownership>
}

/** Why an agent may not come, or did not get away. */
export const TRAVEL_REFUSALS = [
  'capacity',
  'policy',
  'version',
  'stale',
  'busy',
  'not_here',
  'no_lease',
  'unreachable',
  'no_registry',
  'conflict',
  'failed',
  'expired',
] as const
export type TravelRefusal = (typeof TRAVEL_REFUSALS)[number]
export type Left =
  | { readonly ok: true; readonly node: NodeId; readonly epoch: number; readonly frozenMs: number }
  | { readonly ok: false; readonly code: TravelRefusal; readonly message: string }

/** What its owner sees of a journey. */
export type TravelStep =
  | { readonly step: 'asked' | 'accepted' | 'frozen' | 'prepared'; readonly node: NodeId }
  | { readonly step: 'moved' | 'arrived'; readonly node: NodeId; readonly epoch: number }
  | {
      readonly step: 'refused' | 'aborted'
      readonly node: NodeId
      readonly code: TravelRefusal
      readonly message: string
    }
  /** Its host is dead; it goes on from this checkpoint, and does again what it did after it. */
  | {
      readonly step: 'returned'
      readonly node: NodeId
      readonly epoch: number
      readonly tick: number
      readonly atMs: number
    }
  /** Its host cannot be sure of its lease: it waits. */
  | { readonly step: 'suspended' }
  | { readonly step: 'resumed' }

export type Offer = {
  readonly trip: Trip
  readonly home: NodeId
  readonly name: string
  /** How the sandbox and the agent API are versioned: the journal must mean the same there. */
  readonly version: string
  readonly bytes: number
  readonly memoryMb: number
}

/** What the node does with its agents, as travel needs it. Each may be called again after a crash and does nothing new then. */
export type TravelHost = {
  /** Undefined when no agent of that name is going here. */
  describe(
    agentId: AgentId,
  ): Promise<
    { readonly epoch: number; readonly name: string; readonly bytes: number; readonly memoryMb: number } | undefined
  >
  readonly version: string
  /** When it resolves there are no turns any more and all it did is journalled. Freezing and thawing one agent are done in the order of asking. */
  freeze(agentId: AgentId): Promise<void>
  /** All of a frozen agent. */
  exported(agentId: AgentId): Promise<Uint8Array>
  /** All of one that is going, as it stands between two turns, and the tick of its last one. */
  snapshot(agentId: AgentId): Promise<{ readonly bytes: Uint8Array; readonly tick: number } | undefined>
  /** It goes on where it was, at the same epoch. */
  thaw(agentId: AgentId): Promise<void>
  /** It belongs to another node now. */
  leave(agentId: AgentId, to: { readonly node: NodeId; readonly epoch: number }): Promise<void>
  /** Undefined: it may come. */
  refusal(offer: Offer): Promise<{ readonly code: TravelRefusal; readonly message: string } | undefined>
  /** Loads it without letting it act; answers the hash of the state it was restored to. Throws when it cannot be. */
  dryLoad(offer: Pick<Offer, 'trip' | 'home'>, bytes: Uint8Array): Promise<string>
  /** Takes it in at that epoch; it goes on when it is thawed. */
  activate(arrival: Arrival, bytes: Uint8Array): Promise<void>
  /** Ends what is here of an agent that is another's. */
  drop(agentId: AgentId): Promise<void>
  /** How one that lives here is, as JSON for its owner at home. */
  state?(agentId: AgentId, logAfter?: number): Promise<string | undefined>
  /** A step of a journey, for its owner. */
  told(agentId: AgentId, step: TravelStep): void
}
export type Arrival = {
  readonly agentId: AgentId
  readonly epoch: number
  readonly home: NodeId
  readonly from: NodeId
  /** It comes back from a checkpoint of this tick, because its host is dead. */
  readonly redone?: { readonly tick: number; readonly atMs: number }
}
