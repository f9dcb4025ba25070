import { writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryNetwork } from '../../link/memory-wire.ts'
import type { Wire } from '../../link/types.ts'
import type { Json } from '../../protocol/ids.ts'
import { tinyModelFile } from '../../testing/models/tiny-model.ts'
import { hear } from '../testing/collect.ts'
import { createShardedBackend, type ShardedParts } from './backend.ts'
import { findLlamaServers, type LlamaServers } from './build.ts'
import { createLender, type LendBounds } from './lend.ts'
import { createRentBook } from './rent.ts'
import { readLayers, splitOf } from './split.ts'
import { fakeMoney } from './testing/fake-money.ts'
import { fakeServers } from './testing/fake-servers.ts'
import type { ShardedModel, ShardOffer } from './types.ts'

// What stands for llama.cpp here are two small programs; the real servers are run where they were built (`models-sharded.test.ts`).
const POLL = { timeout: 60_000, interval: 20 }
const quiet = { info() {}, warn() {} }
const LONG: LendBounds = { leaseMs: 20_000, idleMs: 600_000, bytesPerHour: 1e12 }
let fakes: Awaited<ReturnType<typeof fakeServers>>
let servers: LlamaServers
let file: string

beforeAll(async () => {
  fakes = await fakeServers()
  servers = (await findLlamaServers(fakes.dir))!
  file = await tinyModelFile({ layers: 6, contextTokens: 1024 })
})
afterAll(() => fakes[Symbol.asyncDispose]())

const words = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `word ${from + i} `).join('')

/** A node that borrows, and as many that lend to it, on a network in memory. */
function network({ lenders = 2, offer = {} as Partial<ShardOffer>, bounds = LONG, periodMs = 600_000 } = {}) {
  const net = createMemoryNetwork()
  const money = fakeMoney()
  const join = (id: string) => net.join({ id, owner: `owner-${id}`, role: 'trusted' })
  const wire = join('borrower')
  const all = Array.from({ length: lenders }, (_, i) => {
    const id = `lender-${i}`
    const lender = createLender(
      { wire: join(id), servers: () => servers, money: money.of(id), log: quiet, now: Date.now },
      bounds,
      periodMs,
    )
    void lender.offer({ memoryMb: 600, threads: 1, priceMicroPerMinute: 0n, peers: ['borrower'], ...offer })
    return lender
  })
  return {
    net,
    wire,
    money,
    join,
    lenders: all,
    async [Symbol.asyncDispose]() {
      for (const lender of all) await lender[Symbol.asyncDispose]()
    },
  }
}

function rentsOf(money: ReturnType<ReturnType<typeof fakeMoney>['of']>) {
  let value: Json | undefined
  const kept = { get: async () => value, set: async (next: Json) => void (value = next) }
  return createRentBook({ money, kept, now: Date.now, log: quiet })
}

function borrowing(
  { wire, money }: { wire: Pick<Wire, 'request' | 'open'>; money: ReturnType<typeof fakeMoney> },
  model: Partial<ShardedModel> = {},
  parts: Partial<ShardedParts> = {},
) {
  return createShardedBackend(
    {
      id: 'big',
      file,
      sha256: 'a'.repeat(64),
      nodes: ['lender-0', 'lender-1'],
      localMb: 0,
      contextTokens: 512,
      sequences: 2,
      priceInMicro: 0n,
      priceOutMicro: 0n,
      maxPriceMicroPerMinute: 0n,
      ...model,
    },
    {
      wire,
      servers: () => servers,
      rents: rentsOf(money.of('borrower')),
      isOwnGround: () => false,
      log: quiet,
      now: Date.now,
      restartMinMs: 50,
      ...parts,
    },
  )
}
type Borrowing = ReturnType<typeof borrowing>
const untilReady = (model: Borrowing) => expect.poll(() => model.shardState(), POLL).toMatchObject({ is: 'ready' })
const untilFailed = (model: Borrowing, reason: string) =>
  expect.poll(() => model.shardState(), POLL).toMatchObject({ is: 'failed', reason })

