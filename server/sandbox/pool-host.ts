/** A host as the pool has it in hand: its process, who lives in it, and what it has been asked for. */
import type { AgentId } from '../protocol/ids.ts'
import type { HostProcess } from './host-process.ts'
import type { Slot, ToHost } from './messages.ts'
import type { Call, CallAnswer, Program, Sandbox } from './types.ts'

export type LoadAnswer = Awaited<ReturnType<Sandbox['load']>>
export type Resident = {
  readonly agent: AgentId
  readonly program: Program
  readonly host: Host
  readonly slot: Slot
  near?: string
  waiting: number
  ended: boolean
  /** JSON of its memory: results tell what has changed in it. */
  memory: string
  loading?: (answer: LoadAnswer) => void
}
type TurnsMessage = Extract<ToHost, { type: 'turns' }>
export type Calling = { readonly call: Call; tries: number; readonly answer: (answer: CallAnswer) => void }
export type Host = {
  readonly process: HostProcess
  /** Agents and calls never share a host: what a world's script does to it is no agent's loss. */
  readonly forCalls: boolean
  readonly calls: Map<Slot, Calling>
  readonly residents: Map<Slot, Resident>
  readonly startedMs: number
  ready: boolean
  loads: number
  /** Messages sent and not yet answered. */
  busy: number
  steps: number
  progressMs: number
  /** At the end of its planned life: its agents are taken out of it, a few at a time. */
  draining: boolean
  /** When it was last seen with agents in it. */
  usedMs: number
  /** Turns that go out together, as soon as whoever sends them has done. */
  outbox: TurnsMessage['turns'][number][]
  /** Why we are ending it, once we are. */
  ending?: string
}

export const newHost = (process: HostProcess, forCalls: boolean, nowMs: number): Host => ({
  process,
  forCalls,
  calls: new Map(),
  residents: new Map(),
  startedMs: nowMs,
  ready: false,
  loads: 0,
  busy: 0,
  steps: 0,
  progressMs: nowMs,
  draining: false,
  usedMs: nowMs,
  outbox: [],
})
