/** One suite for both wires: whatever is built on the one in memory holds over libp2p. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FRAME_MAX_BYTES } from '../limits.ts'
import { WireError } from './errors.ts'
import { createMemoryNetwork } from './memory-wire.ts'
import { grant, startTestLink } from './testing/links.ts'
import type { Frame, Served, Wire } from './types.ts'

const served = (protocol: string, more: Partial<Served> = {}): Served => ({
  protocol,
  maxStreams: 64,
  perMinute: 100_000,
  perHour: 1_000_000,
  overRelay: true,
  admittedOnly: false,
  ...more,
})

type Pair = { readonly a: Wire; readonly b: Wire; readonly stranger: string; close(): Promise<void> }

async function inMemory(): Promise<Pair> {
  const net = createMemoryNetwork({ requestTimeoutMs: 5_000 })
  const [a, b] = [
    net.join({ id: 'a', owner: 'ann', role: 'trusted' }),
    net.join({ id: 'b', owner: 'bob', role: 'local' }),
  ]
  return { a, b, stranger: 'nobody', close: async () => {} }
}

async function overLibp2p(): Promise<Pair> {
  const [a, b, gone] = await Promise.all([startTestLink(), startTestLink(), startTestLink()])
  await gone.link[Symbol.asyncDispose]()
  grant(b, a, 'trusted')
  grant(b, b, 'initial')
  await a.link.learn(b.link.self, b.link.addresses())
  await a.link.dial(b.link.addresses())
  return {
    a: a.link,
    b: b.link,
    stranger: gone.link.self,
    async close() {
      await a.link[Symbol.asyncDispose]()
      await b.link[Symbol.asyncDispose]()
    },
  }
}

describe.each([
  ['in memory', inMemory],
  ['over libp2p', overLibp2p],
])('a wire %s', (_name, start) => {
  let pair: Pair
  beforeAll(async () => {
    pair = await start()
  })
  afterAll(() => pair.close())

  test('N1 a request is answered, and the answerer knows who calls', async () => {
    const { a, b } = pair
    b.serve(served('who'), async (frame, caller) => ({ ...frame, node: caller.node, role: caller.role ?? '' }))
    const answer = await a.request(b.self, 'who', {
      n: 1,
      bytes: new Uint8Array([1, 2]),
      deep: { list: [1, 'x', null] },
    })
    expect(answer).toEqual({
      n: 1,
      bytes: new Uint8Array([1, 2]),
      deep: { list: [1, 'x', null] },
      node: a.self,
      role: 'trusted',
    })
  })

  test('N2 a refusal keeps its code and when to come back; anything else is E_INTERNAL and says nothing of itself', async () => {
    const { a, b } = pair
    b.serve(served('later'), async () => {
      throw new WireError('E_LIMITED', 'later', { retryAfterMs: 5 })
    })
    b.serve(served('broken'), async () => {
      throw new Error('a secret')
    })
    await expect(a.request(b.self, 'later', {})).rejects.toMatchObject({ code: 'E_LIMITED', retryAfterMs: 5 })
    const failed = await a.request(b.self, 'broken', {}).catch((error: WireError) => error)
    expect(failed).toMatchObject({ code: 'E_INTERNAL' })
    expect(String((failed as WireError).message)).not.toContain('secret')
  })

  test('N3 what nobody speaks is E_UNSUPPORTED, who is not there E_UNREACHABLE, who does not answer E_TIMEOUT', async () => {
    const { a, b, stranger } = pair
    b.serve(served('never'), () => new Promise(() => {}))
    await expect(a.request(b.self, 'nothing', {})).rejects.toMatchObject({ code: 'E_UNSUPPORTED' })
    await expect(a.open(b.self, 'nothing')).rejects.toMatchObject({ code: 'E_UNSUPPORTED' })
    await expect(a.request(stranger, 'who', {})).rejects.toMatchObject({ code: 'E_UNREACHABLE' })
    await expect(a.request(b.self, 'never', {}, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'E_TIMEOUT' })
  })

  test('N4 many requests share a stream and each gets its own answer', async () => {
    const { a, b } = pair
    b.serve(served('double'), async ({ n }) => ({ n: (n as number) * 2 }))
    const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => a.request(b.self, 'double', { n })))
    expect(answers).toEqual(Array.from({ length: 300 }, (_, n) => ({ n: n * 2 })))
    a.serve(served('double'), async ({ n }) => ({ n: (n as number) * 3 }))
    expect(await b.request(a.self, 'double', { n: 5 })).toEqual({ n: 15 })
  })

  test('N5 a frame beyond the limit does not leave', async () => {
    const { a, b } = pair
    b.serve(served('any'), async () => ({}))
    const tooLarge: Frame = { bytes: new Uint8Array(FRAME_MAX_BYTES + 4_096) }
    await expect(a.request(b.self, 'any', tooLarge)).rejects.toMatchObject({ code: 'E_TOO_LARGE' })
    expect(await a.request(b.self, 'any', { bytes: new Uint8Array(FRAME_MAX_BYTES - 64) })).toEqual({})
  })

  test('N6 a request is given up by its caller, before it is sent and after', async () => {
    const { a, b } = pair
    let aborted = 0
    const stop = new AbortController()
    b.serve(served('slow'), (_frame, _caller, signal) => {
      signal.addEventListener('abort', () => aborted++)
      // It is being answered: now its caller has had enough.
      setImmediate(() => stop.abort(new Error('enough')))
      return new Promise(() => {})
    })
    const call = a.request(b.self, 'slow', {}, { signal: stop.signal })
    await expect(call).rejects.toThrow('enough')
    await expect(a.request(b.self, 'slow', {}, { signal: stop.signal })).rejects.toThrow('enough')
    await expect.poll(() => aborted).toBeGreaterThan(0)
  })

  test('N7 frames of a stream arrive in order, both ways, until it closes or breaks', async () => {
    const { a, b } = pair
    b.serveStream(served('count'), async (stream) => {
      for await (const { n } of stream.frames) await stream.send({ n: (n as number) * 2 })
    })
    const stream = await a.open(b.self, 'count')
    for (const n of [1, 2, 3]) await stream.send({ n })
    await stream.close()
    const got: unknown[] = []
    for await (const { n } of stream.frames) got.push(n)
    expect(got).toEqual([2, 4, 6])
    const broken = await a.open(b.self, 'count')
    broken.abort(new Error('enough'))
    await expect(broken.send({ n: 1 })).rejects.toMatchObject({ code: 'E_CLOSED' })
  })

  test('N8 a stream whose taker fails breaks with E_CLOSED', async () => {
    const { a, b } = pair
    b.serveStream(served('fails'), async (stream) => {
      for await (const _ of stream.frames) throw new Error('no')
    })
    const stream = await a.open(b.self, 'fails')
    await stream.send({ n: 1 })
    await expect(
      (async () => {
        for await (const _ of stream.frames);
      })(),
    ).rejects.toMatchObject({ code: 'E_CLOSED' })
  })

  test('N9 connected nodes are listed with their role', () => {
    expect(pair.a.connected().map(({ node }) => node)).toContain(pair.b.self)
    expect(pair.b.connected()).toContainEqual(expect.objectContaining({ node: pair.a.self, role: 'trusted' }))
  })

  test('N10 what is said on a topic is heard by those who listen, with who said it', async () => {
    const { a, b } = pair
    const heard: string[] = []
    const stop = b.subscribe('news', (message, from) => heard.push(`${from === a.self} ${message}`))
    let n = 0
    await expect
      .poll(async () => {
        if (heard.length === 0) await a.publish('news', new Uint8Array([7, n++]))
        return heard.length
      })
      .toBeGreaterThan(0)
    expect(heard[0]).toMatch(/^true 7/)
    stop()
  })
})
