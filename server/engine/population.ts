/** Who and what the places' spawn entries bring: all of it to a fresh zone, what is short of it later. */
import { ZONE_SPAWNED_MAX } from '../limits.ts'
import type { ItemAt, WorldEvent } from '../protocol/events.ts'
import { newItem } from './effects.ts'
import { spawnedHere } from './reset.ts'
import type { Store } from './store.ts'
import type { NpcDef, PlaceDef, SpawnDef, ZoneView } from './types.ts'

/** Everything that entry lacks, counting by origin: what was carried elsewhere in the zone still counts. */
export function missingFrom(view: ZoneView, store: Store, place: PlaceDef, spawn: SpawnDef): WorldEvent[] {
  const events: WorldEvent[] = []
  const there = spawn.npc
    ? store.charactersOf(spawn.npc).filter((c) => c.home === place.id).length
    : store.itemsOfThing(spawn.thing!).filter((item) => item.origin === place.id).length
  for (let n = there; n < spawn.max; n++) events.push(...spawned(view, store, place, spawn, n - there))
  return events
}

/** One more, when fewer than `max` are here now. */
export function respawn(view: ZoneView, store: Store, place: PlaceDef, spawn: SpawnDef): WorldEvent[] {
  if (spawn.npc) return missingFrom(view, store, place, spawn).slice(0, 1)
  if (store.itemsOfThing(spawn.thing!).length >= ZONE_SPAWNED_MAX) return []
  return spawnedHere(view, place.id, spawn).length < spawn.max ? spawned(view, store, place, spawn, 0) : []
}

function spawned(view: ZoneView, store: Store, place: PlaceDef, spawn: SpawnDef, nth: number): WorldEvent[] {
  if (spawn.npc) {
    const def = view.def.npcs.get(spawn.npc)
    return def ? [newPerson(store, def, place, nth)] : []
  }
  const at = spotFor(view, place, spawn)
  if (!at) return []
  const item = {
    ...newItem(view, spawn.thing!, at, place.id),
    ...(spawn.state !== undefined && { state: spawn.state }),
  }
  return [{ type: 'item.created', item, place: place.id }]
}

function spotFor(view: ZoneView, place: PlaceDef, spawn: SpawnDef): ItemAt | undefined {
  if (spawn.inside === undefined) return { place: place.id }
  const box = view.itemsIn(place.id).find((item) => item.thing === spawn.inside)
  return box && { inside: box.id }
}

function newPerson(store: Store, def: NpcDef, place: PlaceDef, nth: number): WorldEvent {
  const character = {
    id: freeId(store, def.id, nth),
    kind: 'npc',
    name: def.name.en.forms.nom,
    npc: def.id,
    place: place.id,
    roles: [],
    posture: 'standing',
    awake: true,
    home: place.id,
    vars: {},
    recent: [],
  } as const
  return { type: 'joined', character, items: [] }
}

/** `npc:harbor:rat#1`: the nth number that nobody has. */
function freeId(store: Store, npc: string, nth: number): string {
  let left = nth
  for (let n = 1; ; n++) {
    const id = `npc:${npc}#${n}`
    if (!store.state.characters.has(id) && left-- === 0) return id
  }
}
