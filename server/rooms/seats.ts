/** Who may connect to which room: a seat is for one person, in the room of the zone their character is in. */
import { ROOM_SEAT_WAIT_S, ROOM_SEATS_ASKING_PEOPLE_MAX, ROOM_SEATS_PENDING_MAX } from '../limits.ts'
import type { PlaceId, PlayerId, ZoneId } from '../protocol/ids.ts'
import { createUpgrades, type Reserved, ROOM_NAME, reclaimSeat, reserveSeat } from './colyseus.ts'
import type { SeatReservation, Seats } from './types.ts'
import type { ZoneRoom } from './zone-room.ts'

/** Someone keeps asking for seats and takes none. */
export class TooManySeats extends Error {
  readonly code = 'too_many_requests'
  readonly status = 429
  readonly retryAfterMs = ROOM_SEAT_WAIT_S * 1000
}

export type SeatsParts = {
  readonly rooms: ReadonlyMap<ZoneId, ZoneRoom>
  readonly whereIs: (id: PlayerId) => { readonly zone: ZoneId; readonly place: PlaceId } | undefined
  readonly publicAddress?: string
  readonly nowMs?: () => number
}

export type SeatsControl = { readonly seats: Seats; readonly changed: (id: PlayerId) => void } & Disposable

/** `/<process>/<room>?sessionId=…`, as the SDK asks; anything else is not for a room. */
const TOKEN = /[?&]reconnectionToken=([\w-]{1,64})/
const ROOM_URL = /^\/[\w-]{1,64}\/([\w-]{1,64})\?(?=.*sessionId=[\w-]{1,64})/

export function createSeats({
  rooms,
  whereIs,
  publicAddress,
  nowMs = () => performance.now(),
}: SeatsParts): SeatsControl {
  const upgrades = createUpgrades()
  const listeners = new Set<(id: PlayerId, count: number) => void>()
  const asked = new Map<PlayerId, number[]>()
  const connections = (id: PlayerId) => {
    let count = 0
    for (const room of rooms.values()) count += room.connections(id)
    return count
  }
  const seats: Seats = {
    connections,
    async reserve(holder) {
      const at = whereIs(holder.playerId)
      const room = at && rooms.get(at.zone)
      if (!at || !room) return undefined
      countAsking(holder.playerId)
      return complete(await reserveSeat(room.roomId, holder), at)
    },
    async reclaim(roomId, reconnectionToken) {
      const zone = [...rooms].find(([, room]) => room.roomId === roomId)?.[0]
      const reserved = zone === undefined ? undefined : await reclaimSeat(roomId, reconnectionToken)
      return reserved && complete(reserved, { zone: zone!, place: '' })
    },
    upgrade(request, socket, head) {
      const roomId = ROOM_URL.exec(request.url ?? '')?.[1]
      const room = [...rooms.values()].find((each) => each.roomId === roomId)
      if (!room) return false
      const token = TOKEN.exec(request.url ?? '')?.[1]
      if (token !== undefined) room.breakOff(token)
      upgrades.handle(request, socket, head)
      return true
    },
    onConnections(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    remove(id) {
      for (const room of rooms.values()) room.remove(id)
    },
  }
  return {
    seats,
    changed(id) {
      asked.delete(id)
      for (const listener of listeners) listener(id, connections(id))
    },
    [Symbol.dispose]: () => upgrades[Symbol.dispose](),
  }

  /** Seats that wait for their connection count against the room's size, so nobody may hoard them. */
  function countAsking(id: PlayerId): void {
    const since = nowMs() - ROOM_SEAT_WAIT_S * 1000
    const recent = (asked.get(id) ?? []).filter((atMs) => atMs > since)
    if (recent.length >= ROOM_SEATS_PENDING_MAX) throw new TooManySeats('too many seats asked for')
    asked.set(id, [...recent, nowMs()])
    if (asked.size > ROOM_SEATS_ASKING_PEOPLE_MAX) asked.delete(asked.keys().next().value!)
  }

  function complete(
    { roomId, sessionId, processId }: Reserved,
    at: { zone: ZoneId; place: PlaceId },
  ): SeatReservation {
    return { name: ROOM_NAME, roomId, sessionId, processId, ...(publicAddress && { publicAddress }), ...at }
  }
}
