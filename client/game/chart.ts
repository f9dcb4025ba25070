/**
 * The picture of a zone as a grid of tiles: floors, walls, doors, ways between places and the sea around. Pure; drawn by the scene.
 * Places stand on a grid with one free row and column between them: there lie the walls, the doorways and the joints of streets.
 */
import { PLACE_TILES } from '../../server/protocol/state.ts'
import type { MapExit, MapPlace, Picture } from '../state.ts'
import { PLAIN, TERRAINS } from './terrain.ts'

export type Tile =
  | { readonly kind: 'sea' }
  | { readonly kind: 'floor'; readonly terrain: string; readonly mark: number; readonly dim: boolean }
  | { readonly kind: 'wall'; readonly dim: boolean }
  | { readonly kind: 'door'; readonly state: 'open' | 'closed' | 'locked'; readonly dim: boolean }
  | { readonly kind: 'path'; readonly upright: boolean; readonly dim: boolean }
  | { readonly kind: 'way'; readonly glyph: string; readonly terrain: string; readonly dim: boolean }

export type Way = { readonly from: string; readonly to: string; readonly direction: string }
export type Chart = {
  readonly level: number
  /** World tile of the grid's first column and row. */
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly tiles: readonly Tile[]
  /** Index of a tile -> ways that lie on it. */
  readonly ways: ReadonlyMap<number, readonly Way[]>
  /** Places drawn: seen ones wholly, the others (`dim`) as far as one glimpses them. */
  readonly places: readonly (MapPlace & { readonly dim: boolean })[]
}

/** Sea around the outermost places, in tiles, so that no window sees the end of the world. */
const MARGIN_X_TILES = 34
const MARGIN_Y_TILES = 20
const { width: W, height: H, stepX, stepY } = PLACE_TILES

const SIDES: Readonly<Record<string, readonly [number, number]>> = {
  north: [0, -1],
  northeast: [1, -1],
  east: [1, 0],
  southeast: [1, 1],
  south: [0, 1],
  southwest: [-1, 1],
  west: [-1, 0],
  northwest: [-1, -1],
}
/** Ways that lead off the map's plane, and where in the patch their mark stands. */
const PORTALS: Readonly<Record<string, readonly [glyph: string, x: number, y: number]>> = {
  up: ['<', W - 2, 0],
  down: ['>', 1, H - 1],
  in: ['\u2229', W - 2, H - 1],
  out: ['\u222a', 1, 0],
}

/** Same place in, same roughness out: a small mixing of coordinates (after Wang). */
export function rough(x: number, y: number, salt = 0): number {
  let h = Math.imul(x, 374761393) ^ Math.imul(y, 668265263) ^ Math.imul(salt + 1, 2246822519)
  h = Math.imul(h ^ (h >>> 13), 1274126177)
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32
}

/** Places one has stood in, and those that a way out of them shows. */
export function known(picture: Picture, visited: ReadonlySet<string>): ReadonlySet<string> {
  const all = new Set([...visited].filter((id) => picture.places.has(id)))
  for (const id of [...all])
    for (const exit of picture.places.get(id)!.exits) if (picture.places.has(exit.to)) all.add(exit.to)
  return all
}

export function chartOf(picture: Picture, level: number, visited: ReadonlySet<string>): Chart {
  const seen = known(picture, visited)
  const all = [...picture.places.values()].filter((place) => place.z === level)
  const left = Math.min(0, ...all.map((place) => place.x)) - MARGIN_X_TILES
  const top = Math.min(0, ...all.map((place) => place.y)) - MARGIN_Y_TILES
  const width = Math.max(0, ...all.map((place) => place.x + W)) + MARGIN_X_TILES - left
  const height = Math.max(0, ...all.map((place) => place.y + H)) + MARGIN_Y_TILES - top
  const places = all.filter((place) => seen.has(place.id)).map((place) => ({ ...place, dim: !visited.has(place.id) }))
  const tiles: Tile[] = new Array(width * height).fill({ kind: 'sea' } satisfies Tile)
  const ways = new Map<number, Way[]>()
  const grid = { left, top, width, height, tiles, ways }

  for (const place of places) floor(grid, place)
  for (const place of places) if (!terrainOf(place).walled) edge(grid, place)
  for (const place of places) if (terrainOf(place).walled) walls(grid, place)
  for (const place of places) for (const exit of place.exits) wayOut(grid, picture, place, exit, seen.has(exit.to))
  return { level, places, ...grid }
}

