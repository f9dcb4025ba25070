/** One agent that is going: what it hears of, which turn it has, what its program has come to. Timing and storage are its runner's. */
import {
  AGENT_INBOX_MAX,
  AGENT_INPUTS_PER_TURN,
  AGENT_JOURNAL_MAX_INPUTS,
  AGENT_JOURNAL_MAX_TURNS,
} from '../limits.ts'
import type { AgentEvaluation, AgentEventName, AgentInput, AgentTurn } from '../protocol/agent-io.ts'
import type { Locale, PlaceId, ZoneId } from '../protocol/ids.ts'
import { marksIn, type Words } from './afar.ts'
import type { Body } from './body.ts'
import type { AgentRow } from './store.ts'
import type { AgentLogEntry } from './types.ts'

export type Live = {
  row: AgentRow
  readonly locale: Locale
  readonly startPlace: PlaceId
  body: Body
  /** `away`: its program is being loaded; `busy`: a turn is out; `leaving`: it is being put by. */
  phase: 'away' | 'ready' | 'busy' | 'leaving'
  /** Its own count of tides, which goes on from zone to zone. */
  tick: number
  zone?: ZoneId
  /** What to add to the zone's count of tides. */
  offset: number
  /** Since when it has been in its zone, and the zone for which its host was chosen. */
  zoneSince: number
  placed?: ZoneId
  /** The last turn whose result has been taken. */
  taken: number
  started: boolean
  readonly events: AgentInput[]
  listens: ReadonlySet<AgentEventName>
  /** Of its events, those that were said on other nodes, until they are in the journal. */
  readonly words: Words
  /** Marks of such words that it has had; absent until it is known to what it listens. */
  had?: Set<string>
  /** JSON of `me.memory` now. */
  memory: string
  turns: number
  inputs: number
  fuelLast: number
  /** Fuel since `main` last began; absent when some of it was used before this process had the agent. */
  fuelSince?: number
  toldTick: number
  /** When its last turn was sent. */
  lastTurn: number
  /** Lines of the console that wait for a turn of their own, and those whose answers are waited for, by number. */
  readonly lines: { readonly source: string; readonly told: (answer: AgentEvaluation) => void }[]
  readonly asked: Map<number, (answer: AgentEvaluation) => void>
  /** When its marks were last written down. */
  marksSaved?: number
  /** Tides at which there was something to have a turn for and it could not have one, and events that fell out of its ears; until it is told. */
  skipped?: number
  dropped?: number
  /** Since when it has been held. */
  heldSince?: number
  /** Turns that its author has still to give it, while it is held. */
  given?: number
  /** Paused for what it did to its host, until then. */
  pausedUntil?: number
  /** Why `main` begins anew, until it has been told. */
  wakes?: 'rest' | 'code'
  /** Lines of its last turn that were in the log when it was restored, and have not been come to again. */
  written?: AgentLogEntry[]
  /** Times that a host crashed in one of its turns. */
  strikes?: number
  /** Times that loading it has failed in a row. */
  attempts?: number
  /** The last turn's place in the journal. */
  journalled: Promise<void>
  /** It has no turns: it is on its way to another node, or its node may not run it just now. */
  frozen?: boolean
}

/** The agent's own time: it never stands still and never goes back, whatever zone the agent walks into. */
export function moveClock(
  live: Pick<Live, 'zone' | 'offset' | 'tick'> & { zoneSince?: number },
  zone: ZoneId,
  zoneTick: number,
): void {
  if (live.zone !== zone || zoneTick + live.offset <= live.tick) {
    if (live.zone !== zone) live.zoneSince = live.tick
    live.zone = zone
    live.offset = live.tick + 1 - zoneTick
  }
  live.tick = zoneTick + live.offset
}

/** Keeps the newest when too much happens, and what was said on other nodes: of that there is never so much. */
export function hear(
  live: Pick<Live, 'listens' | 'events'> & { dropped?: number; words?: Words },
  event: Extract<AgentInput, { type: 'event' }>,
): void {
  if (!live.listens.has(event.name)) return
  live.events.push(event)
  if (live.events.length <= AGENT_INBOX_MAX) return
  const { words } = live
  live.events.splice(words ? live.events.findIndex((each) => !words.has(each)) : 0, 1)
  live.dropped = (live.dropped ?? 0) + 1
}

/** The turn to be had at this tide, if there is anything to have one for. */
export function nextTurn(live: Live, seed: () => number): AgentTurn | undefined {
  if (live.phase !== 'ready') {
    if (live.started && (live.events.length > 0 || live.listens.has('tide'))) live.skipped = (live.skipped ?? 0) + 1
    return undefined
  }
  if (live.listens.has('tide') && live.started)
    live.events.push({ type: 'event', name: 'tide', data: { tick: live.tick } })
  const answers = live.body.answers(live.tick)
  if (live.started && answers.length === 0 && live.events.length === 0) return undefined
  const inputs = live.started ? [...answers, ...live.events.splice(0, AGENT_INPUTS_PER_TURN)] : []
  live.started = true
  live.phase = 'busy'
  live.lastTurn = live.tick
  live.turns++
  live.inputs += inputs.length
  const afar = marksIn(live.words, inputs)
  return { agent: live.row.id, tick: live.tick, seed: seed(), inputs, ...(afar.length > 0 && { afar }) }
}

/** A turn for one line of the console; nothing else comes in with it. */
export function consoleTurn(live: Live, seed: () => number): AgentTurn | undefined {
  if (live.phase !== 'ready' || !live.started) return undefined
  const line = live.lines.shift()
  if (!line) return undefined
  live.asked.set(live.tick, line.told)
  live.phase = 'busy'
  live.lastTurn = live.tick
  live.turns++
  live.inputs++
  const inputs = [{ type: 'eval', eval: live.tick, source: line.source } as const]
  return { agent: live.row.id, tick: live.tick, seed: seed(), inputs }
}

/** Whether it is time to begin `main` anew: restoring would hand in every input since it began. */
export const needsRest = (live: Live): boolean =>
  live.inputs >= AGENT_JOURNAL_MAX_INPUTS || live.turns >= AGENT_JOURNAL_MAX_TURNS
