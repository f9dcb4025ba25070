/** Tiles, bundles and proofs of the stored tree, up to a size; full tiles are kept in memory for a while. */
import { TLOG_TILES_KEPT } from '../../limits.ts'
import { type Hash, hashRange } from '../../protocol/tlog/merkle.ts'
import { proveConsistency, proveInclusion } from '../../protocol/tlog/proofs.ts'
import { decodeBundle, encodeBundle, readTiles, TILE_WIDTH, widthIn } from '../../protocol/tlog/tiles.ts'
import { MissingTile } from './edge.ts'
import type { LogStore } from './types.ts'

const HASH = 32

export type Proving = ReturnType<typeof createProving>

export function createProving(store: Pick<LogStore, 'tile' | 'bundle'>) {
  const kept = new Map<string, Uint8Array>()

  /** What is full never changes. */
  async function full(key: string, isFull: boolean, read: () => Promise<Uint8Array | undefined>) {
    const known = kept.get(key)
    if (known) {
      kept.delete(key)
      kept.set(key, known)
      return known
    }
    const found = await read()
    if (found && isFull) {
      kept.set(key, found)
      if (kept.size > TLOG_TILES_KEPT) kept.delete(kept.keys().next().value!)
    }
    return found
  }

  async function tile(level: number, index: number, width: number): Promise<Uint8Array | undefined> {
    const hashes = await full(`${level}/${index}`, width === TILE_WIDTH, () => store.tile(level, index))
    return hashes && hashes.length >= width * HASH ? hashes.slice(0, width * HASH) : undefined
  }

  const reader = (size: number) =>
    readTiles(async ({ level, index, width }) => {
      const found = await tile(level, index, width)
      if (!found) throw new MissingTile()
      return found
    }, size)

  return {
    /** Undefined where the tree of `size` leaves has not that much of the tile. */
    tile: async (level: number, index: number, width: number, size: number) =>
      width <= widthIn(level, index, size) ? tile(level, index, width) : undefined,
    async bundle(index: number, width: number, size: number) {
      if (width > widthIn(0, index, size)) return undefined
      const entries = await full(`entries/${index}`, width === TILE_WIDTH, () => store.bundle(index))
      return entries && (width === TILE_WIDTH ? entries : encodeBundle(decodeBundle(entries, width)))
    },
    root: (size: number): Promise<Hash> => hashRange(reader(size), [0, size]),
    inclusion: (index: number, size: number) => proveInclusion(reader(size), index, size),
    consistency: (oldSize: number, newSize: number) => proveConsistency(reader(newSize), oldSize, newSize),
    async entry(index: number): Promise<Uint8Array> {
      const at = index % TILE_WIDTH
      const bundle = await store.bundle((index - at) / TILE_WIDTH)
      if (!bundle) throw new MissingTile()
      return decodeBundle(bundle, at + 1)[at]!
    },
  }
}
