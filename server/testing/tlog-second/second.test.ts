import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signedHead, testLog, testSigner, testWitness, treeOf } from '../../protocol/tlog/fixtures.ts'
import { EMPTY_ROOT, hashLeaf, hashRange } from '../../protocol/tlog/merkle.ts'
import { formatKey, noteKey } from '../../protocol/tlog/note.ts'
import {
  proveConsistency,
  proveInclusion,
  rootOfInclusion,
  verifyConsistency,
  verifyInclusion,
} from '../../protocol/tlog/proofs.ts'
import { encodeBundle, tilePath, tilesOf } from '../../protocol/tlog/tiles.ts'
import { isSigned, readBundle, readCheckpoint, readNote, readVkey, tileName } from './note.ts'
import { leafHash, mth, path, proof, rootByPath, rootsByProof } from './tree.ts'

const SIZES = 70
const entries = Array.from({ length: SIZES }, (_, i) => Buffer.from(`entry ${i} ${'x'.repeat(i % 5)}`))
const plain = (hashes: readonly Uint8Array[]) => hashes.map((hash) => Buffer.from(hash).toString('hex'))

describe('the log, held against a second implementation of RFC 9162 and the C2SP texts', () => {
  test(`roots, inclusion paths and consistency proofs are the same for every tree up to ${SIZES} entries`, async () => {
    expect(plain([EMPTY_ROOT])).toEqual(plain([mth([])]))
    for (let n = 1; n <= SIZES; n++) {
      const d = entries.slice(0, n)
      const read = treeOf(d)
      const root = await hashRange(read, [0, n])
      expect(plain([root])).toEqual(plain([mth(d)]))
      for (let m = 0; m < n; m++) {
        const ours = await proveInclusion(read, m, n)
        expect(plain(ours)).toEqual(plain(path(m, d)))
        expect(plain([rootByPath(leafHash(d[m]!), m, n, ours)!])).toEqual(plain([root]))
        const theirs = path(m, d)
        expect(verifyInclusion({ index: m, size: n, leaf: hashLeaf(d[m]!), proof: theirs, root })).toBe(true)
      }
      for (let m = 1; m <= n; m++) {
        const ours = await proveConsistency(read, m, n)
        expect(plain(ours)).toEqual(plain(proof(m, d)))
        const oldRoot = mth(d.slice(0, m))
        expect(plain(Object.values(rootsByProof(m, n, oldRoot, ours)!))).toEqual(plain([oldRoot, root]))
        expect(verifyConsistency({ oldSize: m, oldRoot, newSize: n, newRoot: root, proof: proof(m, d) })).toBe(true)
      }
    }
  })

  test('what one of them refuses of a damaged proof the other refuses', async () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
    const damage = fc.record({
      n: fc.integer({ min: 1, max: SIZES }),
      m: fc.nat(SIZES),
      cut: fc.nat(2),
      more: fc.array(hash, { maxLength: 2 }),
      flip: fc.option(fc.tuple(fc.nat(7), fc.nat(31)), { nil: undefined }),
    })
    await fc.assert(
      fc.asyncProperty(damage, async ({ n, m, cut, more, flip }) => {
        const d = entries.slice(0, n)
        const bend = (hashes: readonly Uint8Array[]) => {
          const bent = [...hashes.slice(0, Math.max(0, hashes.length - cut)), ...more].map((one) =>
            Uint8Array.from(one),
          )
          if (flip && bent[flip[0]]) bent[flip[0]]![flip[1]]! ^= 1
          return bent
        }
        const index = m % n
        const bentPath = bend(await proveInclusion(treeOf(d), index, n))
        const [one, other] = [
          rootOfInclusion(index, n, hashLeaf(d[index]!), bentPath),
          rootByPath(leafHash(d[index]!), index, n, bentPath),
        ]
        expect(one && plain([one])).toEqual(other && plain([other]))
        const oldSize = 1 + (m % n)
        const [oldRoot, newRoot] = [mth(d.slice(0, oldSize)), mth(d)]
        const bentProof = bend(await proveConsistency(treeOf(d), oldSize, n))
        const roots = rootsByProof(oldSize, n, oldRoot, bentProof)
        const holds = roots !== undefined && oldRoot.equals(roots.old) && newRoot.equals(roots.new)
        expect(verifyConsistency({ oldSize, oldRoot, newSize: n, newRoot, proof: bentProof })).toBe(holds)
      }),
      { numRuns: 400 },
    )
  })

  test('checkpoints and cosignatures made here are read and believed there, and no others', async () => {
    const root = mth(entries)
    const witnesses = [testWitness(1), testWitness(2)]
    const note = readNote(signedHead({ size: SIZES, root }, testLog, witnesses))
    expect(readCheckpoint(note)).toEqual({ origin: testLog.key.name, size: SIZES, root })
    const keys = [testLog, ...witnesses].map(({ key }) => readVkey(formatKey(key)))
    expect(keys.map((key) => isSigned(note, key))).toEqual([true, true, true])
    expect(isSigned({ ...note, text: note.text.replace(`${SIZES}`, '71') }, keys[0]!)).toBe(false)
    expect(isSigned({ ...note, text: note.text.replace(`${SIZES}`, '71') }, keys[1]!)).toBe(false)
    const stranger = testSigner(testLog.key.name, 1, 99)
    expect(isSigned(note, readVkey(formatKey(stranger.key)))).toBe(false)
    const misnamed = formatKey(noteKey('log.example/other', 1, testLog.key.key))
    expect(isSigned(note, readVkey(misnamed))).toBe(false)
    expect(() => readVkey(formatKey(testLog.key).replace('tlog+', 'tlok+'))).toThrow('the id of')
  })

  test('tiles have the names and bundles the bytes that tlog-tiles gives them', () => {
    for (const tile of tilesOf(70_000)) expect(tilePath(tile)).toBe(tileName(tile.level, tile.index, tile.width))
    expect(tileName(0, 1_234_067, 256)).toBe('tile/0/x001/x234/067')
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067')
    expect(readBundle(encodeBundle(entries.slice(0, 9)))).toEqual(entries.slice(0, 9))
  })
})
