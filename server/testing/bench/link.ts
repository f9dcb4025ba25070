/** Links between nodes on loopback: requests, streams, bulk, relay, gossip, the DHT, a class that joins; each beside bare TCP in the same run. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect as connectTcp, createServer, type Socket } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { grant, startTestLink, type TestLink } from '../../link/testing/links.ts'
import { startTestNetwork } from '../../link/testing/networks.ts'
import type { Served } from '../../link/types.ts'
import { startNodeProcess } from '../node-process.ts'
import { type Bench, type Figure, type Figures, median, percentile, quantile } from './figures.ts'
import { measureFrozen } from './link-frozen.ts'
import { residentMb } from './processes.ts'

const MIB = 2 ** 20
/** A hundred nodes of one process answer one after the other: whether a value is found does not hang on how fast. */
const PATIENCE_MS = 120_000
const CHUNK = new Uint8Array(256 * 1024)

const served = (protocol: string): Served => ({
  protocol,
  maxStreams: 1_000,
  perMinute: 10_000_000,
  perHour: 100_000_000,
  overRelay: true,
  admittedOnly: false,
})
const count = (value: number, unit: string): Figure => ({ value, unit })
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms))
const close = async (links: readonly TestLink[]) => {
  await Promise.all(links.map(({ link }) => link[Symbol.asyncDispose]()))
}

/** `BENCH_ONLY=pair,dht` runs these parts alone. */
export const bench: Bench = async ({ short, note }) => {
  const figures: Record<string, Figure> = {}
  const only = process.env.BENCH_ONLY?.split(',')
  /** One that fails is told of; the others' figures stand. */
  const part = async (key: string, name: string, run: () => Promise<Figures>) => {
    if (only && !only.includes(key)) return
    note(`${name} (load average ${loadavg()[0]!.toFixed(1)})`)
    try {
      Object.assign(figures, await run())
    } catch (error) {
      note(`${name} failed: ${error}`)
    }
  }
  await part('tcp', 'bare TCP', () => bareTcp(short))
  await part('pair', 'two nodes: echo and bulk', () => pair(short))
  await part('relay', '20 MiB over a relay', () => relayed(short ? 2 : 5))
  await part('gossip', 'gossip among 40 nodes', () => gossip(short ? 10 : 50))
  await part('dht', 'the DHT', () => dht(short ? 30 : 100))
  await part('joins', '60 nodes join at once', () => joins(60))
  await part('memory', 'memory of an idle node', () => memory())
  await part('frozen', 'a travelling agent', () => frozenFor(short))
  return figures
}

/** How long a travelling agent with a state of 1 MiB stands still. */
async function frozenFor(short: boolean): Promise<Figures> {
  const { ms, bundleBytes } = await measureFrozen(short ? 6 : 40)
  return {
    frozenP95Ms: quantile(ms, 95, 'ms'),
    frozenP50Ms: quantile(ms, 50, 'ms'),
    frozenBundleBytes: count(bundleBytes, 'bytes'),
  }
}

// --- bare TCP, the ceiling of what any of it could be -----------------------------------------------------------------

