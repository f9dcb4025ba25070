/** Links under the settings that an operator has: a private network's key, WebSocket, addresses to announce, a relay that carries so much. */
import { generateKey } from '@libp2p/pnet'
import { afterEach, expect, test } from 'vitest'
import { grant, startTestLink, type TestLink } from './testing/links.ts'
import type { Served } from './types.ts'

const ECHO: Served = {
  protocol: 'echo',
  maxStreams: 8,
  perMinute: 1_000,
  perHour: 10_000,
  overRelay: true,
  admittedOnly: false,
}
const started: TestLink[] = []
async function start(options: Parameters<typeof startTestLink>[0] = {}): Promise<TestLink> {
  const one = await startTestLink(options)
  started.push(one)
  one.link.serve(ECHO, async (frame) => frame)
  one.link.serveStream(ECHO, async (stream) => {
    for await (const frame of stream.frames) await stream.send({ n: (frame.bytes as Uint8Array).length })
  })
  return one
}
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.link[Symbol.asyncDispose]()
})

const newKey = () => {
  const key = new Uint8Array(95)
  generateKey(key)
  return key
}

test('N30 only nodes with the same key of a private network can speak, and who cannot is told what to look at', async () => {
  const swarmKey = newKey()
  const [one, same, other, open] = [
    await start({ swarmKey }),
    await start({ swarmKey }),
    await start({ swarmKey: newKey() }),
    await start(),
  ]
  await one.link.dial(same.link.addresses())
  expect(await one.link.request(same.link.self, 'echo', { n: 1 })).toEqual({ n: 1 })
  for (const [from, to] of [
    [one, other],
    [one, open],
    [open, one],
  ] as const) {
    await expect(from.link.dial(to.link.addresses())).rejects.toMatchObject({
      code: 'E_UNREACHABLE',
      message: expect.stringContaining('--swarm-key'),
    })
    expect(to.link.links().map(({ node }) => node)).not.toContain(from.link.self)
  }
})

test('N31 links go over WebSocket as they do over TCP', async () => {
  const hub = await start({ listen: ['/ip4/127.0.0.1/tcp/0/ws'] })
  const one = await start({ listen: [] })
  await one.link.dial(hub.link.addresses())
  expect(one.link.links()).toEqual([expect.objectContaining({ address: expect.stringMatching(/\/ws\/p2p\//) })])
  const bytes = new Uint8Array(200_000).fill(7)
  expect(await one.link.request(hub.link.self, 'echo', { bytes })).toEqual({ bytes })
  expect(await hub.link.request(one.link.self, 'echo', { n: 2 })).toEqual({ n: 2 })
})

test('N32 a node behind a port mapping tells others the addresses it was given to announce, and no others', async () => {
  const announce = ['/dns4/tower.example/tcp/4001', '/dns4/tower.example/tcp/443/tls/ws']
  const hub = await start({ announce })
  expect(hub.link.addresses()).toEqual(announce.map((each) => `${each}/p2p/${hub.link.self}`))
})

test('N21 a relay counts from the first byte; beyond its quota the link is cut, and both ends know why', async () => {
  const MIB = 2 ** 20
  const relay = await start({
    relayReservations: 4,
    relayBytesPerMinute: { local: 3 * MIB, trusted: 100 * MIB, initial: 100 * MIB },
  })
  const hidden = await start({ listen: [] })
  const caller = await start({ listen: [], parts: { locate: async () => hidden.link.addresses() } })
  grant(relay, relay, 'initial')
  for (const each of [hidden, caller]) {
    grant(relay, each, 'local')
    each.standing.trustHubs([relay.link.self])
    await each.link.dial(relay.link.addresses())
    await each.link.request(relay.link.self, 'greet', each.standing.greeting())
  }
  await hidden.link.listenThrough(relay.link.addresses()[0]!)
  await expect.poll(() => hidden.link.addresses().length).toBeGreaterThan(0)

  const stream = await caller.link.open(hidden.link.self, 'echo')
  const bytes = new Uint8Array(128 * 1_024)
  const carried = (async () => {
    for (let sent = 0; sent < 8 * MIB; sent += bytes.length) await stream.send({ bytes })
  })()
  await expect(carried).rejects.toMatchObject({ code: 'E_CLOSED' })
  const { relayedBytes } = relay.link.stats()
  expect(relayedBytes).toBeGreaterThan(2.5 * MIB)
  expect(relayedBytes).toBeLessThan(4 * MIB)
  // Nobody dials through it again before there is something to carry with.
  const why = (from: TestLink, to: TestLink) =>
    from.link.request(to.link.self, 'echo', { n: 1 }).then(
      () => 'answered',
      (error: { message: string; retryAfterMs?: number }) => `${error.message} ${error.retryAfterMs! > 0}`,
    )
  const said = (whose: string) => new RegExp(`${relay.link.self} carries no more bytes of ${whose} .*true$`)
  await expect.poll(() => why(caller, hidden)).toMatch(said('this node'))
  await expect.poll(() => why(hidden, caller)).toMatch(said(caller.link.self))
})
