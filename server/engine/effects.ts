/** What authored effects come to: events, or the one refusal that stops them all. Reads the world, changes nothing. */
import type { CharacterRecord, ItemRecord, WorldEvent } from '../protocol/events.ts'
import type { Params, PlaceId, ThingId } from '../protocol/ids.ts'
import type { DoorDef, EffectDef, Verdict, ZoneView } from './types.ts'
import { accept, refuse } from './types.ts'

/** What the effects are about: whoever acts (nobody for a timer), where, with which item, how. */
export type EffectContext = {
  readonly actor?: CharacterRecord
  readonly place: PlaceId
  readonly item?: ItemRecord
  readonly verb?: string
}

export function runEffects(world: ZoneView, effects: readonly EffectDef[], context: EffectContext): Verdict {
  const events: WorldEvent[] = []
  for (const effect of effects) {
    const verdict = runEffect(world, effect, context)
    if (!verdict.ok) return verdict
    events.push(...verdict.events)
  }
  return accept(...events)
}

function runEffect(world: ZoneView, effect: EffectDef, context: EffectContext): Verdict {
  const { actor, place } = context
  switch (effect.do) {
    case 'flag':
      return actor
        ? accept({ type: 'var', scope: actor.id, key: effect.key, value: effect.value })
        : refuse('nothing_happens')
    case 'zonevar':
      return accept({ type: 'var', scope: 'zone', key: effect.key, value: effect.value })
    case 'give':
      return actor
        ? accept(created(world, effect.thing, { holder: actor.id }, place, actor))
        : refuse('nothing_happens')
    case 'spawn': {
      const where = effect.place ?? place
      return isHere(world, where)
        ? accept(created(world, effect.thing, { place: where }, where, actor))
        : refuse('nothing_happens')
    }
    case 'state':
      return changeState(world, effect.thing, effect.to, context)
    case 'door':
      return moveDoor(world, effect, context)
    case 'move':
      return actor
        ? accept({ type: 'moved', who: actor.id, from: actor.place, to: effect.to })
        : refuse('nothing_happens')
    case 'script':
      return accept(askScript(world, effect.handler, context))
  }
}

export const isHere = (world: ZoneView, place: PlaceId): boolean =>
  world.def.places.get(place)?.zone === world.zone.id

/** A new item as authored: its own first state, open or locked as its definition says. */
export function newItem(world: ZoneView, thing: ThingId, at: ItemRecord['at'], origin?: PlaceId): ItemRecord {
  const def = world.def.things.get(thing)
  return {
    id: world.freshId(`item:${thing}`),
    thing,
    at,
    ...(def?.state !== undefined && { state: def.state }),
    ...(def?.open !== undefined && { open: def.open }),
    ...(def?.locked !== undefined && { locked: def.locked }),
    ...(origin !== undefined && { origin }),
  }
}

const created = (
  world: ZoneView,
  thing: ThingId,
  at: ItemRecord['at'],
  place: PlaceId,
  actor?: CharacterRecord,
): WorldEvent => ({
  type: 'item.created',
  item: newItem(world, thing, at),
  place,
  ...(actor && { by: actor.id }),
})

/** The item that an effect on a thing means: the one at hand, else here, else carried, else the first in the zone. */
export function itemMeant(
  world: ZoneView,
  thing: ThingId,
  { item, place, actor }: EffectContext,
): ItemRecord | undefined {
  if (item?.thing === thing) return item
  const isIt = (other: ItemRecord) => other.thing === thing
  return (
    world.itemsIn(place).find(isIt) ?? (actor && world.itemsOf(actor.id).find(isIt)) ?? world.itemsOfThing(thing)[0]
  )
}

/** The place in which an item is to be seen, through hands and containers. */
export function placeOfItem(world: ZoneView, item: ItemRecord): PlaceId | undefined {
  let at = item.at
  for (let depth = 0; depth < 10; depth++) {
    if ('place' in at) return at.place
    if ('holder' in at) return world.state.characters.get(at.holder)?.place
    const outer = world.state.items.get(at.inside)
    if (!outer) return undefined
    at = outer.at
  }
  return undefined
}

function changeState(world: ZoneView, thing: ThingId, to: string, context: EffectContext): Verdict {
  const item = itemMeant(world, thing, context)
  if (!item) return refuse('nothing_happens')
  const place = placeOfItem(world, item) ?? context.place
  return accept({
    type: 'item.changed',
    item: item.id,
    thing,
    place,
    state: to,
    ...(context.actor && { by: context.actor.id }),
  })
}

function moveDoor(
  world: ZoneView,
  { door, closed, locked }: Extract<EffectDef, { do: 'door' }>,
  { actor, place }: EffectContext,
): Verdict {
  const def = world.zone.doors.get(door)
  if (!def) return refuse('nothing_happens')
  const [near, far] = sidesFrom(def, place)
  const change = { ...(closed !== undefined && { closed }), ...(locked !== undefined && { locked }) }
  return accept({ type: 'door.changed', door, place: near, far, ...change, ...(actor && { by: actor.id }) })
}

/** The two sides of a door, the one nearer to the given place first. */
export const sidesFrom = ({ sides }: DoorDef, place: PlaceId): readonly [PlaceId, PlaceId] =>
  sides[1] === place ? [sides[1], sides[0]] : sides

/** Asks a world script; its answer comes back as a `settle` input. `handler` is `file.function` of the zone. */
export function askScript(
  world: ZoneView,
  handler: string,
  { actor, item, place, verb }: EffectContext,
  more: Params = {},
): WorldEvent {
  const [file, fn] = handler.split('.') as [string, string]
  const about = { ...(verb && { verb }), ...(item && { item: item.id, thing: item.thing }) }
  return {
    type: 'requested',
    id: world.freshId('script'),
    request: { kind: 'script', script: `${world.zone.id}:${file}`, handler: fn, args: { ...more, ...about, place } },
    ...(actor && { by: actor.id }),
  }
}
