/** The only writer of a zone's facts: one small function per event. Applying never fails; what is gone is left alone. */
import type { EventOf, ItemRecord, WorldEvent, WorldEventType } from '../protocol/events.ts'
import type { CharacterId, Json } from '../protocol/ids.ts'
import type { Store } from './store.ts'

export const resetTimer = (item: string): string => `reset:${item}`

export function applyEvent(store: Store, event: WorldEvent): void {
  const write = WRITERS[event.type] as ((store: Store, event: WorldEvent) => void) | undefined
  write?.(store, event)
}

type Writers = { readonly [T in WorldEventType]?: (store: Store, event: EventOf<T>) => void }

const WRITERS: Writers = {
  joined(store, { character, items }) {
    store.putCharacter(character)
    for (const item of items) if (!store.state.items.has(item.id)) store.putItem(item)
  },
  left(store, { who }) {
    for (const item of store.belongings(who)) forgetItem(store, item)
    store.dropCharacter(who)
  },
  woke: (store, { who }) => change(store, who, { awake: true }),
  slept: (store, { who }) => change(store, who, { awake: false }),
  'character.changed'(store, { who, name, locale, roles, home }) {
    const changes = {
      ...(name !== undefined && { name }),
      ...(locale && { locale }),
      ...(roles && { roles }),
      ...(home && { home }),
    }
    change(store, who, changes)
  },
  moved: (store, { who, to }) => change(store, who, { place: to, posture: 'standing' }),
  posture: (store, { who, posture }) => change(store, who, { posture }),
  followed(store, { who, whom }) {
    const { following: _, ...rest } = store.state.characters.get(who) ?? {}
    if ('id' in rest) store.putCharacter(whom === undefined ? rest : { ...rest, following: whom })
  },
  'item.moved'(store, { item, to }) {
    const old = store.state.items.get(item)
    if (old && !isWithin(store, to, item)) store.putItem({ ...old, at: to })
  },
  'item.created'(store, { item }) {
    if (!store.state.items.has(item.id)) store.putItem(item)
  },
  'item.destroyed'(store, { item }) {
    const old = store.state.items.get(item)
    if (!old) return
    for (const inner of [...store.itemsInside(item)]) store.putItem({ ...inner, at: old.at })
    forgetItem(store, old)
  },
  'item.changed'(store, { item, state, open, locked, vars }) {
    const old = store.state.items.get(item)
    if (!old) return
    const changes = {
      ...(state !== undefined && { state }),
      ...(open !== undefined && { open }),
      ...(locked !== undefined && { locked }),
    }
    store.putItem({ ...old, ...changes, ...(vars && { vars: { ...old.vars, ...vars } }) })
  },
  'door.changed'({ state }, { door, closed, locked }) {
    const old = state.doors.get(door) ?? { closed: false, locked: false }
    state.doors.set(door, { closed: closed ?? old.closed, locked: locked ?? old.locked })
  },
  var(store, { scope, key, value }) {
    if (scope !== 'zone') setFlag(store, scope, key, value)
    else if (value === null) store.state.vars.delete(key)
    else store.state.vars.set(key, value)
  },
  requested({ state }, { id, request, by }) {
    state.pending.set(id, { request, ...(by !== undefined && { by }) })
  },
  settled: ({ state }, { id }) => void state.pending.delete(id),
  'timer.set': (store, { id, dueTick, handler, args }) => store.setTimer(id, { dueTick, handler, args }),
  'timer.fired': (store, { id }) => store.dropTimer(id),
}

function change(store: Store, who: CharacterId, changes: object): void {
  const old = store.state.characters.get(who)
  if (old) store.putCharacter({ ...old, ...changes })
}

function setFlag(store: Store, who: CharacterId, key: string, value: Json): void {
  const old = store.state.characters.get(who)
  if (!old) return
  const { [key]: _, ...others } = old.vars
  store.putCharacter({ ...old, vars: value === null ? others : { ...old.vars, [key]: value } })
}

function forgetItem(store: Store, item: ItemRecord): void {
  store.dropItem(item.id)
  store.dropTimer(resetTimer(item.id))
}

/** A box never ends up in itself. */
function isWithin(store: Store, at: ItemRecord['at'], item: string): boolean {
  let where = at
  for (let depth = 0; depth < 10 && 'inside' in where; depth++) {
    if (where.inside === item) return true
    const outer = store.state.items.get(where.inside)
    if (!outer) return true
    where = outer.at
  }
  return 'inside' in where
}
