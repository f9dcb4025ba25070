import { expect, test } from 'vitest'
import { FEW, placesOf, roomForNames } from './network-layout.ts'

const PANES = [
  { x: 272, y: 169 },
  { x: 179, y: 241 },
]

test.each([1, 2, FEW, FEW + 1, 24, 64])(
  'N28 %i nodes stand apart on a desk and on a phone, and inside the picture',
  (count) => {
    for (const centre of PANES) {
      const places = placesOf(count, centre)
      expect(places.length).toBe(count)
      for (const [i, a] of places.entries()) {
        expect(a.x).toBeGreaterThan(14)
        expect(a.x).toBeLessThan(2 * centre.x - 14)
        expect(a.y).toBeGreaterThan(14)
        expect(a.y).toBeLessThan(2 * centre.y - 14)
        for (const b of [...places.slice(i + 1), centre]) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(22)
      }
    }
  },
)

test('N28 in a crowd the first names have room, and no two cover each other', () => {
  for (const centre of PANES) {
    const places = placesOf(64, centre)
    const names = places.map((_, i) => `Node ${i} of many`)
    const shown = roomForNames(names, places, centre)
    expect(shown.slice(0, 5).some(Boolean)).toBe(true)
    const boxes = shown.flatMap((at) => (at ? [{ ...at, half: (at.text.length * 7.3) / 2 }] : []))
    expect(boxes.length).toBeGreaterThan(8)
    for (const [i, a] of boxes.entries())
      for (const b of boxes.slice(i + 1))
        expect(Math.abs(a.x - b.x) >= a.half + b.half || Math.abs(a.y - b.y) >= 13).toBe(true)
  }
})
