/** How a thing was when its place first had it, and what brings it back to that. */
import type { ItemAt, ItemRecord, WorldEvent } from '../protocol/events.ts'
import { placeOfItem } from './effects.ts'
import type { SpawnDef, ThingDef, ZoneView } from './types.ts'

type Origin = { readonly def: ThingDef; readonly spawn?: SpawnDef; readonly at?: ItemAt }

/** Its definition, and for a spawned thing the entry that made it and where that puts it. */
function originOf(view: ZoneView, item: ItemRecord): Origin | undefined {
  const def = view.def.things.get(item.thing)
  const place = item.origin === undefined ? undefined : view.def.places.get(item.origin)
  if (!def) return undefined
  const spawn = place?.zone === view.zone.id ? place.spawn.find((entry) => entry.thing === item.thing) : undefined
  if (!spawn || !place) return { def }
  const box = spawn.inside && view.itemsIn(place.id).find((other) => other.thing === spawn.inside)
  return { def, spawn, at: box ? { inside: box.id } : { place: place.id } }
}

const authoredState = ({ def, spawn }: Origin) => ({
  state: spawn?.state ?? def.state,
  open: def.open,
  locked: def.locked,
})

/** The things an entry of a place has made that are still where it put them. */
export function spawnedHere(view: ZoneView, place: string, spawn: SpawnDef): readonly ItemRecord[] {
  const boxes =
    spawn.inside === undefined ? undefined : view.itemsIn(place).filter((item) => item.thing === spawn.inside)
  const here = boxes ? boxes.flatMap((box) => view.itemsInside(box.id)) : view.itemsIn(place)
  return here.filter((item) => item.thing === spawn.thing)
}

export function isAsSpawned(view: ZoneView, item: ItemRecord): boolean {
  const origin = originOf(view, item)
  if (!origin) return true
  const { state, open, locked } = authoredState(origin)
  const sameState = item.state === state && item.open === open && item.locked === locked
  return sameState && (!origin.at || sameSpot(item.at, origin.at))
}

const sameSpot = (a: ItemAt, b: ItemAt) =>
  'place' in a ? 'place' in b && a.place === b.place : 'inside' in a && 'inside' in b && a.inside === b.inside

/** Undefined while somebody holds it. A thing whose like has taken its place meanwhile is gone. */
export function resetEvents(view: ZoneView, item: ItemRecord): WorldEvent[] | undefined {
  const origin = originOf(view, item)
  const place = placeOfItem(view, item)
  if (!origin || place === undefined) return []
  if (isHeld(view, item)) return undefined
  const { id, thing } = item
  const events: WorldEvent[] = []
  if (origin.at && origin.spawn && !sameSpot(item.at, origin.at)) {
    const taken = spawnedHere(view, item.origin!, origin.spawn).length >= origin.spawn.max
    if (taken) return [{ type: 'item.destroyed', item: id, thing, place, how: 'gone' }]
    events.push({ type: 'item.moved', item: id, thing, from: item.at, to: origin.at, place: item.origin! })
  }
  const { state, open, locked } = authoredState(origin)
  if (item.state !== state || item.open !== open || item.locked !== locked) {
    const change = {
      ...(state !== undefined && { state }),
      ...(open !== undefined && { open }),
      ...(locked !== undefined && { locked }),
    }
    events.push({ type: 'item.changed', item: id, thing, place: origin.at ? item.origin! : place, ...change })
  }
  return events
}

function isHeld(view: ZoneView, item: ItemRecord): boolean {
  let at = item.at
  for (let depth = 0; depth < 10 && 'inside' in at; depth++) {
    const outer = view.state.items.get(at.inside)
    if (!outer) return false
    at = outer.at
  }
  return 'holder' in at
}
