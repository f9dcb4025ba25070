import { afterAll, describe, expect, test } from 'vitest'
import { fromBytes, toBytes } from '../kinds/encoding.ts'
import { KINDS } from '../kinds/index.ts'
import type { Outcome, Value } from '../types.ts'
import { createWorkPool } from './pool.ts'

const pool = createWorkPool({ hosts: 2 })
afterAll(() => pool[Symbol.asyncDispose]())

const never = new AbortController().signal
const run = async (kind: string, part: Value, { signal = never, progress = (_: number) => {} } = {}) => {
  const done = await pool.run({ kind, part: toBytes(part), fuel: 1e6, memoryMb: 64, signal, progress })
  return { outcome: fromBytes(done.bytes) as Outcome, fuel: done.fuel }
}
const kind = (name: string) => KINDS.find((each) => each.name === name)!
/** All parts of a job, through the pool. */
async function whole(name: string, given: unknown): Promise<Value> {
  const of = kind(name)
  const input = of.input.parse(given)
  const results = await Promise.all(
    of.parts(input, 0, []).map(async (part) => {
      const { outcome, fuel } = await run(name, part)
      expect(fuel).toBeLessThanOrEqual(of.fuelOf(part))
      if (!outcome.ok) throw new Error(outcome.error.code)
      return outcome.value
    }),
  )
  return of.join(input, results)
}

describe('work in processes of its own', () => {
  test('J20 the teaching kinds answer, within the fuel they were priced at', async () => {
    expect(await whole('sum', [1, 2, 3.5])).toBe(6.5)
    expect(await whole('sum', { numbers: [1, -1] })).toBe(0)
    expect(await whole('multiply', [2, 3, 4])).toBe(24)
    expect(
      await whole('multiply', {
        a: [
          [1, 2],
          [3, 4],
        ],
        b: [
          [0, 1],
          [1, 0],
        ],
      }),
    ).toEqual([
      [2, 1],
      [4, 3],
    ])
    expect(await whole('sort', [10, 9, 1])).toEqual([1, 9, 10])
    expect(await whole('sort', ['b', 'a', 'B'])).toEqual(['B', 'a', 'b'])
    expect(await whole('hash', 'abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(await whole('hash', { text: 'abc', rounds: 2 })).toBe(
      '4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358',
    )
  })

  test('J21 a picture is the same bytes however it is cut into tiles', async () => {
    const of = { scene: 'moon', width: 40, height: 24, samples: 2 }
    const [a, b] = await Promise.all([whole('render', { ...of, tile: 16 }), whole('render', { ...of, tile: 32 })])
    expect(a).toEqual(b)
    expect(new Set((a as { rgb: Uint8Array }).rgb).size).toBeGreaterThan(20)
  })

  test('J22 what is wrong with a part is an answer', async () => {
    expect((await run('sum', [1e308, 1e308])).outcome).toMatchObject({ ok: false, error: { code: 'not_finite' } })
  })

  test('J23 small parts that were handed over together with one that is called off are done all the same', async () => {
    const stop = new AbortController()
    const small = (n: number, signal = never) =>
      pool.run({ kind: 'sum', part: toBytes([n, 1]), fuel: 3, memoryMb: 64, signal, progress() {} })
    const all = Array.from({ length: 200 }, (_, n) => small(n, n % 40 === 20 ? stop.signal : never))
    const ended = Promise.allSettled(all)
    await all[0]
    stop.abort()
    for (const [n, one] of (await ended).entries())
      if (one.status === 'fulfilled') expect(fromBytes(one.value.bytes)).toEqual({ ok: true, value: n + 1 })
      else expect([n % 40, one.reason]).toMatchObject([20, { code: 'worker_failed' }])
  })

  test('J23 work that is called off ends, and what stands beside it goes on', async () => {
    const stop = new AbortController()
    const long = run('hash', { text: 'x', rounds: 2_000_000 }, { signal: stop.signal, progress: () => stop.abort() })
    await expect(long).rejects.toMatchObject({ code: 'worker_failed' })
    expect((await run('sum', [1, 1])).outcome).toEqual({ ok: true, value: 2 })
  })
})
