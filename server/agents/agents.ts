/** A person's agents: made, started, stopped, asked about. What keeps them going is the runner. */

import type { z } from 'zod'
import { newId } from '../lib/ids.ts'
import { createShared } from '../lib/shared.ts'
import {
  AGENT_EVAL_WAIT_MS,
  AGENT_FUEL_BURST,
  AGENT_JOURNAL_MAX_INPUTS,
  AGENT_JOURNAL_MAX_TURNS,
  AGENT_RECORDING_MAX_TURNS,
  AGENT_TRIAL_TURNS,
  AGENTS_PER_PERSON_MAX,
  PROJECTS_PER_PERSON_MAX,
} from '../limits.ts'
import type { AgentId, CharacterId, Locale, Params, PlaceId, PlayerId, ProjectId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import { compileSnippet } from '../sandbox/snippet.ts'
import type { Program } from '../sandbox/types.ts'
import { marksHad } from './afar.ts'
import { createLogBook } from './log-book.ts'
import { type AgentsDeps, isGoing } from './parts.ts'
import { recordingOf } from './recording.ts'
import { createRunner } from './runner.ts'
import type { AgentRow } from './store.ts'
import { type AgentTravel, createAgentTravel, farState } from './travel.ts'
import type { AgentAnswer, AgentInfo, AgentLogEntry, AgentRecording, Agents, Result, Told } from './types.ts'

export type AgentService = Agents & {
  /** Takes up those that were going when the node went down. */
  resume(): Promise<void>
  running(): number
  /**
   * Somebody on another node told it something, under a name that is these words' alone; handed over again they are heard once (AG48). Undefined
   * when it is not going here, or cannot hear just now.
   */
  told(id: AgentId, name: string, data: Params): Promise<Told | undefined>
  /** Where other nodes' agents come in and this node's go out. */
  readonly travel: AgentTravel
  [Symbol.asyncDispose](): Promise<void>
}

const ok = <T>(value: T): Result<T> => ({ ok: true, value })
const no = (
  code: Refusal['code'],
  params?: Refusal['params'],
): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal: { code, params } })

