import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { joined } from './bytes.ts'
import { treeOf } from './fixtures.ts'
import { hashRange } from './merkle.ts'
import { proveConsistency, proveInclusion } from './proofs.ts'
import {
  bundlePath,
  decodeBundle,
  encodeBundle,
  indexPath,
  parseIndexPath,
  parseLevel,
  readTiles,
  type TileAddress,
  tilePath,
  tilesOf,
  widthIn,
} from './tiles.ts'

const leaves = Array.from({ length: 1500 }, (_, i) => new Uint8Array([i >> 8, i & 255]))
const tree = treeOf(leaves)

/** A tile made straight from its definition: MTH of each 256 ** level leaves. */
async function tileOf({ level, index, width }: TileAddress): Promise<Uint8Array> {
  const span = 256 ** level
  const first = index * 256
  const hashes = Array.from({ length: width }, (_, i) =>
    hashRange(tree, [(first + i) * span, (first + i + 1) * span]),
  )
  return joined(...(await Promise.all(hashes)))
}

describe('tiles of C2SP tlog-tiles', () => {
  test('M3 stand at the paths of the specification', () => {
    expect(indexPath(1_234_067)).toBe('x001/x234/067')
    expect(indexPath(0)).toBe('000')
    expect(tilePath({ level: 0, index: 273, width: 112 })).toBe('tile/0/273.p/112')
    expect(bundlePath({ index: 1000, width: 256 })).toBe('tile/entries/x001/000')
    for (const index of [0, 1, 999, 1000, 1_234_067, 10 ** 9])
      expect(parseIndexPath(indexPath(index))).toEqual({ index, width: 256 })
    expect(parseIndexPath('273.p/112')).toEqual({ index: 273, width: 112 })
    for (const wrong of [
      '',
      '1',
      '0001',
      'x000/001',
      '001/002',
      '000.p/0',
      '000.p/256',
      '000.p/01',
      '000.p/',
      '../000',
    ])
      expect(parseIndexPath(wrong)).toBeUndefined()
    expect([parseLevel('0'), parseLevel('63'), parseLevel('64'), parseLevel('01'), parseLevel('-1')]).toEqual([
      0,
      63,
      undefined,
      undefined,
      undefined,
    ])
  })

  test('M3 of a tree of 70,000 leaves are those that the specification counts', () => {
    const tiles = [...tilesOf(70_000)]
    const at = (level: number) => tiles.filter((tile) => tile.level === level)
    expect(at(0).filter(({ width }) => width === 256)).toHaveLength(273)
    expect(at(0).at(-1)).toEqual({ level: 0, index: 273, width: 112 })
    expect(at(1)).toEqual([
      { level: 1, index: 0, width: 256 },
      { level: 1, index: 1, width: 17 },
    ])
    expect(at(2)).toEqual([{ level: 2, index: 0, width: 1 }])
    expect([...tilesOf(256)]).toEqual([
      { level: 0, index: 0, width: 256 },
      { level: 1, index: 0, width: 1 },
    ])
    expect(widthIn(0, 274, 70_000)).toBe(0)
  })

  test('M3 give the same roots and proofs as the whole tree', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1500 }), fc.nat(), fc.nat(), async (size, a, b) => {
        const read = readTiles(tileOf, size)
        expect(await hashRange(read, [0, size])).toEqual(await hashRange(tree, [0, size]))
        expect(await proveInclusion(read, a % size, size)).toEqual(await proveInclusion(tree, a % size, size))
        const old = b % (size + 1)
        expect(await proveConsistency(read, old, size)).toEqual(await proveConsistency(tree, old, size))
      }),
      { numRuns: 25 },
    )
  })

  test('M3 a tile of another width is not taken', async () => {
    const read = readTiles(async () => new Uint8Array(32 * 3), 300)
    await expect(hashRange(read, [0, 300])).rejects.toMatchObject({ code: 'bad_tile' })
  })

  test('M3 bundles hold entries of any length, and a cut one is refused', () => {
    const entries = [new Uint8Array(0), new Uint8Array(300).fill(7), new Uint8Array([1])]
    const bundle = encodeBundle(entries)
    expect(bundle.slice(0, 4)).toEqual(new Uint8Array([0, 0, 1, 44]))
    expect(decodeBundle(bundle, 3)).toEqual(entries)
    expect(decodeBundle(bundle, 2)).toEqual(entries.slice(0, 2))
    expect(() => decodeBundle(bundle, 4)).toThrow(/fewer/)
    expect(() => decodeBundle(bundle.slice(0, -1), 2)).toThrow(/cut off/)
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow(/longer/)
  })
})
