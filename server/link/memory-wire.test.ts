import { describe, expect, test } from 'vitest'
import { WireError } from './errors.ts'
import { createMemoryNetwork } from './memory-wire.ts'
import type { Served } from './types.ts'

const served = (protocol: string): Served => ({
  protocol,
  maxStreams: 4,
  perMinute: 100,
  perHour: 1000,
  overRelay: true,
  admittedOnly: false,
})

describe('a network in memory', () => {
  test('requests are answered, refusals keep their code, and what cannot be reached says so', async () => {
    const net = createMemoryNetwork({ requestTimeoutMs: 30 })
    const [a, b] = [net.join({ id: 'a', owner: 'ann' }), net.join({ id: 'b' })]
    b.serve(served('echo'), async (frame, caller) => ({ ...frame, by: caller.owner }))
    b.serve(served('no'), async () => {
      throw new WireError('E_LIMITED', 'later', { retryAfterMs: 5 })
    })
    b.serve(served('never'), () => new Promise(() => {}))
    expect(await a.request('b', 'echo', { n: 1, bytes: new Uint8Array([1]) })).toEqual({
      n: 1,
      bytes: new Uint8Array([1]),
      by: 'ann',
    })
    await expect(a.request('b', 'no', {})).rejects.toMatchObject({ code: 'E_LIMITED', retryAfterMs: 5 })
    await expect(a.request('b', 'none', {})).rejects.toMatchObject({ code: 'E_UNSUPPORTED' })
    await expect(a.request('b', 'never', {})).rejects.toMatchObject({ code: 'E_TIMEOUT' })
    await expect(a.request('c', 'echo', {})).rejects.toMatchObject({ code: 'E_UNREACHABLE' })
    net.cut('a', 'b', true)
    await expect(a.request('b', 'echo', {})).rejects.toMatchObject({ code: 'E_UNREACHABLE' })
    net.cut('a', 'b', false)
    expect(await a.request('b', 'echo', {})).toEqual({ by: 'ann' })
  })

  test('frames of a stream arrive in order, both ways, until it closes or breaks', async () => {
    const net = createMemoryNetwork()
    const [a, b] = [net.join({ id: 'a' }), net.join({ id: 'b' })]
    b.serveStream(served('double'), async (stream) => {
      for await (const { n } of stream.frames) await stream.send({ n: (n as number) * 2 })
    })
    const stream = await a.open('b', 'double')
    for (const n of [1, 2, 3]) await stream.send({ n })
    await stream.close()
    const got: unknown[] = []
    for await (const { n } of stream.frames) got.push(n)
    expect(got).toEqual([2, 4, 6])
    const broken = await a.open('b', 'double')
    broken.abort(new Error('enough'))
    await expect(broken.send({ n: 1 })).rejects.toMatchObject({ code: 'E_CLOSED' })
  })

  test('a frame can be lost, doubled and late', async () => {
    const net = createMemoryNetwork()
    const [a, b] = [net.join({ id: 'a' }), net.join({ id: 'b' })]
    let calls = 0
    b.serve(served('count'), async () => ({ calls: ++calls }))
    net.onPassage(({ what }) => ({ copies: what === 'request' ? 2 : 1, delayMs: 1 }))
    expect(await a.request('b', 'count', {})).toEqual({ calls: 1 })
    await expect.poll(() => calls).toBe(2)
    net.onPassage(() => ({ copies: 0, delayMs: 0 }))
    await expect(a.request('b', 'count', {}, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'E_TIMEOUT' })
    net.onPassage(undefined)
    const heard: string[] = []
    b.subscribe('news', (message, from) => heard.push(`${from} ${message}`))
    await a.publish('news', new Uint8Array([7]))
    await expect.poll(() => heard).toEqual(['a 7'])
  })
})
