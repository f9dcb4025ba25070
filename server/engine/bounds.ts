/** Whether events would take a zone past a limit; asked before any of them is applied. */
import {
  CHARACTER_VARS_MAX,
  HOLDER_ITEMS_MAX,
  PLACE_ITEMS_MAX,
  VAR_VALUE_MAX_CHARS,
  ZONE_CHARACTERS_MAX,
  ZONE_EVENTS_PER_INPUT_MAX,
  ZONE_ITEMS_MAX,
  ZONE_PENDING_MAX,
  ZONE_TIMERS_MAX,
  ZONE_VARS_MAX,
} from '../limits.ts'
import type { EventOf, ItemAt, WorldEvent } from '../protocol/events.ts'
import type { Refusal } from '../protocol/refusals.ts'
import type { Store } from './store.ts'

/** The first refusal, or nothing. */
export function overLimit(store: Store, events: readonly WorldEvent[]): Refusal | undefined {
  if (events.length > ZONE_EVENTS_PER_INPUT_MAX) return { code: 'full' }
  const more = new Map<string, number>()
  for (const event of events) {
    const refusal = check(store, event, more)
    if (refusal) return refusal
  }
  return undefined
}

/** One more of something in these events: how many there will be. */
const count = (more: Map<string, number>, key: string, now: number): number => {
  const added = (more.get(key) ?? 0) + 1
  more.set(key, added)
  return now + added
}

function check(store: Store, event: WorldEvent, more: Map<string, number>): Refusal | undefined {
  const { state } = store
  switch (event.type) {
    case 'item.created':
      if (count(more, 'items', state.items.size) > ZONE_ITEMS_MAX) return { code: 'full' }
      return checkRoom(store, event.item.at, more)
    case 'item.moved':
      return checkRoom(store, event.to, more)
    case 'var':
      return checkVar(store, event, more)
    case 'requested':
      return count(more, 'pending', state.pending.size) > ZONE_PENDING_MAX ? { code: 'busy' } : undefined
    case 'timer.set':
      return count(more, 'timers', state.timers.size) > ZONE_TIMERS_MAX ? { code: 'busy' } : undefined
    case 'joined':
      return count(more, 'characters', state.characters.size) > ZONE_CHARACTERS_MAX ? { code: 'full' } : undefined
    default:
      return undefined
  }
}

function checkRoom(store: Store, at: ItemAt, more: Map<string, number>): Refusal | undefined {
  const [key, now, max] =
    'place' in at
      ? [`place ${at.place}`, store.itemsIn(at.place).length, PLACE_ITEMS_MAX]
      : 'holder' in at
        ? [`holder ${at.holder}`, store.itemsOf(at.holder).length, HOLDER_ITEMS_MAX]
        : [`inside ${at.inside}`, store.itemsInside(at.inside).length, HOLDER_ITEMS_MAX]
  return count(more, key, now) > max ? { code: 'full', params: { max } } : undefined
}

function checkVar(
  { state }: Store,
  { scope, key, value }: EventOf<'var'>,
  more: Map<string, number>,
): Refusal | undefined {
  if (value === null) return undefined
  if (typeof value !== 'boolean' && typeof value !== 'number' && JSON.stringify(value).length > VAR_VALUE_MAX_CHARS) {
    return { code: 'too_long', params: { max: VAR_VALUE_MAX_CHARS } }
  }
  if (scope === 'zone')
    return state.vars.has(key) || count(more, 'vars', state.vars.size) <= ZONE_VARS_MAX ? undefined : { code: 'full' }
  const vars = state.characters.get(scope)?.vars
  if (!vars || Object.hasOwn(vars, key)) return undefined
  return count(more, `vars ${scope}`, Object.keys(vars).length) <= CHARACTER_VARS_MAX ? undefined : { code: 'full' }
}
