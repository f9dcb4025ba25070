/** An agent that walks from one computer to another in the middle of what it does, over real nodes on loopback. */
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openDatabase } from '../../storage/database.ts'
import { createJournal } from '../../storage/journal.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import { join, type Player } from './player.ts'

const POLL = { timeout: 120_000, interval: 200 }
const P2P = { ACADEMY_P2P_HOST: '127.0.0.1', ACADEMY_P2P_PORT: '0' }

/** The count and the way are local variables: they go on only if the program is restored in the middle of an await. */
const walker = `import { me } from 'academy'
export default async function main() {
  const way = []
  let n = 0
  const count = async (times) => {
    for (let i = 0; i < times; i++) {
      n++
      await me.say('count ' + n)
      me.memory.n = n
    }
  }
  await count(3)
  for (const node of ['Harbour Host', 'home', 'Nowhere']) {
    try {
      await me.hop(node)
      way.push(node)
    } catch (error) {
      way.push(error.code)
    }
    me.memory.way = way
    await count(3)
  }
  await me.wait(100000)
}`

const lodger = `import { me } from 'academy'
export default async function main() {
  let n = 0
  for (;;) {
    n++
    await me.say('step ' + n)
    me.memory.n = n
    if (n === 3) await me.hop('Harbour Host')
    await me.wait(5)
  }
}`

let hub: NodeProcess
let walked: string
let trusted: NodeProcess
let reopenTrusted: () => Promise<void>
let lodged: string
let local: NodeProcess
let player: Player
type Agent = { id: string; status: string; node: string; epoch: number; memory: { n?: number; way?: string[] } }
const agentOf = async (id: string) => (await player.api<Agent>('GET', `/api/v1/agents/${id}`)).body
const logOf = async (id: string) =>
  (await player.api<{ entries: { text: string }[] }>('GET', `/api/v1/agents/${id}/log?after=0`)).body.entries.map(
    ({ text }) => text,
  )

async function begin(name: string, source: string): Promise<string> {
  const project = await player.api<{ id: string }>('POST', '/api/v1/projects', { name })
  await player.api('PUT', `/api/v1/projects/${project.body.id}/files/main.ts`, { text: source })
  const agent = await player.api<Agent>('POST', '/api/v1/agents', { projectId: project.body.id, name })
  // A machine that is very busy takes longer to read a program than a node gives it: it is tried again then.
  await vi.waitFor(async () => {
    const started = await player.api('POST', `/api/v1/agents/${agent.body.id}/start`)
    expect(started.status, JSON.stringify(started.body)).toBeLessThan(300)
  }, POLL)
  return agent.body.id
}

/** What an agent said in a node's world, by the journal. */
async function said(dataDir: string, id: string): Promise<string[]> {
  await using db = await openDatabase({ dataDir: joinPath(dataDir, 'database'), log: { info() {}, error() {} } })
  const zones = await db.prisma.journalRecord.findMany({ distinct: ['zone'], select: { zone: true } })
  const texts: string[] = []
  for (const { zone } of zones)
    for (const { events = [] } of await createJournal(db).read(zone, -1))
      for (const event of events) if (event.type === 'said' && event.who === id) texts.push(event.text)
  return texts
}

beforeAll(async () => {
  hub = await startNodeProcess({ env: P2P })
  const member = (role: string, name: string, dataDir?: string) =>
    startNodeProcess({
      ...(dataDir !== undefined && { dataDir }),
      env: { ...P2P, ACADEMY_ROLE: role, ACADEMY_HUB: hub.url, ACADEMY_NAME: name, ACADEMY_HOST: '127.0.0.1' },
    })
  reopenTrusted = async () => {
    trusted = await member('trusted', 'Harbour Host', trusted.dataDir)
  }
  ;[trusted, local] = await Promise.all([member('trusted', 'Harbour Host'), member('local', 'Laptop')])
  player = await join(local.url)
  await vi.waitFor(async () => {
    const { nodes } = (await player.api<{ nodes: { name: string }[] }>('GET', '/api/v1/nodes')).body
    expect(nodes.map(({ name }) => name)).toEqual(expect.arrayContaining(['Harbour Host', 'Laptop']))
  }, POLL)
}, 300_000)
afterAll(async () => {
  player?.close()
  await Promise.all([local, trusted, hub].map((node) => node?.[Symbol.asyncDispose]()))
})

