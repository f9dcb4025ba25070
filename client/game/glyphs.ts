/** White glyphs in one texture, made as they are first asked for and tinted when drawn: letters from the font, a few shapes by hand. */
import type { Scene } from 'phaser'
import { MAP_FONT, TILE_PX } from './tileset.ts'

export const ATLAS = 'glyphs'
export const GLOW = 'glow'
export const SHADOW = 'shadow'
const COLUMNS = 16
const GLOW_PX = 256

export type Glyphs = { frame(name: string): string }

/** Shapes that no font is asked for, so that they look alike everywhere. */
const SHAPES: Readonly<Record<string, (context: CanvasRenderingContext2D, x: number, y: number) => void>> = {
  agent(context, x, y) {
    const half = TILE_PX / 2
    context.lineWidth = TILE_PX * 0.09
    context.beginPath()
    context.moveTo(x + half, y + TILE_PX * 0.1)
    context.lineTo(x + TILE_PX * 0.82, y + half)
    context.lineTo(x + half, y + TILE_PX * 0.9)
    context.lineTo(x + TILE_PX * 0.18, y + half)
    context.closePath()
    context.stroke()
    context.fillRect(x + half - 3, y + half - 3, 6, 6)
  },
  way(context, x, y) {
    context.lineWidth = TILE_PX * 0.1
    context.lineCap = 'round'
    context.lineJoin = 'round'
    context.beginPath()
    context.moveTo(x + TILE_PX * 0.4, y + TILE_PX * 0.26)
    context.lineTo(x + TILE_PX * 0.66, y + TILE_PX * 0.5)
    context.lineTo(x + TILE_PX * 0.4, y + TILE_PX * 0.74)
    context.stroke()
  },
  lamp(context, x, y) {
    lampPost(context, x, y)
    context.fill()
  },
  // A dark lamp is hollow, so that its state is told by shape too.
  'lamp-dark'(context, x, y) {
    lampPost(context, x, y)
    context.lineWidth = TILE_PX * 0.06
    context.stroke()
  },
}

function lampPost(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.fillRect(x + TILE_PX * 0.46, y + TILE_PX * 0.52, TILE_PX * 0.08, TILE_PX * 0.4)
  context.fillRect(x + TILE_PX * 0.3, y + TILE_PX * 0.88, TILE_PX * 0.4, TILE_PX * 0.07)
  context.fillRect(x + TILE_PX * 0.28, y + TILE_PX * 0.5, TILE_PX * 0.44, TILE_PX * 0.06)
  context.beginPath()
  context.roundRect(x + TILE_PX * 0.33, y + TILE_PX * 0.14, TILE_PX * 0.34, TILE_PX * 0.38, [8, 8, 3, 3])
}

export function createGlyphs(scene: Scene): Glyphs {
  const texture = scene.textures.createCanvas(ATLAS, COLUMNS * TILE_PX, COLUMNS * TILE_PX)!
  const made = new Set<string>()
  radial(scene, GLOW, [
    [0, 'rgba(255,206,130,0.55)'],
    [0.25, 'rgba(255,190,100,0.2)'],
    [1, 'rgba(255,180,90,0)'],
  ])
  radial(scene, SHADOW, [
    [0, 'rgba(2,6,12,0.85)'],
    [0.6, 'rgba(2,6,12,0.5)'],
    [1, 'rgba(2,6,12,0)'],
  ])

  return {
    frame(name) {
      if (made.has(name) || made.size >= COLUMNS * COLUMNS) return name
      const x = (made.size % COLUMNS) * TILE_PX
      const y = Math.floor(made.size / COLUMNS) * TILE_PX
      const { context } = texture
      context.fillStyle = '#ffffff'
      context.strokeStyle = '#ffffff'
      if (SHAPES[name]) SHAPES[name](context, x, y)
      else {
        context.font = MAP_FONT
        context.textAlign = 'center'
        context.textBaseline = 'middle'
        context.fillText(name, x + TILE_PX / 2, y + TILE_PX * 0.54, TILE_PX)
      }
      texture.add(name, 0, x, y, TILE_PX, TILE_PX)
      texture.refresh()
      made.add(name)
      return name
    },
  }
}

function radial(scene: Scene, key: string, stops: readonly (readonly [number, string])[]): void {
  const texture = scene.textures.createCanvas(key, GLOW_PX, GLOW_PX)!
  const half = GLOW_PX / 2
  const gradient = texture.context.createRadialGradient(half, half, 0, half, half, half)
  for (const [at, color] of stops) gradient.addColorStop(at, color)
  texture.context.fillStyle = gradient
  texture.context.fillRect(0, 0, GLOW_PX, GLOW_PX)
  texture.refresh()
}
