/** The ground layer: one texture of tiles, one quad on the graphics card, and a sea that moves a little. */
import type { Scene, Tilemaps } from 'phaser'
import { type Chart, rough } from './chart.ts'
import { createTileset, TILE_PX, TILESET_COLUMNS, type Tileset } from './tileset.ts'

const WAVE_MS = 700
/** The part of the sea that carries a wave. */
const LIVELY = 0.16
/** How a wave comes and goes: marks of the sea, by number. */
const ROUND = [0, 2, 1, 3, 1, 2, 0, 0] as const

export type Ground = {
  show(chart: Chart, still: boolean): void
  /** Lets the waves go on; does nothing while they stand still. */
  step(timeMs: number): void
}
type Wave = { readonly row: number; readonly column: number; readonly phase: number }

export function createGround(scene: Scene): Ground {
  const tileset = createTileset()
  paintTiles(scene, tileset)
  let map: Tilemaps.Tilemap | undefined
  let layer: Tilemaps.TilemapLayer | Tilemaps.TilemapGPULayer | null = null
  let waves: readonly Wave[] = []
  let beat = 0
  let moving = false

  const seaTile = (phase: number) => tileset.sea[ROUND[(phase + beat) % ROUND.length]!]!

  function show(chart: Chart, still: boolean): void {
    moving = !still
    waves = wavesOf(chart)
    const data = Array.from({ length: chart.height }, (_, row) =>
      chart.tiles.slice(row * chart.width, (row + 1) * chart.width).map((tile) => tileset.indexOf(tile)),
    )
    for (const { row, column, phase } of waves) data[row]![column] = seaTile(phase)
    const next = scene.make.tilemap({ data, tileWidth: TILE_PX, tileHeight: TILE_PX })
    const tiles = next.addTilesetImage('tiles', 'tiles', TILE_PX, TILE_PX, 0, 0)!
    const gpu = scene.sys.renderer.type === WEBGL
    // Phaser 4.2 adds the position of a GPU layer twice, once in its matrix and once in its corners.
    const share = gpu ? TILE_PX / 2 : TILE_PX
    layer = next.createLayer(0, tiles, chart.left * share, chart.top * share, gpu)
    layer?.setDepth(0)
    map?.destroy()
    map = next
  }

  return {
    show,
    step(timeMs) {
      const now = Math.floor(timeMs / WAVE_MS)
      if (!moving || now === beat || !layer) return
      beat = now
      for (const { row, column, phase } of waves) layer.layer.data[row]![column]!.index = seaTile(phase)
      if ('generateLayerDataTexture' in layer) layer.generateLayerDataTexture()
    },
  }
}

const WEBGL = 2

function wavesOf(chart: Chart): readonly Wave[] {
  return chart.tiles.flatMap((tile, index): Wave[] => {
    const column = index % chart.width
    const row = Math.floor(index / chart.width)
    const [x, y] = [chart.left + column, chart.top + row]
    if (tile.kind !== 'sea' || rough(x, y, 3) > LIVELY) return []
    return [{ row, column, phase: Math.floor(rough(x, y, 4) * ROUND.length) }]
  })
}

function paintTiles(scene: Scene, { paints }: Tileset): void {
  const rows = Math.ceil(paints.length / TILESET_COLUMNS)
  const texture = scene.textures.createCanvas('tiles', TILESET_COLUMNS * TILE_PX, rows * TILE_PX)!
  paints.forEach((paint, at) => {
    const x = (at % TILESET_COLUMNS) * TILE_PX
    const y = Math.floor(at / TILESET_COLUMNS) * TILE_PX
    texture.context.save()
    texture.context.beginPath()
    texture.context.rect(x, y, TILE_PX, TILE_PX)
    texture.context.clip()
    paint(texture.context, x, y)
    texture.context.restore()
  })
  texture.refresh()
}
