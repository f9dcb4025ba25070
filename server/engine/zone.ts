/** One zone, running: inputs and tides in, outcomes out. All its time and chance come in with them. */
import { assert } from '../lib/assert.ts'
import { seedRandom } from '../lib/random.ts'
import type { WorldEvent } from '../protocol/events.ts'
import type { ZoneId } from '../protocol/ids.ts'
import { applyEvent } from './apply-event.ts'
import { ZoneDamaged } from './errors.ts'
import { decide, type Fault } from './inputs.ts'
import { missingFrom } from './population.ts'
import { reloadEvents } from './reload.ts'
import { hashState, restoreState, takeSnapshot } from './snapshot.ts'
import { createStore, emptyState, type Store } from './store.ts'
import { createAlmanac, runTide } from './tide.ts'
import { perform, type Turn } from './turn.ts'
import {
  type CommandRunner,
  type JournalRecord,
  type Outcome,
  refuse,
  type Verdict,
  type WorldDef,
  type ZoneDef,
  type ZoneInput,
  type ZoneSnapshot,
  type ZoneView,
} from './types.ts'
import { type Authored, createView } from './view.ts'

export type ZoneOptions = {
  readonly def: WorldDef
  readonly zone: ZoneId
  /** Feeds a fresh zone's chance; a snapshot has its own. */
  readonly seed: string
  readonly snapshot?: ZoneSnapshot
  readonly onFault?: (fault: Fault) => void
}

export type Zone = {
  readonly id: ZoneId
  readonly view: ZoneView
  /** `tick` is the zone's own, said again so that a journal out of step is noticed. */
  apply(input: ZoneInput, tick: number, run: CommandRunner): Outcome
  tide(): Outcome
  snapshot(): ZoneSnapshot
  hash(): string
  /** The world that the next `reload` input with its digest puts in place. */
  adopt(def: WorldDef): void
  /** Does what a record says it came to, without asking the rules (E27). */
  applyRecorded(record: JournalRecord & { readonly events: readonly WorldEvent[] }): void
}

const RELOAD_ROUNDS_MAX = 10

export function createZone({ def, zone: id, seed, snapshot, onFault = () => {} }: ZoneOptions): Zone {
  const authored: Authored = { def, zone: zoneOf(def, id) }
  const store = createStore(snapshot ? restored(snapshot) : emptyState(id, seedRandom(`${seed}/${id}`)))
  const { state } = store
  const { view, begin, end } = createView(store, authored)
  let almanac = createAlmanac(def, authored.zone)
  let candidate: WorldDef | undefined
  if (!snapshot) inTurn(`${id}.0`, populate)

  /** Runs the work with chance and ids at hand; answers what happened. */
  function inTurn(mark: string, work: (turn: Turn) => void): readonly WorldEvent[] {
    begin(mark)
    try {
      const turn: Turn = { store, view, out: [] }
      work(turn)
      return turn.out
    } finally {
      end()
    }
  }

  function populate(turn: Turn): void {
    perform(turn, reloadEvents(view, store))
    for (const placeId of authored.zone.places) {
      const place = authored.def.places.get(placeId)!
      for (const spawn of place.spawn) perform(turn, missingFrom(view, store, place, spawn))
    }
  }

  function apply(input: ZoneInput, tick: number, run: CommandRunner): Outcome {
    assert(tick === state.tick, `zone ${id} is at tick ${state.tick}, not ${tick}`)
    const before = { random: state.random, seq: state.seq }
    let verdict: Verdict = refuse('internal')
    const events = inTurn(`${id}.${state.seq + 1}`, (turn) => {
      verdict = input.type === 'reload' ? reload(turn, input.digest) : decide({ view, store, run, onFault }, input)
      if (!verdict.ok || verdict.events.length === 0) return
      state.seq++
      remember(store, input)
      perform(turn, verdict.events)
    })
    if (events.length > 0 && input.type === 'reload') state.seq++
    if (state.seq === before.seq) state.random = before.random
    return { seq: state.seq, tick: state.tick, verdict, events }
  }

  /** Everything is worked out on the new world before the old one is let go. */
  function reload(turn: Turn, digest: string): Verdict {
    if (candidate?.digest === digest) {
      const next = zoneOf(candidate, id)
      almanac = createAlmanac(candidate, next)
      authored.def = candidate
      authored.zone = next
      candidate = undefined
    } else if (digest !== authored.def.digest) return { ok: true, events: [] }
    for (let round = 0; round < RELOAD_ROUNDS_MAX; round++) {
      const events = reloadEvents(view, store)
      if (events.length === 0) break
      perform(turn, events)
    }
    populate(turn)
    return { ok: true, events: [] }
  }

  return {
    id,
    view,
    apply,
    tide() {
      state.tick++
      const events = inTurn(`${id}.t${state.tick}`, (turn) => runTide(turn, almanac))
      return { seq: state.seq, tick: state.tick, verdict: { ok: true, events: [] }, events }
    },
    snapshot: () => takeSnapshot(state, authored.def.digest),
    hash: () => hashState(state),
    adopt(next) {
      zoneOf(next, id)
      candidate = next
    },
    applyRecorded({ seq, input, events }) {
      state.seq = seq
      remember(store, input)
      for (const event of events) {
        restoreMissing(store, event)
        applyEvent(store, event)
      }
    },
  }
}

function zoneOf(def: WorldDef, id: ZoneId): ZoneDef {
  const zone = def.zones.get(id)
  if (!zone) throw new ZoneDamaged(id, `world "${def.id}" has no such zone`)
  return zone
}

function restored(snapshot: ZoneSnapshot) {
  const state = restoreState(snapshot.state)
  const hash = hashState(state)
  if (hash !== snapshot.hash)
    throw new ZoneDamaged(snapshot.zone, `snapshot ${snapshot.seq} has hash ${hash}, not ${snapshot.hash}`)
  return state
}

function remember(store: Store, input: ZoneInput): void {
  if (input.type === 'command' && input.lineId !== undefined) store.rememberLine(input.actor, input.lineId)
  if (input.type === 'arrive') store.rememberArrival(input.id)
}

/** Under other rules a thing may never have come to be that somebody was told they hold. */
function restoreMissing(store: Store, event: WorldEvent): void {
  if (event.type === 'item.moved' && !store.state.items.has(event.item))
    store.putItem({ id: event.item, thing: event.thing, at: event.from })
}
