/**
 * Keeps a room's synced state in step with its zone: what each turn's events touched is read again from the zone, nothing else.
 * What lies in a hidden place goes into `secrets`, what somebody carries into `bags`, so that StateView can keep both from those who may not know.
 */
import type { PlaceDef, ThingDef, ZoneView } from '../engine/types.ts'
import type { CharacterRecord, ItemRecord, WorldEvent } from '../protocol/events.ts'
import type { CharacterId, ItemId, PlaceId } from '../protocol/ids.ts'
import {
  BagState,
  CharacterState,
  DoorState,
  formatExits,
  ItemState,
  PLACE_TILES,
  PlaceState,
  SecretState,
  ZoneRoomState,
} from '../protocol/state.ts'
import { free, type Spot, spotFor, type Taken, take } from './spots.ts'

export type Projection = {
  readonly state: ZoneRoomState
  /** Follows the events of a committed turn. */
  follow(events: readonly WorldEvent[], tick: number): void
  /** Reads everything again, after a reload or a recovery. */
  rebuild(): void
}

type Bearings = { readonly place: PlaceId; readonly spot: Spot }
const TICKS_PER_SYNC = 10

export function createProjection(view: () => ZoneView): Projection {
  const state = new ZoneRoomState()
  const taken = new Map<PlaceId, Taken>()
  /** Where each shown character or item was put, so that it can be taken away again. */
  const shown = new Map<CharacterId | ItemId, Bearings>()
  const heldBy = new Map<ItemId, CharacterId>()
  rebuild()
  return { state, follow, rebuild }

  function follow(events: readonly WorldEvent[], tick: number): void {
    const touched = { characters: new Set<CharacterId>(), items: new Set<ItemId>(), doors: new Set<string>() }
    for (const event of events) collect(event, touched)
    for (const id of touched.characters) syncCharacter(id)
    for (const id of touched.items) syncItem(id)
    for (const id of touched.doors) syncDoor(id)
    if (tick - state.tick >= TICKS_PER_SYNC || tick < state.tick) state.tick = tick
  }

  function rebuild(): void {
    const { zone, def, state: zoneState } = view()
    state.zone = zone.id
    state.nameEn = zone.name.en
    state.nameRu = zone.name.ru
    state.tick = zoneState.tick
    for (const each of [state.characters, state.items, state.doors, state.places, state.secrets, state.bags])
      each.clear()
    taken.clear()
    shown.clear()
    heldBy.clear()
    for (const id of zone.places) addPlace(def.places.get(id)!)
    for (const id of zoneState.characters.keys()) syncCharacter(id)
    for (const id of zoneState.items.keys()) syncItem(id)
    for (const id of zoneState.doors.keys()) syncDoor(id)
  }

  function addPlace(place: PlaceDef): void {
    const [x, y, z] = place.at
    const shape = new PlaceState({
      id: place.id,
      nameEn: place.name.en,
      nameRu: place.name.ru,
      x: x * PLACE_TILES.stepX,
      y: y * PLACE_TILES.stepY,
      z,
      terrain: place.terrain,
      light: place.light,
      exits: exitsOf(place, view()),
    })
    if (place.hidden) state.secrets.set(place.id, new SecretState({ place: shape }))
    else state.places.set(place.id, shape)
  }

  function syncCharacter(id: CharacterId): void {
    const record = view().state.characters.get(id)
    if (!record) {
      hideCharacter(id)
      removeBag(id)
      return
    }
    const before = shown.get(id)
    if (before && before.place !== record.place) hideCharacter(id)
    const into = placeMaps(record.place)
    if (!into) return
    const standing = into.characters.get(id)
    if (standing) assignCharacter(standing, record)
    else into.characters.set(id, newCharacter(record, settle('character', id, record.place)))
    if (record.kind !== 'npc' && !state.bags.has(id)) state.bags.set(id, new BagState())
  }

  function hideCharacter(id: CharacterId): void {
    const before = unsettle(id)
    if (before) placeMaps(before.place)?.characters.delete(id)
  }

  function newCharacter(record: CharacterRecord, { x, y }: Spot): CharacterState {
    const npc = record.npc === undefined ? undefined : view().def.npcs.get(record.npc)
    return new CharacterState({
      name: npc?.name.en.forms.nom ?? record.name,
      nameRu: npc?.name.ru.forms.nom ?? '',
      kind: record.kind,
      place: record.place,
      x,
      y,
      glyph: npc?.glyph ?? GLYPHS[record.kind],
      awake: record.awake,
    })
  }

  function assignCharacter(standing: CharacterState, record: CharacterRecord): void {
    if (record.npc === undefined) standing.name = record.name
    standing.awake = record.awake
  }

  function syncItem(id: ItemId): void {
    const item = view().state.items.get(id)
    const at = item?.at
    const place = at && 'place' in at ? at.place : undefined
    const holder = at && 'holder' in at ? at.holder : undefined
    const before = shown.get(id)
    if (before && before.place !== place) hideItem(id)
    const carrier = heldBy.get(id)
    if (carrier !== undefined && carrier !== holder) dropFromBag(carrier, id)
    if (!item) return
    if (place !== undefined) placeItem(item, place)
    else if (holder !== undefined) bagItem(item, holder)
  }

  function placeItem(item: ItemRecord, place: PlaceId): void {
    const into = placeMaps(place)
    if (!into) return
    const lying = into.items.get(item.id)
    if (lying) assignItem(lying, item)
    else into.items.set(item.id, newItem(item, place, settle('item', item.id, place)))
  }

  function hideItem(id: ItemId): void {
    const before = unsettle(id)
    if (before) placeMaps(before.place)?.items.delete(id)
  }

  function bagItem(item: ItemRecord, holder: CharacterId): void {
    const bag = state.bags.get(holder)
    if (!bag) return
    const held = bag.items.get(item.id)
    if (held) assignItem(held, item)
    else bag.items.set(item.id, newItem(item, '', { x: 0, y: 0 }))
    heldBy.set(item.id, holder)
  }

  function dropFromBag(holder: CharacterId, id: ItemId): void {
    state.bags.get(holder)?.items.delete(id)
    heldBy.delete(id)
  }

  function removeBag(id: CharacterId): void {
    for (const item of state.bags.get(id)?.items.keys() ?? []) heldBy.delete(item)
    state.bags.delete(id)
  }

  function newItem(item: ItemRecord, place: PlaceId, { x, y }: Spot): ItemState {
    const thing = view().def.things.get(item.thing)
    return new ItemState({
      thing: item.thing,
      nameEn: thing?.name.en.forms.nom ?? item.thing,
      nameRu: thing?.name.ru.forms.nom ?? item.thing,
      glyph: thing?.glyph ?? '?',
      state: item.state ?? '',
      light: lightOf(item, thing),
      place,
      x,
      y,
      fixed: thing?.fixed ?? false,
      worn: isWorn(item),
    })
  }

  function assignItem(shape: ItemState, item: ItemRecord): void {
    shape.state = item.state ?? ''
    shape.light = lightOf(item, view().def.things.get(item.thing))
    shape.worn = isWorn(item)
  }

  function syncDoor(id: string): void {
    const door = view().state.doors.get(id)
    if (!door) return void state.doors.delete(id)
    const shape = state.doors.get(id)
    if (!shape) return void state.doors.set(id, new DoorState(door))
    shape.closed = door.closed
    shape.locked = door.locked
  }

  /** The maps that hold what is in a place: the public ones, or those of the secret. */
  function placeMaps(place: PlaceId) {
    return state.places.has(place) ? state : state.secrets.get(place)
  }

  function settle(kind: 'character' | 'item', id: string, place: PlaceId): Spot {
    let tiles = taken.get(place)
    if (!tiles) taken.set(place, (tiles = new Map()))
    const spot = spotFor(kind, id, tiles)
    take(tiles, spot)
    shown.set(id, { place, spot })
    const [x, y] = view().def.places.get(place)!.at
    return { x: x * PLACE_TILES.stepX + spot.x, y: y * PLACE_TILES.stepY + spot.y }
  }

  function unsettle(id: string): Bearings | undefined {
    const before = shown.get(id)
    if (!before) return undefined
    shown.delete(id)
    const tiles = taken.get(before.place)
    if (tiles) free(tiles, before.spot)
    return before
  }
}

