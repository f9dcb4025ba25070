/** Which act an event about a thing or a door is: the last part of its key in the catalogue. */
import type { EventOf } from '../protocol/events.ts'
import type { ItemId } from '../protocol/ids.ts'

type Opening = 'opened' | 'closed' | 'locked' | 'unlocked'

/** Told from where the thing was and where it is. */
export function itemAct({ from, to }: EventOf<'item.moved'>): { readonly act: string; readonly box?: ItemId } {
  if ('holder' in to) {
    if ('inside' in from) return { act: 'fetched', box: from.inside }
    if ('place' in from) return { act: 'took' }
    if (from.holder !== to.holder) return { act: 'gave' }
    return { act: to.worn ? 'wore' : 'unwore' }
  }
  return 'inside' in to ? { act: 'put', box: to.inside } : { act: 'dropped' }
}

const opening = (locked: boolean | undefined, closed: boolean | undefined): Opening | undefined => {
  if (locked !== undefined) return locked ? 'locked' : 'unlocked'
  return closed === undefined ? undefined : closed ? 'closed' : 'opened'
}

export const itemChangeAct = ({ locked, open }: EventOf<'item.changed'>): Opening | undefined =>
  opening(locked, open === undefined ? undefined : !open)

export const doorAct = ({ locked, closed }: EventOf<'door.changed'>): Opening | undefined => opening(locked, closed)
