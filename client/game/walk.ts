/** The way a figure takes on the map from one tile to another: shortest over what can be walked on, found breadth first. */
import { type Chart, isWalkable, tileIndex } from './chart.ts'

type Point = { readonly x: number; readonly y: number }

/** A figure that would have further to go is simply there. */
const LONGEST_WALK_TILES = 60

/** Tiles after the first, up to the goal; undefined when there is no way, or none short enough. */
export function walk(chart: Chart, from: Point, to: Point): readonly Point[] | undefined {
  const start = tileIndex(chart, from.x, from.y)
  const goal = tileIndex(chart, to.x, to.y)
  if (start < 0 || goal < 0) return undefined
  if (start === goal) return []
  const cameFrom = new Map<number, number>([[start, -1]])
  let front = [start]
  for (let far = 0; far < LONGEST_WALK_TILES && front.length > 0; far++) {
    const next: number[] = []
    for (const at of front) {
      for (const step of [1, -1, chart.width, -chart.width]) {
        const to = at + step
        const tile = chart.tiles[to]
        if (!tile || !isWalkable(tile) || cameFrom.has(to)) continue
        cameFrom.set(to, at)
        if (to === goal) return trace(chart, cameFrom, goal)
        next.push(to)
      }
    }
    front = next
  }
  return undefined
}

function trace(chart: Chart, cameFrom: ReadonlyMap<number, number>, goal: number): readonly Point[] {
  const points: Point[] = []
  for (let at = goal; cameFrom.get(at) !== -1; at = cameFrom.get(at)!) {
    points.unshift({ x: chart.left + (at % chart.width), y: chart.top + Math.floor(at / chart.width) })
  }
  return points
}
