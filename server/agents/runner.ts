/**
 * Keeps agents going: a turn at a tide for each that has something to hear, journalled before anything comes of it; restored
 * from checkpoint and journal when a host is lost; put by when idle; rested when the journal is full; set back to the program
 * before when new code fails. The rules are in `SPEC.md`. Nobody waits for a program here.
 */

import { setTimeout } from 'node:timers/promises'
import type { ZoneView } from '../engine/types.ts'
import {
  AGENT_CHANGE_EVERY_TICKS,
  AGENT_EVALS_WAITING_MAX,
  AGENT_FUEL_BURST,
  AGENT_FUEL_PER_TURN,
  AGENT_IDLE_TICKS,
  AGENT_MARKS_SAVE_TICKS,
  AGENT_MEMORY_MB,
  AGENT_OFFENCE_PAUSE_TICKS,
  AGENT_OFFENCES_MAX,
  AGENT_OWN_MEMORY_MAX_BYTES,
  AGENT_SETTLED_TICKS,
  AGENT_SKIPS_TOLD,
  AGENT_STEPS_GIVEN_MAX,
  AGENT_TRIAL_TURNS,
} from '../limits.ts'
import type { AgentEvaluation, AgentTurn, AgentTurnResult, ProgramError } from '../protocol/agent-io.ts'
import { effectId } from '../protocol/effect-id.ts'
import type { AgentId, CharacterId, Locale, Params, PlaceId, ZoneId } from '../protocol/ids.ts'
import type { Turn } from '../rooms/types.ts'
import { sourcesOf } from '../sandbox/sources.ts'
import type { AgentLoad, Loaded, SandboxLimits } from '../sandbox/types.ts'
import { addWord, marksHad, remember, settleWords, shortMark, wordOf } from './afar.ts'
import { asleepOf, awakened, isDue, isIdle, type Sleeper, sleeperOf } from './asleep.ts'
import { createBody } from './body.ts'
import { consoleTurn, hear, type Live, moveClock, needsRest, nextTurn } from './live.ts'
import { type LogBook, storable } from './log-book.ts'
import { marked } from './marks.ts'
import type { AgentsDeps } from './parts.ts'
import { perceive } from './perceive.ts'
import type { AgentRow, Asleep, Carried } from './store.ts'
import type { AgentLogEntry, Told } from './types.ts'
import { failureText } from './words.ts'

export type RunnerDeps = AgentsDeps & {
  readonly book: LogBook
  /** Something about this agent is to be told. `soon` may wait a moment for more. */
  readonly changed: (row: AgentRow, lines: readonly AgentLogEntry[]) => void
  readonly idleTicks?: number
}

export const LIMITS: SandboxLimits = {
  fuelPerTurn: AGENT_FUEL_PER_TURN,
  fuelBurst: AGENT_FUEL_BURST,
  memoryMb: AGENT_MEMORY_MB,
  maxMemoryBytes: AGENT_OWN_MEMORY_MAX_BYTES,
}

/** How often one that is to be frozen is looked at until its turn is over. */
const FREEZE_LOOK_MS = 5

/** Nothing of such a turn has happened. */
const CUT = new Set(['out_of_fuel', 'stack_overflow', 'turn_timeout', 'out_of_memory', 'memory_too_big'])

export type Runner = ReturnType<typeof createRunner>

