/** What the chaos harness and its node processes say to each other. The harness sends one stimulus at a time and waits until the node is quiet. */
import type { Frame } from '../../link/types.ts'

/** What is switched off, to see that the harness finds it. */
export type Mutation = 'none' | 'fencing' | 'asking'

export type Boot = {
  readonly type: 'boot'
  readonly node: string
  readonly dir: string
  /** Counts the node's starts: names made in one life are not made in another. */
  readonly life: number
  readonly mutation: Mutation
  /** Agents that are born here, unless they are already. */
  readonly agents: readonly string[]
  /** Where this life may end. */
  readonly doom: Doom
}
/** The process stands still where one of these is met, for the harness to kill it; it passes everything else without asking. */
export type Doom = {
  readonly fromMs: number
  readonly untilMs: number
  /** The so-manieth place it comes to in that time. */
  readonly atPlace?: number
  /** Or the so-manieth time it comes to the place of that name. */
  readonly named?: { readonly place: string; readonly time: number }
}
export type Stimulus =
  | Boot
  | {
      readonly type: 'request'
      readonly rid: number
      readonly from: string
      readonly protocol: string
      readonly frame: Frame
    }
  | { readonly type: 'answer'; readonly rid: number; readonly frame?: Frame; readonly error?: string }
  | { readonly type: 'timer'; readonly id: number }
  | { readonly type: 'hop'; readonly agent: string; readonly dst: string }
  | { readonly type: 'turn' }
  | { readonly type: 'report' }
export type ToNode = { readonly n: number; readonly nowMs: number; readonly stimulus: Stimulus }

export type AgentReport = {
  readonly id: string
  readonly epoch: number
  readonly count: number
  readonly alive: boolean
}
export type NodeReport = {
  readonly agents: readonly AgentReport[]
  /** Trips that are under way: rows that are neither here nor moved. */
  readonly underWay: number
  /** Of the registry: who owns what, and every effect that was let through. */
  readonly owners?: Readonly<Record<string, { readonly owner: string; readonly epoch: number }>>
  readonly effects?: readonly { readonly agent: string; readonly epoch: number; readonly seq: number }[]
}
export type FromNode =
  | {
      readonly type: 'request'
      readonly rid: number
      readonly to: string
      readonly protocol: string
      readonly frame: Frame
      readonly timeoutMs: number
    }
  | { readonly type: 'answer'; readonly rid: number; readonly frame?: Frame; readonly error?: string }
  | { readonly type: 'timer'; readonly id: number; readonly ms: number }
  /** It stands before or after a sync or a send, and waits for its death. */
  | { readonly type: 'doomed'; readonly place: string }
  | { readonly type: 'alive'; readonly agent: string; readonly epoch: number }
  | { readonly type: 'rests'; readonly agent: string }
  | { readonly type: 'told'; readonly agent: string; readonly step: string }
  | { readonly type: 'report'; readonly report: NodeReport }
  | { readonly type: 'quiet'; readonly n: number }

export const REGISTRY = 'registry'
