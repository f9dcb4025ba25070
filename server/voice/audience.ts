/** Who perceives an event: the ids of the characters to be told, the one who acted included. */
import type { ZoneView } from '../engine/types.ts'
import type { WorldEvent } from '../protocol/events.ts'
import type { CharacterId, PlaceId } from '../protocol/ids.ts'

const inPlaces = (world: ZoneView, ...places: readonly PlaceId[]): CharacterId[] =>
  places.flatMap((place) => world.charactersIn(place).map((c) => c.id))

/** With one more id in front when it is not among the others (somebody who has just left, or is told from afar). */
const withSomeone = (ids: CharacterId[], who: CharacterId | undefined): CharacterId[] =>
  who === undefined || ids.includes(who) ? ids : [who, ...ids]

export function audience(event: WorldEvent, world: ZoneView): readonly CharacterId[] {
  switch (event.type) {
    case 'joined':
      return withSomeone(inPlaces(world, event.character.place), event.character.id)
    case 'moved':
      return withSomeone(
        event.from === event.to ? inPlaces(world, event.to) : inPlaces(world, event.from, event.to),
        event.who,
      )
    case 'left':
    case 'followed':
    case 'posture':
    case 'said':
    case 'emoted':
      return withSomeone(inPlaces(world, event.place), event.who)
    case 'woke':
    case 'slept':
      return inPlaces(world, event.place)
    case 'shouted':
      return [...world.state.characters.keys()]
    case 'told':
    case 'whispered':
      return event.who === event.to ? [event.who] : [event.who, event.to]
    case 'spoke':
    case 'seen':
      if (event.to !== undefined) return [event.to]
      return event.type === 'seen' && event.except
        ? inPlaces(world, event.place).filter((id) => id !== event.except)
        : inPlaces(world, event.place)
    case 'item.moved':
    case 'item.created':
    case 'item.destroyed':
    case 'item.changed':
      return event.by === undefined ? [] : withSomeone(inPlaces(world, event.place), event.by)
    case 'door.changed':
      return inPlaces(world, event.place, ...(event.far === event.place ? [] : [event.far]))
    case 'bought':
    case 'sold':
      return withSomeone(inPlaces(world, event.place), event.who)
    case 'refused':
    case 'read':
      return [event.who]
    case 'used':
    case 'character.changed':
    case 'var':
    case 'requested':
    case 'settled':
    case 'timer.set':
    case 'timer.fired':
      return []
  }
}
