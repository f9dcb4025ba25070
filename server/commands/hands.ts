/** What is in somebody's hands, and what to say when it is not. */
import { refuse, type ZoneView } from '../engine/types.ts'
import type { CharacterRecord, ItemRecord } from '../protocol/events.ts'
import { around, type Failed, type Found, findItem } from './find.ts'

/** A thing that lies here but is not held is named as such, so that the way out is plain: take it. */
export function notHolding(world: ZoneView, actor: CharacterRecord, what: string, missing: Failed): Failed {
  if (missing.refusal.code !== 'no_such_thing' || what.trim() === '') return missing
  if (missing.refusal.params?.name === '') return refuse('empty_hands') as Failed
  const here = findItem(world, around(world, actor), what)
  if (!here.ok) return refuse('no_such_thing', { ...missing.refusal.params, held: 'yes' }) as Failed
  return refuse('not_holding', { thing: here.found.thing }) as Failed
}

export function findHeld(world: ZoneView, actor: CharacterRecord, what: string): Found<ItemRecord> {
  const item = findItem(world, world.itemsOf(actor.id), what)
  return item.ok ? item : notHolding(world, actor, what, item)
}
