/** Tiles of C2SP tlog-tiles: 256 hashes each, addressed by level and index; how nodes of the tree are read out of them. */
import { TLOG_ENTRY_MAX_BYTES } from '../../limits.ts'
import { joined } from './bytes.ts'
import { foldRow, HASH_BYTES, type Hash, type NodeReader } from './merkle.ts'

export const TILE_HEIGHT = 8
/** Hashes in a full tile, and entries in a full bundle. */
export const TILE_WIDTH = 2 ** TILE_HEIGHT
const LEVEL_MAX = 63

/** `level` counts tiles, not nodes; `width` is below 256 only at the right edge of a tree. */
export type TileAddress = { readonly level: number; readonly index: number; readonly width: number }

/** `000` … `999`, `x001/000` … */
export function indexPath(index: number): string {
  const groups = [String(index % 1000).padStart(3, '0')]
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`)
  return groups.join('/')
}

const partSuffix = (width: number): string => (width === TILE_WIDTH ? '' : `.p/${width}`)

/** Path below the log's prefix. */
export const tilePath = ({ level, index, width }: TileAddress): string =>
  `tile/${level}/${indexPath(index)}${partSuffix(width)}`
export const bundlePath = ({ index, width }: Omit<TileAddress, 'level'>): string =>
  `tile/entries/${indexPath(index)}${partSuffix(width)}`

/** What stands behind `tile/<L>/` or `tile/entries/`; undefined for anything but the one way to write it. */
export function parseIndexPath(path: string): { readonly index: number; readonly width: number } | undefined {
  const match = /^((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path)
  if (!match) return undefined
  const index = Number(match[1]!.replaceAll('/', '').replaceAll('x', ''))
  const width = match[2] === undefined ? TILE_WIDTH : Number(match[2])
  if (!Number.isSafeInteger(index) || indexPath(index) !== match[1]) return undefined
  if (match[2] !== undefined && width >= TILE_WIDTH) return undefined
  return { index, width }
}

export function parseLevel(text: string): number | undefined {
  const level = /^(0|[1-9]\d?)$/.test(text) ? Number(text) : Number.NaN
  return level <= LEVEL_MAX ? level : undefined
}

/** Hashes at a tile level of a tree of `size` leaves. */
export const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level)

/** How much of a tile the tree of `size` leaves has: 0 when nothing. */
export const widthIn = (level: number, index: number, size: number): number =>
  Math.max(0, Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH))

/** Every tile of a tree, level by level. */
export function* tilesOf(size: number): Generator<TileAddress> {
  for (let level = 0; hashesAt(level, size) > 0; level++)
    for (let index = 0; index * TILE_WIDTH < hashesAt(level, size); index++)
      yield { level, index, width: widthIn(level, index, size) }
}

/** The concatenated hashes of a tile. Throws when there is none. */
export type TileSource = (tile: TileAddress) => Promise<Uint8Array>

/** Reads nodes of the tree of `size` leaves out of its tiles; each tile is asked for once. */
export function readTiles(source: TileSource, size: number): NodeReader {
  const asked = new Map<string, Promise<readonly Hash[]>>()
  const tile = (level: number, index: number): Promise<readonly Hash[]> => {
    const key = `${level}/${index}`
    const known = asked.get(key) ?? fetched({ level, index, width: widthIn(level, index, size) })
    asked.set(key, known)
    return known
  }
  const fetched = async (address: TileAddress) => hashesOf(await source(address), address.width)
  return async (level, index) => {
    const row = Math.floor(level / TILE_HEIGHT)
    const span = 2 ** (level % TILE_HEIGHT)
    const first = index * span
    const hashes = await tile(row, Math.floor(first / TILE_WIDTH))
    return foldRow(hashes.slice(first % TILE_WIDTH, (first % TILE_WIDTH) + span))
  }
}

/** Cuts a tile into its hashes; throws when it has not the width that was asked for. */
export function hashesOf(tile: Uint8Array, width: number): readonly Hash[] {
  if (tile.length !== width * HASH_BYTES || width === 0)
    throw new TileError('a tile has not the width it should have')
  return Array.from({ length: width }, (_, i) => tile.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES))
}

export class TileError extends Error {
  readonly code = 'bad_tile'
}

/** Entries of a bundle: each behind its length, a big-endian 16-bit number. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  return joined(
    ...entries.flatMap((entry) => {
      if (entry.length > TLOG_ENTRY_MAX_BYTES) throw new TileError('an entry is longer than a bundle can hold')
      return [new Uint8Array([entry.length >> 8, entry.length & 0xff]), entry]
    }),
  )
}

/** The first `width` entries; throws when there are fewer, or when what is left over is not made of whole entries. */
export function decodeBundle(bundle: Uint8Array, width: number): readonly Uint8Array[] {
  const entries: Uint8Array[] = []
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + ((bundle[at]! << 8) | (bundle[at + 1] ?? 0))
    if (end > bundle.length) throw new TileError('a bundle is cut off')
    entries.push(bundle.slice(at + 2, end))
    at = end
  }
  if (entries.length < width) throw new TileError('a bundle has fewer entries than it should have')
  return entries.slice(0, width)
}
