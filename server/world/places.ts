/** places/*.yaml -> PlaceDef, exits both ways and doors with both sides. */
import type { DoorDef, ExitDef, PlaceDef, SpawnDef } from '../engine/types.ts'
import { DIRECTIONS, type Direction } from '../protocol/ids.ts'
import type { Problems, Spot } from './problems.ts'
import type { PlaceFile } from './schema.ts'
import type { Scope } from './scope.ts'
import type { Source } from './source.ts'
import { buildReaction } from './things.ts'
import type { Words } from './words.ts'

export const OPPOSITE: Readonly<Record<Direction, Direction>> = {
  north: 'south',
  south: 'north',
  east: 'west',
  west: 'east',
  up: 'down',
  down: 'up',
  in: 'out',
  out: 'in',
  northeast: 'southwest',
  southwest: 'northeast',
  northwest: 'southeast',
  southeast: 'northwest',
}

/** A place whose exits can still be added to. */
export type PlaceDraft = {
  readonly def: PlaceDef
  readonly exits: Map<Direction, ExitDef>
  readonly source: Source<PlaceFile>
  readonly scope: Scope
  readonly words: Words
}

export function draftPlace(source: Source<PlaceFile>, scope: Scope, words: Words): PlaceDraft {
  const { data, at } = source
  const { data: zone } = scope.zone.zone
  const exits = draftExits(source, scope)
  const [x, y, level] = zone.origin ?? [0, 0, 0]
  const def: PlaceDef = {
    id: `${scope.zone.id}:${data.id}`,
    zone: scope.zone.id,
    at: [data.at[0] + x, data.at[1] + y, data.at[2] + level],
    ...words.place(data.id, at('id')),
    exits,
    spawn: (data.spawn ?? []).map((_, index) => draftSpawn(source, index, scope)),
    details: Object.entries(data.details ?? {}).map(([id, detail]) => ({
      name: words.detail(data.id, id, at('details', id)),
      look: scope.text(detail.look ?? `${data.id}.${id}`, at('details', id, 'look')),
      read: scope.maybe.text(detail.read, at('details', id, 'read')),
    })),
    light: data.light ?? zone.light ?? 2,
    terrain: data.terrain ?? zone.terrain ?? 'street',
    hidden: data.hidden ?? false,
    safe: data.safe ?? zone.safe ?? true,
    on: draftHooks(source, scope),
  }
  return { def, exits, source, scope, words }
}

function draftExits({ data, at }: Source<PlaceFile>, scope: Scope): Map<Direction, ExitDef> {
  const exits = new Map<Direction, ExitDef>()
  for (const direction of DIRECTIONS) {
    const file = data.exits?.[direction]
    if (file === undefined) continue
    const exit = typeof file === 'string' ? { to: file } : file
    const spot = (field: string) => at('exits', direction, field)
    exits.set(direction, {
      direction,
      to: scope.place(exit.to, spot('to')),
      door: exit.door === undefined ? undefined : `${scope.zone.id}:${exit.door}`,
      lock: scope.maybe.condition(exit.lock, spot('lock')),
      fail: scope.maybe.text(exit.fail, spot('fail')),
      hidden: scope.maybe.condition(exit.hidden, spot('hidden')),
      oneWay: exit.oneWay,
    })
  }
  return exits
}

function draftSpawn({ data, at }: Source<PlaceFile>, index: number, scope: Scope): SpawnDef {
  const spawn = data.spawn![index]!
  const spot = (field: string) => at('spawn', index, field)
  if ((spawn.thing === undefined) === (spawn.npc === undefined))
    scope.problems.error(at('spawn', index), 'either `thing` or `npc`')
  if (spawn.npc !== undefined && spawn.inside !== undefined)
    scope.problems.error(spot('inside'), 'people do not live in containers')
  const container = spawn.inside && scope.full(spawn.inside)
  if (
    container &&
    !data.spawn!.slice(0, index).some((other) => other.thing && scope.full(other.thing) === container)
  ) {
    scope.problems.error(spot('inside'), `"${container}" must be spawned here, earlier in the list`)
  }
  if (spawn.thing && spawn.state) scope.state(scope.full(spawn.thing), spawn.state, spot('state'))
  const npc = spawn.npc === undefined ? undefined : scope.npc(spawn.npc, spot('npc'))
  if (npc && !npc.startsWith(`${scope.zone.id}:`))
    scope.problems.error(spot('npc'), 'people live in their own zone only')
  return {
    thing: scope.maybe.thing(spawn.thing, spot('thing')),
    npc,
    max: spawn.max ?? 1,
    everyTicks: scope.maybe.ticks(spawn.every, spot('every')),
    state: spawn.state,
    inside: scope.maybe.thing(spawn.inside, spot('inside')),
  }
}

