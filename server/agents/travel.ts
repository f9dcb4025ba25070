/**
 * An agent's side of a journey (`../migration/SPEC.md`): frozen, packed, loaded without acting, taken in, let go. What is packed is plain data:
 * the program by its source, its memory, its journal, what it has heard and what it has not been told yet.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  AGENT_AFAR_MARKS_KEPT,
  AGENT_JOURNAL_MAX_INPUTS,
  AGENT_JOURNAL_MAX_TURNS,
  AGENT_LOG_KEPT_LINES,
  AGENT_LOG_LINE_MAX_CHARS,
  AGENT_MEMORY_MB,
  AGENT_OWN_MEMORY_MAX_BYTES,
  AGENT_SOURCE_MAX_BYTES,
  AGENT_SOURCE_MAX_FILES,
  AWAY_LOG_LINES_MAX,
  NAME_MAX_CHARS,
} from '../limits.ts'
import type { NodeId } from '../link/types.ts'
import type { Arrival, Offer } from '../migration/types.ts'
import type { AgentInput, AgentTurn, ProgramError } from '../protocol/agent-io.ts'
import { type AgentId, LOCALES, type PlayerId, type ProjectId } from '../protocol/ids.ts'
import { sourcesOf } from '../sandbox/sources.ts'
import type { Program } from '../sandbox/types.ts'
import type { Due } from './body.ts'
import type { LogBook } from './log-book.ts'
import type { AgentsDeps } from './parts.ts'
import { LIMITS, type Runner } from './runner.ts'
import type { AgentRow, Carried, ProjectStore } from './store.ts'
import type { AgentInfo, AgentLogEntry } from './types.ts'

/** It cannot be loaded here: another program text or engine, or more than may be. */
export class TravelError extends Error {
  readonly code: 'version' | 'too_large' | 'failed'
  constructor(code: TravelError['code'], message: string) {
    super(message)
    this.code = code
  }
}

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const object = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null)
const sources = z
  .record(z.string().max(200), z.string().max(AGENT_SOURCE_MAX_BYTES))
  .refine((files) => Object.keys(files).length <= AGENT_SOURCE_MAX_FILES)
const programText = z.object({ hash: z.string().max(100), sources })
const memory = z.string().max(AGENT_OWN_MEMORY_MAX_BYTES)
const packed = z.object({
  v: z.literal(1),
  id: z.string().max(100),
  owner: z.string().max(300),
  name: z
    .string()
    .min(1)
    .max(NAME_MAX_CHARS * 2),
  generation: count,
  program: programText,
  previous: z.object({ program: programText, memory }).optional(),
  memory,
  checkpointTick: count,
  fuelUsed: count,
  offences: count.optional(),
  held: z.boolean().optional(),
  rolledBack: object<ProgramError>().optional(),
  heardAfar: z.array(z.string().max(100)).max(AGENT_AFAR_MARKS_KEPT).optional(),
  carried: z.object({
    tick: count,
    locale: z.enum(LOCALES),
    startPlace: z.string().max(200),
    taken: count,
    memory,
    due: z.array(object<Due>()).max(AGENT_JOURNAL_MAX_INPUTS),
    events: z.array(object<AgentInput>()).max(AGENT_JOURNAL_MAX_INPUTS),
  }),
  turns: z.array(object<AgentTurn>()).max(AGENT_JOURNAL_MAX_TURNS + 100),
  log: z.array(object<Omit<AgentLogEntry, 'id'>>()).max(AGENT_LOG_KEPT_LINES),
})
type Packed = z.output<typeof packed>

export type AgentTravelDeps = Pick<AgentsDeps, 'store' | 'zones' | 'sandbox' | 'compile' | 'moderation' | 'clock'> & {
  readonly projects: Pick<ProjectStore, 'insert' | 'remove'>
  readonly runner: Runner
  readonly book: LogBook
  /** Lets one go on that the store has as going. */
  readonly takeUp: (row: AgentRow) => Promise<void>
  readonly inTurn: <T>(id: AgentId, work: () => Promise<T>) => Promise<T>
  /** Its owner is to see how it is now. */
  readonly changed: (row: AgentRow) => void
  readonly infoOf: (row: AgentRow) => AgentInfo
}

/** What a home shows of one that is away. */
export const farState = z.object({
  place: z.string().max(200).optional(),
  placeName: z.object({ en: z.string().max(200), ru: z.string().max(200) }).optional(),
  fuel: z.object({ used: z.number(), limit: z.number() }),
  memory: z.json(),
  log: z
    .array(
      z.object({
        id: count,
        tick: count,
        level: z.enum(['log', 'warn', 'error', 'system']),
        text: z.string().max(AGENT_LOG_LINE_MAX_CHARS * 2),
      }),
    )
    .max(AWAY_LOG_LINES_MAX)
    .optional(),
})

