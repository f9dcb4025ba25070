/** Turns the names an author writes in one zone into ids, conditions, effects and ticks, reporting each that leads nowhere. */
import { mapArgs, parseCondition } from '../engine/condition.ts'
import type { Condition, ConditionName, EffectDef } from '../engine/types.ts'
import { ROLES } from '../protocol/ids.ts'
import type { WorldSource, ZoneSource } from './gather.ts'
import type { Problems, Spot } from './problems.ts'
import type { EffectFile } from './schema.ts'

/** Everything that can be named, world-wide. */
export type Known = {
  readonly places: ReadonlySet<string>
  readonly things: ReadonlyMap<string, readonly string[]>
  readonly npcs: ReadonlySet<string>
  readonly doors: ReadonlySet<string>
}

export type Scope = ReturnType<typeof createScope>

export function knownIds(source: WorldSource): Known {
  const places = new Set<string>()
  const things = new Map<string, readonly string[]>()
  const npcs = new Set<string>()
  const doors = new Set<string>()
  for (const zone of source.zones.values()) {
    for (const { data } of zone.places) {
      places.add(`${zone.id}:${data.id}`)
      for (const door of Object.keys(data.doors ?? {})) doors.add(`${zone.id}:${door}`)
    }
    for (const [id, item] of Object.entries(zone.items?.data ?? {})) things.set(`${zone.id}:${id}`, item.states ?? [])
    for (const id of Object.keys(zone.npcs?.data ?? {})) npcs.add(`${zone.id}:${id}`)
  }
  return { places, things, npcs, doors }
}

/** `used` collects the ids and text keys that something refers to. */
export function createScope(zone: ZoneSource, known: Known, used: Set<string>, problems: Problems) {
  const full = (ref: string) => (ref.includes(':') ? ref : `${zone.id}:${ref}`)
  const find = (what: string, set: { has(id: string): boolean }) => (ref: string, spot: Spot) => {
    const id = full(ref)
    if (!set.has(id)) problems.error(spot, `no ${what} "${id}"`)
    used.add(id)
    return id
  }
  const place = find('place', known.places)
  const thing = find('thing', known.things)
  const npc = find('person', known.npcs)
  const door = find('door', known.doors)

  const text = (key: string, spot: Spot) => {
    used.add(`text ${zone.id}:${key}`)
    for (const source of [zone.text.en, zone.text.ru]) {
      if (source && !Object.hasOwn(source.data.lines ?? {}, key))
        problems.error(spot, `no line "${key}" in ${source.file}`)
    }
    return `${zone.id}:${key}`
  }

  const handler = (name: string, spot: Spot) => {
    const [file, fn] = name.split('.') as [string, string]
    const script = zone.scripts.get(file)
    if (!script) problems.error(spot, `no script scripts/${file}.js in zone "${zone.id}" that can be used`)
    else if (!script.exports.has(fn)) problems.error(spot, `${script.file} exports no function "${fn}"`)
    return name
  }

  const state = (id: string, name: string, spot: Spot) => {
    const states = known.things.get(id)
    if (states && !states.includes(name)) problems.error(spot, `"${id}" has no state "${name}"`)
    return name
  }

  const resolvers: Partial<Record<ConditionName, (args: readonly string[], spot: Spot) => readonly string[]>> = {
    has: ([id], spot) => [thing(id!, spot)],
    wears: ([id], spot) => [thing(id!, spot)],
    state: ([id, name], spot) => [thing(id!, spot), state(full(id!), name!, spot)],
    here: ([id], spot) => [known.npcs.has(full(id!)) ? npc(id!, spot) : thing(id!, spot)],
    role: ([role], spot) => {
      if (!(ROLES as readonly string[]).includes(role!)) problems.error(spot, `no role "${role}"`)
      return [role!]
    },
    kind: ([kind], spot) => {
      if (!['player', 'agent', 'npc'].includes(kind!))
        problems.error(spot, `kind is player, agent or npc, not "${kind}"`)
      return [kind!]
    },
  }
  const condition = (text: string, spot: Spot): Condition => {
    const parsed = parseCondition(text)
    if (!parsed.ok) {
      problems.error(spot, `${parsed.message} in "${text}"`)
      return { op: 'call', name: 'never', args: [] }
    }
    return mapArgs(parsed.condition, (name, args) => resolvers[name]?.(args, spot) ?? args)
  }

  const effect = (file: EffectFile, spot: Spot): EffectDef => {
    switch (file.do) {
      case 'give':
        return { do: 'give', thing: thing(file.thing, spot) }
      case 'spawn':
        return { do: 'spawn', thing: thing(file.thing, spot), place: file.place && place(file.place, spot) }
      case 'state':
        return { do: 'state', thing: thing(file.thing, spot), to: state(full(file.thing), file.to, spot) }
      case 'door':
        return { do: 'door', door: door(file.door, spot), closed: file.closed, locked: file.locked }
      case 'move':
        return { do: 'move', to: place(file.to, spot) }
      case 'script':
        return { do: 'script', handler: handler(file.handler, spot) }
      default:
        return file
    }
  }

  const optional =
    <I, O>(resolve: (value: I, spot: Spot) => O) =>
    (value: I | undefined, spot: Spot) =>
      value === undefined ? undefined : resolve(value, spot)

  return {
    zone,
    problems,
    full,
    place,
    thing,
    npc,
    text,
    handler,
    state,
    condition,
    ticks,
    effect,
    used,
    maybe: {
      place: optional(place),
      thing: optional(thing),
      text: optional(text),
      condition: optional(condition),
      handler: optional(handler),
      ticks: optional(ticks),
    },
  }
}

const UNIT_TICKS = { s: 10, m: 600, h: 36_000 } as const

/** `2.5s` -> 25. At least one. */
export const ticks = (duration: string): number =>
  Math.max(1, Math.round(Number(duration.slice(0, -1)) * UNIT_TICKS[duration.at(-1) as keyof typeof UNIT_TICKS]))
