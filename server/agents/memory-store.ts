/** Both stores in memory: for tests and for simulated worlds. */
import type { AgentTurn } from '../protocol/agent-io.ts'
import type { AgentId, ProjectId } from '../protocol/ids.ts'
import type { AgentRow, AgentStore, ProjectRow, ProjectStore, StoredLine } from './store.ts'
import type { AgentLogEntry, ProjectInfo } from './types.ts'

/** `isUsed`: whether an agent has the project. */
export function createMemoryProjectStore(
  isUsed: (id: ProjectId) => boolean | Promise<boolean> = () => false,
): ProjectStore {
  const rows = new Map<ProjectId, ProjectRow>()
  const files = new Map<ProjectId, Map<string, string>>()
  const infoOf = (row: ProjectRow): ProjectInfo => ({
    id: row.id,
    name: row.name,
    owner: row.owner,
    updatedAtMs: row.updatedAtMs,
    files: [...files.get(row.id)!].map(([path, text]) => ({ path, bytes: Buffer.byteLength(text) })),
  })
  const touch = (id: ProjectId, nowMs: number) => {
    const row = rows.get(id)
    if (row) rows.set(id, { ...row, updatedAtMs: nowMs })
  }
  return {
    list: async (owner) => [...rows.values()].filter((row) => row.owner === owner).map(infoOf),
    info: async (id) => (rows.has(id) ? infoOf(rows.get(id)!) : undefined),
    async insert(row, texts) {
      rows.set(row.id, row)
      files.set(row.id, new Map(Object.entries(texts)))
    },
    files: async (id) => Object.fromEntries(files.get(id) ?? []),
    async putFile(id, path, text, nowMs) {
      files.get(id)?.set(path, text)
      touch(id, nowMs)
    },
    async removeFile(id, path, nowMs) {
      files.get(id)?.delete(path)
      touch(id, nowMs)
    },
    async replaceFiles(id, { put, remove }, nowMs) {
      for (const path of remove) files.get(id)?.delete(path)
      for (const [path, text] of Object.entries(put)) files.get(id)?.set(path, text)
      touch(id, nowMs)
    },
    async remove(id) {
      if (await isUsed(id)) return false
      rows.delete(id)
      files.delete(id)
      return true
    },
  }
}

export function createMemoryAgentStore(): AgentStore {
  const rows = new Map<AgentId, AgentRow>()
  const turns = new Map<AgentId, AgentTurn[]>()
  const logs = new Map<AgentId, AgentLogEntry[]>()
  const listOf = <T>(map: Map<AgentId, T[]>, id: AgentId): T[] => {
    if (!map.has(id)) map.set(id, [])
    return map.get(id)!
  }
  const putLines = (lines: readonly StoredLine[]) => {
    for (const { agent, ...line } of lines) {
      const own = listOf(logs, agent)
      if (line.id > (own.at(-1)?.id ?? 0)) own.push(line)
    }
  }
  return {
    byOwner: async (owner) => [...rows.values()].filter((row) => row.owner === owner),
    find: async (id) => rows.get(id),
    going: async () => [...rows.values()].filter(({ status }) => status === 'running' || status === 'resting'),
    async insert(row) {
      for (const other of rows.values()) if (other.owner === row.owner && other.name === row.name) return false
      rows.set(row.id, row)
      return true
    },
    async save(row, lines = []) {
      rows.set(row.id, row)
      putLines(lines)
    },
    async remove(id) {
      rows.delete(id)
      turns.delete(id)
      logs.delete(id)
    },
    async checkpoint(row, lines = []) {
      rows.set(row.id, row)
      turns.delete(row.id)
      putLines(lines)
    },
    async takeIn(row, journal, lines = []) {
      rows.set(row.id, row)
      turns.set(row.id, [...journal])
      putLines(lines)
    },
    async appendTurns(list, lines = []) {
      for (const turn of list) listOf(turns, turn.agent).push(turn)
      putLines(lines)
    },
    hasTurnsAfter: async (id, tick) => listOf(turns, id).some((turn) => turn.tick > tick),
    turns: async (id, from = 0, to = Number.MAX_SAFE_INTEGER) =>
      listOf(turns, id).filter(({ tick }) => tick >= from && tick <= to),
    appendLog: async (lines) => putLines(lines),
    log: async (id, after, limit) =>
      listOf(logs, id)
        .filter((line) => line.id > after)
        .slice(-limit),
    lastLog: async (id) => listOf(logs, id).at(-1),
  }
}
