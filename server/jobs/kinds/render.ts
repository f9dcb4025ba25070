/** A path-traced picture in tiles: the same bytes on every machine, and seen growing while it is made. */
import { z } from 'zod'
import type { Value } from '../types.ts'
import { kind } from './kind.ts'
import { SCENE_NAMES, SCENES } from './render/scenes.ts'
import { BOUNCES_MAX, type Tile, traceTile } from './render/trace.ts'

const unit = z.number().min(0).max(1)
const vector = z.tuple([z.number(), z.number(), z.number()])
const ball = z.strictObject({
  at: vector,
  radius: z.number().positive(),
  colour: z.tuple([unit, unit, unit]),
  /** Light that it gives, as a multiple of its colour. */
  light: z.number().min(0).max(100).default(0),
  mirror: unit.default(0),
})
const scene = z.strictObject({
  eye: vector,
  look: vector,
  /** Half the width of the picture at distance one. */
  spread: z.number().min(0.05).max(4).default(0.8),
  sky: z.tuple([unit, unit, unit]),
  balls: z.array(ball).min(1).max(64),
})
const input = z.strictObject({
  scene: z.union([z.enum(SCENE_NAMES), scene]).default('harbour'),
  width: z.number().int().min(8).max(1024).default(192),
  height: z.number().int().min(8).max(1024).default(128),
  samples: z.number().int().min(1).max(256).default(16),
  seed: z.number().int().min(0).max(0xffff_ffff).default(1),
  tile: z.number().int().min(16).max(128).default(32),
})
type Input = z.output<typeof input>

export const render = kind<Input>({
  name: 'render',
  input,
  verification: 'digest',
  live: true,
  parts({ scene: given, tile, width, height, samples, seed }, stage): readonly Value[] {
    if (stage > 0) return []
    const of = typeof given === 'string' ? SCENES[given] : given
    const tiles: Tile[] = []
    for (let y = 0; y < height; y += tile)
      for (let x = 0; x < width; x += tile) {
        const [w, h] = [Math.min(tile, width - x), Math.min(tile, height - y)]
        tiles.push({ scene: of, width, height, samples, seed, x, y, w, h })
      }
    return tiles as unknown as readonly Value[]
  },
  fuelOf(part) {
    const { w, h, samples, scene: of } = part as unknown as Tile
    return w * h * samples * of.balls.length * BOUNCES_MAX
  },
  run(part, progress) {
    const tile = part as unknown as Tile
    const { rgb, tests } = traceTile(tile, progress)
    return { value: { x: tile.x, y: tile.y, w: tile.w, h: tile.h, of: [tile.width, tile.height], rgb }, fuel: tests }
  },
  join({ width, height }, results) {
    const rgb = new Uint8Array(width * height * 3)
    for (const result of results) {
      const { x, y, w, h, rgb: of } = result as { x: number; y: number; w: number; h: number; rgb: Uint8Array }
      for (let row = 0; row < h; row++)
        rgb.set(of.subarray(row * w * 3, (row + 1) * w * 3), ((y + row) * width + x) * 3)
    }
    return { width, height, rgb }
  },
})