type Grid = {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly tiles: Tile[]
  readonly ways: Map<number, Way[]>
}
type Patch = Chart['places'][number]

export const terrainOf = ({ terrain }: { readonly terrain: string }) => TERRAINS[terrain] ?? PLAIN

/** Index of a world tile, or -1 outside. */
export function tileIndex(
  { left, top, width, height }: Pick<Chart, 'left' | 'top' | 'width' | 'height'>,
  x: number,
  y: number,
): number {
  const column = x - left
  const row = y - top
  return column < 0 || row < 0 || column >= width || row >= height ? -1 : row * width + column
}
export const tileAt = (chart: Chart, x: number, y: number): Tile | undefined => chart.tiles[tileIndex(chart, x, y)]

const put = (grid: Grid, x: number, y: number, tile: Tile): void => {
  const index = tileIndex(grid, x, y)
  if (index >= 0) grid.tiles[index] = tile
}
const kindAt = (grid: Grid, x: number, y: number): Tile['kind'] | undefined => grid.tiles[tileIndex(grid, x, y)]?.kind

/** Three marks in four are bare, so that the eye finds what matters. */
const markOf = (x: number, y: number): number => (rough(x, y) < 0.62 ? 0 : 1 + Math.floor(rough(x, y, 1) * 3))
const floorTile = (place: Patch, x: number, y: number): Tile => ({
  kind: 'floor',
  terrain: place.terrain,
  mark: markOf(x, y),
  dim: place.dim,
})

function floor(grid: Grid, place: Patch): void {
  for (let y = place.y; y < place.y + H; y++)
    for (let x = place.x; x < place.x + W; x++) put(grid, x, y, floorTile(place, x, y))
}

/** Open ground spreads into the ring around it where nobody else stands. */
function edge(grid: Grid, place: Patch): void {
  if (!terrainOf(place).ragged) return
  for (const [x, y] of ring(place)) {
    if (kindAt(grid, x, y) === 'sea' && rough(x, y, 2) < 0.62 && !meetsOther(grid, place, x, y))
      put(grid, x, y, floorTile(place, x, y))
  }
}
const meetsOther = (grid: Grid, place: Patch, x: number, y: number): boolean =>
  [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ].some(([dx, dy]) => {
    const inside = x + dx! >= place.x && x + dx! < place.x + W && y + dy! >= place.y && y + dy! < place.y + H
    return !inside && kindAt(grid, x + dx!, y + dy!) === 'floor' && !withinRing(place, x + dx!, y + dy!)
  })
const withinRing = (place: Patch, x: number, y: number) =>
  x >= place.x - 1 && x <= place.x + W && y >= place.y - 1 && y <= place.y + H

function walls(grid: Grid, place: Patch): void {
  for (const [x, y] of ring(place)) put(grid, x, y, { kind: 'wall', dim: place.dim })
}

function ring(place: Patch): readonly (readonly [number, number])[] {
  const tiles: [number, number][] = []
  for (let x = place.x - 1; x <= place.x + W; x++) tiles.push([x, place.y - 1], [x, place.y + H])
  for (let y = place.y; y < place.y + H; y++) tiles.push([place.x - 1, y], [place.x + W, y])
  return tiles
}

/** Draws one way out: a joint of two streets, a doorway, a bridge, stairs, or a path into the mist. */
function wayOut(grid: Grid, picture: Picture, place: Patch, exit: MapExit, shown: boolean): void {
  const beyond = picture.places.get(exit.to)
  const way: Way = { from: place.id, to: exit.to, direction: exit.direction }
  const side = beyond && beyond.z === place.z ? sideOf(place, beyond) : undefined
  const portal = PORTALS[exit.direction]
  const heading = SIDES[exit.direction]
  if (beyond && side && shown) join(grid, picture, place, beyond, side, exit, way)
  else if (portal) mark(grid, place, portal, way)
  else if (heading && beyond?.z === place.z && shown) bridge(grid, place, beyond, heading, way)
  else if (heading && !side) fade(grid, place, heading, way)
}

/** -1, 0 or 1 in each axis when the two places are neighbours on the grid. */
function sideOf(a: MapPlace, b: MapPlace): readonly [number, number] | undefined {
  const dx = Math.round((b.x - a.x) / stepX)
  const dy = Math.round((b.y - a.y) / stepY)
  return Math.abs(dx) <= 1 && Math.abs(dy) <= 1 && (dx !== 0 || dy !== 0) ? [dx, dy] : undefined
}

