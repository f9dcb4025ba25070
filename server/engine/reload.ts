/** What a changed world means for those inside: nobody stands nowhere, nothing is left of what is no more, what is new is there. */
import type { CharacterRecord, ItemRecord, WorldEvent } from '../protocol/events.ts'
import { isHere } from './effects.ts'
import type { Store } from './store.ts'
import type { ZoneView } from './types.ts'

/** Under the new world's view. Asked again until there is nothing left to do: what was in a vanished box lies in a vanished place. */
export function reloadEvents(view: ZoneView, { state }: Store): WorldEvent[] {
  const characters = [...state.characters.values()].flatMap((c) => people(view, c))
  return [...doors(view), ...characters, ...[...state.items.values()].flatMap((item) => thing(view, item))]
}

function doors({ zone, state }: ZoneView): WorldEvent[] {
  return [...zone.doors.values()]
    .filter((door) => !state.doors.has(door.id))
    .map(({ id, sides: [place, far], closed, locked }) => ({
      type: 'door.changed',
      door: id,
      place,
      far,
      closed,
      locked,
    }))
}

function people(view: ZoneView, c: CharacterRecord): WorldEvent[] {
  if (c.npc !== undefined && (!view.def.npcs.has(c.npc) || !isHere(view, c.home)))
    return [{ type: 'left', who: c.id, place: c.place }]
  const events: WorldEvent[] = []
  if (!isHere(view, c.place))
    events.push({ type: 'moved', who: c.id, from: c.place, to: c.npc ? c.home : view.zone.respawn })
  if (!view.def.places.has(c.home)) events.push({ type: 'character.changed', who: c.id, home: view.def.start })
  return events
}

/** A thing of no known kind is gone; one whose place is gone lies at the respawn, unless it was fixed there. */
function thing(view: ZoneView, item: ItemRecord): WorldEvent[] {
  const def = view.def.things.get(item.thing)
  const lies = 'place' in item.at
  const isLost = 'place' in item.at && !isHere(view, item.at.place)
  const { respawn } = view.zone
  const place = lies && !isLost ? (item.at as { place: string }).place : respawn
  if (!def || (isLost && def.fixed))
    return [{ type: 'item.destroyed', item: item.id, thing: item.thing, place, how: 'gone' }]
  return isLost
    ? [
        {
          type: 'item.moved',
          item: item.id,
          thing: item.thing,
          from: item.at,
          to: { place: respawn },
          place: respawn,
        },
      ]
    : []
}
