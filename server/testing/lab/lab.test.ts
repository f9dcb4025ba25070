/** A hub, a host of guests and a laptop behind its router, real nodes in network namespaces, on lines that break. */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createBundles } from '../../bundles/bundles.ts'
import { askControl } from '../../ops/control.ts'
import { openDatabase } from '../../storage/database.ts'
import { createJournal } from '../../storage/journal.ts'
import { join, type Player } from '../flow/player.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import { createDelayProxy, type DelayProxy } from './delay-proxy.ts'
import { createLab, type Lab, whyNoLab } from './namespaces.ts'

const why = whyNoLab()
if (why) console.warn(`network namespace tests skipped: ${why}`)

const POLL = { timeout: 180_000, interval: 200 }
const MIB = 2 ** 20
const BUNDLE = randomBytes(20 * MIB)
const BUNDLE_SHA256 = createHash('sha256').update(BUNDLE).digest('hex')
/** Below the ports that let answers in: nobody reaches it behind a router. */
const P2P_PORT = 2568

/**
 * The count is a local variable: it goes on only if the program is restored in the middle of an await. A journey that was called off, as
 * on a broken line or a starved machine, is tried again.
 */
const walker = (trips: readonly string[]) => `import { me } from 'academy'
export default async function main() {
  let n = 0
  const count = async () => {
    for (let i = 0; i < 3; i++) {
      n++
      await me.say('count ' + n)
      me.memory.n = n
    }
  }
  await count()
  for (const node of ${JSON.stringify(trips)}) {
    for (let away = false; !away; ) {
      try {
        await me.hop(node)
        away = true
      } catch {
        await me.wait(5)
      }
    }
    await count()
  }
  me.memory.done = true
  await me.wait(100000)
}`

type Agent = { id: string; status: string; epoch: number; memory: { n?: number; done?: boolean } }
type Seen = { name: string; addresses?: string[]; proven?: { reach: string }; link?: { reach: string } }
/** What a courier prints. */
type Heard = { bytes?: number; path?: string; sha256?: string; failed?: string }

const title = 'network namespace lab of a hub, a trusted node and a laptop behind its router'
if (!why) describe(title, inTheLab)

