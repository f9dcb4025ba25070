/** One zone's room: seats people, and shows each of them what their character may see. It knows no rule of the world. */
import { type AuthContext, ServerError } from '@colyseus/core'
import { StateView } from '@colyseus/schema'
import type { ZoneView } from '../engine/types.ts'
import { ROOM_CONNECTIONS_PER_PERSON_MAX } from '../limits.ts'
import type { CharacterRecord, WorldEvent } from '../protocol/events.ts'
import type { CharacterId, PlaceId, PlayerId, ZoneId } from '../protocol/ids.ts'
import { ROOM_CLOSE, type ZoneRoomMessages, type ZoneRoomState } from '../protocol/state.ts'
import { BaseRoom, type RoomClient } from './base-room.ts'
import type { RoomsLog } from './parts.ts'
import { createProjection, type Projection } from './projection.ts'
import type { SeatHolder } from './types.ts'

/** What the room is run by; handed over through a registry, because the library copies a room's options. */
export type RoomHost = {
  readonly roomId: string
  readonly zone: ZoneId
  readonly log: RoomsLog
  readonly patchEveryMs: number
  readonly seatHeldS: number
  readonly view: () => ZoneView | undefined
  readonly mayHear: (listener: PlayerId, speaker: CharacterId) => boolean
  /** A person's connections to this room have changed in number. */
  readonly changed: (id: PlayerId) => void
  opened(room: ZoneRoom): void
}

const hosts = new Map<string, RoomHost>()
export function announceHost(host: RoomHost): Disposable {
  hosts.set(host.roomId, host)
  return { [Symbol.dispose]: () => void hosts.delete(host.roomId) }
}

export class ZoneRoom extends BaseRoom<ZoneRoomState> {
  private host!: RoomHost
  private projection!: Projection
  private readonly seats = new Map<PlayerId, Set<RoomClient>>()

  protected get log(): RoomsLog {
    return this.host.log
  }
  protected get seatHeldS(): number {
    return this.host.seatHeldS
  }

  override onCreate({ roomId }: { roomId?: unknown }): void {
    const host = hosts.get(String(roomId))
    if (!host) throw new ServerError(4000, 'only the server makes rooms')
    this.host = host
    this.roomId = host.roomId
    this.patchRate = host.patchEveryMs
    this.projection = createProjection(() => this.view())
    this.start(this.projection.state)
    host.opened(this)
  }

  /** The options are the ones the server reserved the seat with; a client cannot change them. */
  override onAuth(_client: RoomClient, options: Partial<SeatHolder>, _context: AuthContext): SeatHolder {
    const { playerId, sessionId } = options
    if (typeof playerId !== 'string' || typeof sessionId !== 'string')
      throw new ServerError(ROOM_CLOSE.removed, 'not a seat')
    if (!this.host.view()?.state.characters.has(playerId))
      throw new ServerError(ROOM_CLOSE.movedZone, 'your character is elsewhere')
    return { playerId, sessionId }
  }

  override onJoin(client: RoomClient): void {
    client.view = new StateView()
    this.watchJoining(client)
    this.seat(client)
    this.grantAll(client)
  }

  override onReconnect(client: RoomClient): void {
    this.watchJoining(client)
    this.seat(client)
    this.grantAll(client)
  }

  override onDrop(client: RoomClient, code?: number): void {
    super.onDrop(client, code)
    this.unseat(client)
  }

  /** Nothing here may throw: after `onDrop` the library would let it end the process. */
  override onLeave(client: RoomClient): void {
    this.unseat(client)
    client.view?.dispose()
  }

  /** Follows a committed turn: state first, then what only some are told. */
  follow(events: readonly WorldEvent[], tick: number): void {
    this.projection.follow(events, tick)
    for (const event of events) this.tell(event)
  }

  rebuild(): void {
    this.projection.rebuild()
    for (const clients of this.seats.values()) for (const client of clients) this.grantAll(client)
  }

  /** The person's character is in another zone for good: they are told which, and seated there when they ask. */
  moved(id: PlayerId, zone: ZoneId): void {
    for (const client of [...(this.seats.get(id) ?? [])]) {
      client.send('zone', { zone } satisfies ZoneRoomMessages['zone'])
      client.leave(ROOM_CLOSE.movedZone)
    }
  }

  remove(id: PlayerId): void {
    for (const client of [...(this.seats.get(id) ?? [])]) client.leave(ROOM_CLOSE.removed)
  }

  connections(id: PlayerId): number {
    return this.seats.get(id)?.size ?? 0
  }

  private view(): ZoneView {
    const view = this.host.view()
    if (!view) throw new ServerError(4001, 'the zone is not open')
    return view
  }

  private seat(client: RoomClient): void {
    const { playerId } = client.auth as SeatHolder
    const clients = this.seats.get(playerId) ?? new Set()
    const [oldest] = clients
    if (clients.size >= ROOM_CONNECTIONS_PER_PERSON_MAX) oldest?.leave(ROOM_CLOSE.replaced)
    clients.add(client)
    this.seats.set(playerId, clients)
    this.host.changed(playerId)
  }

  private unseat(client: RoomClient): void {
    const playerId = (client.auth as SeatHolder | undefined)?.playerId
    const clients = playerId === undefined ? undefined : this.seats.get(playerId)
    if (playerId === undefined || !clients?.delete(client)) return
    if (clients.size === 0) this.seats.delete(playerId)
    this.host.changed(playerId)
  }

  /** What this person may see besides what all may: the hidden places they have found, and what they carry. */
  private grantAll(client: RoomClient): void {
    const { playerId } = client.auth as SeatHolder
    const me = this.host.view()?.state.characters.get(playerId)
    if (!me) return
    this.grantBag(client, playerId)
    for (const place of this.state.secrets.keys()) if (hasFound(me, place)) this.grantSecret(client, place)
  }

  private grantBag(client: RoomClient, id: CharacterId): void {
    const bag = this.state.bags.get(id)
    if (bag) client.view?.add(bag)
  }

  private grantSecret(client: RoomClient, place: PlaceId): void {
    const secret = this.state.secrets.get(place)
    if (secret) client.view?.add(secret)
  }

  private tell(event: WorldEvent): void {
    if (event.type === 'joined') this.each(event.character.id, (client) => this.grantAll(client))
    else if (event.type === 'moved') this.each(event.who, (client) => this.grantSecret(client, event.to))
    else if (event.type === 'var') this.found(event.scope, event.key)
    else if (event.type === 'said' || event.type === 'shouted' || event.type === 'emoted')
      this.speak({ who: event.who, text: event.text, how: event.type }, event.place)
  }

  private found(who: CharacterId, key: string): void {
    if (key.startsWith(SEEN)) this.each(who, (client) => this.grantSecret(client, key.slice(SEEN.length)))
  }

  /** To those in the place who do not block the speaker. */
  private speak(speech: ZoneRoomMessages['speech'], place: PlaceId): void {
    const view = this.host.view()
    if (!view) return
    for (const [id, clients] of this.seats) {
      if (view.state.characters.get(id)?.place !== place || !this.host.mayHear(id, speech.who)) continue
      for (const client of clients) client.send('speech', speech)
    }
  }

  private each(id: CharacterId, act: (client: RoomClient) => void): void {
    for (const client of this.seats.get(id as PlayerId) ?? []) act(client)
  }
}

/** The engine marks a place seen in the character's own variables (engine/SPEC.md, E13). */
const SEEN = 'seen:'
const hasFound = (me: CharacterRecord, place: PlaceId): boolean =>
  me.place === place || me.vars[SEEN + place] !== undefined