const GLYPHS = { player: '@', agent: '&', npc: 'n' } as const

const isWorn = ({ at }: ItemRecord): boolean => 'holder' in at && at.worn === true

/** Tiles of light it casts in the state it is in. */
const lightOf = (item: ItemRecord, thing: ThingDef | undefined): number => thing?.light?.[item.state ?? ''] ?? 0

/** Exits that depend on a condition, or lead to a hidden place, are left to the terminal: it knows who asks. */
function exitsOf(place: PlaceDef, { def }: ZoneView): string {
  const exits = [...place.exits.values()].filter((exit) => !exit.hidden && !def.places.get(exit.to)?.hidden)
  return formatExits(
    exits.map(({ direction, to, door }) => {
      const beyond = def.places.get(to)
      return { direction, to, door, name: beyond && beyond.zone !== place.zone ? beyond.name : undefined }
    }),
  )
}

type Touched = { readonly characters: Set<CharacterId>; readonly items: Set<ItemId>; readonly doors: Set<string> }

/** What an event may have changed of what is shown. */
function collect(event: WorldEvent, { characters, items, doors }: Touched): void {
  switch (event.type) {
    case 'joined':
      characters.add(event.character.id)
      for (const { id } of event.items) items.add(id)
      break
    case 'left':
    case 'woke':
    case 'slept':
    case 'character.changed':
    case 'moved':
      characters.add(event.who)
      break
    case 'item.moved':
    case 'item.destroyed':
    case 'item.changed':
      items.add(event.item)
      break
    case 'item.created':
      items.add(event.item.id)
      break
    case 'door.changed':
      doors.add(event.door)
      break
  }
}
