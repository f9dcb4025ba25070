/** The right edge of the tree: all that is needed to let it grow and to know its root, and what an append changes. Pure. */
import { joined } from '../../protocol/tlog/bytes.ts'
import { foldRow, type Hash, hashLeaf, hashRange } from '../../protocol/tlog/merkle.ts'
import { decodeBundle, encodeBundle, hashesAt, hashesOf, TILE_HEIGHT, TILE_WIDTH } from '../../protocol/tlog/tiles.ts'
import type { LogChange, LogStore, StoredBundle, StoredTile } from './types.ts'

export type Edge = {
  readonly size: number
  /** Of each level of tiles, the hashes of its last tile while that is not full. */
  readonly rows: readonly (readonly Hash[])[]
  /** Entries of the last bundle while that is not full. */
  readonly entries: readonly Uint8Array[]
}

export const EMPTY_EDGE: Edge = { size: 0, rows: [], entries: [] }

/** Reads the edge of a stored tree of that size. Throws when tiles are missing. */
export async function loadEdge(store: Pick<LogStore, 'tile' | 'bundle'>, size: number): Promise<Edge> {
  const rows: (readonly Hash[])[] = []
  for (let level = 0; hashesAt(level, size) > 0; level++) {
    const count = hashesAt(level, size)
    const width = count % TILE_WIDTH
    rows.push(
      width === 0
        ? []
        : hashesOf((await whole(store.tile(level, (count - width) / TILE_WIDTH))).slice(0, width * 32), width),
    )
  }
  const left = size % TILE_WIDTH
  const entries = left === 0 ? [] : decodeBundle(await whole(store.bundle((size - left) / TILE_WIDTH)), left)
  return { size, rows, entries }
}

async function whole(part: Promise<Uint8Array | undefined>): Promise<Uint8Array> {
  const found = await part
  if (!found) throw new MissingTile()
  return found
}

export class MissingTile extends Error {
  readonly code = 'log_tile_missing'
  constructor() {
    super('The log lacks a tile or bundle that it says it has stored: its tables were changed from outside.')
  }
}

/** The edge after the entries, and the tiles and bundles to store. */
export function grow(
  edge: Edge,
  entries: readonly Uint8Array[],
): { readonly edge: Edge; readonly change: LogChange } {
  const rows = edge.rows.map((row) => [...row])
  const tiles: StoredTile[] = []
  const touched = new Set<number>()
  const size = edge.size + entries.length

  const push = (level: number, hash: Hash, countBelow: number): void => {
    const row = (rows[level] ??= [])
    row.push(hash)
    touched.add(level)
    if (row.length < TILE_WIDTH) return
    const count = countBelow / TILE_WIDTH ** level
    tiles.push({ level, index: count / TILE_WIDTH - 1, hashes: joined(...row) })
    rows[level] = []
    push(level + 1, foldRow(row), countBelow)
  }
  for (const [i, entry] of entries.entries()) push(0, hashLeaf(entry), edge.size + i + 1)

  for (const level of touched) {
    const row = rows[level]!
    if (row.length > 0)
      tiles.push({ level, index: Math.floor(hashesAt(level, size) / TILE_WIDTH), hashes: joined(...row) })
  }
  const { bundles, last } = bundled(edge, entries)
  return { edge: { size, rows, entries: last }, change: { size, tiles, bundles } }
}

function bundled({ size, entries: open }: Edge, entries: readonly Uint8Array[]) {
  const all = [...open, ...entries]
  const first = Math.floor(size / TILE_WIDTH)
  const bundles: StoredBundle[] = []
  for (let at = 0; at < all.length; at += TILE_WIDTH)
    bundles.push({ index: first + at / TILE_WIDTH, entries: encodeBundle(all.slice(at, at + TILE_WIDTH)) })
  return { bundles, last: all.slice(all.length - (all.length % TILE_WIDTH)) }
}

/** The root of the tree that ends at this edge. */
export const rootOf = ({ size, rows }: Edge): Promise<Hash> =>
  hashRange(
    (level, index) => {
      const row = Math.floor(level / TILE_HEIGHT)
      const span = 2 ** (level % TILE_HEIGHT)
      const first = (index * span) % TILE_WIDTH
      return foldRow(rows[row]!.slice(first, first + span))
    },
    [0, size],
  )
