/** The ways out of a place that a character can see. */
import type { DoorDef, ExitDef, PlaceDef, ZoneView } from '../engine/types.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { Direction, PlaceId } from '../protocol/ids.ts'
import { doorDef } from './words.ts'

export type SeenExit = {
  readonly exit: ExitDef
  readonly door?: { readonly def: DoorDef; readonly closed: boolean; readonly locked: boolean }
}

export const OPPOSITE: Readonly<Record<Direction, Direction>> = {
  north: 'south',
  northeast: 'southwest',
  east: 'west',
  southeast: 'northwest',
  south: 'north',
  southwest: 'northeast',
  west: 'east',
  northwest: 'southeast',
  up: 'down',
  down: 'up',
  in: 'out',
  out: 'in',
}

type Plain = { readonly exits: readonly SeenExit[]; readonly plain: boolean }
const cache = new WeakMap<PlaceDef, Plain>()

/** Most places have neither doors nor hidden ways: their exits are the same for everyone and are made once. */
export function plainExits(place: PlaceDef): Plain {
  let found = cache.get(place)
  if (!found) {
    const exits = [...place.exits.values()]
    found = { exits: exits.map((exit) => ({ exit })), plain: exits.every((e) => !e.door && !e.hidden) }
    cache.set(place, found)
  }
  return found
}

export function seenExits(world: ZoneView, me: CharacterRecord, placeId: PlaceId = me.place): readonly SeenExit[] {
  const place = world.def.places.get(placeId)
  if (!place) return []
  const { exits, plain } = plainExits(place)
  if (plain) return exits
  return exits
    .filter(({ exit }) => !exit.hidden || !world.holds(exit.hidden, me))
    .map(({ exit }) => ({ exit, door: doorAt(world, exit) }))
}

export function doorAt(world: ZoneView, exit: ExitDef): SeenExit['door'] {
  if (!exit.door) return undefined
  const def = doorDef(world, exit.door)
  if (!def) return undefined
  const state = world.state.doors.get(def.id) ?? { closed: def.closed, locked: def.locked }
  return { def, closed: state.closed, locked: state.locked }
}
