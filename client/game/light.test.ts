import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Chart, Tile } from './chart.ts'
import { falloff, nightOver, SAMPLES, sees, shine, toPixels } from './light.ts'

/** `#` is wall, anything else floor. */
function chart(...rows: readonly string[]): Chart {
  const tiles = rows.flatMap((row) =>
    [...row].map(
      (mark): Tile =>
        mark === '#' ? { kind: 'wall', dim: false } : { kind: 'floor', terrain: 'quay', mark: 0, dim: false },
    ),
  )
  return {
    level: 0,
    left: 0,
    top: 0,
    width: rows[0]!.length,
    height: rows.length,
    tiles,
    ways: new Map(),
    places: [],
  }
}
const open = chart('.........', '.........', '.........', '.........', '.........')
const lamp = (x: number, y: number, radius = 4) => ({ x, y, radius, color: [1, 1, 1] as const })
const redAt = (map: ReturnType<typeof nightOver>, x: number, y: number) =>
  map.rgb[(Math.floor(y * SAMPLES) * map.width + Math.floor(x * SAMPLES)) * 3]!

describe('light', () => {
  test('falls off from one at the lamp to nothing at its radius, never rising', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (radius, a, b) => {
          const [near, far] = [Math.min(a, b) * radius, Math.max(a, b) * radius]
          expect(falloff(near, radius)).toBeGreaterThanOrEqual(falloff(far, radius))
          expect(falloff(0, radius)).toBe(1)
          expect(falloff(radius, radius)).toBe(0)
        },
      ),
    )
  })

  test('of a lamp reaches its neighbours and not beyond its radius', () => {
    const map = nightOver(open)
    const before = redAt(map, 8.5, 2.5)
    shine(map, open, lamp(1.5, 2.5))
    expect(redAt(map, 2.5, 2.5)).toBeGreaterThan(before)
    expect(redAt(map, 8.5, 2.5)).toBe(before)
  })

  test('of two lamps adds up, whichever is lit first', () => {
    const [a, b] = [nightOver(open), nightOver(open)]
    shine(a, open, lamp(1.5, 2.5))
    shine(a, open, lamp(4.5, 2.5))
    shine(b, open, lamp(4.5, 2.5))
    shine(b, open, lamp(1.5, 2.5))
    expect(redAt(a, 3.2, 2.5)).toBeCloseTo(redAt(b, 3.2, 2.5), 5)
  })

  test('stops at a wall, and lights the wall itself', () => {
    const walled = chart('.........', '....#....', '....#....', '....#....', '.........')
    const map = nightOver(walled)
    const night = redAt(map, 6.5, 2.5)
    shine(map, walled, lamp(2.5, 2.5, 6))
    expect(redAt(map, 6.5, 2.5)).toBe(night)
    expect(redAt(map, 4.2, 2.5)).toBeGreaterThan(night)
  })

  test('is seen both ways over open ground', () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 4 }))
    fc.assert(
      fc.property(point, point, ([x0, y0], [x1, y1]) => {
        expect(sees(open, x0 + 0.5, y0 + 0.5, x1 + 0.5, y1 + 0.5)).toBe(true)
      }),
    )
  })

  test('brighter than daylight keeps its hue as pixels', () => {
    const pixels = new Uint8ClampedArray(4)
    toPixels({ width: 1, height: 1, rgb: new Float32Array([2, 1, 0.5]) }, pixels)
    expect([...pixels]).toEqual([255, 128, 64, 255])
  })
})