function inTheLab(): void {
  const stack = new AsyncDisposableStack()
  let lab: Lab
  /** The line to the hub, for everybody. */
  let line: DelayProxy
  let dir: string
  let hub: NodeProcess
  let harbour: NodeProcess
  let laptop: NodeProcess
  let player: Player
  let cid: string
  const walkers: string[] = []

  const placeOf = (host: string) => ({
    address: lab.address(host),
    on: (command: string, args: readonly string[]) => lab.on(host, command, args),
  })
  const member = (role: string, name: string) => ({
    ACADEMY_ROLE: role,
    ACADEMY_NAME: name,
    ACADEMY_HUB: hub.url,
    ACADEMY_HOST: '0.0.0.0',
    ACADEMY_P2P_PORT: String(P2P_PORT),
    ACADEMY_MDNS: 'false',
  })
  const start = async (host: string, env: Record<string, string>) =>
    stack.use(await startNodeProcess({ place: placeOf(host), dataDir: joinPath(dir, host), env }))
  const ask = <T>(node: NodeProcess, op: string, more: object = {}) =>
    askControl<T>(node.dataDir, 'network', { op, ...more })
  const seenBy = async (node: NodeProcess, name: string) =>
    (await ask<{ nodes: Seen[] }>(node, 'peers')).nodes.find((each) => each.name === name)
  const agentOf = async (id: string) => (await player.api<Agent>('GET', `/api/v1/agents/${id}`)).body
  const logOf = async (id: string) =>
    (await player.api<{ entries: { text: string }[] }>('GET', `/api/v1/agents/${id}/log?after=0`)).body.entries
      .map(({ text }) => text)
      .join('\n')

  async function begin(name: string, source: string): Promise<string> {
    const project = await player.api<{ id: string }>('POST', '/api/v1/projects', { name })
    await player.api('PUT', `/api/v1/projects/${project.body.id}/files/main.ts`, { text: source })
    const agent = await player.api<Agent>('POST', '/api/v1/agents', { projectId: project.body.id, name })
    // A machine that is very busy takes longer to read a program than a node gives it: it is tried again then.
    await vi.waitFor(async () => {
      const started = await player.api('POST', `/api/v1/agents/${agent.body.id}/start`)
      expect(started.status, JSON.stringify(started.body)).toBeLessThan(300)
    }, POLL)
    walkers.push(agent.body.id)
    return agent.body.id
  }

  /** Another laptop behind another router, which wants what the first has. */
  async function startCourier(args: readonly string[], heard: Heard[]): Promise<AsyncDisposable> {
    const [program, words] = lab.on('cottage', process.execPath, [
      resolve(import.meta.dirname, 'courier.ts'),
      ...args,
    ])
    const settings = { ACADEMY_DATA: joinPath(dir, 'cottage'), ACADEMY_LOG_LEVEL: 'warn' }
    const env = { ...process.env, ...member('local', 'Cottage'), ...settings }
    const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    createInterface({ input: child.stdout }).on('line', (text) => heard.push(JSON.parse(text)))
    return stack.use({
      async [Symbol.asyncDispose]() {
        child.kill('SIGKILL')
        await exited
      },
    })
  }

  /** What an agent said in a node's world, by the journal of a node that is stopped. */
  async function said(host: string, id: string): Promise<string[]> {
    const dataDir = joinPath(dir, host, 'database')
    await using db = await openDatabase({ dataDir, log: { info() {}, error() {} } })
    const zones = await db.prisma.journalRecord.findMany({ distinct: ['zone'], select: { zone: true } })
    const texts: string[] = []
    for (const { zone } of zones)
      for (const { events = [] } of await createJournal(db).read(zone, -1))
        for (const event of events) if (event.type === 'said' && event.who === id) texts.push(event.text)
    return texts
  }

  beforeAll(async () => {
    lab = stack.use(
      createLab([
        { name: 'hub' },
        { name: 'harbour' },
        { name: 'laptop', behind: true },
        { name: 'cottage', behind: true },
      ]),
    )
    dir = await mkdtemp(joinPath(tmpdir(), 'academy-lab-'))
    stack.defer(() => rm(dir, { recursive: true, force: true }))
    line = stack.use(await createDelayProxy({ host: lab.address('hub'), port: P2P_PORT }, { host: lab.here }))
    const nowhere = { open: () => Promise.reject(new Error('nobody is asked')), serveStream: () => {} }
    await using shelf = await createBundles({ dir: joinPath(dir, 'laptop', 'bundles'), wire: nowhere })
    // A result goes to whoever was admitted and knows its name; a workspace only to those it was shared with.
    cid = await shelf.put('result', BUNDLE, { pin: 'lab' })
    hub = await start('hub', {
      ACADEMY_NAME: 'Hub',
      ACADEMY_HOST: '0.0.0.0',
      ACADEMY_P2P_PORT: String(P2P_PORT),
      ACADEMY_P2P_ANNOUNCE: `/ip4/${lab.here}/tcp/${line.port}`,
    })
    ;[harbour, laptop] = await Promise.all([
      start('harbour', member('trusted', 'Harbour Host')),
      start('laptop', member('local', 'Laptop')),
    ])
    player = await join(laptop.url)
    stack.defer(() => player.close())
  }, 400_000)
  afterAll(() => stack.disposeAsync(), 120_000)

  test('N21 a network namespace without a way in: its node joins through the relay, and is called over it', {
    timeout: 240_000,
  }, async () => {
    await vi.waitFor(async () => {
      const seen = await seenBy(hub, 'Laptop')
      expect(seen?.proven?.reach, JSON.stringify(seen)).toBe('relay')
      expect((await seenBy(hub, 'Harbour Host'))?.proven?.reach).toBe('lan')
    }, POLL)
    expect(await ask(harbour, 'ping', { node: 'Laptop', count: 1 })).toMatchObject({ name: 'Laptop' })
  })

  test('T11 T42 across network namespaces an agent goes local -> trusted -> local and keeps counting', {
    timeout: 240_000,
  }, async () => {
    const id = await begin('Walker', walker(['Harbour Host', 'home']))
    await vi.waitFor(
      async () => expect((await agentOf(id)).memory, await logOf(id)).toEqual({ n: 9, done: true }),
      POLL,
    )
    expect(await agentOf(id)).toMatchObject({ status: 'running', epoch: 3 })
  })

  test('N21 a laptop in its network namespace takes its place at the relay again when the line to the hub broke', {
    timeout: 240_000,
  }, async () => {
    const hasPlace = async () =>
      (await ask<{ addresses: string[] }>(laptop, 'stats')).addresses.some((each) => each.includes('/p2p-circuit'))
    await vi.waitFor(async () => expect(await hasPlace()).toBe(true), POLL)
    line.partitioned = true
    line.reset()
    await vi.waitFor(async () => expect(await hasPlace()).toBe(false), POLL)
    line.partitioned = false
    await vi.waitFor(async () => expect(await hasPlace()).toBe(true), POLL)
  })

  test('B4 N21 20 MiB go over the relay between two network namespaces without a way in, and on from where the line broke', {
    timeout: 240_000,
  }, async () => {
    const { node } = await ask<{ node: string }>(laptop, 'id')
    line.bytesPerS = 8 * MIB
    const heard: Heard[] = []
    await using _courier = await startCourier([cid, node], heard)
    const bytes = () => heard.findLast((each) => each.bytes !== undefined)?.bytes ?? 0
    await vi.waitFor(() => expect(bytes(), JSON.stringify(heard.slice(-3))).toBeGreaterThan(5 * MIB), POLL)
    line.partitioned = true
    const had = bytes()
    line.reset()
    heard.length = 0
    line.partitioned = false
    line.bytesPerS = 0
    await vi.waitFor(() => expect(heard.at(-1)?.sha256, JSON.stringify(heard.slice(-3))).toBe(BUNDLE_SHA256), POLL)
    expect(Math.min(...heard.flatMap((each) => each.bytes ?? []))).toBeGreaterThanOrEqual(had)
    expect(new Set(heard.flatMap((each) => each.path ?? []))).toEqual(new Set(['relay']))
  })

  test('T15 T20 a network namespace whose cable is out: the agent on its way arrives, and says each number once', {
    timeout: 240_000,
  }, async () => {
    const id = await begin('Wanderer', walker(['Harbour Host', 'home', 'Harbour Host', 'home']))
    await vi.waitFor(async () => expect(await logOf(id)).toMatch(/rests for the journey/), POLL)
    lab.unplug('laptop', true)
    await expect(ask(laptop, 'ping', { node: 'Hub', count: 1 })).rejects.toThrow()
    lab.unplug('laptop', false)
    await vi.waitFor(
      async () => expect((await agentOf(id)).memory, await logOf(id)).toEqual({ n: 15, done: true }),
      POLL,
    )
    player.close()
    await Promise.all([laptop.kill(), harbour.kill()])
    for (const [i, each] of walkers.entries()) {
      const trips = i === 0 ? 2 : 4
      const there = Array.from({ length: trips / 2 }, (_, trip) => [4, 5, 6].map((n) => n + 6 * trip)).flat()
      const here = Array.from({ length: 3 * (trips + 1) }, (_, n) => n + 1).filter((n) => !there.includes(n))
      expect(await said('harbour', each)).toEqual(there.map((n) => `count ${n}`))
      expect(await said('laptop', each)).toEqual(here.map((n) => `count ${n}`))
    }
  })
}
