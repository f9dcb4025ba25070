/** What the run with real nodes says to the processes that hold them, and they to it. */
import type { HubAddress } from '../../link/registry/frames.ts'
import type { NodeId } from '../../link/types.ts'
import type { Seen } from './tally.ts'

export type PlanArguments = {
  readonly nodes: number
  readonly seed: number
  readonly messages: number
  readonly joinWindowMs?: number
}
export type ToProcess =
  | { readonly type: 'hub'; readonly plan: PlanArguments }
  /** Members by number, from one and up to another. */
  | { readonly type: 'members'; readonly plan: PlanArguments; readonly from: number; readonly to: number }
  /** Nodes besides those of the run, to measure links on: these are looked at by the next. */
  | { readonly type: 'targets'; readonly hub: HubAddress }
  | { readonly type: 'probe'; readonly hub: HubAddress; readonly targets: Targets; readonly forMs: number }
  /** Everybody begins at that moment of the machine's clock. */
  | { readonly type: 'go'; readonly startMs: number; readonly hub: HubAddress; readonly names: readonly NodeId[] }

export type Targets = { readonly open: readonly HubAddress[]; readonly hidden: readonly NodeId[] }
/** Samples in milliseconds. */
export type Probed = {
  /** From before signing there until the signature was checked here. */
  readonly oneWayMs: number[]
  readonly rttMs: number[]
  readonly dialMs: number[]
  readonly dialHubMs: number[]
  /** A first request over a new link. */
  readonly firstMs: number[]
  readonly failMs: number[]
}
export type FromProcess =
  | { readonly type: 'ready'; readonly made: readonly HubAddress[] }
  | { readonly type: 'targets'; readonly targets: Targets }
  | { readonly type: 'probed'; readonly probed: Probed }
  | { readonly type: 'seen'; readonly seen: readonly Seen[] }
