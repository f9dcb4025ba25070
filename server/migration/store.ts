/** What the registry of agents keeps. Each write is one transaction, and comes to the same when it is made again. */
import type { Ownership, Trip, TripId } from './types.ts'

export type IntentRow = Trip & {
  readonly status: 'open' | 'committed' | 'aborted'
  readonly reason?: string
  readonly expiresAtMs: number
}
export type OwnershipEntry = {
  readonly agentId: string
  readonly epoch: number
  readonly from: string
  readonly to: string
  readonly why: 'claimed' | 'moved' | 'reclaimed'
  readonly mid?: TripId
  readonly cid?: string
  readonly atMs: number
}

export type MigrationStore = {
  /** The intent of that name; a new one when the agent is the source's at that epoch, or nobody's, and no other is open. */
  begin(trip: Trip, times: { readonly expiresAtMs: number; readonly nowMs: number }): Promise<IntentRow | 'conflict'>
  /** One that was committed and is not kept any more is told by its entry in the list of owners. */
  find(mid: TripId): Promise<IntentRow | undefined>
  /** Forgets trips that were decided, or ran out, before then; answers how many. */
  prune(beforeMs: number): Promise<number>
  /** Open and in time, and the agent still the source's at that epoch: then all of it changes with its log entry, else nothing. */
  commit(mid: TripId, about: { readonly cid: string; readonly nowMs: number }): Promise<IntentRow | undefined>
  /** Open -> aborted; one that nobody began is written as aborted, so that it cannot begin later. */
  abort(trip: Trip, reason: string, nowMs: number): Promise<IntentRow>
  owner(agentId: string): Promise<Ownership | undefined>
  /** From a dead owner to its home at the next epoch, with its log entry; open intents end. Undefined when it is not so any more. */
  reclaim(of: Ownership, nowMs: number): Promise<Ownership | undefined>
  /** Every change of owner, in order. */
  entries(agentId: string): Promise<readonly OwnershipEntry[]>
}
