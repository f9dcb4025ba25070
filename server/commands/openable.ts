/** Doors and containers alike: what can be opened, closed, locked and unlocked. */
import { refuse, type ZoneView } from '../engine/types.ts'
import type { CharacterRecord, ItemRecord, WorldEvent } from '../protocol/events.ts'
import type { Params, ThingId } from '../protocol/ids.ts'
import { seenExits } from '../voice/index.ts'
import { directionOf } from './directions.ts'
import { type Doorway, type Failed, findDoor, findItem, reachable } from './find.ts'

export type Openable = {
  readonly closed: boolean
  readonly locked: boolean
  readonly key?: ThingId
  /** How a refusal names it. */
  readonly named: Params
  readonly item?: ItemRecord
  change(actor: CharacterRecord, to: { readonly closed?: boolean; readonly locked?: boolean }): WorldEvent
}

/** A door by its name or direction, else a container. */
export function findOpenable(world: ZoneView, me: CharacterRecord, text: string): Openable | Failed {
  const direction = directionOf(text)
  const way = direction
    ? seenExits(world, me).find((e): e is Doorway => e.exit.direction === direction && e.door !== undefined)
    : findDoor(world, me, text)
  const item = findItem(world, reachable(world, me), text)
  if (way && !(item.ok && isContainer(world, item.found))) return ofDoor(way)
  return item.ok ? ofItem(world, item.found) : item
}

const isContainer = (world: ZoneView, item: ItemRecord): boolean =>
  world.def.things.get(item.thing)?.kind === 'container'

const ofDoor = ({ exit, door }: Doorway): Openable => ({
  closed: door.closed,
  locked: door.locked,
  key: door.def.key,
  named: { door: door.def.id },
  change: (actor, to) => ({
    type: 'door.changed',
    door: door.def.id,
    place: actor.place,
    far: exit.to,
    by: actor.id,
    ...to,
  }),
})

function ofItem(world: ZoneView, item: ItemRecord): Openable | Failed {
  const def = world.def.things.get(item.thing)
  const named = { thing: item.thing }
  if (def?.kind !== 'container') return { ...(refuse('not_openable', named) as Failed), item } as Failed
  return {
    closed: !(item.open ?? def.open ?? true),
    locked: item.locked ?? def.locked ?? false,
    key: def.key,
    named,
    item,
    change: (actor, { closed, locked }) => ({
      type: 'item.changed',
      item: item.id,
      thing: item.thing,
      place: actor.place,
      by: actor.id,
      ...(closed !== undefined && { open: !closed }),
      ...(locked !== undefined && { locked }),
    }),
  }
}

export const isFailed = (found: Openable | Failed): found is Failed => 'ok' in found

/** Whether the actor carries the key; naming another one does not help. */
export function hasKey(
  world: ZoneView,
  actor: CharacterRecord,
  key: ThingId | undefined,
  named: string | undefined,
): boolean {
  if (key === undefined) return false
  const mine = world.itemsOf(actor.id)
  if (named === undefined) return mine.some((i) => i.thing === key)
  const chosen = findItem(world, mine, named)
  return chosen.ok && chosen.found.thing === key
}