/** The tile just outside the patch on the given side, in the middle of it. */
const gate = (place: MapPlace, [dx, dy]: readonly [number, number]): readonly [number, number] => [
  dx < 0 ? place.x - 1 : dx > 0 ? place.x + W : place.x + (W >> 1),
  dy < 0 ? place.y - 1 : dy > 0 ? place.y + H : place.y + (H >> 1),
]

const addWay = (grid: Grid, x: number, y: number, way: Way): void => {
  const index = tileIndex(grid, x, y)
  if (index >= 0) grid.ways.set(index, [...(grid.ways.get(index) ?? []), way])
}

/** The tile inside the patch before a gate: kept free by the node, and part of the way for whoever points at it. */
function threshold(grid: Grid, place: Patch, x: number, y: number, way: Way): void {
  const within = (value: number, from: number, length: number) => Math.max(from, Math.min(from + length - 1, value))
  addWay(grid, within(x, place.x, W), within(y, place.y, H), way)
}

function join(
  grid: Grid,
  picture: Picture,
  place: Patch,
  beyond: MapPlace,
  side: readonly [number, number],
  exit: MapExit,
  way: Way,
): void {
  const [x, y] = gate(place, side)
  threshold(grid, place, x, y, way)
  const open = !terrainOf(place).walled && !terrainOf(beyond).walled && !exit.door
  const straight = side[0] === 0 || side[1] === 0
  if (open && straight) {
    for (
      let along = side[0] === 0 ? place.x : place.y;
      along < (side[0] === 0 ? place.x + W : place.y + H);
      along++
    ) {
      const [tx, ty] = side[0] === 0 ? [along, y] : [x, along]
      if (kindAt(grid, tx, ty) === 'sea') put(grid, tx, ty, floorTile(place, tx, ty))
      addWay(grid, tx, ty, way)
    }
    return
  }
  const door = exit.door ? picture.doors.get(exit.door) : undefined
  if (exit.door)
    put(grid, x, y, {
      kind: 'door',
      state: door?.locked ? 'locked' : door?.closed ? 'closed' : 'open',
      dim: place.dim,
    })
  else if (kindAt(grid, x, y) !== 'door') put(grid, x, y, floorTile(place, x, y))
  addWay(grid, x, y, way)
}

function mark(grid: Grid, place: Patch, [glyph, dx, dy]: readonly [string, number, number], way: Way): void {
  const x = place.x + dx
  const y = place.y + dy
  put(grid, x, y, { kind: 'way', glyph, terrain: place.terrain, dim: place.dim })
  addWay(grid, x, y, way)
}

/** Planks over the water between two places that are no neighbours: straight on, then across, round whatever stands there. */
function bridge(grid: Grid, place: Patch, beyond: MapPlace, heading: readonly [number, number], way: Way): void {
  const [x0, y0] = gate(place, heading)
  const [x1, y1] = gate(beyond, [-heading[0], -heading[1]])
  threshold(grid, place, x0, y0, way)
  let [x, y] = [x0, y0]
  for (let steps = 0; steps < grid.width + grid.height; steps++) {
    const upright = x === x1 || (heading[1] !== 0 && y !== y1)
    if (kindAt(grid, x, y) === 'sea' || kindAt(grid, x, y) === 'wall')
      put(grid, x, y, { kind: 'path', upright, dim: place.dim })
    addWay(grid, x, y, way)
    if (x === x1 && y === y1) return
    if (heading[1] !== 0 ? y !== y1 : x === x1) y += Math.sign(y1 - y)
    else x += Math.sign(x1 - x)
  }
}

/** A few tiles that lose themselves: the way leads to another zone, or to where one has not been. */
function fade(grid: Grid, place: Patch, heading: readonly [number, number], way: Way): void {
  let [x, y] = gate(place, heading)
  threshold(grid, place, x, y, way)
  for (let step = 0; step < 4; step++) {
    const kind = kindAt(grid, x, y)
    addWay(grid, x, y, way)
    if (kind !== 'sea' && kind !== 'wall') return
    put(grid, x, y, { kind: 'path', upright: heading[0] === 0, dim: step > 1 })
    x += heading[0]
    y += heading[1]
  }
}

export const isOpaque = (tile: Tile): boolean =>
  tile.kind === 'wall' || (tile.kind === 'door' && tile.state !== 'open')
export const isWalkable = (tile: Tile): boolean => tile.kind !== 'sea' && tile.kind !== 'wall'
