/** What the sides of a trip share. Clock, pauses, disk and wire are handed in: the chaos harness owns them all. */
import type { Bundles } from '../bundles/types.ts'
import type { SigningKey } from '../lib/ed25519.ts'
import type { InTurn } from '../lib/in-turn.ts'
import { TRIP_RETRY_FIRST_MS, TRIP_RETRY_MAX_MS } from '../limits.ts'
import type { NodeId, Wire } from '../link/types.ts'
import type { AgentId } from '../protocol/ids.ts'
import type { Checkpoint, RowStore } from './rows.ts'
import type { Registry, TravelHost, TripId } from './types.ts'

export type Timers = {
  now(): number
  /** Rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemTimers: Timers = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const stop = () => {
        clearTimeout(timer)
        reject(signal!.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }, ms)
      signal?.addEventListener('abort', stop, { once: true })
    }),
}

export type MigrationLog = { info(fields: object, text: string): void; warn(fields: object, text: string): void }

export type MigrationParts = {
  readonly wire: Pick<Wire, 'self' | 'request' | 'serve'>
  readonly registry: Registry
  readonly rows: RowStore
  readonly bundles: Pick<Bundles, 'put' | 'get' | 'pull' | 'pin' | 'unpin'>
  readonly host: TravelHost
  readonly key: Pick<SigningKey, 'publicKey' | 'sign' | 'seed'>
  readonly timers: Timers
  readonly newTrip: () => TripId
  readonly log: MigrationLog
}

/** The parts, with what lives as long as the room. */
export type Travel = MigrationParts & {
  readonly self: NodeId
  readonly inTurn: InTurn<AgentId>
  readonly closing: AbortSignal
  /** Goes on behind; what it throws is told once. */
  background(what: string, agentId: AgentId, work: () => Promise<unknown>): void
  /** Whether an agent of that home may act here now: guests rest while this node's lease is in doubt. */
  mayAct(home: NodeId): boolean
  /** Lets a guest go on if the registry says that it is this node's still; else what is here of it ends. */
  confirm(agentId: AgentId): Promise<void>
  /** Has a guest's home keep this bundle. */
  sendCheckpoint(agentId: AgentId, checkpoint: Checkpoint): Promise<void>
}

/** Pauses between tries: doubling, bounded. */
export const pauseMs = (tries: number): number =>
  Math.min(TRIP_RETRY_MAX_MS, TRIP_RETRY_FIRST_MS * 2 ** Math.min(tries, 10))

/** Tries until there is an answer, however long that takes; `isFinal` errors are answers too. */
export async function untilAnswered<T>(
  travel: Pick<Travel, 'timers' | 'closing'>,
  ask: () => Promise<T>,
  isFinal: (error: unknown) => boolean,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (isFinal(error)) throw error
      await travel.timers.sleep(pauseMs(tries), travel.closing)
    }
  }
}

export const tripPin = (mid: TripId): string => `trip ${mid}`
export const checkpointPin = (agentId: AgentId): string => `checkpoint ${agentId}`