function draftHooks({ data, at }: Source<PlaceFile>, scope: Scope): PlaceDef['on'] {
  if (data.on === undefined) return []
  if (Array.isArray(data.on))
    return data.on.map((hook, index) => buildReaction(hook, (...path) => at('on', index, ...path), scope))
  return Object.entries(data.on).map(([verb, handler]) => ({
    verb: verb as PlaceDef['on'][number]['verb'],
    effects: [{ do: 'script', handler: scope.handler(handler as string, at('on', verb)) }],
  }))
}

/** Adds the exit that leads back for each that is not one-way. */
export function addWaysBack(places: ReadonlyMap<string, PlaceDraft>, problems: Problems): void {
  const written = [...places.values()].flatMap((place) => [...place.exits.values()].map((exit) => ({ place, exit })))
  for (const { place, exit } of written) {
    const target = places.get(exit.to)
    if (!target) continue
    const back = OPPOSITE[exit.direction]
    const spot = place.source.at('exits', exit.direction)
    const taken = target.exits.get(back)
    if (exit.to === place.def.id && !exit.oneWay)
      problems.error(spot, 'it leads to where it begins; say oneWay if that is meant')
    else if (taken && taken.to !== place.def.id) {
      if (!exit.oneWay)
        problems.error(
          spot,
          `the way back is taken: ${back} of "${exit.to}" leads to "${taken.to}"; say oneWay, or change one`,
        )
    } else if (taken) joinDoors(place, exit, target, taken, spot, problems)
    else if (!exit.oneWay) target.exits.set(back, { direction: back, to: place.def.id, door: exit.door })
  }
  for (const place of places.values()) sortExits(place.exits)
}

/** Two written exits of one passage have one door. */
function joinDoors(
  place: PlaceDraft,
  exit: ExitDef,
  target: PlaceDraft,
  back: ExitDef,
  spot: Spot,
  problems: Problems,
): void {
  if (exit.oneWay || back.oneWay || exit.door === back.door) return
  if (exit.door && back.door) problems.error(spot, `two doors in one passage: "${exit.door}" and "${back.door}"`)
  if (exit.door) target.exits.set(back.direction, { ...back, door: exit.door })
  else place.exits.set(exit.direction, { ...exit, door: back.door })
}

function sortExits(exits: Map<Direction, ExitDef>): void {
  const sorted = DIRECTIONS.flatMap((direction) => exits.get(direction) ?? [])
  exits.clear()
  for (const exit of sorted) exits.set(exit.direction, exit)
}

/** Doors of one zone, from where they are declared and the exits that name them. */
export function buildDoors(zone: string, places: readonly PlaceDraft[], problems: Problems): Map<string, DoorDef> {
  const doors = new Map<string, DoorDef>()
  const declared = new Map<string, PlaceDraft>()
  for (const place of places) {
    for (const name of Object.keys(place.source.data.doors ?? {})) {
      const id = `${zone}:${name}`
      if (declared.has(id))
        problems.error(
          place.source.at('doors', name),
          `door "${name}" is declared in "${declared.get(id)!.def.id}" too`,
        )
      else declared.set(id, place)
    }
  }
  for (const place of places)
    for (const exit of place.exits.values()) if (exit.door) hangDoor(exit, place, declared, doors, problems)
  for (const [id, place] of declared) {
    if (!doors.has(id))
      problems.error(place.source.at('doors', id.slice(zone.length + 1)), `door "${id}" is in no exit`)
  }
  return doors
}

function hangDoor(
  exit: ExitDef,
  place: PlaceDraft,
  declared: ReadonlyMap<string, PlaceDraft>,
  doors: Map<string, DoorDef>,
  problems: Problems,
): void {
  const id = exit.door!
  const sides = [place.def.id, exit.to] as const
  const spot = place.source.at('exits', exit.direction, 'door')
  const owner = declared.get(id)
  const hung = doors.get(id)
  if (!exit.to.startsWith(`${place.def.zone}:`)) problems.error(spot, 'no door can stand between two zones')
  else if (hung) {
    if (!hung.sides.includes(sides[0]) || !hung.sides.includes(sides[1]))
      problems.error(spot, `door "${id}" stands between ${hung.sides.join(' and ')} already`)
  } else if (!owner) problems.error(spot, `door "${id}" is not declared under \`doors\``)
  else {
    const name = id.slice(id.indexOf(':') + 1)
    const file = owner.source.data.doors![name]!
    if (!sides.includes(owner.def.id))
      problems.error(owner.source.at('doors', name), 'declared in a place that it does not touch')
    doors.set(id, {
      id,
      closed: file.closed ?? file.locked ?? false,
      locked: file.locked ?? false,
      key: owner.scope.maybe.thing(file.key, owner.source.at('doors', name, 'key')),
      name: owner.words.noun('doors', name, owner.source.at('doors', name)),
      sides,
    })
  }
}
