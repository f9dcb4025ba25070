/**
 * Path tracing with nothing but + − × ÷ and square roots, which IEEE 754 rounds the same everywhere; sines and powers are
 * left to each machine and do not occur. Directions are drawn by rejection (von Neumann 1951); see Kajiya, "The Rendering
 * Equation", SIGGRAPH 1986.
 */
import type { Ball, Scene, Vector } from './scenes.ts'

/** A path ends here at the latest. */
export const BOUNCES_MAX = 6
/** A hit closer than this is the surface one starts from. */
const NEAR = 1e-4

/** A part of a picture, in pixels. */
export type Tile = {
  readonly scene: Scene
  readonly width: number
  readonly height: number
  readonly samples: number
  readonly seed: number
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

/** xorshift32 (Marsaglia 2003): whole numbers only. */
function dice(seed: number): () => number {
  let s = seed >>> 0 || 0x9e3779b9
  return () => {
    s ^= s << 13
    s >>>= 0
    s ^= s >>> 17
    s ^= s << 5
    s >>>= 0
    return s / 4294967296
  }
}

const mixed = (a: number, b: number, c: number): number => {
  let h = Math.imul(a ^ 0x85ebca6b, 0xc2b2ae35) ^ Math.imul(b + 0x9e3779b9, 0x27d4eb2f) ^ Math.imul(c + 1, 0x165667b1)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  return (h ^ (h >>> 12)) >>> 0
}

const unit = (x: number, y: number, z: number): Vector => {
  const length = Math.sqrt(x * x + y * y + z * z)
  return [x / length, y / length, z / length]
}

/** Three bytes for each pixel, by row, and how many times a ray was tried against a ball. */
export function traceTile(work: Tile, progress: (share: number) => void): { rgb: Uint8Array; tests: number } {
  const { scene, width, height, samples, seed, x: left, y: top, w, h } = work
  const rgb = new Uint8Array(w * h * 3)
  const { eye, look, spread } = scene
  const ahead = unit(look[0] - eye[0], look[1] - eye[1], look[2] - eye[2])
  const right = unit(ahead[2], 0, -ahead[0])
  const up: Vector = [
    ahead[1] * right[2] - ahead[2] * right[1],
    ahead[2] * right[0] - ahead[0] * right[2],
    ahead[0] * right[1] - ahead[1] * right[0],
  ]
  let tests = 0
  for (let row = 0; row < h; row++) {
    for (let column = 0; column < w; column++) {
      // By the place in the picture: a tile is the same whoever makes it and however it is cut.
      const random = dice(mixed(seed, left + column, top + row))
      const light: [number, number, number] = [0, 0, 0]
      for (let sample = 0; sample < samples; sample++) {
        const u = ((2 * (left + column + random())) / width - 1) * spread
        const v = ((1 - (2 * (top + row + random())) / height) * spread * height) / width
        const direction = unit(
          ahead[0] + u * right[0] + v * up[0],
          ahead[1] + u * right[1] + v * up[1],
          ahead[2] + u * right[2] + v * up[2],
        )
        tests += path(scene, eye, direction, random, light)
      }
      const at = (row * w + column) * 3
      for (let channel = 0; channel < 3; channel++) {
        // A square root stands for the screen's own curve.
        const value = Math.sqrt(Math.min(1, light[channel]! / samples))
        rgb[at + channel] = Math.floor(value * 255.999)
      }
    }
    if (row % 8 === 7) progress((row + 1) / h)
  }
  return { rgb, tests }
}

/** Adds the light that one path brings, and answers how many tests it took. */
function path(
  { balls, sky }: Scene,
  from: Vector,
  toward: Vector,
  random: () => number,
  light: [number, number, number],
): number {
  let [ox, oy, oz] = from
  let [dx, dy, dz] = toward
  let [r, g, b] = [1, 1, 1]
  for (let bounce = 0; bounce < BOUNCES_MAX; bounce++) {
    let nearest = Number.POSITIVE_INFINITY
    let hit: Ball | undefined
    for (const ball of balls) {
      const [cx, cy, cz] = [ox - ball.at[0], oy - ball.at[1], oz - ball.at[2]]
      const half = cx * dx + cy * dy + cz * dz
      const root = half * half - (cx * cx + cy * cy + cz * cz - ball.radius * ball.radius)
      if (root < 0) continue
      const way = Math.sqrt(root)
      const t = -half - way > NEAR ? -half - way : -half + way
      if (t > NEAR && t < nearest) {
        nearest = t
        hit = ball
      }
    }
    if (!hit) {
      // The sky is a little lighter above.
      const rise = 0.5 + 0.5 * dy
      light[0] += r * sky[0] * rise
      light[1] += g * sky[1] * rise
      light[2] += b * sky[2] * rise
      return (bounce + 1) * balls.length
    }
    r *= hit.colour[0]
    g *= hit.colour[1]
    b *= hit.colour[2]
    if (hit.light > 0) {
      light[0] += r * hit.light
      light[1] += g * hit.light
      light[2] += b * hit.light
      return (bounce + 1) * balls.length
    }
    ox += dx * nearest
    oy += dy * nearest
    oz += dz * nearest
    const [nx, ny, nz] = [(ox - hit.at[0]) / hit.radius, (oy - hit.at[1]) / hit.radius, (oz - hit.at[2]) / hit.radius]
    if (random() < hit.mirror) {
      const along = 2 * (dx * nx + dy * ny + dz * nz)
      const reflected = unit(dx - along * nx, dy - along * ny, dz - along * nz)
      dx = reflected[0]
      dy = reflected[1]
      dz = reflected[2]
    } else {
      // Normal plus a point on the unit ball's surface: the cosine law of a matt surface.
      let [px, py, pz, square] = [0, 0, 0, 2]
      while (square > 1 || square < 1e-6) {
        px = 2 * random() - 1
        py = 2 * random() - 1
        pz = 2 * random() - 1
        square = px * px + py * py + pz * pz
      }
      const length = Math.sqrt(square)
      const matt = unit(nx + px / length + 1e-9 * nx, ny + py / length, nz + pz / length)
      dx = matt[0]
      dy = matt[1]
      dz = matt[2]
    }
  }
  return BOUNCES_MAX * balls.length
}
