/**
 * How bright each part of the chart is: night, the glow that places have of themselves, and lamps whose light falls off with the
 * square and stops at walls. Pure numbers; the scene lays them over the tiles by multiplication.
 */
import { PLACE_TILES } from '../../server/protocol/state.ts'
import { type Chart, isOpaque, terrainOf, tileIndex } from './chart.ts'
import { DUSK, HEARTH, NIGHT } from './terrain.ts'

/** Samples per tile and axis: two are enough for the eye once the graphics card has smoothed them. */
export const SAMPLES = 2

/** What is left of it in places one has only glimpsed. */
const GLIMPSED = 0.7

export type Lamp = {
  /** Middle of the lamp in tiles. */
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly color: readonly [number, number, number]
}
export type LightMap = { readonly width: number; readonly height: number; readonly rgb: Float32Array }

/** Night everywhere, a little more in places that are bright of themselves, a little less in those only glimpsed. */
export function nightOver(chart: Chart): LightMap {
  const width = chart.width * SAMPLES
  const height = chart.height * SAMPLES
  const rgb = new Float32Array(width * height * 3)
  for (let at = 0; at < rgb.length; at += 3) rgb.set(NIGHT, at)
  for (const place of chart.places) {
    const own = terrainOf(place).walled ? HEARTH : DUSK
    const color = NIGHT.map((part, c) => (part + own[c]! * place.light) * (place.dim ? GLIMPSED : 1))
    const x0 = (place.x - chart.left) * SAMPLES
    const y0 = (place.y - chart.top) * SAMPLES
    for (let y = y0; y < y0 + PLACE_TILES.height * SAMPLES; y++) {
      for (let x = x0; x < x0 + PLACE_TILES.width * SAMPLES; x++) rgb.set(color, (y * width + x) * 3)
    }
  }
  return { width, height, rgb }
}

/** Adds one lamp's light to the map. */
export function shine(map: LightMap, chart: Chart, lamp: Lamp): void {
  const cx = (lamp.x - chart.left) * SAMPLES
  const cy = (lamp.y - chart.top) * SAMPLES
  const reach = lamp.radius * SAMPLES
  const y1 = Math.min(map.height - 1, Math.ceil(cy + reach))
  const x1 = Math.min(map.width - 1, Math.ceil(cx + reach))
  for (let y = Math.max(0, Math.floor(cy - reach)); y <= y1; y++) {
    for (let x = Math.max(0, Math.floor(cx - reach)); x <= x1; x++) {
      const tx = (x + 0.5) / SAMPLES + chart.left
      const ty = (y + 0.5) / SAMPLES + chart.top
      const strength = falloff(Math.hypot(tx - lamp.x, ty - lamp.y), lamp.radius)
      if (strength <= 0 || !sees(chart, lamp.x, lamp.y, tx, ty)) continue
      const at = (y * map.width + x) * 3
      for (let c = 0; c < 3; c++) map.rgb[at + c]! += lamp.color[c]! * strength
    }
  }
}

/** 1 at the lamp, 0 at its radius and beyond, smooth in between. */
export function falloff(distance: number, radius: number): number {
  if (distance >= radius) return 0
  const rest = 1 - (distance / radius) ** 2
  return rest * rest
}

/** Whether the straight line from a lamp to a point is free of walls; the tile the point lies in may itself be a wall, which is then lit. */
export function sees(chart: Chart, x0: number, y0: number, x1: number, y1: number): boolean {
  const steps = Math.ceil(Math.hypot(x1 - x0, y1 - y0) * 3)
  const target = tileIndex(chart, Math.floor(x1), Math.floor(y1))
  const source = tileIndex(chart, Math.floor(x0), Math.floor(y0))
  for (let step = 1; step < steps; step++) {
    const part = step / steps
    const index = tileIndex(chart, Math.floor(x0 + (x1 - x0) * part), Math.floor(y0 + (y1 - y0) * part))
    if (index === target) return true
    if (index !== source && index >= 0 && isOpaque(chart.tiles[index]!)) return false
  }
  return true
}

/** Writes the map as opaque pixels. What is brighter than full daylight keeps its hue: lamplight stays warm right up to the lamp. */
export function toPixels(map: LightMap, pixels: Uint8ClampedArray): void {
  const { rgb } = map
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    const gain = 255 / Math.max(1, rgb[from]!, rgb[from + 1]!, rgb[from + 2]!)
    pixels[to] = rgb[from]! * gain
    pixels[to + 1] = rgb[from + 1]! * gain
    pixels[to + 2] = rgb[from + 2]! * gain
    pixels[to + 3] = 255
  }
}
