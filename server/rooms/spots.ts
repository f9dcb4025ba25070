/** Where in its place somebody or something stands on the map: the same id gets the same tile, unless it is taken. */
import { PLACE_TILES } from '../protocol/state.ts'

type Tile = readonly [x: number, y: number]
export type Spot = { readonly x: number; readonly y: number }

const { width, height } = PLACE_TILES
const isEdge = ([x, y]: Tile) => x === 0 || y === 0 || x === width - 1 || y === height - 1
/** Tiles where exits are drawn. */
const isDoorway = ([x, y]: Tile) =>
  (x === (width - 1) / 2 && (y === 0 || y === height - 1)) || (y === (height - 1) / 2 && (x === 0 || x === width - 1))

const ALL: readonly Tile[] = Array.from({ length: width * height }, (_, i) => [i % width, Math.floor(i / width)])
/** People stand inside, things lie along the walls; when those are full, anywhere. */
const TILES = {
  character: [...ALL.filter((tile) => !isEdge(tile)), ...ALL.filter((tile) => isEdge(tile) && !isDoorway(tile))],
  item: [...ALL.filter((tile) => isEdge(tile) && !isDoorway(tile)), ...ALL.filter((tile) => !isEdge(tile))],
} as const
const FIRST = {
  character: ALL.filter((tile) => !isEdge(tile)).length,
  item: ALL.filter((tile) => isEdge(tile) && !isDoorway(tile)).length,
} as const

/** Taken tiles of one place, as `y * width + x`, with how many stand there. */
export type Taken = Map<number, number>

export function spotFor(kind: 'character' | 'item', id: string, taken: Taken): Spot {
  const tiles = TILES[kind]
  const start = hash(id) % FIRST[kind]
  for (let i = 0; i < tiles.length; i++) {
    const [x, y] = i < FIRST[kind] ? tiles[(start + i) % FIRST[kind]]! : tiles[i]!
    if (!taken.has(y * width + x)) return { x, y }
  }
  const [x, y] = tiles[start]!
  return { x, y }
}

export function take(taken: Taken, { x, y }: Spot): void {
  const key = y * width + x
  taken.set(key, (taken.get(key) ?? 0) + 1)
}

export function free(taken: Taken, { x, y }: Spot): void {
  const key = y * width + x
  const count = taken.get(key) ?? 0
  if (count > 1) taken.set(key, count - 1)
  else taken.delete(key)
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0
  return h
}
