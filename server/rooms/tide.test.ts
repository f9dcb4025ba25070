import { describe, expect, test } from 'vitest'
import { createTide } from './tide.ts'

/** A world in which time passes only when told. */
function clockwork() {
  let nowMs = 0
  let alarm: { atMs: number; wake: () => void } | undefined
  return {
    nowMs: () => nowMs,
    sleep: (ms: number, wake: () => void) => {
      alarm = { atMs: nowMs + ms, wake }
      return { [Symbol.dispose]: () => void (alarm = undefined) }
    },
    /** Lets the time come; the process is busy for `lateMs` past each alarm. */
    run(untilMs: number, lateMs: (atMs: number) => number = () => 0) {
      while (alarm && alarm.atMs <= untilMs) {
        const { atMs, wake } = alarm
        nowMs = Math.max(nowMs, atMs + lateMs(atMs))
        wake()
      }
      nowMs = Math.max(nowMs, untilMs)
    },
  }
}

describe('tide', () => {
  test('lateness does not add up: beats stay on their marks', () => {
    const { run, ...time } = clockwork()
    const beats: number[] = []
    using _tide = createTide({ everyMs: 100, beat: () => beats.push(time.nowMs()), ...time })
    run(1000, () => 7)
    expect(beats).toEqual([107, 207, 307, 407, 507, 607, 707, 807, 907, 1007])
  })

  test('beats that could not be kept are skipped, not made up for', () => {
    const { run, ...time } = clockwork()
    const beats: number[] = []
    using _tide = createTide({ everyMs: 100, beat: () => beats.push(time.nowMs()), ...time })
    run(1000, (atMs) => (atMs === 300 ? 450 : 0))
    expect(beats).toEqual([100, 200, 750, 800, 900, 1000])
  })

  test('nothing beats after the end', () => {
    const { run, ...time } = clockwork()
    let beats = 0
    const tide = createTide({ everyMs: 100, beat: () => void beats++, ...time })
    run(200)
    tide[Symbol.dispose]()
    run(1000)
    expect(beats).toBe(2)
  })
})
