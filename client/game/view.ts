/** Which part of the chart the window shows: it follows one's character until one drags it away, and comes closer in steps. */
import type { Scene } from 'phaser'
import { TILE_PX } from './tileset.ts'

/** Sizes of a tile on the screen, in CSS pixels. */
const ZOOM_STEPS_PX = [10, 13, 17, 21, 26, 32, 40, 50] as const
const FOLLOW_PER_S = 5

export type View = {
  resize(width: number, height: number): void
  zoom(step: 1 | -1 | 0): void
  pan(dxPx: number, dyPx: number): void
  home(): void
  step(target: { readonly x: number; readonly y: number } | undefined, deltaMs: number, still: boolean): void
  toScreen(x: number, y: number): { readonly x: number; readonly y: number }
  toTile(px: number, py: number): { readonly x: number; readonly y: number }
  readonly tilePx: number
  readonly width: number
  readonly height: number
}

export function createView(scene: Scene): View {
  const camera = scene.cameras.main
  const ratio = Math.min(2, window.devicePixelRatio || 1)
  let width = 1
  let height = 1
  let chosen: number | undefined
  let x = 0
  let y = 0
  let placed = false
  let following = true

  /** About forty tiles across or seventeen down, whichever is tighter, unless one chose otherwise. */
  const fitting = () => {
    const wish = Math.min(width / 38, height / 15)
    return ZOOM_STEPS_PX.findLastIndex((px) => px <= Math.max(wish, 17))
  }
  const tilePx = () => ZOOM_STEPS_PX[Math.max(0, chosen ?? fitting())]!

  function apply(): void {
    camera.setZoom((tilePx() / TILE_PX) * ratio)
    camera.centerOn(x * TILE_PX, y * TILE_PX)
  }

  return {
    resize(nextWidth, nextHeight) {
      width = nextWidth
      height = nextHeight
      scene.scale.resize(Math.round(width * ratio), Math.round(height * ratio))
      const { style } = scene.game.canvas
      style.width = `${width}px`
      style.height = `${height}px`
      apply()
    },
    zoom(step) {
      chosen = step === 0 ? undefined : Math.max(0, Math.min(ZOOM_STEPS_PX.length - 1, (chosen ?? fitting()) + step))
      if (step === 0) following = true
      apply()
    },
    pan(dxPx, dyPx) {
      following = false
      x -= dxPx / tilePx()
      y -= dyPx / tilePx()
      apply()
    },
    home() {
      following = true
    },
    step(target, deltaMs, still) {
      if (!target || !following) return
      const part = still || !placed ? 1 : 1 - Math.exp((-FOLLOW_PER_S * deltaMs) / 1000)
      const jump = Math.hypot(target.x - x, target.y - y) > 40
      x += (target.x - x) * (jump ? 1 : part)
      y += (target.y - y) * (jump ? 1 : part)
      placed = true
      apply()
    },
    toScreen: (tx, ty) => ({ x: (tx - x) * tilePx() + width / 2, y: (ty - y) * tilePx() + height / 2 }),
    toTile: (px, py) => ({
      x: Math.floor((px - width / 2) / tilePx() + x),
      y: Math.floor((py - height / 2) / tilePx() + y),
    }),
    get tilePx() {
      return tilePx()
    },
    get width() {
      return width
    },
    get height() {
      return height
    },
  }
}
