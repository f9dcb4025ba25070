/** For tests of the engine: a handful of commands, a person, and a journal in memory that can die. */

import type { Fault } from '../engine/inputs.ts'
import {
  accept,
  type CommandRunner,
  type Journal,
  type JournalRecord,
  type Outcome,
  refuse,
  type WorldDef,
  type ZoneInput,
  type ZoneSnapshot,
} from '../engine/types.ts'
import { createZone, type Zone } from '../engine/zone.ts'
import type { CharacterRecord, WorldEvent } from '../protocol/events.ts'
import type { Direction } from '../protocol/ids.ts'
import { fixtureWorld } from './world.ts'

/** go, take, drop, put, say, use; `roll` and `make` use chance and ids; `boom` throws; `look` reads. */
export const tinyRun: CommandRunner = (world, actor, command, input) => {
  const word = typeof input === 'string' ? input : ''
  const { place } = actor
  const mine = world.itemsOf(actor.id)
  switch (command) {
    case 'go': {
      const exit = world.def.places.get(place)?.exits.get(word as Direction)
      if (!exit) return refuse('no_exit')
      if (exit.lock && !world.holds(exit.lock, actor)) return refuse('locked')
      return accept({ type: 'moved', who: actor.id, from: place, to: exit.to, direction: exit.direction })
    }
    case 'take': {
      const items = world.itemsIn(place).flatMap((item) => [item, ...world.itemsInside(item.id)])
      const item = items.find((it) => it.thing.endsWith(word) && !world.def.things.get(it.thing)?.fixed)
      if (!item) return refuse('no_such_thing')
      return accept({
        type: 'item.moved',
        item: item.id,
        thing: item.thing,
        by: actor.id,
        from: item.at,
        to: { holder: actor.id },
        place,
      })
    }
    case 'drop': {
      const item = mine.find((it) => it.thing.endsWith(word))
      if (!item) return refuse('not_holding')
      return accept({
        type: 'item.moved',
        item: item.id,
        thing: item.thing,
        by: actor.id,
        from: item.at,
        to: { place },
        place,
      })
    }
    case 'put': {
      const box = world.itemsIn(place).find((it) => world.def.things.get(it.thing)?.kind === 'container')
      if (!mine[0] || !box) return refuse('not_a_container')
      return accept({
        type: 'item.moved',
        item: mine[0].id,
        thing: mine[0].thing,
        by: actor.id,
        from: mine[0].at,
        to: { inside: box.id },
        place,
      })
    }
    case 'light': {
      const lamp = world.itemsIn(place).find((it) => it.state === 'dark')
      if (!lamp) return refuse('nothing_happens')
      return accept({ type: 'item.changed', item: lamp.id, thing: lamp.thing, place, by: actor.id, state: 'lit' })
    }
    case 'make':
      return accept({
        type: 'item.created',
        item: { id: world.freshId('item'), thing: 'harbor:bread', at: { holder: actor.id } },
        place,
      })
    case 'roll':
      return accept({ type: 'var', scope: actor.id, key: 'test.rolled', value: world.randomInt(1000) })
    case 'roll-no':
      world.randomInt(6)
      return refuse('nothing_happens')
    case 'say':
      return accept({ type: 'said', who: actor.id, place, text: word })
    case 'look':
      return { ok: true, events: [], value: world.charactersIn(place).length }
    case 'boom':
      throw new Error('a mistake in a command')
    default:
      return refuse('unknown_command')
  }
}

export const person = (name: string, place = 'harbor:dock'): CharacterRecord => ({
  id: `player_${name}`,
  kind: 'player',
  name,
  place,
  locale: 'en',
  roles: ['learner'],
  posture: 'standing',
  awake: true,
  home: 'harbor:dock',
  vars: {},
  recent: [],
})

export const arrival = (name: string, place?: string, id = `arrive_${name}`): ZoneInput => ({
  type: 'arrive',
  id,
  character: person(name, place),
  items: [],
})
export const command = (name: string, verb: string, input = '', lineId?: string): ZoneInput => ({
  type: 'command',
  actor: `player_${name}`,
  command: verb,
  input,
  ...(lineId !== undefined && { lineId }),
})

export type MemoryJournal = Journal & {
  readonly records: JournalRecord[]
  readonly snapshots: ZoneSnapshot[]
  appends(): number
}

/** Where an append may die: before anything is kept, after part of it, or after all of it but before it says so. */
export type KillPoint = { readonly append: number; readonly keep: 'nothing' | 'half' | 'all' }

/** Keeps texts, as a database does, so that what comes back shares nothing with what went in. */
export function memoryJournal(kill?: KillPoint): MemoryJournal {
  const records: JournalRecord[] = []
  const snapshots: ZoneSnapshot[] = []
  let appends = 0
  const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
  return {
    records,
    snapshots,
    appends: () => appends,
    async append(_zone, more) {
      const isLast = kill?.append === appends++
      const kept =
        !isLast || kill?.keep === 'all' ? more.length : kill?.keep === 'half' ? Math.floor(more.length / 2) : 0
      records.push(...copy(more.slice(0, kept)))
      if (isLast) throw new Error('the power went')
    },
    async read(_zone, afterSeq) {
      return copy(records.filter(({ seq }) => seq > afterSeq))
    },
    async saveSnapshot(_zone, snapshot) {
      snapshots.push(copy(snapshot))
    },
    async loadSnapshot() {
      const last = snapshots.at(-1)
      return last && copy(last)
    },
  }
}

const def = fixtureWorld()

/** A zone of the fixture with hands to play it: `apply` inputs, `emit` plain events, let `tides` pass. */
export function startZone(options: { id?: string; world?: WorldDef; run?: CommandRunner } = {}) {
  const faults: Fault[] = []
  const zone = createZone({
    def: options.world ?? def,
    zone: options.id ?? 'harbor',
    seed: 'test',
    onFault: (fault) => faults.push(fault),
  })
  const run = options.run ?? tinyRun
  const apply = (input: ZoneInput): Outcome => zone.apply(input, zone.view.state.tick, run)
  const emit = (...events: WorldEvent[]): Outcome =>
    zone.apply(command('ann', 'x'), zone.view.state.tick, () => accept(...events))
  const tides = (count: number) => Array.from({ length: count }, () => zone.tide()).flatMap(({ events }) => events)
  return { zone, apply, emit, tides, faults, state: zone.view.state }
}

export const types = ({ events }: Outcome) => events.map(({ type }) => type)
export const ann = (zone: Zone) => zone.view.state.characters.get('player_ann')!
export const lying = (zone: Zone, place: string) => zone.view.itemsIn(place).map(({ thing }) => thing)
export const pendingOf = (zone: Zone, kind: string) =>
  [...zone.view.state.pending].find(([, { request }]) => request.kind === kind)!
