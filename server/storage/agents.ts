/** Agents, the turns since their checkpoints, and their logs in the database. */
import type { AgentRow, AgentStore, StoredLine } from '../agents/store.ts'
import type { AgentLogEntry, AgentStatus } from '../agents/types.ts'
import { createShared } from '../lib/shared.ts'
import { AGENT_LOG_KEPT_LINES, AGENT_LOG_TRIM_EVERY_LINES } from '../limits.ts'
import type { AgentTurn, ProgramError } from '../protocol/agent-io.ts'
import type { Program } from '../sandbox/types.ts'
import type { Database } from './database.ts'
import { Prisma } from './generated/client.ts'

type Row = Awaited<ReturnType<Database['prisma']['agent']['findFirstOrThrow']>>
/** What `Agent.program` holds. */
type Running = Pick<
  AgentRow,
  | 'generation'
  | 'past'
  | 'asleep'
  | 'rolledBack'
  | 'offences'
  | 'held'
  | 'marks'
  | 'zoneClock'
  | 'carried'
  | 'heardAfar'
  | 'away'
> & {
  /** What the one before had in memory, when there is one to go back to. */
  readonly previousMemory?: string
}

function toRow(
  {
    program,
    programHash,
    previousHash,
    checkpointTick,
    fuelUsed,
    createdAtMs,
    updatedAtMs,
    error,
    status,
    ...rest
  }: Row,
  programs: ReadonlyMap<string, Program>,
): AgentRow {
  const { previousMemory, ...running }: Running = program === null ? { generation: 0 } : JSON.parse(program)
  const runs = programs.get(programHash ?? '')
  const before = programs.get(previousHash ?? '')
  return {
    ...rest,
    ...running,
    ...(runs && { program: runs }),
    ...(before && previousMemory !== undefined && { previous: { program: before, memory: previousMemory } }),
    status: status as AgentStatus,
    checkpointTick: Number(checkpointTick),
    fuelUsed: Number(fuelUsed),
    createdAtMs: Number(createdAtMs),
    updatedAtMs: Number(updatedAtMs),
    ...(error !== null && { error: error as unknown as ProgramError }),
  }
}

function toData({
  generation,
  program,
  previous,
  past,
  asleep,
  rolledBack,
  offences,
  held,
  marks,
  zoneClock,
  carried,
  heardAfar,
  away,
  checkpointTick,
  fuelUsed,
  createdAtMs,
  updatedAtMs,
  error,
  id: _,
  ...rest
}: AgentRow) {
  const running: Running = {
    generation,
    past,
    asleep,
    rolledBack,
    offences,
    held,
    marks,
    zoneClock,
    carried,
    heardAfar,
    away,
    previousMemory: previous?.memory,
  }
  return {
    ...rest,
    program: JSON.stringify(running),
    programHash: program?.hash ?? null,
    previousHash: previous?.program.hash ?? null,
    checkpointTick: BigInt(checkpointTick),
    fuelUsed: BigInt(fuelUsed),
    createdAtMs: BigInt(createdAtMs),
    updatedAtMs: BigInt(updatedAtMs),
    error: error ? (error as unknown as Prisma.InputJsonObject) : Prisma.DbNull,
  }
}

const ofTurn = (turn: AgentTurn) => ({
  agentId: turn.agent,
  tick: BigInt(turn.tick),
  turn: Buffer.from(JSON.stringify(turn)),
})
const toTurn = ({ turn }: { readonly turn: Uint8Array }): AgentTurn => JSON.parse(Buffer.from(turn).toString('utf8'))
const toEntry = (line: { id: bigint; tick: bigint; level: string; text: string }): AgentLogEntry => ({
  id: Number(line.id),
  tick: Number(line.tick),
  level: line.level as AgentLogEntry['level'],
  text: line.text,
})

const isTaken = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'

const pair = (hash: string, program: Program | undefined): readonly (readonly [string, Program])[] =>
  program ? [[hash, program]] : []