export function createAgents(given: AgentsDeps): AgentService {
  const book = createLogBook(given)
  const deps = { ...given, store: book.store }
  const { store, projects, zones, clock, people, moderation, log } = deps
  const listeners = new Set<Parameters<Agents['onChange']>[0]>()
  const queues = new Map<string, Promise<unknown>>()
  /** Those that have a place among the going, and do not go yet. */
  const beginning = new Set<AgentId>()
  /** Agents that run the same program share it. */
  const programs = createShared<Program>()
  const runner = createRunner({ ...deps, book, changed })
  const noProjects: NonNullable<AgentsDeps['guestProjects']> = {
    insert: () => Promise.reject(new Error('This node takes no agents in.')),
    remove: async () => true,
  }
  const travel = createAgentTravel(
    {
      ...deps,
      projects: deps.guestProjects ?? noProjects,
      runner,
      book,
      takeUp,
      inTurn,
      changed: (row) => changed(row, []),
      infoOf,
    },
    deps.version ?? '',
  )

  function changed(row: AgentRow, lines: readonly AgentLogEntry[]): void {
    const agent = infoOf(row)
    for (const listener of listeners) listener(row.owner, { agent, ...(lines.length > 0 && { log: lines }) })
  }

  function infoOf(row: AgentRow): AgentInfo {
    const live = runner.get(row.id)
    const { id, name, owner, projectId, status: kept, held, marks, epoch, error, rolledBack } = live?.row ?? row
    const status = live?.frozen ? 'frozen' : held && isGoing(kept) ? 'paused' : kept
    const asleep = !live && isGoing(kept) ? row.asleep : undefined
    const now = live ?? asleep
    const memory = now?.memory ?? row.memory
    const place = zones.whereIs(id)?.place
    const placeName = place && deps.placeName?.(place)
    return {
      id,
      name,
      owner,
      projectId,
      status,
      node: row.away?.name ?? deps.node,
      epoch: row.away?.epoch ?? epoch,
      ...(place !== undefined && { place }),
      ...(placeName && { placeName }),
      fuel: { used: now?.fuelLast ?? row.past?.fuelLast ?? 0, limit: AGENT_FUEL_BURST },
      // Read only where somebody asks: it is told of far more often than it is looked at.
      get memory() {
        return JSON.parse(memory)
      },
      ...(error && { error }),
      ...(rolledBack && { rolledBack }),
      ...(asleep && { asleep: true }),
      ...(held && isGoing(kept) && { held }),
      ...(marks && marks.length > 0 && { marks }),
      ...(now && {
        journal: {
          turns: now.turns,
          maxTurns: AGENT_JOURNAL_MAX_TURNS,
          inputs: now.inputs,
          maxInputs: AGENT_JOURNAL_MAX_INPUTS,
        },
      }),
    }
  }

  /** One thing at a time per agent, or per person when one is made. */
  function inTurn<T>(key: string, job: () => Promise<T>): Promise<T> {
    const done = (queues.get(key) ?? Promise.resolve()).then(job, job)
    const settled = done
      .catch(() => {})
      .finally(() => {
        if (queues.get(key) === settled) queues.delete(key)
      })
    queues.set(key, settled)
    return done
  }

  async function own(owner: PlayerId, id: AgentId): Promise<Result<AgentRow>> {
    const row = runner.get(id)?.row ?? (await store.find(id))
    return row && row.owner === owner ? ok(row) : no('no_such_agent', { name: id })
  }

  /**
   * Many may be kept, one for each lesson; a bounded number of them goes at a time. Those that are about to go count:
   * looking and taking a place are one step, so that two at once do not both find the last place free.
   */
  async function withPlace<T>({ id, owner }: AgentRow, begin: () => Promise<Result<T>>): Promise<Result<T>> {
    const rows = await store.byOwner(owner)
    const going = new Set(rows.map(infoOf).flatMap((each) => (isGoing(each.status) ? [each.id] : [])))
    for (const each of rows) if (beginning.has(each.id)) going.add(each.id)
    going.delete(id)
    if (going.size >= AGENTS_PER_PERSON_MAX) return no('agent_limit', { max: AGENTS_PER_PERSON_MAX })
    beginning.add(id)
    try {
      return await begin()
    } finally {
      beginning.delete(id)
    }
  }

  async function create(owner: PlayerId, projectId: ProjectId, wanted: string): Promise<Result<AgentInfo>> {
    const name = wanted.trim().replaceAll(/\s+/g, ' ')
    const problem = moderation.nameProblem(name)
    if (problem) return no(problem, { name })
    const sources = await projects.sources(owner, projectId)
    if (!sources.ok) return sources
    const mine = await store.byOwner(owner)
    if (mine.length >= PROJECTS_PER_PERSON_MAX) return no('agent_limit', { max: PROJECTS_PER_PERSON_MAX })
    const nowMs = clock.now()
    const row: AgentRow = {
      id: deps.agentId?.() ?? (newId('agent', nowMs) as AgentId),
      owner,
      projectId,
      name,
      status: 'stopped',
      epoch: 1,
      generation: 0,
      memory: '{}',
      checkpointTick: 0,
      fuelUsed: 0,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    }
    if (!(await store.insert(row))) return no('name_taken', { name })
    changed(row, [])
    return ok(infoOf(row))
  }

  async function start(owner: PlayerId, id: AgentId): Promise<Result<AgentInfo>> {
    const found = await here(owner, id)
    return found.ok ? withPlace(found.value, () => startOne(found.value)) : found
  }

  /** What its host says of one that is away: shown, and believed in nothing. */
  async function farOff(id: AgentId, logAfter?: number): Promise<z.output<typeof farState> | undefined> {
    const json = await deps.awayState?.(id, logAfter)
    if (json === undefined) return undefined
    try {
      return farState.parse(JSON.parse(json))
    } catch {
      return undefined
    }
  }

  /** What one that is away has logged there, numbered as it will be when it has come home with it. */
  async function logThere(id: AgentId, after: number): Promise<readonly AgentLogEntry[]> {
    await book.open(id)
    const own = book.last(id)
    const { log = [] } = (await farOff(id, Math.max(0, after - own))) ?? {}
    return log.map((line) => ({ ...line, id: own + line.id }))
  }

  /** One that is at this node: what is away, or on its way, cannot be started, stopped or looked into. */
  async function here(owner: PlayerId, id: AgentId): Promise<Result<AgentRow>> {
    const found = await own(owner, id)
    if (!found.ok || (!found.value.away && !runner.get(id)?.frozen && deps.mayRun?.(id) !== false)) return found
    return no('agent_away', { node: found.value.away?.name ?? 'none' })
  }

  async function startOne(known: AgentRow): Promise<Result<AgentInfo>> {
    const { id, owner } = known
    const sources = await projects.sources(owner, known.projectId)
    if (!sources.ok) return sources
    const compiled = await deps.compile(sources.value)
    if (!compiled.ok) {
      const { file, line, column, message, code } = compiled.diagnostics[0]!
      return no('program_error', { file, line, column, text: message.replace(/[.]$/, ''), code })
    }
    const program = programs.keep(compiled.program.hash, compiled.program)
    const previous = goBackTo(known, program)
    const before = await runner.release(id)
    const row: AgentRow = {
      ...(before ? known : ((await store.find(id)) ?? known)),
      status: 'running',
      generation: known.generation + 1,
      program,
      ...(before && { memory: before.memory, checkpointTick: before.tick }),
      previous: before && previous && { memory: before.memory, ...previous },
      rolledBack: undefined,
      offences: undefined,
      held: undefined,
      asleep: undefined,
      error: undefined,
      past: undefined,
      heardAfar: before?.had ? [...before.had] : await heardAfar(known),
      ...(!before && { zoneClock: undefined }),
      updatedAtMs: clock.now(),
    }
    const entered = await enter(row, before !== undefined)
    await store.checkpoint(row)
    await runner.begin({ row, ...entered, ...(before && { wakes: 'code' as const }) })
    return ok(infoOf(runner.get(id)?.row ?? (await store.find(id)) ?? row))
  }

  /** Kept when its turns are forgotten. */
  const heardAfar = async ({ id, heardAfar: before }: AgentRow): Promise<readonly string[]> => [
    ...marksHad(before, await store.turns(id)),
  ]

  /** What new code gives way to when it fails: the last program that held; nothing when the code is the same. */
  function goBackTo(row: AgentRow, next: Program): { program: Program; memory?: string } | undefined {
    const turns = runner.get(row.id)?.turns ?? row.asleep?.turns ?? 0
    const last = row.previous && turns < AGENT_TRIAL_TURNS ? row.previous : row.program && { program: row.program }
    return last && last.program.hash !== next.hash ? last : undefined
  }

  /** One that is going stays where it is; one that begins stands beside its owner. */
  async function enter(row: AgentRow, stays: boolean): Promise<{ readonly locale: Locale; readonly place: PlaceId }> {
    const owner = await people.person(row.owner)
    const beside = zones.whereIs(row.owner as CharacterId)?.place
    const stands = zones.whereIs(row.id as CharacterId)?.place
    if (!stays && beside !== undefined && stands !== undefined && stands !== beside)
      await zones.remove(row.id as CharacterId)
    const locale = owner?.locale ?? row.carried?.locale ?? 'en'
    const { place } = await zones.enter({
      id: row.id as CharacterId,
      kind: 'agent',
      name: row.name,
      locale,
      roles: [],
      owner: row.owner,
      ...(beside !== undefined && { place: beside }),
    })
    return { locale, place }
  }

  async function takeUp(row: AgentRow): Promise<void> {
    if (!row.program) return
    const entered = await enter(row, true)
    if (row.asleep && !(await store.hasTurnsAfter(row.id, row.asleep.taken)))
      await runner.keepAsleep(row.id, row.asleep)
    else
      await runner.begin({
        row: { ...row, asleep: undefined },
        ...entered,
        ...(row.carried && { place: row.carried.startPlace }),
      })
  }

  /** Of one stretch: when another begins while the turns are read, it is asked again. */
  async function replay(
    owner: PlayerId,
    id: AgentId,
    span: { readonly from: number; readonly to: number },
  ): Promise<Result<AgentRecording>> {
    for (;;) {
      const found = await own(owner, id)
      if (!found.ok) return found
      const { row, ...now } = runner.get(id) ?? { row: found.value, ...(runner.isAsleep(id) && found.value.asleep) }
      if (!row.program) return no('not_running')
      const turns = await store.turns(id, span.from, span.to)
      const after = runner.get(id)?.row ?? (await store.find(id))
      if (after?.generation !== row.generation || after.status !== row.status) continue
      const sources = await projects.sources(owner, row.projectId)
      return ok(
        await recordingOf(row, now, turns.slice(0, AGENT_RECORDING_MAX_TURNS), {
          sources: sources.ok ? sources.value : {},
          compile: deps.compile,
        }),
      )
    }
  }

  return {
    list: async (owner) => (await store.byOwner(owner)).map(infoOf),
    async get(owner, id) {
      const found = await own(owner, id)
      if (!found.ok) return found
      const { away } = found.value
      const { log: _, ...far } = (away && (await farOff(id))) ?? {}
      return ok({ ...infoOf(found.value), ...far })
    },
    create: (owner, { projectId, name }) => inTurn(owner, () => create(owner, projectId, name)),
    start: (owner, id) => inTurn(id, () => start(owner, id)),
    stop: (owner, id) =>
      inTurn(id, async () => {
        const found = await here(owner, id)
        if (!found.ok) return found
        if (!(await runner.stop(id))) return isGoing(found.value.status) ? halted(found.value) : no('not_running')
        return ok(infoOf((await store.find(id))!))
      }),
    remove: (owner, id) => inTurn(id, () => remove(owner, id)),
    pause: (owner, id) => inTurn(id, () => withOne(owner, id, () => runner.hold(id, true))),
    step: (owner, id) => inTurn(id, () => withOne(owner, id, () => runner.step(id))),
    goOn: (owner, id) =>
      inTurn(id, async () => {
        const found = await here(owner, id)
        return found.ok ? withPlace(found.value, () => withOne(owner, id, () => runner.hold(id, false))) : found
      }),
    async migrate(owner, id, node) {
      const found = await own(owner, id)
      if (!found.ok) return found
      const refusal = deps.hop ? await deps.hop(id, node) : { code: 'no_such_node' as const, params: { name: node } }
      if (refusal) return { ok: false, refusal }
      return ok(infoOf((await store.find(id)) ?? found.value))
    },
    evaluate,
    async log(owner, id, after) {
      const found = await own(owner, id)
      if (!found.ok) return found
      const here = await book.read(id, after)
      return ok(found.value.away ? [...here, ...(await logThere(id, after))] : here)
    },
    async recording(owner, id, from, to) {
      const found = await own(owner, id)
      return found.ok ? ok((await store.turns(id, from, to)).slice(0, AGENT_RECORDING_MAX_TURNS)) : found
    },
    replay: (owner, id, from, to) => replay(owner, id, { from, to }),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async resume() {
      const rows = (await store.going()).filter(({ id }) => deps.mayRun?.(id) !== false)
      await Promise.all(
        rows.map((row) =>
          inTurn(row.id, () => takeUp(row)).catch((err: unknown) =>
            log.warn({ err, agent: row.id }, 'an agent could not be taken up again'),
          ),
        ),
      )
      if (rows.length > 0) log.info({ agents: rows.length }, 'agents taken up where they were')
    },
    running: () => runner.size(),
    travel,
    told: runner.told,
    async [Symbol.asyncDispose]() {
      await Promise.all(queues.values())
      await runner[Symbol.asyncDispose]()
    },
  }

  async function evaluate(owner: PlayerId, id: AgentId, source: string): Promise<Result<AgentAnswer>> {
    const found = await here(owner, id)
    if (!found.ok) return found
    const compiled = compileSnippet(source)
    if (!compiled.ok) return no('program_error', { text: compiled.message, code: 'syntax' })
    let answered: (answer: AgentAnswer) => void = () => {}
    const answer = new Promise<AgentAnswer>((resolve) => {
      answered = resolve
    })
    const asked = await runner.ask(id, source, answered)
    if (!asked) return no('not_running')
    if (asked === 'busy') return no('busy')
    const timer = setTimeout(() => answered({ ok: true, text: '', pending: true }), AGENT_EVAL_WAIT_MS)
    return ok(await answer.finally(() => clearTimeout(timer)))
  }

  /** Something done with an agent that is in the runner's hands. */
  async function withOne(owner: PlayerId, id: AgentId, work: () => Promise<boolean>): Promise<Result<AgentInfo>> {
    const found = await here(owner, id)
    if (!found.ok) return found
    if (!(await work())) return no('not_running')
    return ok(infoOf(runner.get(id)?.row ?? found.value))
  }

  async function remove(owner: PlayerId, id: AgentId): Promise<Result<AgentInfo>> {
    const found = await here(owner, id)
    if (!found.ok) return found
    await runner.stop(id)
    const last = infoOf((await store.find(id)) ?? found.value)
    await zones.remove(id)
    await store.remove(id)
    for (const listener of listeners) listener(owner, { agent: last, gone: true })
    return ok(last)
  }

  async function halted(row: AgentRow): Promise<Result<AgentInfo>> {
    const stopped: AgentRow = {
      ...row,
      status: 'stopped',
      heardAfar: await heardAfar(row),
      updatedAtMs: clock.now(),
    }
    await store.checkpoint(stopped)
    return ok(infoOf(stopped))
  }
}
