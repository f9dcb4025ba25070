/** The map's connection: the zone room that holds the person's character, its state turned into a plain `Picture`. */
import { Client, type Room } from '@colyseus/sdk'
import {
  type ItemState,
  parseExits,
  ROOM_CLOSE,
  type ZoneRoomMessages,
  type ZoneRoomState,
} from '../../server/protocol/state.ts'
import { RECONNECT_FIRST_MS, RECONNECT_LONGEST_MS } from '../limits.ts'
import type { MapCharacter, MapItem, MapPlace, Picture } from '../state.ts'
import type { Api } from './api.ts'

export type Speech = ZoneRoomMessages['speech']

type Deps = {
  readonly api: Pick<Api, 'post'>
  readonly url: string
  readonly onPicture: (picture: Picture) => void
  readonly onStatus: (status: 'live' | 'lost') => void
  readonly onSpeech: (speech: Speech) => void
}
export type RoomLink = { open(): void; close(): void }

export function createRoomLink({ api, url, onPicture, onStatus, onSpeech }: Deps): RoomLink {
  const client = new Client(url)
  let room: Room<unknown, ZoneRoomState> | undefined
  let wanted = false
  let attempt = 0

  async function enter(): Promise<void> {
    if (!wanted) return
    try {
      const seat = await api.post<Parameters<Client['consumeSeatReservation']>[0]>('/api/v1/zones/enter')
      if (!wanted) return
      seated((await client.consumeSeatReservation(seat)) as Room<unknown, ZoneRoomState>)
    } catch {
      again()
    }
  }

  function again(): void {
    onStatus('lost')
    const wait = Math.min(RECONNECT_FIRST_MS * 2 ** attempt++, RECONNECT_LONGEST_MS)
    setTimeout(() => void enter(), wait)
  }

  function seated(next: Room<unknown, ZoneRoomState>): void {
    room = next
    next.onStateChange((state) => {
      if (room !== next) return
      attempt = 0
      onPicture(pictureOf(state))
      onStatus('live')
    })
    next.onMessage('speech', onSpeech)
    next.onMessage('zone', () => change(next))
    next.onDrop(() => room === next && onStatus('lost'))
    next.onLeave((code) => {
      if (room !== next) return
      room = undefined
      if (!wanted || code === ROOM_CLOSE.removed || code === ROOM_CLOSE.replaced) return onStatus('lost')
      if (code === ROOM_CLOSE.movedZone) void enter()
      else again()
    })
  }

  function change(from: Room<unknown, ZoneRoomState>): void {
    if (room !== from) return
    room = undefined
    void from.leave().catch(() => undefined)
    void enter()
  }

  return {
    open() {
      if (wanted) return
      wanted = true
      void enter()
    },
    close() {
      wanted = false
      const open = room
      room = undefined
      void open?.leave().catch(() => undefined)
    },
  }
}

/** One plain record out of the synced state; hidden places and one's own bag are folded in. */
export function pictureOf(state: ZoneRoomState): Picture {
  const places = new Map<string, MapPlace>()
  const characters = new Map<string, MapCharacter>()
  const items = new Map<string, MapItem>()
  const addPlace = (place: Picked<ZoneRoomState['places']>) => places.set(place.id, placeOf(place))
  const addCharacter = (one: Picked<ZoneRoomState['characters']>, id: string) =>
    characters.set(id, characterOf(id, one))
  const addItem = (item: ItemState, id: string) => items.set(id, itemOf(id, item))
  state.places?.forEach(addPlace)
  state.characters?.forEach(addCharacter)
  state.items?.forEach(addItem)
  state.secrets?.forEach((secret) => {
    if (secret.place) addPlace(secret.place)
    secret.characters?.forEach(addCharacter)
    secret.items?.forEach(addItem)
  })
  state.bags?.forEach((bag) => {
    bag.items?.forEach(addItem)
  })
  const doors = new Map<string, { closed: boolean; locked: boolean }>()
  state.doors?.forEach((door, id) => {
    doors.set(id, { closed: door.closed, locked: door.locked })
  })
  return { zone: state.zone, name: { en: state.nameEn, ru: state.nameRu }, places, characters, items, doors }
}

type Picked<M> = M extends { get(key: string): infer V | undefined } ? NonNullable<V> : never

const placeOf = (place: Picked<ZoneRoomState['places']>): MapPlace => ({
  id: place.id,
  name: { en: place.nameEn, ru: place.nameRu },
  x: place.x,
  y: place.y,
  z: place.z,
  terrain: place.terrain,
  light: place.light,
  exits: parseExits(place.exits ?? ''),
})

const characterOf = (id: string, one: Picked<ZoneRoomState['characters']>): MapCharacter => ({
  id,
  name: { en: one.name, ru: one.nameRu || one.name },
  kind: one.kind as MapCharacter['kind'],
  place: one.place,
  x: one.x,
  y: one.y,
  glyph: one.glyph,
  awake: one.awake,
})

const itemOf = (id: string, item: ItemState): MapItem => ({
  id,
  thing: item.thing,
  name: { en: item.nameEn, ru: item.nameRu },
  glyph: item.glyph,
  state: item.state,
  light: item.light,
  place: item.place,
  x: item.x,
  y: item.y,
  fixed: item.fixed,
})
