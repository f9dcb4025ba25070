/** Whom this node knows in the matter of logs: witnesses of its own log, and logs it witnesses; kept in a file, so that nobody is met anew after a restart. */
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { writeDurably } from '../../lib/durable.ts'
import { createInTurn } from '../../lib/in-turn.ts'
import {
  LOGS_PER_NODE_MAX,
  WITNESS_GONE_AFTER_MS,
  WITNESS_SEEN_EVERY_MS,
  WITNESSED_LOGS_MAX,
  WITNESSES_MAX,
} from '../../limits.ts'

/** `key` in signed-note's form. */
const Known = z.object({ key: z.string(), owner: z.string(), node: z.string(), seenAtMs: z.number() })
export type KnownNode = z.infer<typeof Known>
const File = z.object({ witnesses: z.array(Known), logs: z.array(Known) })

export type Roster = {
  /** Those that were here of late: one that is gone for long must not hold up every receipt. */
  witnesses(): readonly KnownNode[]
  /** The node is here now. */
  saw(node: string): Promise<void>
  logs(): readonly KnownNode[]
  /** False when there are as many as may be, or when one of that key or node is there. A key once met is not replaced. */
  addWitness(witness: KnownNode): Promise<boolean>
  /** A node may begin another log in place of one: `LOGS_PER_NODE_MAX` in all. */
  addLog(log: KnownNode): Promise<boolean>
}

export async function openRoster(dir: string, clock: Clock = systemClock): Promise<Roster> {
  const path = join(dir, 'roster.json')
  const inTurn = createInTurn<'file'>()
  let { witnesses, logs } = await read(path)

  const save = () =>
    inTurn('file', async () => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await writeDurably(path, `${JSON.stringify({ witnesses, logs }, null, 2)}\n`)
    })

  const isHere = ({ seenAtMs }: KnownNode): boolean => clock.now() - seenAtMs <= WITNESS_GONE_AFTER_MS

  return {
    witnesses: () => witnesses.filter(isHere),
    async saw(node) {
      const nowMs = clock.now()
      const stale = (one: KnownNode) => one.node === node && nowMs - one.seenAtMs > WITNESS_SEEN_EVERY_MS
      if (!witnesses.some(stale)) return
      witnesses = witnesses.map((one) => (stale(one) ? { ...one, seenAtMs: nowMs } : one))
      await save()
    },
    logs: () => logs,
    async addWitness(witness) {
      if (witnesses.length >= WITNESSES_MAX) witnesses = witnesses.filter(isHere)
      if (witnesses.length >= WITNESSES_MAX) return false
      if (witnesses.some(({ key, node }) => key === witness.key || node === witness.node)) return false
      witnesses = [...witnesses, witness]
      await save()
      return true
    },
    async addLog(log) {
      const ofNode = logs.filter(({ node }) => node === log.node).length
      if (logs.length >= WITNESSED_LOGS_MAX || ofNode >= LOGS_PER_NODE_MAX) return false
      if (logs.some(({ key }) => key === log.key)) return false
      logs = [...logs, log]
      await save()
      return true
    },
  }
}

export class RosterError extends Error {
  readonly code = 'bad_log_roster'
}

async function read(path: string): Promise<z.infer<typeof File>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return { witnesses: [], logs: [] }
  try {
    return File.parse(JSON.parse(text))
  } catch (cause) {
    throw new RosterError(
      `${path} cannot be read: it lists the witnesses of the log. Put it back from a copy, or remove it to meet them anew.`,
      { cause },
    )
  }
}
