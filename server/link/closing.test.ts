/** Links that are closing when somebody wants to use them: what is handed out works, and nothing is done twice. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection } from '@libp2p/interface'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { peerOf } from './connections.ts'
import { type P2p, startP2p } from './p2p.ts'
import { startTestLink, type TestLink } from './testing/links.ts'
import { startTestNetwork } from './testing/networks.ts'
import type { Served } from './types.ts'

const COUNT: Served = {
  protocol: 'count',
  maxStreams: 8,
  perMinute: 1_000,
  perHour: 10_000,
  overRelay: true,
  admittedOnly: false,
}

describe('a link that is closing', () => {
  let one: TestLink
  let hub: TestLink
  let p2p: P2p
  let asked = 0
  let streams = 0
  beforeAll(async () => {
    hub = await startTestLink()
    one = await startTestLink({
      parts: {
        start: async (options) => {
          p2p = await startP2p(options)
          return p2p
        },
      },
    })
    hub.link.serve(COUNT, async () => ({ n: ++asked }))
    hub.link.serveStream(COUNT, async (stream) => {
      streams++
      for await (const frame of stream.frames) await stream.send(frame)
    })
    await one.link.dial(hub.link.addresses())
  })
  afterAll(async () => {
    for (const each of [one, hub]) await each?.link[Symbol.asyncDispose]()
  })

  const connection = () => p2p.getConnections(peerOf(hub.link.self))[0]!
  type Muxer = { status: string; remoteGoAway?: number; close(): Promise<void> }
  const muxerOf = (of: Connection) => (of as unknown as { muxer: Muxer }).muxer
  async function echo() {
    const stream = await one.link.open(hub.link.self, COUNT.protocol)
    await stream.send({ n: 7 })
    for await (const { n } of stream.frames) {
      stream.abort(new Error('enough'))
      return n
    }
  }

  test('N17 one whose muxer has ended while its socket stands is passed over, and a new one made', async () => {
    expect(await one.link.request(hub.link.self, 'count', {})).toEqual({ n: 1 })
    const before = connection()
    muxerOf(before).status = 'closed'
    expect(before.status).toBe('open')
    expect(one.link.links()).toEqual([])
    expect(await one.link.request(hub.link.self, 'count', {})).toEqual({ n: 2 })
    expect(connection()).not.toBe(before)
    expect(before.status).not.toBe('open')
  })

  test('N17 one that says only when a stream is opened that it is going away is dialled anew, once, and the request done once', async () => {
    hub.link.serve({ ...COUNT, protocol: 'other' }, async () => ({ n: ++asked }))
    const [before, had] = [connection(), asked]
    // What the other side has said of its leaving: libp2p finds out when it opens a stream.
    muxerOf(before).remoteGoAway = 0
    expect(muxerOf(before).status).toBe('open')
    expect(await one.link.request(hub.link.self, 'other', {})).toEqual({ n: had + 1 })
    expect(connection()).not.toBe(before)
  })

  test('N17 so it is for a stream of its own', async () => {
    const [before, had] = [connection(), streams]
    muxerOf(before).remoteGoAway = 0
    expect(await echo()).toBe(7)
    expect(streams).toBe(had + 1)
    expect(connection()).not.toBe(before)
  })

  test('N18 a ban cuts links at once, whatever is under way on them', async () => {
    const stream = await one.link.open(hub.link.self, COUNT.protocol)
    await stream.send({ n: 1 })
    await expect.poll(() => hub.link.links().length).toBe(1)
    const banned = hub.admission.ban(`node:${one.link.self}`, 'operator', 'a test')
    expect(hub.link.links()).toEqual([])
    await banned
    await expect(
      (async () => {
        for await (const _ of stream.frames);
      })(),
    ).rejects.toMatchObject({ code: 'E_CLOSED' })
    await hub.admission.unban(`node:${one.link.self}`)
    expect(await one.link.request(hub.link.self, 'count', {})).toMatchObject({ n: expect.any(Number) })
  })
})

test('N3 a member whose hub is gone is told so when it calls it, and stops', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'academy-gone-'))
  try {
    const hub = await startTestNetwork({ dataDir: join(dir, 'hub'), role: 'initial', name: 'Hub' })
    const hubs = { node: hub.self, addresses: hub.addresses() }
    const member = await startTestNetwork({ dataDir: join(dir, 'member'), role: 'local', name: 'Member', hubs })
    await expect.poll(() => member.state().is).toBe('joined')
    await hub[Symbol.asyncDispose]()
    await expect.poll(() => member.link.connected()).toEqual([])
    await expect(member.ping(hub.self)).rejects.toMatchObject({ code: 'E_UNREACHABLE' })
    await member[Symbol.asyncDispose]()
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
