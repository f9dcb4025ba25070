import { setFlagsFromString } from 'node:v8'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SANDBOX_REST_AFTER_MS, SANDBOX_REST_PAUSE_MS } from '../limits.ts'
import { cellOf, inMain, ok, programOf, textOf, turnOf } from './fixtures.ts'
import { createRests } from './rests.ts'

// As hosts have it: without, nothing can be collected.
setFlagsFromString('--expose-gc')

/** Keeps much, throws much away, and waits in the middle of it. */
const BUSY = inMain(`const seen = new Map<number, { n: number; text: string }>()
me.memory = { list: [], best: {} }
for (let turn = 1; ; turn++) {
  for (let i = 0; i < 200; i++) seen.set(i, { n: i * turn, text: 'lamp ' + i + random(1000) })
  const held = [...seen.values()].filter(({ n }) => n % 3 === 0)
  me.memory.list.push(held.length)
  me.memory.best = held[turn]
  console.log(me.fuel)
  await me.say(held[0]!.text)
}`)

describe('S44 programs that have had no turn for a while', () => {
  test('S44 give back memory and cannot tell', () => {
    const program = programOf(BUSY)
    const outcomes = [false, true].map((rests) => {
      const cell = cellOf(program)
      const told = Array.from({ length: 12 }, (_, i) => {
        const outcome = cell.run(textOf(turnOf(i + 1, i === 0 ? [] : [ok(i)])), true)
        if (rests && i % 3 === 0) cell.rest()
        return outcome
      })
      const all = [...told, cell.memory(), cell.standing()]
      cell.dispose()
      return all
    })
    expect(outcomes[0]).toHaveLength(14)
    expect(outcomes[1]).toEqual(outcomes[0])
  })

  test('S44 are bound in memory as before', () => {
    const cell = cellOf(
      programOf(
        inMain('await me.wait(1); const all = []; for (;;) all.push([...new Array(1000)].map(() => ({ n: 1 })))'),
      ),
      { limits: { fuelPerTurn: 1e9, fuelBurst: 1e9, memoryMb: 16, maxMemoryBytes: 64 * 1024 } },
    )
    expect(cell.run(textOf(turnOf(1))).ended).toBeUndefined()
    cell.rest()
    expect(cell.run(textOf(turnOf(2, [ok(1)]))).ended).toMatchObject({ code: 'out_of_memory' })
    cell.rest()
    cell.dispose()
  })

  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  test('S44 come to it one after the other, each once, and those that have turns do not', () => {
    const rested: number[] = []
    const rests = createRests((slot) => {
      rested.push(slot)
      if (slot === 2) throw new Error('gone wrong')
    })
    for (const slot of [1, 2, 3, 4, 5]) rests.moved(slot)
    rests.gone(3)
    vi.advanceTimersByTime(SANDBOX_REST_AFTER_MS - 1)
    expect(rested).toEqual([])
    rests.moved(4)
    vi.advanceTimersByTime(1)
    expect(rested).toEqual([1])
    vi.advanceTimersByTime(SANDBOX_REST_PAUSE_MS)
    expect(rested).toEqual([1, 2])
    vi.advanceTimersByTime(10 * SANDBOX_REST_PAUSE_MS)
    expect(rested).toEqual([1, 2, 5])
    vi.advanceTimersByTime(2 * SANDBOX_REST_AFTER_MS)
    expect(rested).toEqual([1, 2, 5, 4])
    rests.moved(1)
    vi.advanceTimersByTime(2 * SANDBOX_REST_AFTER_MS)
    expect(rested).toEqual([1, 2, 5, 4, 1])
  })
})