export function createAgentStore({ prisma }: Pick<Database, 'prisma'>): AgentStore {
  /** Those that somebody here has in hand. */
  const programs = createShared<Program>()

  async function withPrograms(rows: readonly Row[]): Promise<AgentRow[]> {
    const hashes = new Set(
      rows.flatMap(({ programHash, previousHash }) => [programHash ?? [], previousHash ?? []].flat()),
    )
    const found = new Map([...hashes].flatMap((hash) => pair(hash, programs.get(hash))))
    const missing = [...hashes].filter((hash) => !found.has(hash))
    const stored = missing.length > 0 ? await prisma.agentProgram.findMany({ where: { hash: { in: missing } } }) : []
    for (const { hash, program } of stored) found.set(hash, programs.keep(hash, JSON.parse(program)))
    return rows.map((row) => toRow(row, found))
  }

  /** A row goes in together with the programs that it names. */
  async function write(row: AgentRow, ...writes: readonly Prisma.PrismaPromise<unknown>[]): Promise<void> {
    const named = [row.program, row.previous?.program].filter((one) => one !== undefined)
    const data = named
      .filter(({ hash }) => programs.get(hash) === undefined)
      .map((one) => ({ hash: one.hash, program: JSON.stringify(one) }))
    const keep = data.length > 0 ? [prisma.agentProgram.createMany({ data, skipDuplicates: true })] : []
    await prisma.$transaction([...keep, ...writes])
    for (const one of named) programs.keep(one.hash, one)
  }

  /** What is too old goes now and then. */
  function linesIn(lines: readonly StoredLine[]): readonly Prisma.PrismaPromise<unknown>[] {
    if (lines.length === 0) return []
    const data = lines.map(({ agent, id, tick, level, text }) => ({
      agentId: agent,
      id: BigInt(id),
      tick: BigInt(tick),
      level,
      text,
    }))
    const trims = lines.filter(({ id }) => id > AGENT_LOG_KEPT_LINES && id % AGENT_LOG_TRIM_EVERY_LINES === 0)
    return [
      prisma.agentLogLine.createMany({ data, skipDuplicates: true }),
      ...trims.map(({ agent: agentId, id }) =>
        prisma.agentLogLine.deleteMany({ where: { agentId, id: { lte: BigInt(id - AGENT_LOG_KEPT_LINES) } } }),
      ),
    ]
  }

  return {
    async byOwner(owner) {
      return withPrograms(
        await prisma.agent.findMany({ where: { owner }, orderBy: [{ createdAtMs: 'asc' }, { id: 'asc' }] }),
      )
    },
    async find(id) {
      const row = await prisma.agent.findUnique({ where: { id } })
      return row ? (await withPrograms([row]))[0] : undefined
    },
    async going() {
      await prisma.$executeRaw`DELETE FROM "AgentProgram" WHERE "hash" NOT IN (
        SELECT "programHash" FROM "Agent" WHERE "programHash" IS NOT NULL
        UNION SELECT "previousHash" FROM "Agent" WHERE "previousHash" IS NOT NULL)`
      return withPrograms(
        await prisma.agent.findMany({ where: { status: { in: ['running', 'resting'] } }, orderBy: { id: 'asc' } }),
      )
    },
    async insert(row) {
      try {
        await write(row, prisma.agent.create({ data: { id: row.id, ...toData(row) } }))
        return true
      } catch (error) {
        if (isTaken(error)) return false
        throw error
      }
    },
    async save(row, lines = []) {
      await write(row, prisma.agent.update({ where: { id: row.id }, data: toData(row) }), ...linesIn(lines))
    },
    async remove(id) {
      await prisma.$transaction([
        prisma.agentTurnRecord.deleteMany({ where: { agentId: id } }),
        prisma.agentLogLine.deleteMany({ where: { agentId: id } }),
        prisma.agent.deleteMany({ where: { id } }),
      ])
    },
    async checkpoint(row, lines = []) {
      await write(
        row,
        prisma.agent.update({ where: { id: row.id }, data: toData(row) }),
        prisma.agentTurnRecord.deleteMany({ where: { agentId: row.id } }),
        ...linesIn(lines),
      )
    },
    async hasTurnsAfter(agentId, tick) {
      return (await prisma.agentTurnRecord.findFirst({ where: { agentId, tick: { gt: BigInt(tick) } } })) !== null
    },
    async takeIn(row, turns, lines = []) {
      const { id } = row
      const data = toData(row)
      await write(
        row,
        prisma.agent.upsert({ where: { id }, create: { id, ...data }, update: data }),
        prisma.agentTurnRecord.deleteMany({ where: { agentId: id } }),
        prisma.agentTurnRecord.createMany({ data: turns.map(ofTurn), skipDuplicates: true }),
        ...linesIn(lines),
      )
    },
    async appendTurns(turns, lines = []) {
      const append = prisma.agentTurnRecord.createMany({ data: turns.map(ofTurn), skipDuplicates: true })
      await (lines.length === 0 ? append : prisma.$transaction([append, ...linesIn(lines)]))
    },
    async turns(agentId, from = 0, to = Number.MAX_SAFE_INTEGER) {
      const tick = { gte: BigInt(from), lte: BigInt(to) }
      return (await prisma.agentTurnRecord.findMany({ where: { agentId, tick }, orderBy: { tick: 'asc' } })).map(
        toTurn,
      )
    },
    async appendLog(lines) {
      await prisma.$transaction([...linesIn(lines)])
    },
    async log(agentId, after, limit) {
      const lines = await prisma.agentLogLine.findMany({
        where: { agentId, id: { gt: BigInt(after) } },
        orderBy: { id: 'desc' },
        take: limit,
      })
      return lines.reverse().map(toEntry)
    },
    async lastLog(agentId) {
      const line = await prisma.agentLogLine.findFirst({ where: { agentId }, orderBy: { id: 'desc' } })
      return line ? { id: Number(line.id), tick: Number(line.tick) } : undefined
    },
  }
}
