/**
 * The agents' logs: numbered, bounded, and stored with whatever is stored of their agent next, as one: a turn's lines are there
 * when a later turn is. What nothing else is stored after is written a little later.
 */
import { AGENT_LOG_FLUSH_MS, AGENT_LOG_PAGE_LINES, AGENT_LOG_TURN_MAX_LINES } from '../limits.ts'
import type { AgentId } from '../protocol/ids.ts'
import type { AgentLog } from './parts.ts'
import type { AgentStore, StoredLine } from './store.ts'
import type { AgentLogEntry } from './types.ts'

export type LogBook = ReturnType<typeof createLogBook>

/** Neither a zero character nor half of one goes into a database's text. */
export const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed()

export function createLogBook({ store: inner, log }: { readonly store: AgentStore; readonly log: AgentLog }) {
  const last = new Map<AgentId, number>()
  /** Until they are known to be stored: what is written twice is stored once. */
  const unwritten = new Map<AgentId, readonly StoredLine[]>()
  /** Writes under way that take their agents' lines along. */
  const writes = new Map<Promise<void>, ReadonlySet<AgentId>>()
  let timer: NodeJS.Timeout | undefined

  /** Always in the same order, so that no two writes wait for each other's lines. */
  const linesOf = (agents: Iterable<AgentId>): readonly StoredLine[] =>
    [...new Set(agents)].toSorted().flatMap((agent) => unwritten.get(agent) ?? [])

  async function stored(lines: readonly StoredLine[], write: Promise<void>): Promise<void> {
    await write
    for (const [agent, id] of new Map(lines.map((line) => [line.agent, line.id]))) {
      const left = unwritten.get(agent)?.filter((line) => line.id > id) ?? []
      if (left.length > 0) unwritten.set(agent, left)
      else unwritten.delete(agent)
    }
  }

  async function along(
    agents: readonly AgentId[],
    write: (lines: readonly StoredLine[]) => Promise<void>,
  ): Promise<void> {
    const lines = linesOf(agents)
    const writing = stored(lines, write(lines))
    const settled = writing.catch(() => {})
    writes.set(settled, new Set(agents))
    try {
      await writing
    } finally {
      writes.delete(settled)
      if (unwritten.size > 0) later()
    }
  }

  const store: AgentStore = {
    ...inner,
    save: (row) => along([row.id], (lines) => inner.save(row, lines)),
    checkpoint: (row) => along([row.id], (lines) => inner.checkpoint(row, lines)),
    takeIn: (row, turns) => along([row.id], (lines) => inner.takeIn(row, turns, lines)),
    appendTurns: (turns) =>
      along(
        turns.map(({ agent }) => agent),
        (lines) => inner.appendTurns(turns, lines),
      ),
    async remove(id) {
      await flush()
      await inner.remove(id)
      unwritten.delete(id)
      last.delete(id)
    },
  }

  function later(): void {
    timer ??= setTimeout(() => void writeRest(), AGENT_LOG_FLUSH_MS)
  }

  /** What nothing under way takes along. */
  async function writeRest(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const taken = new Set([...writes.values()].flatMap((agents) => [...agents]))
    const lines = linesOf([...unwritten.keys()].filter((agent) => !taken.has(agent)))
    if (lines.length === 0) return
    const writing = stored(lines, inner.appendLog(lines)).catch((err: unknown) =>
      log.warn({ err, lines: lines.length }, 'log lines of agents were not stored'),
    )
    writes.set(writing, new Set())
    await writing.finally(() => writes.delete(writing))
  }

  async function flush(): Promise<void> {
    await Promise.all([writeRest(), ...writes.keys()])
    await writeRest()
  }

  return {
    /** What is written through it takes along what its agents have logged. */
    store,
    /** Continues the numbering after a restart. */
    async open(agent: AgentId): Promise<void> {
      if (last.has(agent)) return
      const found = await inner.lastLog(agent)
      if (!last.has(agent)) last.set(agent, found?.id ?? 0)
    },
    /** The number of the newest line, of one that was opened. */
    last: (agent: AgentId): number => last.get(agent) ?? 0,
    /** What there is of a tick, stored or not: to know which of a turn's lines have been written before. */
    async at(agent: AgentId, tick: number): Promise<readonly AgentLogEntry[]> {
      const from = Math.max(0, (last.get(agent) ?? 0) - AGENT_LOG_TURN_MAX_LINES)
      const stored = await inner.log(agent, from, AGENT_LOG_TURN_MAX_LINES)
      const known = new Set(stored.map(({ id }) => id))
      const rest = linesOf([agent]).filter(({ id }) => !known.has(id))
      return [...stored, ...rest].filter((line) => line.tick === tick)
    },
    add(
      agent: AgentId,
      tick: number,
      lines: readonly Omit<AgentLogEntry, 'id' | 'tick'>[],
    ): readonly AgentLogEntry[] {
      const entries = lines.map(({ level, text }): AgentLogEntry => {
        const id = (last.get(agent) ?? 0) + 1
        last.set(agent, id)
        return { id, tick, level, text: storable(text) }
      })
      if (entries.length === 0) return entries
      unwritten.set(agent, [...(unwritten.get(agent) ?? []), ...entries.map((entry) => ({ ...entry, agent }))])
      later()
      return entries
    },
    async read(agent: AgentId, after: number): Promise<readonly AgentLogEntry[]> {
      await flush()
      return inner.log(agent, after, AGENT_LOG_PAGE_LINES)
    },
    flush,
  }
}
