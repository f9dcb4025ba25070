/** What one beat of time does: timers, hooks of places, spawns, and what the world's people do by themselves. */
import type { WorldEvent } from '../protocol/events.ts'
import type { Direction } from '../protocol/ids.ts'
import { resetTimer } from './apply-event.ts'
import { overLimit } from './bounds.ts'
import { askScript } from './effects.ts'
import { respawn } from './population.ts'
import { resetEvents } from './reset.ts'
import { greetOnce, perform, runHook, type Turn } from './turn.ts'
import type { NpcDef, PlaceDef, WorldDef, ZoneDef } from './types.ts'

/** Something done every so many ticks; phases spread the work. */
type Chore = {
  readonly every: number
  readonly phase: number
  readonly onlyWatched: boolean
  readonly run: (turn: Turn) => void
}

/** Worked out once per authored zone. */
export type Almanac = { readonly chores: readonly Chore[]; readonly greeters: readonly NpcDef[] }

export function createAlmanac(def: WorldDef, zone: ZoneDef): Almanac {
  const chores: Chore[] = []
  const add = (every: number | undefined, onlyWatched: boolean, run: (turn: Turn) => void) => {
    if (every) chores.push({ every, phase: (chores.length * 7) % every, onlyWatched, run })
  }
  for (const id of zone.places) {
    const place = def.places.get(id)!
    for (const hook of place.on) {
      if (hook.verb === 'timer') add(hook.everyTicks, false, (turn) => timerHook(turn, place, hook))
    }
    for (const spawn of place.spawn)
      add(spawn.everyTicks, false, (turn) => within(turn, respawn(turn.view, turn.store, place, spawn)))
  }
  const people = [...def.npcs.values()].filter((npc) => npc.zone === zone.id)
  for (const npc of people) {
    if (npc.idle.length > 0) add(npc.idleTicks, true, (turn) => idle(turn, npc))
    if (npc.wander.length > 0) add(npc.wanderTicks, true, (turn) => wander(turn, npc))
  }
  return { chores, greeters: people.filter((npc) => npc.greet !== undefined) }
}

export function runTide(turn: Turn, { chores, greeters }: Almanac): void {
  const { store } = turn
  const { tick } = store.state
  if (store.nextDueTick() <= tick) fireTimers(turn)
  const watched = store.awakeCount() > 0
  for (const chore of chores)
    if ((watched || !chore.onlyWatched) && tick % chore.every === chore.phase) chore.run(turn)
  if (watched) for (const npc of greeters) greet(turn, npc)
}

/** Whole or not at all, as a tide has nobody to refuse. */
function within(turn: Turn, events: readonly WorldEvent[]): void {
  if (!overLimit(turn.store, events)) perform(turn, events)
}

function fireTimers(turn: Turn): void {
  const { store, view } = turn
  const due = [...store.state.timers].filter(([, timer]) => timer.dueTick <= store.state.tick)
  for (const [id, timer] of due) {
    perform(turn, [{ type: 'timer.fired', id }])
    if (timer.handler === 'reset') resetItem(turn, String(timer.args.item))
    else {
      const { place, actor, ...args } = timer.args
      const by = typeof actor === 'string' ? store.state.characters.get(actor) : undefined
      within(turn, [askScript(view, timer.handler, { place: String(place), verb: 'timer', actor: by }, args)])
    }
  }
}

function resetItem(turn: Turn, id: string): void {
  const { store, view } = turn
  const item = store.state.items.get(id)
  if (!item) return
  const ticks = view.def.things.get(item.thing)?.resetTicks
  const events = resetEvents(view, item)
  if (events && !overLimit(store, events)) perform(turn, events)
  else if (ticks)
    within(turn, [
      {
        type: 'timer.set',
        id: resetTimer(id),
        dueTick: store.state.tick + ticks,
        handler: 'reset',
        args: { item: id },
      },
    ])
}

function timerHook(turn: Turn, place: PlaceDef, hook: PlaceDef['on'][number]): void {
  if (hook.when && !turn.view.holds(hook.when, NOBODY)) return
  if (hook.effects.length > 0 || isWatched(turn, place.id)) runHook(turn, hook, place.id, undefined, 0)
}

/** Conditions about a person are no when there is none. */
const NOBODY = {
  id: '',
  kind: 'npc',
  name: '',
  place: '',
  roles: [],
  posture: 'standing',
  awake: false,
  home: '',
  vars: {},
  recent: [],
} as const

const isWatched = ({ store }: Turn, place: string) =>
  store.charactersIn(place).some((c) => c.awake && c.kind !== 'npc')

function idle(turn: Turn, npc: NpcDef): void {
  for (const who of [...turn.store.charactersOf(npc.id)]) {
    if (!isWatched(turn, who.place)) continue
    const textKey = npc.idle[turn.view.randomInt(npc.idle.length)]!
    perform(turn, [{ type: 'seen', place: who.place, textKey, params: { actor: who.id } }])
  }
}

function wander(turn: Turn, npc: NpcDef): void {
  for (const who of [...turn.store.charactersOf(npc.id)]) {
    const ways = openWays(turn, who.place, npc)
    if (ways.length === 0) continue
    const [direction, to] = ways[turn.view.randomInt(ways.length)]!
    perform(turn, [{ type: 'moved', who: who.id, from: who.place, to, direction }])
  }
}

function openWays({ view }: Turn, from: string, npc: NpcDef): (readonly [Direction, string])[] {
  const ways: (readonly [Direction, string])[] = []
  for (const exit of view.def.places.get(from)?.exits.values() ?? []) {
    const isOpen = !exit.lock && !exit.hidden && !(exit.door && view.state.doors.get(exit.door)?.closed)
    if (isOpen && npc.wander.includes(exit.to)) ways.push([exit.direction, exit.to])
  }
  return ways
}

function greet(turn: Turn, npc: NpcDef): void {
  for (const who of [...turn.store.charactersOf(npc.id)]) {
    for (const newcomer of [...turn.store.charactersIn(who.place)])
      if (newcomer.kind !== 'npc') greetOnce(turn, who, newcomer.id)
  }
}
