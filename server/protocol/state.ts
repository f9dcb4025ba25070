/**
 * What a room `zone` keeps in step with its clients, as Colyseus schema 5. Everything public is encoded once for all;
 * `secrets` and `bags` are filtered: a client holds only the entries its character may see.
 */
import { type SchemaType, schema, t } from '@colyseus/schema'
import type { Direction, Locale, PlaceId } from './ids.ts'

/** A place is a patch of tiles; patches stand on a grid with one free row and column between them. */
export const PLACE_TILES = { width: 9, height: 5, stepX: 10, stepY: 6 } as const

/** One place. `x`, `y` are the tile of its north-west corner, `z` its level. */
export const PlaceState = schema(
  {
    id: t.string(),
    nameEn: t.string(),
    nameRu: t.string(),
    x: t.int16().default(0),
    y: t.int16().default(0),
    z: t.int8().default(0),
    terrain: t.string(),
    /** 0 dark … 3 bright, before lamps. */
    light: t.uint8().default(0),
    /** `north>harbor:market;in>harbor:warehouse#harbor:gate;out>ferry:deck=The%20Deck|Палуба`: see `parseExits`. Hidden exits are left out. */
    exits: t.string(),
  },
  'PlaceState',
)
export type PlaceState = SchemaType<typeof PlaceState>

/** One character. `x`, `y` are the tile it stands on. `name` is the English one where the two differ. */
export const CharacterState = schema(
  {
    name: t.string(),
    /** The Russian name of a world character; empty where the name is the same in both languages. */
    nameRu: t.string().default(''),
    /** `player`, `agent` or `npc` */
    kind: t.string(),
    place: t.string(),
    x: t.int16().default(0),
    y: t.int16().default(0),
    glyph: t.string(),
    awake: t.boolean().default(true),
  },
  'CharacterState',
)
export type CharacterState = SchemaType<typeof CharacterState>

/** One thing lying in a place (`x`, `y` its tile), or held by oneself (`place` empty). */
export const ItemState = schema(
  {
    /** `harbor:lamp` */
    thing: t.string(),
    nameEn: t.string(),
    nameRu: t.string(),
    glyph: t.string(),
    /** One of the thing's states (`dark`, `lit`, …); empty when it has none. */
    state: t.string().default(''),
    /** Tiles of light it casts now. */
    light: t.uint8().default(0),
    place: t.string(),
    x: t.int16().default(0),
    y: t.int16().default(0),
    fixed: t.boolean().default(false),
    worn: t.boolean().default(false),
  },
  'ItemState',
)
export type ItemState = SchemaType<typeof ItemState>

export const DoorState = schema(
  { closed: t.boolean().default(false), locked: t.boolean().default(false) },
  'DoorState',
)
export type DoorState = SchemaType<typeof DoorState>

/** A hidden place and all that is in it; a client has it once its character has found the place. */
export const SecretState = schema(
  { place: PlaceState, characters: t.map(CharacterState), items: t.map(ItemState) },
  'SecretState',
)
export type SecretState = SchemaType<typeof SecretState>

/** What one character carries; a client has only its own. */
export const BagState = schema({ items: t.map(ItemState) }, 'BagState')
export type BagState = SchemaType<typeof BagState>

export const ZoneRoomState = schema(
  {
    zone: t.string(),
    nameEn: t.string(),
    nameRu: t.string(),
    /** Number of the tide, at most a second old. */
    tick: t.uint32().default(0),
    places: t.map(PlaceState),
    characters: t.map(CharacterState),
    items: t.map(ItemState),
    /** Door id -> whether it is closed and locked; absent ids are open. */
    doors: t.map(DoorState),
    /** Hidden place id -> the place and what is in it. */
    secrets: t.map(SecretState).view(),
    /** Character id -> what it carries. */
    bags: t.map(BagState).view(),
  },
  'ZoneRoomState',
)
export type ZoneRoomState = SchemaType<typeof ZoneRoomState>

export type ExitState = {
  readonly direction: Direction
  readonly to: PlaceId
  readonly door?: string
  /** Of a place of another zone, which this state does not hold. */
  readonly name?: Readonly<Record<Locale, string>>
}

/** Reads the compact form of a place's exits. */
export function parseExits(text: string): readonly ExitState[] {
  if (text === '') return []
  return text.split(';').map((part) => {
    const [way = '', names] = part.split('=')
    const [direction = '', rest = ''] = way.split('>')
    const [to = '', door] = rest.split('#')
    const [en = '', ru = ''] = (names ?? '').split('|').map(decodeURIComponent)
    return {
      direction: direction as Direction,
      to,
      ...(door !== undefined && { door }),
      ...(names !== undefined && { name: { en, ru } }),
    }
  })
}

export const formatExits = (exits: readonly ExitState[]): string =>
  exits
    .map(({ direction, to, door, name }) => {
      const beyond = name ? `=${encodeURIComponent(name.en)}|${encodeURIComponent(name.ru)}` : ''
      return `${direction}>${to}${door === undefined ? '' : `#${door}`}${beyond}`
    })
    .join(';')

/** Messages of the room besides its state. The client sends none of its own: it acts by the terminal. */
export type ZoneRoomMessages = {
  /** Your character is in another zone now: ask `POST /api/v1/zones/enter` for a seat there. */
  zone: { readonly zone: string }
  /** Words heard in the place your character stands in, for a bubble over the speaker; the terminal has them too. */
  speech: { readonly who: string; readonly text: string; readonly how: 'said' | 'shouted' | 'emoted' }
}

/** Close codes of the room beyond Colyseus' own (4000 consented, 4001 shutdown, 4002 error, 4010 may reconnect). */
export const ROOM_CLOSE = {
  /** Your character is in another zone: enter again. */
  movedZone: 4100,
  /** A newer connection took your seat's place. */
  replaced: 4101,
  /** You were kicked or banned. */
  removed: 4102,
  /** You did not read, or sent too much. */
  tooSlow: 4103,
} as const