/** How many hundredths of a second a state between two turns is waited for. */
const LOOKS = 200
const LOOK_MS = 10
const GUEST = 'guest:'
const isGuest = ({ owner }: Pick<AgentRow, 'owner'>): boolean => owner.startsWith(GUEST)
/** T30: whoever a bundle says owns it, here it is somebody of that node. */
export const guestOwner = (home: NodeId, owner: string): PlayerId =>
  owner.startsWith(GUEST) ? (owner as PlayerId) : (`${GUEST}${home}:${owner}` as PlayerId)
const guestProject = (id: AgentId): ProjectId => `project_guest_${id}` as ProjectId

export function createAgentTravel(deps: AgentTravelDeps, version: string) {
  const { store, zones, sandbox, compile, runner, book, projects, clock, inTurn } = deps

  async function pack(id: AgentId): Promise<{ readonly bytes: Uint8Array; readonly tick: number } | undefined> {
    const now = runner.carried(id) ?? (await asleepAs(id))
    if (!now?.row.program) return undefined
    const { row, carried } = now
    const turns = await store.turns(id, 0, carried.taken)
    if (runner.get(id) && runner.get(id)?.row.generation !== row.generation) return undefined
    const textOf = (program: Program) => ({ hash: program.hash, sources: sourcesOf(program) })
    const log = isGuest(row) ? (await book.read(id, 0)).map(({ tick, level, text }) => ({ tick, level, text })) : []
    const content: Packed = {
      v: 1,
      id,
      owner: row.owner,
      name: row.name,
      generation: row.generation,
      program: textOf(row.program!),
      ...(row.previous && { previous: { program: textOf(row.previous.program), memory: row.previous.memory } }),
      memory: row.memory,
      checkpointTick: row.checkpointTick,
      fuelUsed: row.fuelUsed,
      ...(row.offences !== undefined && { offences: row.offences }),
      ...(row.held && { held: true }),
      ...(row.rolledBack && { rolledBack: row.rolledBack }),
      ...(row.heardAfar && { heardAfar: [...row.heardAfar] }),
      carried: { ...carried, due: [...carried.due], events: [...carried.events] },
      turns: [...turns],
      log,
    }
    return { bytes: new Uint8Array(Buffer.from(JSON.stringify(content))), tick: carried.taken }
  }

  /** One that is put by has no answer under way but waits, and those are found in its journal. */
  async function asleepAs(id: AgentId): Promise<{ row: AgentRow; carried: Carried } | undefined> {
    if (!runner.isAsleep(id)) return undefined
    const row = await store.find(id)
    if (!row?.asleep) return undefined
    const { tick, locale, startPlace, taken, memory: now } = row.asleep
    return { row, carried: { tick, locale, startPlace, taken, memory: now, due: [], events: [] } }
  }

  function unpack(id: AgentId, bytes: Uint8Array): Packed {
    let json: unknown
    try {
      json = JSON.parse(Buffer.from(bytes).toString('utf8'))
    } catch {
      throw new TravelError('failed', 'The bundle is no agent.')
    }
    const parsed = packed.safeParse(json)
    if (!parsed.success || parsed.data.id !== id || parsed.data.turns.some(({ agent }) => agent !== id))
      throw new TravelError('failed', 'The bundle is not that agent, or is more than an agent may be.')
    return parsed.data
  }

  /** T12: from the source; instrumented text of another node is never run. */
  async function compiled({ hash, sources: files }: Packed['program']): Promise<Program> {
    const made = await compile(files)
    if (!made.ok) throw new TravelError('failed', 'Its program cannot be read here.')
    if (made.program.hash !== hash)
      throw new TravelError('version', 'Its program comes out differently here: the nodes run different versions.')
    return made.program
  }

  async function rowOf({ agentId, epoch, home }: Arrival, content: Packed): Promise<AgentRow> {
    const known = await store.find(agentId)
    const {
      name,
      generation,
      memory: start,
      checkpointTick,
      fuelUsed,
      offences,
      held,
      rolledBack,
      heardAfar,
      previous,
    } = content
    const nowMs = clock.now()
    const carried = { ...content.carried, startPlace: content.carried.startPlace as Carried['startPlace'] }
    const mine = known && !isGuest(known)
    return {
      id: agentId,
      owner: mine ? known.owner : guestOwner(home, content.owner),
      projectId: mine ? known.projectId : guestProject(agentId),
      name: mine ? known.name : name,
      createdAtMs: known?.createdAtMs ?? nowMs,
      updatedAtMs: nowMs,
      status: 'running',
      epoch,
      generation,
      program: await compiled(content.program),
      ...(previous && { previous: { program: await compiled(previous.program), memory: previous.memory } }),
      memory: start,
      checkpointTick,
      fuelUsed,
      ...(offences !== undefined && { offences }),
      ...(held && { held }),
      ...(rolledBack && { rolledBack }),
      ...(heardAfar && { heardAfar }),
      carried,
    }
  }

  /** Its owner's word of it stays with its own home. */
  async function gone(id: AgentId, away?: AgentRow['away']): Promise<void> {
    const row = runner.get(id)?.row ?? (await store.find(id))
    const memoryNow = runner.get(id)?.memory ?? row?.carried?.memory ?? row?.memory ?? '{}'
    await runner.letGo(id)
    await zones.remove(id)
    if (!row) return
    if (isGuest(row)) {
      await store.remove(id)
      await projects.remove(row.projectId)
      return
    }
    const { asleep: _, carried: __, zoneClock: ___, ...rest } = row
    const moved: AgentRow = {
      ...rest,
      status: 'moved',
      memory: memoryNow,
      ...(away && { away }),
      updatedAtMs: clock.now(),
    }
    await store.checkpoint(moved)
    deps.changed(moved)
  }

  const host = {
    version,
    async describe(id: AgentId) {
      const row = runner.get(id)?.row ?? (runner.isAsleep(id) ? await store.find(id) : undefined)
      if (!row?.program || row.status === 'paused') return undefined
      const bytes = row.memory.length * 2 + JSON.stringify(row.program.modules).length
      return { epoch: row.epoch, name: row.name, bytes, memoryMb: AGENT_MEMORY_MB }
    },
    freeze: (id: AgentId) =>
      inTurn(id, async () => {
        if (await runner.freeze(id)) deps.changed(runner.get(id)!.row)
      }),
    async exported(id: AgentId) {
      const made = await pack(id)
      if (!made) throw new TravelError('failed', 'It ended before it could leave.')
      return made.bytes
    },
    async snapshot(id: AgentId) {
      for (let looks = 0; looks < LOOKS; looks++) {
        const made = await pack(id)
        if (made || !runner.get(id)) return made
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
      return undefined
    },
    async state(id: AgentId, logAfter?: number): Promise<string | undefined> {
      const row = runner.get(id)?.row ?? (await store.find(id))
      if (!row) return undefined
      const { place, placeName, fuel, memory: now } = deps.infoOf(row)
      const log = logAfter === undefined ? undefined : (await book.read(id, logAfter)).slice(0, AWAY_LOG_LINES_MAX)
      return JSON.stringify({ place, placeName, fuel, memory: now, log })
    },
    thaw: (id: AgentId) =>
      inTurn(id, async () => {
        if (!runner.thaw(id)) {
          const row = await store.find(id)
          if (row && (row.status === 'running' || row.status === 'resting')) await deps.takeUp(row)
        }
        const row = runner.get(id)?.row
        if (row) deps.changed(row)
      }),
    leave: (id: AgentId, to: { readonly node: NodeId; readonly epoch: number; readonly name: string }) =>
      inTurn(id, () => gone(id, { node: to.node, name: to.name, epoch: to.epoch })),
    drop: (id: AgentId) => inTurn(id, () => gone(id)),
    async refusal({ name, version: theirs }: Offer) {
      if (theirs !== version)
        return { code: 'version' as const, message: `This node runs ${version}, the other ${theirs}.` }
      return deps.moderation.nameProblem(name)
        ? { code: 'policy' as const, message: 'A name like that is not used here.' }
        : undefined
    },
    async dryLoad({ trip }: Pick<Offer, 'trip'>, bytes: Uint8Array): Promise<string> {
      const id = trip.agentId
      const content = unpack(id, bytes)
      const key = `${id}~${trip.epoch}` as AgentId
      const { name, owner, memory: start, turns, carried } = content
      const loaded = await sandbox.load({
        self: { id, name, owner: owner as PlayerId, place: carried.startPlace },
        key,
        program: await compiled(content.program),
        memory: start,
        journal: turns,
        limits: LIMITS,
      })
      await sandbox.unload(key)
      if (!loaded.ok) throw new TravelError('failed', loaded.error.message)
      return createHash('sha256')
        .update(JSON.stringify([loaded.pending, loaded.listens, loaded.last ?? null]))
        .digest('hex')
    },
    activate: (arrival: Arrival, bytes: Uint8Array) =>
      inTurn(arrival.agentId, async () => {
        const { agentId, epoch } = arrival
        const known = await store.find(agentId)
        if (known && known.epoch >= epoch && known.status !== 'moved') return
        const content = unpack(agentId, bytes)
        const row = await rowOf(arrival, content)
        if (isGuest(row)) {
          const { owner, projectId: id, name, createdAtMs, updatedAtMs } = row
          await projects.insert(
            { id, owner, name: `${name} ${agentId}`, createdAtMs, updatedAtMs },
            content.program.sources,
          )
        }
        await book.open(agentId)
        for (const { tick, ...line } of content.log) book.add(agentId, tick, [line])
        await store.takeIn(row, content.turns)
        deps.changed(row)
      }),
  }

  return {
    ...host,
    /** A sentence for its owner, in its log. */
    async noted(id: AgentId, say: (locale: 'en' | 'ru') => string): Promise<void> {
      const live = runner.get(id)
      const row = live?.row ?? (await store.find(id))
      if (!row) return
      await book.open(id)
      const locale = live?.locale ?? row.carried?.locale ?? 'en'
      const line = { level: 'system', text: say(locale) } as const
      book.add(id, live?.tick ?? row.carried?.tick ?? row.checkpointTick, [line])
      deps.changed(row)
    },
  }
}
export type AgentTravel = ReturnType<typeof createAgentTravel>
