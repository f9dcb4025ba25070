/** The tiles themselves, drawn by us: ground and a glyph for every kind, in one texture made when the map opens. */
import type { Tile } from './chart.ts'
import { PATH, PLAIN, SEA, TERRAINS, type Terrain, WALL } from './terrain.ts'

/** Side of a tile in the texture, twice what is usually seen, so that it stays sharp when one comes closer. */
export const TILE_PX = 40
export const TILESET_COLUMNS = 16
export const MAP_FONT = `700 ${TILE_PX * 0.72}px "JetBrains Mono", monospace`

type Paint = (context: CanvasRenderingContext2D, x: number, y: number) => void
export type Tileset = {
  readonly paints: readonly Paint[]
  indexOf(tile: Tile): number
  /** The sea with its marks: bare first, then as a wave rises. */
  readonly sea: readonly number[]
}

const names = Object.keys(TERRAINS)

export function createTileset(): Tileset {
  const paints: Paint[] = []
  const index = new Map<string, number>()
  const add = (key: string, paint: Paint): number => {
    index.set(key, paints.length)
    return paints.push(paint) - 1
  }
  const sea = [...SEA.marks].map((mark, at) => add(`sea:${at}`, both(fill(SEA.ground), write(mark, SEA.ink))))
  for (const name of names) {
    const terrain = TERRAINS[name]!
    for (const mark of [0, 1, 2, 3])
      add(`floor:${name}:${mark}`, both(fill(terrain.ground), write(terrain.marks[mark]!, terrain.ink)))
    for (const glyph of '<>\u2229\u222a') add(`way:${name}:${glyph}`, portal(terrain, glyph))
  }
  add('wall', masonry)
  for (const state of ['open', 'closed', 'locked'] as const) add(`door:${state}`, door(state))
  add('path:false', planks(false))
  add('path:true', planks(true))

  return { paints, sea, indexOf: (tile) => index.get(keyOf(tile)) ?? 0 }
}

const terrainName = (name: string): string =>
  name in TERRAINS ? name : names.find((one) => TERRAINS[one] === PLAIN)!

function keyOf(tile: Tile): string {
  switch (tile.kind) {
    case 'sea':
      return 'sea:0'
    case 'floor':
      return `floor:${terrainName(tile.terrain)}:${tile.mark}`
    case 'way':
      return `way:${terrainName(tile.terrain)}:${tile.glyph}`
    case 'door':
      return `door:${tile.state}`
    case 'path':
      return `path:${tile.upright}`
    case 'wall':
      return 'wall'
  }
}

const both =
  (first: Paint, second: Paint): Paint =>
  (context, x, y) => {
    first(context, x, y)
    second(context, x, y)
  }
const fill =
  (color: string): Paint =>
  (context, x, y) => {
    context.fillStyle = color
    context.fillRect(x, y, TILE_PX, TILE_PX)
  }
const write =
  (mark: string, color: string): Paint =>
  (context, x, y) => {
    context.fillStyle = color
    context.font = MAP_FONT
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    if (mark === '\u223c') return wave(context, x, y, color)
    context.fillText(mark, x + TILE_PX / 2, y + TILE_PX * 0.54)
  }

function wave(context: CanvasRenderingContext2D, x: number, y: number, color: string): void {
  context.strokeStyle = color
  context.lineWidth = TILE_PX * 0.07
  context.beginPath()
  context.arc(x + TILE_PX * 0.36, y + TILE_PX * 0.5, TILE_PX * 0.14, Math.PI, 0)
  context.arc(x + TILE_PX * 0.64, y + TILE_PX * 0.5, TILE_PX * 0.14, Math.PI, 0, true)
  context.stroke()
}

/** Stairs and thresholds: the glyph in a lit frame, since it can be walked through. */
const portal =
  (terrain: Terrain, glyph: string): Paint =>
  (context, x, y) => {
    fill(terrain.ground)(context, x, y)
    context.strokeStyle = '#ffd9a0'
    context.lineWidth = TILE_PX * 0.075
    if (glyph === '\u2229' || glyph === '\u222a') {
      const up = glyph === '\u2229'
      const middle = y + TILE_PX * (up ? 0.48 : 0.52)
      context.beginPath()
      context.moveTo(x + TILE_PX * 0.27, y + TILE_PX * (up ? 0.84 : 0.16))
      context.lineTo(x + TILE_PX * 0.27, middle)
      context.arc(x + TILE_PX * 0.5, middle, TILE_PX * 0.23, Math.PI, 0, !up)
      context.lineTo(x + TILE_PX * 0.73, y + TILE_PX * (up ? 0.84 : 0.16))
      context.stroke()
    } else write(glyph, '#ffd9a0')(context, x, y)
  }

const masonry: Paint = (context, x, y) => {
  fill(WALL.ground)(context, x, y)
  context.strokeStyle = WALL.ink
  context.globalAlpha = 0.55
  context.lineWidth = TILE_PX * 0.05
  context.beginPath()
  for (const [x0, y0, x1, y1] of [
    [0, 0.5, 1, 0.5],
    [0, 1, 1, 1],
    [0.5, 0, 0.5, 0.5],
    [0.02, 0.5, 0.02, 1],
  ] as const) {
    context.moveTo(x + x0 * TILE_PX, y + y0 * TILE_PX)
    context.lineTo(x + x1 * TILE_PX, y + y1 * TILE_PX)
  }
  context.stroke()
  context.globalAlpha = 1
}

const door =
  (state: 'open' | 'closed' | 'locked'): Paint =>
  (context, x, y) => {
    fill(state === 'open' ? '#4a3a28' : '#8a6238')(context, x, y)
    if (state === 'open') return write("'", '#d9a86a')(context, x, y)
    context.fillStyle = '#5f4225'
    for (const at of [0.3, 0.62]) context.fillRect(x + at * TILE_PX, y, TILE_PX * 0.06, TILE_PX)
    if (state === 'closed') return write('+', '#ffd9a0')(context, x, y)
    context.fillStyle = '#ffd9a0'
    context.beginPath()
    context.arc(x + TILE_PX / 2, y + TILE_PX * 0.42, TILE_PX * 0.12, 0, Math.PI * 2)
    context.fill()
    context.fillRect(x + TILE_PX * 0.45, y + TILE_PX * 0.44, TILE_PX * 0.1, TILE_PX * 0.28)
  }

const planks =
  (upright: boolean): Paint =>
  (context, x, y) => {
    fill(PATH.ground)(context, x, y)
    context.fillStyle = PATH.ink
    for (const at of [0.12, 0.45, 0.78]) {
      if (upright) context.fillRect(x + TILE_PX * 0.1, y + at * TILE_PX, TILE_PX * 0.8, TILE_PX * 0.09)
      else context.fillRect(x + at * TILE_PX, y + TILE_PX * 0.1, TILE_PX * 0.09, TILE_PX * 0.8)
    }
  }
