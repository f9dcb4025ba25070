/** What this node knows of each agent that travels: one row for each, on the disk before anybody is told. */
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Cid } from '../bundles/types.ts'
import { removeDurably, type Step, writeDurably } from '../lib/durable.ts'
import type { AgentId } from '../protocol/ids.ts'

const trip = { mid: z.string(), peer: z.string() }
const moved = z.object({ node: z.string(), epoch: z.number() })
const checkpoint = z.object({ cid: z.string(), epoch: z.number(), tick: z.number(), atMs: z.number() })
const common = { agentId: z.string(), epoch: z.number(), home: z.string() }

const row = z.discriminatedUnion('status', [
  /** Source: the registry and the other node are being asked; the agent goes on. */
  z.object({ ...common, ...trip, status: z.literal('offering') }),
  /** Source: it has no turns. With `cid` its bundle is out. */
  z.object({
    ...common,
    ...trip,
    status: z.literal('frozen'),
    cid: z.string().optional(),
    stateHash: z.string().optional(),
  }),
  /** It was here and is there. At its home with the last checkpoint. */
  z.object({
    ...common,
    status: z.literal('moved'),
    moved,
    checkpoint: checkpoint.optional(),
    sent: z.object({ mid: z.string(), cid: z.string() }).optional(),
  }),
  /** Destination: it may come. `before` is what stood here until then. */
  z.object({
    ...common,
    ...trip,
    status: z.literal('accepted'),
    before: z.object({ moved, checkpoint: checkpoint.optional() }).optional(),
  }),
  /** Destination: all of it is here, and it does not act. */
  z.object({
    ...common,
    ...trip,
    status: z.literal('prepared'),
    cid: z.string(),
    stateHash: z.string(),
    before: z.object({ moved, checkpoint: checkpoint.optional() }).optional(),
  }),
  /** It is this node's, at this epoch. */
  z.object({ ...common, status: z.literal('here'), checkpoint: checkpoint.optional() }),
])
export type Row = z.output<typeof row>
export type RowOf<S extends Row['status']> = Extract<Row, { status: S }>
export type Checkpoint = { readonly cid: Cid; readonly epoch: number; readonly tick: number; readonly atMs: number }
/** Resolves when the row is on the disk. */
export type RowStore = {
  all(): readonly Row[]
  get(agentId: AgentId): Row | undefined
  put(row: Row): Promise<void>
  remove(agentId: AgentId): Promise<void>
}

export const parseRow = (text: string): Row => row.parse(JSON.parse(text))

/** Rows as files of one folder. */
export async function openRows(dir: string, step?: Step): Promise<RowStore> {
  await mkdir(dir, { recursive: true })
  const rows = new Map<string, Row>()
  for (const name of await readdir(dir)) {
    if (!name.endsWith('.json')) continue
    const found = parseRow(await readFile(join(dir, name), 'utf8'))
    rows.set(found.agentId, found)
  }
  const path = (agentId: string) => join(dir, `${encodeURIComponent(agentId)}.json`)
  return {
    all: () => [...rows.values()],
    get: (agentId) => rows.get(agentId),
    async put(next) {
      await writeDurably(path(next.agentId), JSON.stringify(next), step)
      rows.set(next.agentId, next)
    },
    async remove(agentId) {
      await removeDurably(path(agentId), step)
      rows.delete(agentId)
    },
  }
}
