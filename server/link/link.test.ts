/** What the wire over libp2p promises beyond the common suite: who may call, how much, and what happens when links break. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MALFORMED_PER_TEN_MINUTES } from '../limits.ts'
import { grant, startTestLink, type TestLink } from './testing/links.ts'
import type { Served } from './types.ts'

const served = (protocol: string, more: Partial<Served> = {}): Served => ({
  protocol,
  maxStreams: 8,
  perMinute: 10_000,
  perHour: 100_000,
  overRelay: true,
  admittedOnly: false,
  ...more,
})

describe('a link', () => {
  let hub: TestLink
  const others: TestLink[] = []
  const join = async () => {
    const one = await startTestLink()
    others.push(one)
    await one.link.dial(hub.link.addresses())
    return one
  }
  beforeAll(async () => {
    hub = await startTestLink()
    grant(hub, hub, 'initial')
  })
  afterAll(async () => {
    for (const each of [...others, hub]) await each.link[Symbol.asyncDispose]()
  })

  test('N11 a protocol for admitted nodes answers once the caller has a pass, without a new connection', async () => {
    const one = await join()
    hub.link.serve(served('members', { admittedOnly: true }), async (_frame, { owner, role }) => ({ owner, role }))
    await expect(one.link.request(hub.link.self, 'members', {})).rejects.toMatchObject({ code: 'E_NOT_ADMITTED' })
    grant(hub, one, 'local')
    expect(await one.link.request(hub.link.self, 'members', {})).toEqual({ owner: one.identity.owner, role: 'local' })
  })

  test('N12 a pass that ran out counts for nothing', async () => {
    const one = await join()
    grant(hub, one, 'local', -1)
    await expect(one.link.request(hub.link.self, 'members', {})).rejects.toMatchObject({ code: 'E_NOT_ADMITTED' })
  })

  test('N13 a pass of somebody who is no hub, or of another node, counts for nothing', async () => {
    const [one, two] = [await join(), await join()]
    grant(two, one, 'trusted')
    await expect(one.link.request(hub.link.self, 'members', {})).rejects.toMatchObject({ code: 'E_NOT_ADMITTED' })
    grant(hub, two, 'trusted')
    one.standing.carry((two.standing.greeting() as { pass: never }).pass)
    await expect(one.link.request(hub.link.self, 'members', {})).rejects.toMatchObject({ code: 'E_NOT_ADMITTED' })
  })

  test('N14 a caller has its share of a protocol, and is told when to come back', async () => {
    const [one, two] = [await join(), await join()]
    hub.link.serve(served('rare', { perMinute: 5, perHour: 10 }), async () => ({}))
    for (let i = 0; i < 5; i++) await one.link.request(hub.link.self, 'rare', {})
    const refused = await one.link.request(hub.link.self, 'rare', {}).catch((error) => error)
    expect(refused).toMatchObject({ code: 'E_LIMITED' })
    expect(refused.retryAfterMs).toBeGreaterThan(1_000)
    expect(await two.link.request(hub.link.self, 'rare', {})).toEqual({})
    expect(hub.admission.uses().find(({ node }) => node === one.link.self)?.lastRefusal).toContain('E_LIMITED')
  })

  test('N15 a stream that is not taken says why', async () => {
    const one = await join()
    hub.link.serveStream(served('private', { admittedOnly: true }), async () => {})
    const stream = await one.link.open(hub.link.self, 'private')
    await expect(
      (async () => {
        for await (const _ of stream.frames);
      })(),
    ).rejects.toMatchObject({ code: 'E_NOT_ADMITTED' })
  })

  test('N16 whoever does not read makes the sender wait, and loses nothing', async () => {
    const one = await join()
    grant(hub, one, 'local')
    await one.link.request(hub.link.self, 'greet', one.standing.greeting())
    let isReading = () => {}
    const reading = new Promise<void>((resolve) => (isReading = resolve))
    const got: number[] = []
    hub.link.serveStream(served('slow'), async (stream) => {
      await reading
      for await (const { n } of stream.frames) got.push(n as number)
    })
    const stream = await one.link.open(hub.link.self, 'slow')
    const bytes = new Uint8Array(200_000)
    let sent = 0
    const sending = (async () => {
      for (let n = 0; n < 100; n++) {
        await stream.send({ n, bytes })
        sent = n + 1
      }
      await stream.close()
    })()
    // 20 MB do not fit into any buffer on the way: the sender comes to a stand.
    let before = -1
    await expect
      .poll(() => {
        const stands = sent === before && sent > 0
        before = sent
        return stands
      })
      .toBe(true)
    expect(sent).toBeLessThan(100)
    isReading()
    await sending
    await expect.poll(() => got.length).toBe(100)
    expect(got).toEqual(Array.from({ length: 100 }, (_, n) => n))
  })

  test('N17 after a link broke the next request makes a new one', async () => {
    const one = await join()
    hub.link.serve(served('again'), async () => ({ ok: 1 }))
    expect(await one.link.request(hub.link.self, 'again', {})).toEqual({ ok: 1 })
    await hub.link.cut(one.link.self)
    await expect.poll(() => one.link.connected().length).toBe(0)
    expect(await one.link.request(hub.link.self, 'again', {})).toEqual({ ok: 1 })
  })

  test('N18 a node that sends what is no frame is banned, and told so when it comes back', async () => {
    const one = await join()
    hub.link.serveStream(served('strict'), async (stream) => {
      for await (const _ of stream.frames);
    })
    for (let i = 0; i <= MALFORMED_PER_TEN_MINUTES && !hub.admission.banned({ node: one.link.self }); i++)
      hub.admission.offence({ node: one.link.self, reach: 'lan' }, 'malformed', 'a test')
    expect(hub.admission.bans()).toContainEqual(
      expect.objectContaining({ subject: `node:${one.link.self}`, reason: 'malformed' }),
    )
    await expect.poll(() => hub.link.connected().some(({ node }) => node === one.link.self)).toBe(false)
    await expect(one.link.request(hub.link.self, 'again', {})).rejects.toMatchObject({
      code: expect.stringMatching(/E_UNREACHABLE|E_CLOSED|E_BANNED/),
    })
    await hub.admission.unban(`node:${one.link.self}`)
    expect(await one.link.request(hub.link.self, 'again', {})).toEqual({ ok: 1 })
  })

  test('N19 somebody who speaks no libp2p at all, or nothing, leaves the node as it is', async () => {
    const { connect } = await import('node:net')
    const port = Number(/tcp\/(\d+)/.exec(hub.link.addresses()[0]!)![1])
    for (const rubbish of [Buffer.alloc(0), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(70_000, 255)]) {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write(rubbish)
      await new Promise((done) => setImmediate(done))
      socket.destroy()
    }
    const one = await join()
    expect(await one.link.request(hub.link.self, 'again', {})).toEqual({ ok: 1 })
  })

  test('N20 a value on the DHT is found by others and can be changed by its owner alone', async () => {
    const [one, two] = [await join(), await join()]
    await one.link.dial(two.link.addresses())
    const text = (bytes?: Uint8Array) => bytes && new TextDecoder().decode(bytes)
    await expect
      .poll(async () => (await one.link.dht.put('colour', new TextEncoder().encode('blue'))).nodes)
      .toBeGreaterThan(0)
    await expect.poll(async () => text((await two.link.dht.get('colour', one.identity.owner))?.value)).toBe('blue')
    await one.link.dht.put('colour', new TextEncoder().encode('green'))
    await expect.poll(async () => text((await two.link.dht.get('colour', one.identity.owner))?.value)).toBe('green')
    await two.link.dht.put('colour', new TextEncoder().encode('red'))
    expect(text((await one.link.dht.get('colour'))?.value)).toBe('green')
    const { cid } = await two.link.dht.provide('a rare tune')
    expect(cid).toMatch(/^bafk/)
    await expect
      .poll(async () => (await one.link.dht.findProviders('a rare tune')).map(({ node }) => node))
      .toContain(two.link.self)
    expect((await one.link.dht.findNode(two.link.self))?.node).toBe(two.link.self)
  })
})

/** A relay, a node that listens nowhere, and one that calls it. */
async function aroundARelay(
  callerListens: boolean,
  meet: (nodes: Record<'relay' | 'hidden' | 'caller', TestLink>) => Promise<void>,
) {
  const relay = await startTestLink({ relayReservations: 4 })
  const hidden = await startTestLink({ listen: [] })
  const caller = await startTestLink({
    ...(!callerListens && { listen: [] }),
    parts: { locate: async () => hidden.link.addresses() },
  })
  try {
    grant(relay, relay, 'initial')
    hidden.link.serve(served('hello'), async (_frame, { role }) => ({ role }))
    await hidden.link.dial(relay.link.addresses())
    await expect(hidden.link.listenThrough(relay.link.addresses()[0]!)).rejects.toThrow()
    for (const each of [hidden, caller]) {
      grant(relay, each, 'local')
      await each.link.dial(relay.link.addresses())
      await each.link.request(relay.link.self, 'greet', each.standing.greeting())
    }
    await hidden.link.listenThrough(relay.link.addresses()[0]!)
    await expect.poll(() => hidden.link.addresses().length).toBeGreaterThan(0)
    expect(await caller.link.request(hidden.link.self, 'hello', {})).toEqual({ role: 'local' })
    await meet({ relay, hidden, caller })
  } finally {
    for (const each of [caller, hidden, relay]) await each.link[Symbol.asyncDispose]()
  }
}

test('N21 a node that listens nowhere is reached through a relay, and only once it was admitted', () =>
  aroundARelay(false, async ({ hidden, caller }) => {
    expect(caller.link.links()).toContainEqual(expect.objectContaining({ node: hidden.link.self, reach: 'relay' }))
  }))

test('N26 a node reached through a relay dials back where that works, and the better way is used from then on', () =>
  aroundARelay(true, async ({ hidden, caller }) => {
    const way = () => caller.link.links().find(({ node }) => node === hidden.link.self)?.reach
    await expect.poll(way).toBe('lan')
    expect(await caller.link.request(hidden.link.self, 'hello', {})).toEqual({ role: 'local' })
  }))