async function bareTcp(short: boolean): Promise<Figures> {
  const echoing = createServer({ noDelay: true }, (socket) => socket.pipe(socket))
  let sunk = 0
  const sinking = createServer((socket) => socket.on('data', (data) => (sunk += data.length)))
  const portOf = async (server: ReturnType<typeof createServer>) => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as { port: number }).port
  }
  const [echoPort, sinkPort] = [await portOf(echoing), await portOf(sinking)]
  const open = async (port: number): Promise<Socket> => {
    const socket = connectTcp({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    return socket
  }
  const one = Buffer.from([1])
  const kept = await open(echoPort)
  const echoMs = await timed(short ? 500 : 3_000, async () => {
    kept.write(one)
    await once(kept, 'data')
  })
  const newMs = await timed(short ? 100 : 500, async () => {
    const socket = await open(echoPort)
    socket.write(one)
    await once(socket, 'data')
    socket.destroy()
  })
  const total = (short ? 128 : 512) * MIB
  const pipe = await open(sinkPort)
  const startedMs = performance.now()
  for (let sent = 0; sent < total; sent += CHUNK.length) if (!pipe.write(CHUNK)) await once(pipe, 'drain')
  while (sunk < total) await sleep(1)
  const bulkMs = performance.now() - startedMs
  kept.destroy()
  pipe.destroy()
  echoing.close()
  sinking.close()
  return {
    bareTcpEchoP50Ms: quantile(echoMs, 50, 'ms'),
    bareTcpNewP50Ms: quantile(newMs, 50, 'ms'),
    bareTcpMbps: count((total * 8) / 1_000 / bulkMs, 'Mbit/s'),
  }
}

async function timed(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const ms: number[] = []
  for (let i = 0; i < times; i++) {
    const startedMs = performance.now()
    await work()
    ms.push(performance.now() - startedMs)
  }
  return ms
}

// --- two nodes --------------------------------------------------------------------------------------------------------

async function twoNodes(): Promise<readonly [TestLink, TestLink]> {
  const [a, b] = [await startTestLink(), await startTestLink()]
  grant(b, b, 'initial')
  grant(b, a, 'trusted')
  await a.link.dial(b.link.addresses())
  return [a, b]
}

async function pair(short: boolean): Promise<Figures> {
  const [a, b] = await twoNodes()
  b.link.serve(served('echo'), async (frame) => frame)
  b.link.serveStream(served('new'), async (stream) => {
    for await (const frame of stream.frames) await stream.send(frame)
  })
  await timed(100, () => a.link.request(b.link.self, 'echo', { n: 1 }))
  const open = await timed(short ? 500 : 3_000, () => a.link.request(b.link.self, 'echo', { n: 1 }))
  const fresh = await timed(short ? 100 : 500, async () => {
    const stream = await a.link.open(b.link.self, 'new')
    await stream.send({ n: 1 })
    for await (const _ of stream.frames) break
    await stream.close()
  })
  const runs: number[] = []
  const total = (short ? 64 : 256) * MIB
  for (let i = 0; i < 3; i++) runs.push((total * 8) / 1_000 / (await bulk(a, b, `bulk${i}`, total)))
  await close([a, b])
  return {
    echoOpenP50Ms: quantile(open, 50, 'ms'),
    echoNewP50Ms: quantile(fresh, 50, 'ms'),
    bulkMbps: median(runs, 'Mbit/s'),
  }
}

/** Milliseconds until the other side has read it all. */
async function bulk(from: TestLink, to: TestLink, protocol: string, total: number): Promise<number> {
  const arrived = new Promise<void>((done) => {
    to.link.serveStream(served(protocol), async (stream) => {
      let bytes = 0
      for await (const frame of stream.frames) bytes += (frame.bytes as Uint8Array).length
      if (bytes >= total) done()
    })
  })
  const startedMs = performance.now()
  const stream = await from.link.open(to.link.self, protocol)
  for (let sent = 0; sent < total; sent += CHUNK.length) await stream.send({ bytes: CHUNK })
  await stream.close()
  await arrived
  return performance.now() - startedMs
}

async function relayed(times: number): Promise<Figures> {
  const relay = await startTestLink({ relayReservations: 10 })
  const hidden = await startTestLink({ listen: [] })
  const caller = await startTestLink({ parts: { locate: async () => hidden.link.addresses() } })
  grant(relay, relay, 'initial')
  for (const each of [hidden, caller]) {
    grant(relay, each, 'trusted')
    await each.link.dial(relay.link.addresses())
    await each.link.request(relay.link.self, 'greet', each.standing.greeting())
  }
  await hidden.link.listenThrough(relay.link.addresses()[0]!)
  while (hidden.link.addresses().length === 0) await sleep(10)
  const runs: number[] = []
  for (let i = 0; i < times; i++) runs.push((await bulk(caller, hidden, `relay${i}`, 20 * MIB)) / 1_000)
  await close([caller, hidden, relay])
  return { relay20MiBS: median(runs, 's') }
}

// --- many nodes -------------------------------------------------------------------------------------------------------

/** Each is connected to the first and to a few others, all on one address. */
async function many(n: number, links: number): Promise<TestLink[]> {
  const all: TestLink[] = []
  for (let i = 0; i < n; i++) all.push(await startTestLink())
  for (const [i, each] of all.entries()) {
    const others = new Set(Array.from({ length: links }, (_, k) => (i * 7 + k * 13 + 1) % n).concat(0))
    others.delete(i)
    await Promise.all([...others].map((k) => each.link.dial(all[k]!.link.addresses()).catch(() => {})))
  }
  return all
}

async function gossip(messages: number): Promise<Figures> {
  const nodes = await many(40, 5)
  const heardMs: number[] = []
  const sentMs = new Map<number, number>()
  for (const { link } of nodes)
    link.subscribe('bench', (message) => {
      const sent = sentMs.get(new DataView(message.buffer, message.byteOffset).getUint32(0))
      if (sent !== undefined) heardMs.push(performance.now() - sent)
    })
  // The mesh forms over a few heartbeats.
  await sleep(5_000)
  for (let i = 0; i < messages; i++) {
    const message = new Uint8Array(512)
    new DataView(message.buffer).setUint32(0, i)
    sentMs.set(i, performance.now())
    await nodes[i % nodes.length]!.link.publish('bench', message)
    await sleep(100)
  }
  await sleep(3_000)
  const expected = messages * (nodes.length - 1)
  await close(nodes)
  return {
    gossipDeliveredPct: count((100 * heardMs.length) / expected, '%'),
    gossipP95Ms: quantile(heardMs, 95, 'ms'),
  }
}

async function dht(n: number): Promise<Figures> {
  const nodes = await many(n, 8)
  await sleep(5_000)
  const puts = Math.min(n, 50)
  for (let i = 0; i < puts; i++)
    await nodes[i]!.link.dht.put('key', Uint8Array.of(i), AbortSignal.timeout(PATIENCE_MS)).catch(() => {})
  const found = async (alive: readonly TestLink[]) => {
    let hits = 0
    const ms: number[] = []
    for (let i = 0; i < puts; i++) {
      const asker = alive[(i * 17 + 3) % alive.length]!
      const startedMs = performance.now()
      const patience = AbortSignal.timeout(PATIENCE_MS)
      const value = await asker.link.dht.get('key', nodes[i]!.identity.owner, patience).catch(() => undefined)
      ms.push(performance.now() - startedMs)
      if (value?.value[0] === i) hits++
    }
    return { pct: (100 * hits) / puts, ms }
  }
  const before = await found(nodes)
  const leaving = nodes.filter((_, i) => i % 10 < 3)
  await close(leaving)
  const after = await found(nodes.filter((each) => !leaving.includes(each)))
  await close(nodes.filter((each) => !leaving.includes(each)))
  return {
    dhtNodes: count(n, 'nodes'),
    dhtFoundPct: count(before.pct, '%'),
    dhtGetP50Ms: quantile(before.ms, 50, 'ms'),
    dhtFoundAfterChurnPct: count(after.pct, '%'),
  }
}

/** Whole network parts, with the registry in memory: from the first start to the last admission. */
async function joins(n: number): Promise<Figures> {
  const dir = await mkdtemp(join(tmpdir(), 'academy-joins-'))
  const hub = await startTestNetwork({ dataDir: join(dir, 'hub'), role: 'initial', name: 'hub' })
  const names = Array.from({ length: n }, (_, i) => `m${i}`)
  const at = { node: hub.self, addresses: hub.addresses() }
  const startedMs = performance.now()
  const members = await Promise.all(
    names.map((name) => startTestNetwork({ dataDir: join(dir, name), role: 'local', name, hubs: at })),
  )
  const startS = (performance.now() - startedMs) / 1_000
  while (members.some((each) => each.state().is !== 'joined') && performance.now() - startedMs < 60_000)
    await sleep(10)
  const allS = (performance.now() - startedMs) / 1_000
  const joined = members.filter((each) => each.state().is === 'joined').length
  await Promise.all(members.map((each) => each[Symbol.asyncDispose]()))
  await hub[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
  return { joins60S: count(allS, 's'), joins60StartedS: count(startS, 's'), joined60: count(joined, 'nodes') }
}

/** One node as a process, with and without links; and what a peer adds. */
async function memory(): Promise<Figures> {
  const settled = async (pid: number): Promise<number> => {
    const samples: number[] = []
    for (let i = 0; i < 5; i++) {
      await sleep(1_000)
      samples.push(residentMb(pid))
    }
    return percentile(samples, 50)
  }
  const alone = await startNodeProcess({ env: { ACADEMY_P2P: 'false' } })
  const aloneMb = await settled(alone.child.pid!)
  await alone[Symbol.asyncDispose]()
  const linked = await startNodeProcess()
  const idleMb = await settled(linked.child.pid!)
  const { addresses } = (await (await fetch(new URL('/.well-known/academy', linked.url))).json()) as {
    addresses: string[]
  }
  const peers: TestLink[] = []
  for (let i = 0; i < 30; i++) {
    const peer = await startTestLink({ listen: [] })
    peers.push(peer)
    await peer.link.dial(addresses.filter((each) => !each.includes('/ws')))
  }
  const busyMb = await settled(linked.child.pid!)
  await close(peers)
  await linked[Symbol.asyncDispose]()
  return {
    idleRssMb: count(idleMb, 'MB'),
    withoutLinksRssMb: count(aloneMb, 'MB'),
    perPeerKb: count(Math.max(0, ((busyMb - idleMb) * 1_024) / 30), 'KB'),
  }
}
