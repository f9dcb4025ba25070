/** A zone's state with its indexes. Records are replaced, never changed; whoever comes to a place comes last in its order. */

import type { RandomState } from '../lib/random.ts'
import { CHARACTER_RECENT_LINES_MAX, ZONE_ARRIVALS_MAX } from '../limits.ts'
import type { CharacterRecord, ItemAt, ItemRecord } from '../protocol/events.ts'
import type { CharacterId, ItemId, PlaceId, ZoneId } from '../protocol/ids.ts'
import { createShelf } from './shelf.ts'
import type { ZoneState } from './types.ts'

export type Store = ReturnType<typeof createStore>

export const emptyState = (zone: ZoneId, random: RandomState): ZoneState => ({
  zone,
  tick: 0,
  seq: 0,
  random,
  characters: new Map(),
  items: new Map(),
  doors: new Map(),
  vars: new Map(),
  pending: new Map(),
  timers: new Map(),
  arrived: [],
})

const sameAt = (a: ItemAt, b: ItemAt) =>
  'place' in a
    ? 'place' in b && a.place === b.place
    : 'holder' in a
      ? 'holder' in b && a.holder === b.holder
      : 'inside' in b && a.inside === b.inside

const isAwakePerson = (c: CharacterRecord) => c.awake && c.kind !== 'npc'

export function createStore(state: ZoneState) {
  const people = createShelf<CharacterRecord>()
  const persons = createShelf<CharacterRecord>()
  const lying = createShelf<ItemRecord>()
  const held = createShelf<ItemRecord>()
  const inside = createShelf<ItemRecord>()
  const kinds = createShelf<ItemRecord>()
  let awake = 0
  let nextDueTick = Number.POSITIVE_INFINITY

  const shelfOf = (at: ItemAt) => ('place' in at ? lying : 'holder' in at ? held : inside)
  const keyOf = (at: ItemAt) => ('place' in at ? at.place : 'holder' in at ? at.holder : at.inside)

  function shelveCharacter(c: CharacterRecord): void {
    people.add(c.place, c)
    if (c.npc) persons.add(c.npc, c)
    if (isAwakePerson(c)) awake++
  }
  function shelveItem(item: ItemRecord): void {
    shelfOf(item.at).add(keyOf(item.at), item)
    kinds.add(item.thing, item)
  }
  function unshelveItem(item: ItemRecord): void {
    shelfOf(item.at).remove(keyOf(item.at), item.id)
    kinds.remove(item.thing, item.id)
  }

  const store = {
    state,
    charactersIn: (place: PlaceId) => people.list(place),
    charactersOf: (npc: string) => persons.list(npc),
    itemsIn: (place: PlaceId) => lying.list(place),
    itemsOf: (holder: CharacterId) => held.list(holder),
    itemsInside: (item: ItemId) => inside.list(item),
    itemsOfThing: (thing: string) => kinds.list(thing),
    /** Players and agents who are awake. */
    awakeCount: () => awake,
    nextDueTick: () => nextDueTick,

    putCharacter(c: CharacterRecord): void {
      const old = state.characters.get(c.id)
      if (old && old.place === c.place && old.npc === c.npc) {
        state.characters.set(c.id, c)
        people.replace(c.place, c)
        if (c.npc) persons.replace(c.npc, c)
        awake += Number(isAwakePerson(c)) - Number(isAwakePerson(old))
        return
      }
      if (old) store.dropCharacter(c.id)
      state.characters.set(c.id, c)
      shelveCharacter(c)
    },
    dropCharacter(id: CharacterId): void {
      const old = state.characters.get(id)
      if (!old) return
      state.characters.delete(id)
      people.remove(old.place, id)
      if (old.npc) persons.remove(old.npc, id)
      if (isAwakePerson(old)) awake--
    },
    putItem(item: ItemRecord): void {
      const old = state.items.get(item.id)
      if (old && sameAt(old.at, item.at) && old.thing === item.thing) {
        state.items.set(item.id, item)
        shelfOf(item.at).replace(keyOf(item.at), item)
        kinds.replace(item.thing, item)
        return
      }
      if (old) store.dropItem(item.id)
      state.items.set(item.id, item)
      shelveItem(item)
    },
    dropItem(id: ItemId): void {
      const old = state.items.get(id)
      if (!old) return
      state.items.delete(id)
      unshelveItem(old)
    },
    /** What somebody carries, containers' contents included, outer before inner. */
    belongings(holder: CharacterId): ItemRecord[] {
      const all = [...held.list(holder)]
      for (const item of all) all.push(...inside.list(item.id))
      return all
    },
    setTimer(id: string, timer: ZoneState['timers'] extends Map<string, infer T> ? T : never): void {
      state.timers.set(id, timer)
      nextDueTick = Math.min(nextDueTick, timer.dueTick)
    },
    dropTimer(id: string): void {
      const timer = state.timers.get(id)
      if (!timer) return
      state.timers.delete(id)
      if (timer.dueTick === nextDueTick) nextDueTick = earliest(state.timers)
    },
    rememberLine(who: CharacterId, lineId: string): void {
      const c = state.characters.get(who)
      if (c) store.putCharacter({ ...c, recent: [...c.recent, lineId].slice(-CHARACTER_RECENT_LINES_MAX) })
    },
    rememberArrival(id: string): void {
      state.arrived.push(id)
      if (state.arrived.length > ZONE_ARRIVALS_MAX) state.arrived.shift()
    },
  }
  for (const c of state.characters.values()) shelveCharacter(c)
  for (const item of state.items.values()) shelveItem(item)
  nextDueTick = earliest(state.timers)
  return store
}

function earliest(timers: ZoneState['timers']): number {
  let due = Number.POSITIVE_INFINITY
  for (const timer of timers.values()) due = Math.min(due, timer.dueTick)
  return due
}
