/** Where one can go from here: a small arrow on each way out of the place one stands in, over whatever light there is. */
import type { GameObjects, Scene } from 'phaser'
import type { Chart } from './chart.ts'
import { ATLAS, type Glyphs } from './glyphs.ts'
import { TILE_PX } from './tileset.ts'

export type WayMarks = { show(chart: Chart, here: string): void }

const COLOR = 0xffd9a0

export function createWayMarks(scene: Scene, glyphs: Glyphs): WayMarks {
  let marks: readonly GameObjects.Image[] = []
  return {
    show(chart, here) {
      for (const mark of marks) mark.destroy()
      marks = marksOf(chart, here).map(({ x, y, angle }) =>
        scene.add
          .image((x + 0.5) * TILE_PX, (y + 0.5) * TILE_PX, ATLAS, glyphs.frame('way'))
          .setRotation(angle)
          .setTint(COLOR)
          .setAlpha(0.75)
          .setDepth(21),
      )
    },
  }
}

type Mark = { readonly x: number; readonly y: number; readonly angle: number }

/** One mark for each way: in the middle of the tiles it lies on, nearest the place; stairs and thresholds have their own glyph. */
export function marksOf(chart: Chart, here: string): readonly Mark[] {
  const place = chart.places.find(({ id }) => id === here)
  if (!place) return []
  const centre = { x: place.x + 4, y: place.y + 2 }
  const best = new Map<string, { x: number; y: number; far: number }>()
  for (const [index, ways] of chart.ways) {
    if (chart.tiles[index]!.kind === 'way') continue
    const x = chart.left + (index % chart.width)
    const y = chart.top + Math.floor(index / chart.width)
    for (const way of ways) {
      if (way.from !== here) continue
      const far = Math.hypot(x - centre.x, y - centre.y)
      if (far < (best.get(way.direction)?.far ?? Number.POSITIVE_INFINITY)) best.set(way.direction, { x, y, far })
    }
  }
  return [...best.values()].map(({ x, y }) => ({ x, y, angle: Math.atan2(y - centre.y, x - centre.x) }))
}