const isGone = (pid: number) => {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

describe('a model over two nodes', () => {
  test('I80 servers that are not what was built are not used', async () => {
    await using other = await fakeServers('e'.repeat(40))
    expect((await findLlamaServers(other.dir))!.build).not.toBe(servers.build)
    expect(await findLlamaServers(join(other.dir, 'bin'))).toBeUndefined()
    await writeFile(join(other.dir, 'bin', 'rpc-server'), 'something else')
    await expect(findLlamaServers(other.dir)).rejects.toThrow(/rpc-server is not what was built/)
  })

  test('I84 it is loaded through tunnels and answers; requests that come meanwhile wait', async () => {
    await using nodes = network()
    await using model = borrowing(nodes)
    expect(model.state()).toMatchObject({ ready: false, why: 'loading' })
    const heard = hear(model, { model: 'big', maxTokens: 20 })
    await heard.over
    expect(heard.error).toBeUndefined()
    expect(heard.texts.join('')).toBe(words(0, 20))
    const { bytesSent, bytesReceived } = model.shardState()
    const { bytes } = await readLayers(file)
    expect(bytesSent).toBeGreaterThan(2 * bytes)
    expect(nodes.lenders.reduce((sum, lender) => sum + lender.lent()!.bytesIn, 0)).toBe(bytesSent)
    expect(nodes.lenders.reduce((sum, lender) => sum + lender.lent()!.bytesOut, 0)).toBe(bytesReceived)
    const more = hear(model, { model: 'big', textSoFar: words(0, 5), maxTokens: 4 })
    await more.over
    expect(more.texts.join('')).toBe(words(5, 9))
  })

  test('I85 a shard that is killed in the middle fails the answer, is named as the reason, and the model comes back', async () => {
    await using nodes = network()
    await using model = borrowing(nodes)
    await untilReady(model)
    const heard = hear(model, { model: 'big', maxTokens: 1_000_000 })
    await heard.firstText
    const { pid } = model.shardState()
    process.kill(nodes.lenders[1]!.lent()!.pid!, 'SIGKILL')
    await heard.over
    expect(heard.error).toMatchObject({ code: 'backend_failed' })
    const said = heard.texts.join('')
    expect(said).toBe(words(0, heard.texts.length))
    await expect.poll(() => model.shardState().pid, POLL).not.toBe(pid)
    await untilReady(model)
    const again = hear(model, { model: 'big', textSoFar: said, maxTokens: 3 })
    await again.over
    expect(again.texts.join('')).toBe(words(heard.texts.length, heard.texts.length + 3))
  })

  test('I85 while a node that lends is out of reach the model is down, and requests say why', async () => {
    await using nodes = network()
    nodes.net.cut('borrower', 'lender-0', true)
    await using model = borrowing(nodes)
    await untilFailed(model, 'unreachable')
    expect(model.state()).toMatchObject({ ready: false, why: 'down' })
    nodes.net.cut('borrower', 'lender-0', false)
    await untilReady(model)
  })

  test('I82 when it is unloaded, the servers of all nodes end', async () => {
    await using nodes = network()
    const model = borrowing(nodes)
    await untilReady(model)
    const pids = [model.shardState().pid!, ...nodes.lenders.map((lender) => lender.lent()!.pid!)]
    await model[Symbol.asyncDispose]()
    await expect.poll(() => pids.map(isGone), POLL).toEqual([true, true, true])
    expect(nodes.lenders.map((lender) => lender.lent())).toEqual([undefined, undefined])
  })
})

describe('lending', () => {
  const refused = async (nodes: ReturnType<typeof network>, from: Wire, frame: object) => {
    await nodes.lenders[0]!.offered()
    return from.request('lender-0', 'rpc-tunnel', frame as never)
  }
  const agree = { t: 'agree', id: '0192f6a0-0000-7000-8000-000000000001', build: 'c'.repeat(64) }

  test('I81 to those who were named, admitted, with the same build, one at a time', async () => {
    await using nodes = network({ lenders: 1, offer: { peers: ['borrower', 'owner-second', 'stranger'] } })
    const second = nodes.join('second')
    const outsider = nodes.join('outsider')
    const stranger = nodes.net.join({ id: 'stranger', owner: 'owner-stranger', role: 'local' })
    expect(await refused(nodes, outsider, { t: 'terms' })).toMatchObject({ t: 'no', reason: 'not_allowed' })
    expect(await refused(nodes, stranger, { t: 'terms' })).toMatchObject({ t: 'no', reason: 'not_allowed' })
    expect(await refused(nodes, second, agree)).toMatchObject({ t: 'no', reason: 'build' })
    await using model = borrowing(nodes, { nodes: ['lender-0'] })
    await untilReady(model)
    expect(await refused(nodes, second, { ...agree, build: servers.build })).toMatchObject({ reason: 'busy' })
    await nodes.lenders[0]!.offer(undefined)
    await untilFailed(model, 'not_allowed')
  })

  test('I81 whoever has another build finds it out before anything is agreed on', async () => {
    await using nodes = network({ lenders: 1 })
    const mine = { ...servers, build: 'd'.repeat(64) }
    await using model = borrowing(nodes, { nodes: ['lender-0'] }, { servers: () => mine })
    await untilFailed(model, 'build')
    expect(nodes.lenders[0]!.lent()).toBeUndefined()
    const heard = hear(model, { model: 'big' })
    await heard.over
    expect(heard.error).toMatchObject({ code: 'backend_failed', message: expect.stringMatching(/\(build\)/) })
  })

  test('I82 a tunnel needs the agreement of that very node, and the rpc-server hears nobody off loopback', async () => {
    await using nodes = network({ lenders: 1, offer: { peers: ['borrower', 'second'] } })
    await using model = borrowing(nodes, { nodes: ['lender-0'] })
    await untilReady(model)
    const { id, pid } = nodes.lenders[0]!.lent()!
    const stream = await nodes.join('second').open('lender-0', 'rpc-tunnel')
    await stream.send({ t: 'open', id })
    const first = await stream.frames[Symbol.asyncIterator]().next()
    expect(first.value).toMatchObject({ t: 'no', reason: 'ended' })
    const listening = await listeningOf(pid!)
    expect(listening.length).toBeGreaterThan(0)
    for (const { address, port } of listening) {
      expect(address).toBe('0100007F')
      await expect(reachable(port)).resolves.toBe(false)
    }
  })

  test('I83 an agreement ends with its lease, with silence, and with too many bytes, and says which', async () => {
    for (const [reason, bounds] of [
      ['lease', { ...LONG, leaseMs: 300 }],
      ['idle', { ...LONG, idleMs: 300 } as { leaseMs: number; idleMs: number; bytesPerHour: number }],
      ['quota', { ...LONG, bytesPerHour: 10_000 }],
    ] as const) {
      await using nodes = network({ lenders: 1, bounds })
      const { wire } = nodes
      let deaf = false
      const request: Wire['request'] = async (to, protocol, frame, options) => {
        if (deaf && frame.t === 'renew') return new Promise(() => {})
        return wire.request(to, protocol, frame, options)
      }
      deaf = reason === 'lease'
      await using model = borrowing({ ...nodes, wire: { ...wire, request } }, { nodes: ['lender-0'] })
      const expected = reason === 'idle' ? { is: 'resting', reason } : { is: 'failed', reason }
      await expect.poll(() => model.shardState(), POLL).toMatchObject(expected)
      if (reason !== 'idle') continue
      bounds.idleMs = LONG.idleMs
      const heard = hear(model, { model: 'big', maxTokens: 2 })
      await heard.over
      expect(heard.texts.join('')).toBe(words(0, 2))
    }
  })
})

describe('rent', () => {
  const offer = { priceMicroPerMinute: 50n }

  test('I86 is set aside ahead, and the minutes that were used are paid', async () => {
    await using nodes = network({ offer })
    nodes.money.give('borrower', 10_000n)
    const model = borrowing(nodes, { maxPriceMicroPerMinute: 50n })
    await untilReady(model)
    expect(nodes.money.setAside()).toEqual([500n, 500n])
    await model[Symbol.asyncDispose]()
    expect(nodes.money.setAside()).toEqual([])
    expect(nodes.money.paid()).toEqual({ 'lender-0': 50n, 'lender-1': 50n })
  })

  test('I86 no more is paid than the host allowed, and nothing is lent to whoever has nothing', async () => {
    await using nodes = network({ offer })
    await using dear = borrowing(nodes, { maxPriceMicroPerMinute: 49n })
    await untilFailed(dear, 'price')
    await using poor = borrowing(nodes, { maxPriceMicroPerMinute: 50n })
    await untilFailed(poor, 'unpaid')
    expect(nodes.lenders.map((lender) => lender.lent())).toEqual([undefined, undefined])
  })

  test('I86 an owner who did not pay borrows nothing more until it is paid', async () => {
    await using nodes = network({ lenders: 1, offer })
    nodes.money.give('borrower', 10_000n)
    nodes.money.refuseToSettle(true)
    const first = borrowing(nodes, { nodes: ['lender-0'], maxPriceMicroPerMinute: 50n })
    await untilReady(first)
    await first[Symbol.asyncDispose]()
    await using second = borrowing(nodes, { nodes: ['lender-0'], maxPriceMicroPerMinute: 50n })
    await untilFailed(second, 'unpaid')
    nodes.money.refuseToSettle(false)
    await nodes.money.settleAll()
    await untilReady(second)
  })

  test('I86 a node that died pays when it is back', async () => {
    const money = fakeMoney()
    money.give('borrower', 1_000n)
    let value: Json | undefined
    const kept = { get: async () => value, set: async (next: Json) => void (value = next) }
    const book = (nowMs: number) =>
      createRentBook({ money: money.of('borrower'), kept, now: () => nowMs, log: quiet })
    const rent = await book(0).open('lender-0', 50n, 500n, 1_000)
    await rent!.note(150_000)
    const after = book(400_000)
    await after.load()
    await after.settleLate()
    expect(money.paid()).toEqual({ 'lender-0': 150n })
    expect(value).toEqual([])
  })
})

describe('how it is spread', () => {
  test('I87 layers stay here as far as the host says, and what does not fit is refused with both numbers', async () => {
    expect(await readLayers(file)).toMatchObject({ layers: 6 })
    const model = { layers: 10, bytes: 100 * 1024 ** 2 }
    expect(splitOf(model, 0, [60, 40])).toMatchObject({ remoteLayers: 11, shares: [60, 40] })
    expect(splitOf(model, 35, [80])).toMatchObject({ remoteLayers: 8 })
    expect(() => splitOf(model, 100, [80])).toThrow(/fit on this node/)
    expect(() => splitOf(model, 10, [50, 30])).toThrow(/90 MiB .* 80 MiB/)
    await expect(readLayers(join(import.meta.dirname, 'split.ts'))).rejects.toThrow(/no GGUF file/)
  })
})

/** Addresses in hex and ports that a process of this machine listens on (`/proc`). */
async function listeningOf(pid: number): Promise<{ address: string; port: number }[]> {
  const { readdir, readFile, readlink } = await import('node:fs/promises')
  const fds = await readdir(`/proc/${pid}/fd`)
  const links = await Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
  const inodes = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')),
  )
  return tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === '0A' && inodes.has(columns[9] ?? ''))
    .map((columns) => {
      const [address, port] = columns[1]!.split(':')
      return { address: address!, port: Number.parseInt(port!, 16) }
    })
}

/** Whether any address of this machine but loopback answers there. */
async function reachable(port: number): Promise<boolean> {
  const addresses = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one && !one.internal && one.family === 'IPv4')
  for (const one of addresses) {
    const open = await new Promise<boolean>((done) => {
      const socket = createConnection({ host: one!.address, port })
      socket.once('connect', () => done(true))
      socket.once('error', () => done(false))
    })
    if (open) return true
  }
  return false
}
