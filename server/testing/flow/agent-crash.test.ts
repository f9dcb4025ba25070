/** Agents of a node that is killed in the middle of their play, counted afterwards: in the world's journal, in memory, in the log. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { expect, test } from 'vitest'
import type { DatabaseOptions } from '../../storage/database.ts'
import { openDatabase } from '../../storage/database.ts'
import { createJournal } from '../../storage/journal.ts'
import { createPostgresDatabase, describeOnDatabases } from '../database.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import { join, type Player } from './player.ts'

const POLL = { timeout: 120_000, interval: 200 }
const KILLS = 2
const NAMES = ['Wick', 'Snuff', 'Taper', 'Tallow', 'Candle', 'Ember']
/** So that a kill falls now here, now there, between two tides. */
const AFTER_HEARING_MS = [0, 37]

/** The count is a local variable: it goes on only if the program is restored in the middle of an await. */
const source = `import { me, on } from 'academy'
let enough = false
on('hear', ({ text }) => { if (text.includes('that is enough')) enough = true })
export default async function main() {
  let n = 0
  while (!enough) {
    await me.say('count ' + (n + 1))
    n++
    me.memory.n = n
    console.log('said ' + n)
  }
  me.memory.done = true
}`

type Where = Pick<DatabaseOptions, 'url' | 'dataDir'>

await describeOnDatabases('agents of a node that is killed', (kind) => {
  test('AG2 killed in the middle of agents’ play, a node loses nothing of theirs and does nothing twice: the world and their memory agree', {
    timeout: 300_000,
  }, async () => {
    const dataDir = await mkdtemp(joinPath(tmpdir(), 'academy-agents-'))
    const fresh = kind === 'postgres' ? await createPostgresDatabase() : undefined
    const options = { dataDir, ...(fresh && { env: { DATABASE_URL: fresh.url } }) }
    const where: Where = fresh ? { url: fresh.url } : { dataDir: joinPath(dataDir, 'database') }
    const world: Said = new Map()
    let tokens: { refresh_token: string } | undefined
    let ids: readonly string[] = []
    try {
      for (let round = 0; round < KILLS; round++) {
        await using node = await startNodeProcess(options)
        const player = await join(node.url, { tokens })
        tokens = player.tokens
        if (round === 0) ids = await begin(player)
        const before = world.get(ids[0]!)?.size ?? 0
        await hears(node, player, before + 3)
        await new Promise((resolve) => setTimeout(resolve, AFTER_HEARING_MS[round]))
        await node.kill('SIGKILL')
        player.close()
        await readJournal(where, world)
      }
      await using node = await startNodeProcess(options)
      const player = await join(node.url, { tokens })
      const before = world.get(ids[0]!)!.size
      await hears(node, player, before + 2)
      const ends = await Promise.all(ids.map((id) => ended(player, id)))
      await node.kill('SIGKILL')
      player.close()
      await readJournal(where, world)
      for (const { id, memory, said } of ends) {
        const texts = [...world.get(id)!].toSorted(([a], [b]) => a - b).map(([, text]) => text)
        expect(texts).toEqual(texts.map((_, i) => `count ${i + 1}`))
        expect(memory).toEqual({ n: texts.length, done: true })
        expect(said).toEqual(texts.map((_, i) => `said ${i + 1}`))
      }
    } finally {
      await fresh?.[Symbol.asyncDispose]()
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})

/** What the node wrote of it stands in the error, when nothing is heard. */
async function hears(node: NodeProcess, player: Player, count: number): Promise<void> {
  await player.hear(new RegExp(`count ${count}\\D`)).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}\n${node.stderr()}`)
  })
}

/** What each has said, by its number in the journal. */
type Said = Map<string, Map<number, string>>

async function readJournal(where: Where, into: Said): Promise<void> {
  await using db = await openDatabase({ ...where, log: { info() {}, error() {} } })
  const zones = await db.prisma.journalRecord.findMany({ distinct: ['zone'], select: { zone: true } })
  for (const { zone } of zones) {
    for (const { seq, events = [] } of await createJournal(db).read(zone, -1)) {
      for (const event of events) {
        if (event.type !== 'said' || !event.who.startsWith('agent_')) continue
        into.set(event.who, (into.get(event.who) ?? new Map<number, string>()).set(seq, event.text))
      }
    }
  }
}

async function begin(player: Player): Promise<readonly string[]> {
  const project = await player.api<{ id: string }>('POST', '/api/v1/projects', { name: 'counter' })
  await player.api('PUT', `/api/v1/projects/${project.body.id}/files/main.ts`, { text: source })
  const ids: string[] = []
  for (const name of NAMES) {
    const agent = await player.api<{ id: string }>('POST', '/api/v1/agents', { projectId: project.body.id, name })
    expect(agent.status, JSON.stringify(agent.body)).toBeLessThan(300)
    ids.push(agent.body.id)
    // A machine that is very busy takes longer to read a program than a node gives it: it is tried again then.
    await expect
      .poll(async () => (await player.api('POST', `/api/v1/agents/${agent.body.id}/start`)).status, POLL)
      .toBeLessThan(300)
  }
  return ids
}

/** How it stood when `main` had come to its end: it is asked to, until it has heard. */
async function ended(player: Player, id: string) {
  type Info = { readonly memory: { readonly n: number; readonly done?: true } }
  const patience = performance.now() + 120_000
  for (;;) {
    await player.line('say that is enough')
    await new Promise((resolve) => setTimeout(resolve, 500))
    const { memory } = (await player.api<Info>('GET', `/api/v1/agents/${id}`)).body
    if (!memory.done && performance.now() < patience) continue
    const { body } = await player.api<{ entries: { text: string }[] }>('GET', `/api/v1/agents/${id}/log?after=0`)
    const said = body.entries.map(({ text }) => text).filter((text) => text.startsWith('said'))
    return { id, memory, said }
  }
}
