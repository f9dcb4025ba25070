/** `tell` reaches people in other zones: their name becomes their id and name, for the zone knows neither. */
import { normalise } from '../commands/index.ts'
import type { Json, Params } from '../protocol/ids.ts'
import type { Zones } from '../rooms/types.ts'
import type { SessionContext } from './session-verb.ts'

export function findElsewhere(zones: Pick<Zones, 'findByName'>, input: Json, look: SessionContext['look']): Json {
  const { to, text } = input as Params
  if (typeof to !== 'string' || typeof text !== 'string') return input
  const wanted = normalise(to)
  const isHere = look((world) => {
    for (const who of world.state.characters.values()) if (normalise(who.name) === wanted) return true
    return false
  })
  const who = isHere ? undefined : zones.findByName(to)
  return who && who.kind !== 'npc' && who.awake ? { to: who.id, text, toName: who.name } : input
}