test('T11 T14 T42 an agent goes local -> trusted -> local in the middle of its awaits, keeps counting, and says each number once', {
  timeout: 300_000,
}, async () => {
  const id = await begin('Walker', walker)
  await vi.waitFor(async () => {
    const { memory } = await agentOf(id)
    expect(memory, JSON.stringify(await logOf(id))).toMatchObject({
      n: 12,
      way: ['Harbour Host', 'home', 'no_such_node'],
    })
  }, POLL)
  const now = await agentOf(id)
  expect(now).toMatchObject({ status: 'running', epoch: 3 })
  const log = await logOf(id)
  for (const sentence of [/rests for the journey to Harbour Host/, /It is at Harbour Host now/, /has arrived at/])
    expect(log.join('\n')).toMatch(sentence)
  walked = id
})

test('T34 when its host is stopped an agent is home again as it was, and what it did is not done again', {
  timeout: 300_000,
}, async () => {
  lodged = await begin('Boarder', lodger)
  await vi.waitFor(
    async () => expect(await agentOf(lodged)).toMatchObject({ status: 'moved', node: 'Harbour Host' }),
    POLL,
  )
  await vi.waitFor(async () => expect((await agentOf(lodged)).memory.n).toBeGreaterThan(5), POLL)
  await trusted.kill('SIGTERM')
  expect(trusted.child.exitCode).toBe(0)
  await vi.waitFor(async () => expect(await agentOf(lodged)).toMatchObject({ status: 'running', epoch: 3 }), POLL)
  const { n = 0 } = (await agentOf(lodged)).memory
  await vi.waitFor(async () => expect((await agentOf(lodged)).memory.n).toBeGreaterThan(n + 1), POLL)
  await reopenTrusted()
})

test('T31 when its host is killed an agent is home again after the lease, from its last checkpoint, and its owner is told', {
  timeout: 300_000,
}, async () => {
  const id = await begin('Lodger', lodger)
  await vi.waitFor(
    async () => expect(await agentOf(id)).toMatchObject({ status: 'moved', node: 'Harbour Host' }),
    POLL,
  )
  const refused = await player.api('POST', `/api/v1/agents/${id}/start`)
  expect(refused).toMatchObject({ status: 409, body: { code: 'agent_away' } })
  await trusted.kill('SIGKILL')
  await vi.waitFor(async () => {
    const { status, epoch, memory } = await agentOf(id)
    expect([status, epoch]).toEqual(['running', 3])
    expect(memory.n).toBeGreaterThan(3)
  }, POLL)
  expect((await logOf(id)).join('\n')).toMatch(/Harbour Host has fallen silent. It is home again as it was at/)
})

test('T20 what the walker said is in the journals of both worlds, each number once', async () => {
  await Promise.all([local.kill(), trusted.kill()])
  const [here, there] = [await said(local.dataDir, walked), await said(trusted.dataDir, walked)]
  expect(there).toEqual(['count 4', 'count 5', 'count 6'])
  expect(here).toEqual([1, 2, 3, 7, 8, 9, 10, 11, 12].map((n) => `count ${n}`))
  // The one whose host was stopped: nothing twice, nothing left out.
  const steps = [...(await said(local.dataDir, lodged)), ...(await said(trusted.dataDir, lodged))]
  const numbers = steps.map((text) => Number(text.slice('step '.length))).toSorted((a, b) => a - b)
  expect(numbers).toEqual(numbers.map((_, i) => i + 1))
})
