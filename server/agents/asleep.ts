/** Agents put by: without a place in any host, they still hear, and wake for what they listen to and for what they wait for. */
import { AGENT_IDLE_TICKS, AGENT_WAKE_AHEAD_TICKS } from '../limits.ts'
import type { AgentEventName, AgentInput } from '../protocol/agent-io.ts'
import type { AgentId, Locale, ZoneId } from '../protocol/ids.ts'
import type { Live } from './live.ts'
import type { Asleep } from './store.ts'

/** All that is kept in hand of one; the rest is in the store. */
export type Sleeper = {
  readonly id: AgentId
  readonly locale: Locale
  tick: number
  zone?: ZoneId
  offset: number
  readonly listens: ReadonlySet<AgentEventName>
  readonly dueTick?: number
  readonly events: AgentInput[]
  waking: Promise<void> | undefined
}

/** Nothing to do, nothing heard for long, nothing due soon. */
export function isIdle(live: Live, idleTicks = AGENT_IDLE_TICKS): boolean {
  if (live.phase !== 'ready' || !live.started || live.events.length > 0 || live.listens.has('tide')) return false
  if (live.tick - live.lastTurn < idleTicks) return false
  const due = live.body.nextDue()
  return due !== undefined && due > live.tick + 2 * AGENT_WAKE_AHEAD_TICKS
}

export function asleepOf(live: Live): Asleep {
  const due = live.body.nextDue()
  return {
    tick: live.tick,
    ...(live.zone !== undefined && { zone: live.zone }),
    offset: live.offset,
    taken: live.taken,
    memory: live.memory,
    listens: [...live.listens],
    ...(due !== undefined && due < Number.POSITIVE_INFINITY && { dueTick: due }),
    turns: live.turns,
    inputs: live.inputs,
    fuelLast: live.fuelLast,
    ...(live.fuelSince !== undefined && { fuelSince: live.fuelSince }),
    startPlace: live.startPlace,
    locale: live.locale,
  }
}

export const sleeperOf = (id: AgentId, { locale, tick, zone, offset, listens, dueTick }: Asleep): Sleeper => ({
  id,
  locale,
  tick,
  zone,
  offset,
  listens: new Set(listens),
  ...(dueTick !== undefined && { dueTick }),
  events: [],
  waking: undefined,
})

/** Woken a little early, so that its program is there when what it waits for comes. */
export const isDue = ({ tick, dueTick }: Sleeper): boolean =>
  dueTick !== undefined && tick + AGENT_WAKE_AHEAD_TICKS >= dueTick

/** The one that was put by, as it stood; its program is still to be loaded. */
export function awakened(
  fresh: Live,
  { taken, memory, turns, inputs, fuelLast, fuelSince }: Asleep,
  sleeper: Sleeper,
): Live {
  const { tick, zone, offset, listens, events } = sleeper
  return {
    ...fresh,
    tick,
    zone,
    offset,
    taken,
    memory,
    turns,
    inputs,
    fuelLast,
    fuelSince,
    listens,
    events,
    started: true,
    lastTurn: tick,
  }
}