export function createRunner(deps: RunnerDeps) {
  const { store, sandbox, zones, voice, clock, log, book, idleTicks = AGENT_IDLE_TICKS } = deps
  const lives = new Map<AgentId, Live>()
  const sleepers = new Map<AgentId, Sleeper>()
  const jobs = new Set<Promise<unknown>>()
  const stops = [
    zones.onTide(tide),
    zones.onTurn(happen),
    sandbox.onResult((results) => results.forEach(receive)),
    sandbox.onLost(lost),
  ]

  /** Work that goes on behind; what it throws is told once, here. */
  function inBackground(what: string, agent: AgentId, job: Promise<unknown>): void {
    const guarded = job
      .catch((err: unknown) => log.warn({ err, agent }, `an agent could not be ${what}`))
      .finally(() => jobs.delete(guarded))
    jobs.add(guarded)
  }

  const isCurrent = (live: Live): boolean => lives.get(live.row.id) === live

  // --- tides ----------------------------------------------------------------------------------------------------------

  function tide(zone: ZoneId, zoneTick: number): void {
    const turns: AgentTurn[] = []
    for (const live of lives.values()) {
      if (zones.whereIs(live.row.id)?.zone !== zone) continue
      moveClock(live, zone, zoneTick)
      if (live.row.zoneClock?.zone !== zone || live.row.zoneClock.offset !== live.offset) keepClock(live, zone)
      if (live.placed !== zone && live.tick - live.zoneSince >= AGENT_SETTLED_TICKS) settle(live, zone)
      if (live.pausedUntil !== undefined) {
        if (live.tick >= live.pausedUntil) inBackground('begun anew', live.row.id, forgive(live))
        continue
      }
      if (live.frozen) continue
      const line = consoleTurn(live, deps.seed)
      if (line) turns.push(line)
      if (live.row.held && !live.given) continue
      live.body.act(live.tick)
      if (live.row.held) {
        const turn = nextTurn(live, deps.seed)
        if (turn) {
          live.given!--
          turns.push(turn)
        }
        continue
      }
      if (isIdle(live, idleTicks)) inBackground('put by', live.row.id, putBy(live))
      if (live.phase === 'ready' && needsRest(live)) inBackground('rested', live.row.id, rest(live))
      const turn = nextTurn(live, deps.seed)
      if (turn) turns.push(turn)
    }
    if (turns.length > 0) send(turns)
    for (const sleeper of sleepers.values()) {
      if (sleeper.waking || sleeper.dueTick === undefined || zones.whereIs(sleeper.id)?.zone !== zone) continue
      moveClock(sleeper, zone, zoneTick)
      if (isDue(sleeper)) inBackground('woken', sleeper.id, wake(sleeper))
    }
  }

  /** Seldom: when it has come into a zone, or the zone has lost some of its tides in a crash. */
  function keepClock(live: Live, zone: ZoneId): void {
    live.row = { ...live.row, zoneClock: { zone, offset: live.offset } }
    live.journalled = live.journalled.then(() => store.save(live.row))
    inBackground('set to its zone’s time', live.row.id, live.journalled)
  }

  /** It has come to stay: its host should be one of its zone's. */
  function settle(live: Live, zone: ZoneId): void {
    if (live.phase !== 'ready') return
    live.placed = zone
    sandbox.near?.(live.row.id, zone)
  }

  /** The sandbox may begin at once; what comes of it waits for the journal. */
  function send(turns: readonly AgentTurn[]): void {
    const written = store.appendTurns(turns)
    written.catch((err: unknown) => log.warn({ err, turns: turns.length }, 'turns of agents could not be journalled'))
    for (const turn of turns) {
      const live = lives.get(turn.agent)
      if (!live) continue
      live.journalled = written
      if (turn.afar) hasWords(live, turn, written)
    }
    sandbox.turn(turns)
  }

  /** What was said on other nodes is the agent's once it is journalled; until then whoever handed it over keeps it. */
  function hasWords(live: Live, { inputs, afar = [] }: AgentTurn, written: Promise<void>): void {
    const end = (isTaken: boolean) => {
      if (isTaken) remember((live.had ??= marksHad(live.row.heardAfar)), afar)
      settleWords(live.words, isTaken, inputs)
    }
    written.then(
      () => end(true),
      () => end(false),
    )
  }

  function happen({ outcomes }: Turn, world: ZoneView): void {
    if (lives.size === 0 && sleepers.size === 0) return
    for (const { events } of outcomes) {
      for (const event of events) {
        const listeners =
          event.type === 'used' ? world.charactersIn(event.place).map((c) => c.id) : voice.audience(event, world)
        for (const id of listeners) {
          const one = lives.get(id as AgentId) ?? sleepers.get(id as AgentId)
          if (!one || one.listens.size === 0) continue
          const input = perceive(voice, world, event, { id, locale: one.locale })
          if (!input) continue
          hear(one, input)
          if ('waking' in one && !one.waking && one.events.length > 0) inBackground('woken', one.id, wake(one))
        }
      }
    }
  }

  // --- what comes of a turn -------------------------------------------------------------------------------------------

  function receive(result: AgentTurnResult): void {
    const live = lives.get(result.agent)
    if (live) inBackground('given its turn', result.agent, take(live, result))
  }

  async function take(live: Live, result: AgentTurnResult): Promise<void> {
    try {
      await live.journalled
    } catch {
      if (isCurrent(live))
        await end(live, 'paused', {
          name: 'Stopped',
          message: 'The journal could not be written.',
          code: 'no_journal',
        })
      return
    }
    if (!isCurrent(live) || live.phase !== 'busy' || result.tick <= live.taken) return
    live.phase = 'ready'
    await apply(live, result)
  }

  /** What was stopped from outside, or after the turn, does not say where; that takes another run of it. */
  async function apply(live: Live, result: AgentTurnResult): Promise<void> {
    if (!result.error || result.error.line !== undefined) return come(live, result)
    live.phase = 'away'
    const at = await whereItStood(live)
    if (isCurrent(live)) return come(live, { ...result, error: { ...result.error, ...at } })
  }

  /** All that one result says, in one step; only then is anything awaited. */
  async function come(live: Live, result: AgentTurnResult): Promise<void> {
    live.taken = result.tick
    live.fuelLast = result.fuelUsed
    live.row = { ...live.row, fuelUsed: live.row.fuelUsed + result.fuelUsed }
    if (live.fuelSince !== undefined) live.fuelSince += result.fuelUsed
    if (result.memory !== undefined) live.memory = result.memory
    if (result.listens) live.listens = new Set(result.listens)
    live.had ??= marksHad(live.row.heardAfar)
    if (live.wakes) hear(live, { type: 'event', name: 'wake', data: { why: live.wakes } })
    live.wakes = undefined
    for (const call of result.calls) live.body.take(call, result.tick)
    const drawn = drawMarks(live, result)
    live.body.act(live.tick)
    const lines = [...note(live, result), ...answered(live, result), ...(live.row.held ? stepped(live, result) : [])]
    const failed = result.error ?? (isOnTrial(live) ? ownFault(result.failed) : undefined)
    if (failed) return fail(live, failed, lines)
    if (result.finished) return end(live, 'stopped', undefined, lines)
    if (live.row.status === 'resting') live.row = { ...live.row, status: 'running' }
    if (live.row.previous && live.turns >= AGENT_TRIAL_TURNS) proved(live)
    if (drawn || lines.length > 0 || live.tick - live.toldTick >= AGENT_CHANGE_EVERY_TICKS) tell(live, lines)
  }

  function note(
    live: Live,
    { tick, logs, failed, error, fuelUsed, droppedLogs }: AgentTurnResult,
  ): readonly AgentLogEntry[] {
    const lines: Omit<AgentLogEntry, 'id' | 'tick'>[] = [...logs]
    if (droppedLogs)
      lines.push({
        level: 'system',
        text: failureText(live.locale, { code: 'log_flood', params: { count: droppedLogs } }),
      })
    const about = (code: string, params: ProgramError['params']) =>
      lines.push({ level: 'system', text: failureText(live.locale, { code, params }) })
    if ((live.skipped ?? 0) >= AGENT_SKIPS_TOLD) about('skipped', { count: live.skipped! })
    if (live.dropped) about('dropped', { count: live.dropped })
    live.skipped = 0
    live.dropped = 0
    const wrong = error ?? failed
    if (error && CUT.has(error.code))
      lines.push({
        level: 'system',
        text: failureText(live.locale, { code: 'cut', params: { fuel: fuelUsed, limit: AGENT_FUEL_BURST } }),
      })
    if (wrong) lines.push({ level: 'error', text: failureText(live.locale, wrong) })
    return write(live, tick, lines)
  }

  /** What this turn had written before the node went down, or before its host was lost, is not written again. */
  function write(
    live: Live,
    tick: number,
    lines: readonly Omit<AgentLogEntry, 'id' | 'tick'>[],
  ): readonly AgentLogEntry[] {
    const before = live.written ?? []
    const fresh = lines.filter(({ level, text }) => {
      const at = before.findIndex(
        (line) => line.tick === tick && line.level === level && line.text === storable(text),
      )
      if (at >= 0) before.splice(at, 1)
      return at < 0
    })
    return book.add(live.row.id, tick, fresh)
  }

  function tell(live: Live, lines: readonly AgentLogEntry[]): void {
    live.toldTick = live.tick
    deps.changed(live.row, lines)
  }

  // --- beginnings and ends --------------------------------------------------------------------------------------------

  type Beginning = {
    readonly row: AgentRow
    readonly locale: Locale
    readonly place: PlaceId
    readonly wakes?: Live['wakes']
  }

  function newLive({ row, locale, place, wakes }: Beginning): Live {
    return {
      row,
      wakes,
      locale,
      startPlace: place,
      body: bodyOf(row, locale),
      phase: 'away',
      tick: row.checkpointTick,
      zone: row.zoneClock?.zone,
      offset: row.zoneClock?.offset ?? 0,
      zoneSince: row.checkpointTick,
      taken: row.checkpointTick,
      started: false,
      events: [],
      listens: new Set(),
      words: new Map(),
      memory: row.memory,
      turns: 0,
      inputs: 0,
      fuelLast: 0,
      fuelSince: 0,
      toldTick: 0,
      lastTurn: row.checkpointTick,
      lines: [],
      asked: new Map(),
      journalled: Promise.resolve(),
    }
  }

  const bodyOf = (row: AgentRow, locale: Locale) =>
    createBody(deps, {
      id: row.id as CharacterId,
      owner: row.owner,
      locale,
      epoch: row.epoch,
      lineId: (call) => effectId(row.id, row, call),
    })

  const loadOf = ({ row, startPlace, zone }: Live): Omit<AgentLoad, 'journal'> => {
    const near = zones.whereIs(row.id)?.zone ?? zone
    return {
      self: { id: row.id, name: row.name, owner: row.owner, place: startPlace },
      program: row.program!,
      memory: row.memory,
      limits: LIMITS,
      ...(near !== undefined && { near }),
    }
  }

  /** Loads the program and hands in what it has lived through since its checkpoint. */
  async function load(live: Live): Promise<void> {
    const { row } = live
    const journal = await store.turns(row.id)
    const about = loadOf(live)
    live.placed = about.near
    const loaded = await sandbox.load({ ...about, journal })
    if (!isCurrent(live)) return
    if (!loaded.ok) {
      if (loaded.error.code === 'host_lost') return again(live)
      return fail(live, loaded.error, told(live, loaded.error))
    }
    await restored(live, loaded, journal)
  }

  /** A host died while it was loading this program; after a few times the program itself is to blame. */
  async function again(live: Live): Promise<void> {
    live.attempts = (live.attempts ?? 0) + 1
    if (live.attempts < 3) return load(live)
    const error: ProgramError = {
      name: 'Stopped',
      message: 'The program could not be restored.',
      code: 'host_killed',
      params: { reason: 'crashed' },
    }
    return offend(live, error, told(live, error))
  }

  async function restored(
    live: Live,
    { pending, last, listens }: Loaded,
    journal: readonly AgentTurn[],
  ): Promise<void> {
    live.attempts = 0
    if (live.turns === 0 && journal.length > 0) live.fuelSince = undefined
    live.phase = 'ready'
    live.started = journal.length > 0
    live.turns = journal.length
    live.inputs = journal.reduce((sum, turn) => sum + turn.inputs.length, 0)
    live.tick = Math.max(live.tick, journal.at(-1)?.tick ?? 0)
    const { carried } = live.row
    if (carried && (journal.at(-1)?.tick ?? 0) <= carried.taken) {
      live.taken = carried.taken
      live.memory = carried.memory
      live.tick = Math.max(live.tick, carried.tick)
      live.events.push(...carried.events)
    }
    live.listens = new Set(listens)
    if (live.started) live.had ??= marksHad(live.row.heardAfar, journal)
    if (last && last.tick > live.taken) {
      // Nobody has heard of this one yet; its calls are among those pending, and of its lines some may have been written.
      live.written = [...(await book.at(live.row.id, last.tick))]
      await apply(live, last)
    }
    if (!isCurrent(live)) return
    for (const call of pending) {
      const done = carried?.due.find((one) => one.call === call.call)
      if (done) live.body.did(done)
      else live.body.take(call, call.tick)
    }
    tell(live, [])
  }

  async function end(
    live: Live,
    status: 'stopped' | 'paused',
    error?: ProgramError,
    lines: readonly AgentLogEntry[] = [],
  ): Promise<void> {
    forget(live)
    const { memory, checkpointTick } = live.row
    live.row = {
      ...live.row,
      past: { memory, checkpointTick, fuelUsed: live.fuelSince, fuelLast: live.fuelLast },
      previous: undefined,
      asleep: undefined,
      held: undefined,
      status,
      memory: live.memory,
      checkpointTick: live.tick,
      error,
      updatedAtMs: clock.now(),
    }
    inBackground('unloaded', live.row.id, sandbox.unload(live.row.id))
    inBackground('put to sleep', live.row.id, zones.sleep(live.row.id))
    await live.journalled.catch(() => {})
    // Its turns stay, so that its author can see how it came to this.
    await store.save(live.row)
    deps.changed(live.row, lines)
  }

  /** Begins `main` anew, from memory, with what has changed in the row; the turns before it are forgotten. */
  async function anew(
    live: Live,
    changes: Partial<AgentRow>,
    why: NonNullable<Live['wakes']>,
    lines: readonly AgentLogEntry[],
  ): Promise<void> {
    live.phase = 'away'
    live.body.leave()
    live.memory = changes.memory ?? live.memory
    live.row = {
      ...live.row,
      generation: live.row.generation + 1,
      memory: live.memory,
      checkpointTick: live.tick,
      error: undefined,
      asleep: undefined,
      past: undefined,
      carried: undefined,
      updatedAtMs: clock.now(),
      ...changes,
    }
    live.body = bodyOf(live.row, live.locale)
    live.wakes = why
    live.turns = 0
    live.inputs = 0
    live.fuelSince = 0
    live.attempts = 0
    await live.journalled.catch(() => {})
    const had = live.had ?? marksHad(live.row.heardAfar, await store.turns(live.row.id))
    if (had.size > 0) live.row = { ...live.row, heardAfar: [...had] }
    await store.checkpoint(live.row)
    if (!isCurrent(live)) return
    tell(live, lines)
    await load(live)
  }

  /** It is not going here any more: what it had heard and not had a turn with is somebody else's to keep. */
  function forget(live: Live): void {
    lives.delete(live.row.id)
    live.body.leave()
    settleWords(live.words, false)
  }

  const system = (live: Live, code: string, params: ProgramError['params'] = {}): readonly AgentLogEntry[] =>
    write(live, live.tick, [{ level: 'system', text: failureText(live.locale, { code, params }) }])
  const told = (live: Live, error: ProgramError): readonly AgentLogEntry[] =>
    write(live, live.tick, [{ level: 'error', text: failureText(live.locale, error) }])

  /** The journal is full. */
  const rest = (live: Live): Promise<void> =>
    anew(live, { status: 'resting', offences: undefined }, 'rest', system(live, 'rested'))

  // --- held by its author ---------------------------------------------------------------------------------------------

  const stepped = (live: Live, { fuelUsed, calls }: AgentTurnResult): readonly AgentLogEntry[] =>
    system(live, 'stepped', { fuel: fuelUsed, calls: calls.map(({ action }) => `me.${action}`).join(', ') || 'none' })

  /** Kept in the row, since the journal is forgotten. */
  function drawMarks(live: Live, { calls }: AgentTurnResult): boolean {
    const before = live.row.marks ?? []
    const marks = marked(before, calls, zones.whereIs(live.row.id)?.place)
    if (marks === before) return false
    live.row = { ...live.row, marks }
    // A crash may cost the newest marks; writing each down would cost more.
    if (live.tick - (live.marksSaved ?? 0) < AGENT_MARKS_SAVE_TICKS) return true
    live.marksSaved = live.tick
    live.journalled = live.journalled.then(() => store.save(live.row))
    inBackground('marked', live.row.id, live.journalled)
    return true
  }

  /** What the console's lines came to goes to whoever waits, and into the log. */
  function answered(live: Live, { tick, evals = [] }: AgentTurnResult): readonly AgentLogEntry[] {
    return evals.flatMap((one) => {
      live.asked.get(one.eval)?.(one)
      live.asked.delete(one.eval)
      const text = one.ok ? `= ${one.text}` : failureText(live.locale, one.error)
      return write(live, tick, [{ level: one.ok ? 'system' : 'error', text }])
    })
  }

  /** One that is put by is woken for it. Undefined when it is not going here, or paused for another reason. */
  async function inHand(id: AgentId): Promise<Live | undefined> {
    const sleeper = sleepers.get(id)
    if (sleeper) await wake(sleeper)
    const live = lives.get(id)
    return live?.pausedUntil === undefined ? live : undefined
  }

  async function setHeld(live: Live, held: boolean): Promise<void> {
    if ((live.row.held ?? false) === held) return
    live.given = 0
    live.row = { ...live.row, held: held || undefined, updatedAtMs: clock.now() }
    live.journalled = live.journalled.then(() => store.save(live.row))
    const lines = held
      ? system(live, 'held')
      : system(live, 'went_on', { tides: live.tick - (live.heldSince ?? live.tick) })
    live.heldSince = held ? live.tick : undefined
    await live.journalled
    tell(live, lines)
  }

  // --- new code that fails --------------------------------------------------------------------------------------------

  const isOnTrial = (live: Live): boolean => live.row.previous !== undefined && live.turns <= AGENT_TRIAL_TURNS

  /** A handler that the world refused something has not failed by its code. */
  const ownFault = (failed: ProgramError | undefined) => (failed?.code === 'refused' ? undefined : failed)

  function fail(live: Live, error: ProgramError, lines: readonly AgentLogEntry[]): Promise<void> {
    const { previous } = live.row
    if (!previous || !isOnTrial(live)) return end(live, 'paused', error, lines)
    const { program, memory } = previous
    const back = { program, memory, previous: undefined, rolledBack: error }
    return anew(live, back, 'code', [...lines, ...system(live, 'rolled_back')])
  }

  /** From here on its own failures are its own. */
  function proved(live: Live): void {
    live.row = { ...live.row, previous: undefined }
    live.journalled = live.journalled.then(() => store.save(live.row))
    inBackground('proved', live.row.id, live.journalled)
  }

  // --- idle ones ------------------------------------------------------------------------------------------------------

  async function putBy(live: Live): Promise<void> {
    live.phase = 'leaving'
    const asleep = asleepOf(live)
    live.journalled = live.journalled.then(() => store.save({ ...live.row, asleep }))
    try {
      await live.journalled
    } finally {
      if (live.phase === 'leaving') live.phase = 'ready'
    }
    if (!isCurrent(live) || live.phase !== 'ready' || live.events.length > 0) return
    lives.delete(live.row.id)
    live.body.leave()
    sleepers.set(live.row.id, {
      ...sleeperOf(live.row.id, asleep),
      tick: live.tick,
      zone: live.zone,
      offset: live.offset,
    })
    await sandbox.unload(live.row.id)
  }

  function wake(sleeper: Sleeper): Promise<void> {
    sleeper.waking ??= woken(sleeper).finally(() => {
      sleeper.waking = undefined
    })
    return sleeper.waking
  }

  async function woken(sleeper: Sleeper): Promise<void> {
    const { id } = sleeper
    await book.open(id)
    const row = await store.find(id)
    if (sleepers.get(id) !== sleeper) return
    sleepers.delete(id)
    if (!row?.asleep) return
    const { asleep, ...rest } = row
    const live = awakened(newLive({ row: rest, locale: asleep.locale, place: asleep.startPlace }), asleep, sleeper)
    lives.set(id, live)
    await load(live)
  }

  /** One that is put by, from what the store has of it. */
  async function takeOut(id: AgentId): Promise<(AgentRow & { readonly asleep: Asleep }) | undefined> {
    const sleeper = sleepers.get(id)
    if (!sleeper) return undefined
    sleepers.delete(id)
    const row = await store.find(id)
    return row?.asleep && { ...row, asleep: { ...row.asleep, tick: Math.max(row.asleep.tick, sleeper.tick) } }
  }

  // --- lost hosts -----------------------------------------------------------------------------------------------------

  function lost({
    agents,
    culprit,
    reason,
  }: {
    readonly agents: readonly AgentId[]
    readonly culprit?: AgentId
    readonly reason: string
  }): void {
    for (const id of new Set([...agents, ...(culprit ? [culprit] : [])])) {
      const live = lives.get(id)
      if (!live) continue
      live.phase = 'away'
      // A crash may be another's doing, or the machine's: the first time it counts as bad luck.
      const isLuckless = id === culprit && reason === 'crashed' && (live.strikes = (live.strikes ?? 0) + 1) < 2
      const restored = () => live.journalled.then(() => load(live))
      if (id !== culprit || isLuckless) inBackground('restored', id, restored())
      else inBackground('paused', id, blame(live, reason))
    }
  }

  async function blame(live: Live, reason: string): Promise<void> {
    const at = await whereItStood(live)
    if (!isCurrent(live)) return
    const error: ProgramError = { name: 'Stopped', message: reason, code: 'host_killed', params: { reason }, ...at }
    return offend(live, error, told(live, error))
  }

  async function whereItStood(live: Live): Promise<Pick<ProgramError, 'file' | 'line'> | undefined> {
    if (!sandbox.locate) return undefined
    await live.journalled.catch(() => {})
    const followed = await deps.compile(sourcesOf(live.row.program!), { trace: true })
    if (!followed.ok) return undefined
    const journal = await store.turns(live.row.id)
    return sandbox.locate({ ...loadOf(live), program: followed.program, journal })
  }

  /** It took its host down: paused for a while, then begun anew; after a few times its author must start it. */
  async function offend(live: Live, error: ProgramError, lines: readonly AgentLogEntry[]): Promise<void> {
    if (isOnTrial(live)) return fail(live, error, lines)
    const offences = (live.row.offences ?? 0) + 1
    live.row = { ...live.row, offences }
    if (offences >= AGENT_OFFENCES_MAX) return end(live, 'paused', error, lines)
    live.phase = 'away'
    live.body.leave()
    live.pausedUntil = live.tick + offences * AGENT_OFFENCE_PAUSE_TICKS
    const { memory, checkpointTick } = live.row
    const past = { memory, checkpointTick, fuelUsed: live.fuelSince, fuelLast: live.fuelLast }
    live.row = { ...live.row, status: 'paused', error, updatedAtMs: clock.now() }
    inBackground('unloaded', live.row.id, sandbox.unload(live.row.id))
    await live.journalled.catch(() => {})
    await store.save({ ...live.row, past, memory: live.memory, checkpointTick: live.tick })
    if (!isCurrent(live)) return
    const seconds = (offences * AGENT_OFFENCE_PAUSE_TICKS) / 10
    tell(live, [...lines, ...system(live, 'paused_for', { seconds })])
  }

  async function forgive(live: Live): Promise<void> {
    live.pausedUntil = undefined
    await anew(live, { status: 'running' }, 'rest', [])
  }

  return {
    get: (id: AgentId): Live | undefined => lives.get(id),
    size: () => lives.size + sleepers.size,
    isAsleep: (id: AgentId): boolean => sleepers.has(id),
    /** `name`: of these words and no others, the same each time that they are handed over. */
    async told(id: AgentId, name: string, data: Params): Promise<Told | undefined> {
      const sleeper = sleepers.get(id)
      if (sleeper) {
        if (!sleeper.listens.has('told')) return {}
        await wake(sleeper)
      }
      const live = lives.get(id)
      if (!live?.had || live.frozen) return undefined
      const mark = shortMark(name)
      const before = wordOf(live.words, mark)
      if (before) return { taken: before.taken }
      if (live.had.has(mark) || !live.listens.has('told')) return {}
      const input = { type: 'event', name: 'told', data } as const
      const { taken } = addWord(live.words, input, mark)
      hear(live, input)
      return { taken }
    },
    /** The row is stored already, as going. Resolves when the program is ready, or has failed to be. */
    async begin(beginning: Beginning): Promise<void> {
      const live = newLive(beginning)
      lives.set(live.row.id, live)
      await book.open(live.row.id)
      await load(live)
    },
    /** It stays put by, as it was when the node went down. */
    async keepAsleep(id: AgentId, asleep: Asleep): Promise<void> {
      await book.open(id)
      sleepers.set(id, sleeperOf(id, asleep))
    },
    /** Keeps it from having turns, or lets it have them again. False when it is not going here. */
    async hold(id: AgentId, held: boolean): Promise<boolean> {
      const live = await inHand(id)
      if (!live) return false
      await setHeld(live, held)
      return true
    },
    /** Its next turn, whenever there is something to have it for; it is held before and after. */
    async step(id: AgentId): Promise<boolean> {
      const live = await inHand(id)
      if (!live) return false
      await setHeld(live, true)
      live.given = Math.min(AGENT_STEPS_GIVEN_MAX, (live.given ?? 0) + 1)
      return true
    },
    /** Hands a line to its program between its turns. Undefined when it is not going here; `told` may come much later. */
    async ask(
      id: AgentId,
      source: string,
      told: (answer: AgentEvaluation) => void,
    ): Promise<'busy' | 'asked' | undefined> {
      const live = await inHand(id)
      if (!live) return undefined
      if (live.lines.length >= AGENT_EVALS_WAITING_MAX) return 'busy'
      live.lines.push({ source, told })
      const lines = book.add(id, live.tick, [{ level: 'system', text: `> ${source}` }])
      deps.changed(live.row, lines)
      return 'asked'
    },
    /**
     * Lets it have no more turns and waits until it is between two, with nothing under way in the world and all of it
     * journalled. False when it is not going here, or ended meanwhile.
     */
    async freeze(id: AgentId): Promise<boolean> {
      const live = await inHand(id)
      if (!live) return false
      live.frozen = true
      while (isCurrent(live) && (live.phase !== 'ready' || live.body.isActing())) await setTimeout(FREEZE_LOOK_MS)
      await live.journalled
      return isCurrent(live)
    },
    /** It has its turns again. False when it is not in hand. */
    thaw(id: AgentId): boolean {
      const live = lives.get(id)
      if (live) live.frozen = undefined
      return live !== undefined
    },
    /** How it stands between two turns, for another node to go on from; undefined while a turn is out. */
    carried(id: AgentId): { readonly row: AgentRow; readonly carried: Carried } | undefined {
      const live = lives.get(id)
      if (live?.phase !== 'ready' || live.body.isActing()) return undefined
      const { row, tick, locale, startPlace, taken, memory, body } = live
      // What was said on other nodes and is not journalled is brought after it by whoever keeps it.
      const events = live.events.filter((each) => !live.words.has(each))
      return { row, carried: { tick, locale, startPlace, taken, memory, due: body.undelivered(tick), events } }
    },
    /** Ends what is here of it, without a word in its row. */
    async letGo(id: AgentId): Promise<void> {
      const live = lives.get(id)
      sleepers.delete(id)
      if (!live) return
      forget(live)
      await live.journalled.catch(() => {})
      await sandbox.unload(id)
    },
    /** False when it is not going here. */
    async stop(id: AgentId): Promise<boolean> {
      const live = lives.get(id)
      if (live) {
        await end(live, 'stopped')
        return true
      }
      const row = await takeOut(id)
      if (!row) return false
      const { asleep, ...rest } = row
      const fresh = newLive({ row: rest, locale: asleep.locale, place: asleep.startPlace })
      await end(awakened(fresh, asleep, sleeperOf(id, asleep)), 'stopped')
      return true
    },
    /** Lets go of it without an end: its program is about to be another. Gives its memory as it stands. */
    async release(
      id: AgentId,
    ): Promise<{ readonly memory: string; readonly tick: number; readonly had?: ReadonlySet<string> } | undefined> {
      const live = lives.get(id)
      if (!live) {
        const row = await takeOut(id)
        return row && { memory: row.asleep.memory, tick: row.asleep.tick }
      }
      forget(live)
      await live.journalled.catch(() => {})
      return { memory: live.memory, tick: live.tick, ...(live.had && { had: live.had }) }
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const stop of stops) stop()
      const going = [...lives.values()]
      sleepers.clear()
      going.forEach(forget)
      await Promise.all(jobs)
      await Promise.all(going.map((live) => live.journalled.catch(() => {})))
      await book.flush()
    },
  }
}
