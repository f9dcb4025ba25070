/** The live world as the rest of the node sees it: characters by id, whichever zone holds them. */

import type { Outcome, WorldDef, ZoneView } from '../engine/types.ts'
import type { CharacterRecord, Request } from '../protocol/events.ts'
import type { CharacterId, Json, Locale, Params, PlaceId, PlayerId, Role, ZoneId } from '../protocol/ids.ts'
import type { RefusalCode } from '../protocol/refusals.ts'

export type Entrant = {
  readonly id: CharacterId
  readonly kind: 'player' | 'agent'
  readonly name: string
  readonly locale: Locale
  readonly roles: readonly Role[]
  readonly owner?: PlayerId
  /** Where a newcomer starts; the world's start when absent. */
  readonly place?: PlaceId
}

/** A turn of a zone: what was applied and committed together. */
export type Turn = { readonly zone: ZoneId; readonly tick: number; readonly outcomes: readonly Outcome[] }

export type Zones = {
  world(): WorldDef
  list(): readonly {
    readonly id: ZoneId
    readonly characters: number
    readonly roomId: string
    readonly ready: boolean
  }[]
  /** Puts a character into the world, or wakes it where it stands. Safe to repeat. */
  enter(entrant: Entrant): Promise<{ readonly zone: ZoneId; readonly place: PlaceId }>
  /** Applies a command; resolves when it is in the journal. Throws `ZoneUnavailable` if the zone cannot be had. */
  submit(actor: CharacterId, command: string, input: Json, lineId?: string): Promise<Outcome>
  /** Reads at once; undefined when the character is nowhere. The view must not be kept. */
  read<T>(actor: CharacterId, look: (world: ZoneView, me: CharacterRecord) => T): T | undefined
  whereIs(id: CharacterId): { readonly zone: ZoneId; readonly place: PlaceId } | undefined
  /** Everyone awake, for `who`; and finding by name for `tell`. */
  awake(): readonly CharacterRecord[]
  findByName(name: string): CharacterRecord | undefined
  sleep(id: CharacterId): Promise<void>
  remove(id: CharacterId): Promise<void>
  change(
    id: CharacterId,
    change: {
      name?: string
      locale?: Locale
      roles?: readonly Role[]
      /** Flags of their story, for the world's conditions; setting one again does nothing. */
      flags?: Readonly<Record<string, Json>>
    },
  ): Promise<void>
  /** Called after each commit, in order per zone. Listeners must be quick and must not throw. */
  onTurn(listener: (turn: Turn, world: ZoneView) => void): () => void
  /** Called at every tide of a zone, after its own timers. */
  onTide(listener: (zone: ZoneId, tick: number, world: ZoneView) => void): () => void
  /** Swaps in a newly loaded world with people inside; all or nothing. */
  reload(world: WorldDef): Promise<void>
}

export type PortalRequest = Extract<Request, { kind: 'portal' }>
export type PortalAbout = {
  readonly id: string
  readonly zone: ZoneId
  /** Asked before this process, or before the zone was opened again: nobody here knows how far it came. */
  readonly again: boolean
  /** The node is closing: the visit stays pending. */
  readonly signal: AbortSignal
}
/** What a visit came to: home again, with a refusal when it never began; or, of a visitor here, gone. */
export type PortalAnswer =
  | { readonly ok: true; readonly gone?: boolean }
  | { readonly ok: false; readonly code: RefusalCode; readonly params?: Params }

/** Room connections: only the server makes rooms and seats, and a seat is for one person's own character. */
export type Seats = {
  /** A seat in the room of the zone that holds the character; undefined when it is in none. */
  reserve(who: SeatHolder): Promise<SeatReservation | undefined>
  /** For a client whose connection broke off; undefined when the seat is not held any more. */
  reclaim(roomId: string, reconnectionToken: string): Promise<SeatReservation | undefined>
  /** Takes over an upgrade of the shared port when it is for a room; false: not one of ours. */
  upgrade(request: import('node:http').IncomingMessage, socket: import('node:stream').Duplex, head: Buffer): boolean
  /** Open connections of a person. */
  connections(id: PlayerId): number
  /** Called when a person's connections have changed in number. */
  onConnections(listener: (id: PlayerId, count: number) => void): () => void
  /** Ends a person's connections for good, with the reason. */
  remove(id: PlayerId, reason: string): void
}
export type SeatHolder = { readonly playerId: PlayerId; readonly sessionId: string }
export type SeatReservation = {
  readonly name: 'zone'
  readonly roomId: string
  readonly sessionId: string
  readonly processId: string
  readonly publicAddress?: string
  readonly zone: ZoneId
  readonly place: PlaceId
}

export type { CharacterRecord }
