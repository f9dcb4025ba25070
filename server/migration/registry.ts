/** The registry's side: who owns each agent. Asked by the nodes of a trip; the only place where a trip is decided. */
import type { Clock } from '../lib/clock.ts'
import { openSigned } from '../lib/signed.ts'
import { TRIP_TTL_MS } from '../limits.ts'
import type { NodeId } from '../link/types.ts'
import { preparedSchema, type RegistryAnswer, type RegistryRequest } from './frames.ts'
import type { IntentRow, MigrationStore } from './store.ts'
import type { Trip } from './types.ts'

export type RegistryParts = {
  readonly store: MigrationStore
  readonly clock: Clock
  /** Whether the lease of a node has ended: it may be declared dead. */
  readonly isDead: (node: NodeId) => boolean | Promise<boolean>
  /** Whether a key is a node's own. */
  readonly isKeyOf: (key: Uint8Array, node: NodeId) => boolean | Promise<boolean>
}
/** An answer, or a refusal by the code that crosses the wire. */
export type Answered =
  | RegistryAnswer
  | { readonly code: 'E_FORBIDDEN' | 'E_CONFLICT' | 'E_NOT_FOUND'; readonly msg: string }

const no = (code: 'E_FORBIDDEN' | 'E_CONFLICT' | 'E_NOT_FOUND', msg: string) => ({ code, msg })

export function createRegistry({ store, clock, isDead, isKeyOf }: RegistryParts) {
  /** Only this clock ends a trip that nobody ends. */
  async function current(row: IntentRow): Promise<IntentRow> {
    return row.status === 'open' && row.expiresAtMs <= clock.now() ? store.abort(row, 'expired', clock.now()) : row
  }

  async function intent(row: IntentRow): Promise<Answered> {
    const { expiresAtMs, ...rest } = await current(row)
    return { type: 'INTENT', intent: { ...rest, expiresInMs: Math.max(0, expiresAtMs - clock.now()) } }
  }

  const isSame = (row: Trip, trip: Trip) =>
    row.agentId === trip.agentId && row.epoch === trip.epoch && row.src === trip.src && row.dst === trip.dst

  async function begin(trip: Trip, ttlMs: number): Promise<Answered> {
    const nowMs = clock.now()
    const times = { expiresAtMs: nowMs + Math.min(ttlMs, TRIP_TTL_MS), nowMs }
    const begun = await store.begin(trip, times)
    if (begun === 'conflict') return no('E_CONFLICT', 'It is not yours at that epoch, or it is on its way already.')
    return isSame(begun, trip) ? intent(begun) : no('E_CONFLICT', 'That name is of another trip.')
  }

  async function commit(request: Extract<RegistryRequest, { type: 'COMMIT' }>): Promise<Answered> {
    const { trip, cid, stateHash, signed } = request
    const known = await store.find(trip.mid)
    if (!known || !isSame(known, trip)) return no('E_NOT_FOUND', 'There is no such trip.')
    if (known.status !== 'open') return intent(known)
    const said = openSigned('prepared', signed, preparedSchema)
    const isSo =
      said?.mid === trip.mid &&
      said.agentId === trip.agentId &&
      said.epoch === trip.epoch &&
      said.cid === cid &&
      said.stateHash === stateHash &&
      (await isKeyOf(signed.key, trip.dst))
    if (!isSo) return no('E_FORBIDDEN', 'The destination has not said that it is prepared for this.')
    const done = await store.commit(trip.mid, { cid, nowMs: clock.now() })
    return done ? intent(done) : no('E_NOT_FOUND', 'There is no such trip.')
  }

  async function abort(trip: Trip, reason: string): Promise<Answered> {
    const row = await store.abort(trip, reason, clock.now())
    return isSame(row, trip) ? intent(row) : no('E_CONFLICT', 'That name is of another trip.')
  }

  async function where(agentId: string): Promise<Answered> {
    const found = await store.owner(agentId)
    if (!found) return { type: 'UNKNOWN' }
    return { type: 'OWNER', ...found, hostIsDead: found.owner !== found.home && (await isDead(found.owner)) }
  }

  async function reclaim(agentId: string, epoch: number, by: NodeId): Promise<Answered> {
    const found = await store.owner(agentId)
    if (!found || found.home !== by) return no('E_FORBIDDEN', 'It is not an agent of yours.')
    if (found.owner === by) return { type: 'OWNER', ...found, hostIsDead: false }
    if (found.epoch !== epoch) return no('E_CONFLICT', 'It has moved on.')
    if (!(await isDead(found.owner))) return no('E_CONFLICT', 'The lease of its host has not ended.')
    const back = await store.reclaim(found, clock.now())
    return back ? { type: 'OWNER', ...back, hostIsDead: false } : no('E_CONFLICT', 'It has moved on.')
  }

  /** `by` is who asks, as the link knows it. */
  return async function answer(request: RegistryRequest, by: NodeId): Promise<Answered> {
    switch (request.type) {
      case 'BEGIN':
        if (request.trip.src !== by) return no('E_FORBIDDEN', 'Only the source begins a trip.')
        return begin(request.trip, request.ttlMs)
      case 'STATUS': {
        const row = await store.find(request.mid)
        if (!row) return { type: 'UNKNOWN' }
        return row.src === by || row.dst === by ? intent(row) : no('E_FORBIDDEN', 'It is not a trip of yours.')
      }
      case 'COMMIT':
        return request.trip.src === by ? commit(request) : no('E_FORBIDDEN', 'Only the source commits.')
      case 'ABORT':
        if (request.trip.src !== by) return no('E_FORBIDDEN', 'Only the source calls a trip off.')
        return abort(request.trip, request.reason)
      case 'WHERE':
        return where(request.agentId)
      case 'RECLAIM':
        return reclaim(request.agentId, request.epoch, by)
    }
  }
}
export type RegistryServer = ReturnType<typeof createRegistry>
