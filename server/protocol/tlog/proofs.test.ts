import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from './bytes.ts'
import { REFERENCE_LEAVES, treeOf, unhex } from './fixtures.ts'
import { EMPTY_ROOT, type Hash, hashLeaf, hashRange } from './merkle.ts'
import { proveConsistency, proveInclusion, verifyConsistency, verifyInclusion } from './proofs.ts'

// Published values: the tests of transparency-dev/merkle (proof/verify_test.go), which took them from certificate-transparency.
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
].map(unhex)

/** Leaves counted from 0. */
const INCLUSION: readonly [leaf: number, size: number, proof: readonly string[]][] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
]

const CONSISTENCY: readonly [older: number, newer: number, proof: readonly string[]][] = [
  [1, 1, []],
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
  [
    6,
    7,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
]

const read = treeOf(REFERENCE_LEAVES)
const leafOf = (n: number) => new Uint8Array([n >> 8, n & 255])
const manyLeaves = Array.from({ length: 700 }, (_, i) => leafOf(i))
const many = treeOf(manyLeaves)
const rootOf = (size: number) => hashRange(many, [0, size])

describe('the tree of RFC 6962', () => {
  test('M1 has the published roots', async () => {
    expect(toHex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    for (const [i, root] of ROOTS.entries()) expect(await hashRange(read, [0, i + 1])).toEqual(root)
  })

  test('M2 gives the published inclusion proofs, and takes them', async () => {
    for (const [index, size, hex] of INCLUSION) {
      const proof = await proveInclusion(read, index, size)
      expect(proof.map(toHex)).toEqual(hex)
      const leaf = hashLeaf(REFERENCE_LEAVES[index]!)
      expect(verifyInclusion({ index, size, leaf, proof, root: ROOTS[size - 1]! })).toBe(true)
    }
  })

  test('M2 gives the published consistency proofs, and takes them', async () => {
    for (const [oldSize, newSize, hex] of CONSISTENCY) {
      const proof = await proveConsistency(read, oldSize, newSize)
      expect(proof.map(toHex)).toEqual(hex)
      const roots = { oldRoot: ROOTS[oldSize - 1]!, newRoot: ROOTS[newSize - 1]! }
      expect(verifyConsistency({ oldSize, newSize, ...roots, proof })).toBe(true)
    }
  })

  test('M2 every leaf of every tree up to 70 can be shown, and no other in its place', async () => {
    for (let size = 1; size <= 70; size++) {
      const root = await rootOf(size)
      for (let index = 0; index < size; index++) {
        const proof = await proveInclusion(many, index, size)
        const claim = { index, size, leaf: hashLeaf(leafOf(index)), proof, root }
        expect(verifyInclusion(claim)).toBe(true)
        expect(verifyInclusion({ ...claim, leaf: hashLeaf(leafOf(index + 1)) })).toBe(false)
        expect(verifyInclusion({ ...claim, index: size })).toBe(false)
        expect(verifyInclusion({ ...claim, proof: [...proof, root] })).toBe(false)
        expect(verifyInclusion({ ...claim, proof: [root, ...proof] })).toBe(false)
        if (size > 1) expect(verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(false)
      }
    }
  })

  test('M2 a changed bit anywhere breaks an inclusion proof', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 700 }),
        fc.nat(),
        fc.nat(),
        fc.nat(7),
        async (size, at, where, bit) => {
          const index = at % size
          const proof = (await proveInclusion(many, index, size)).map((hash) => hash.slice())
          const root = await rootOf(size)
          const hit = proof[where % proof.length]!
          hit[where % 32]! ^= 1 << bit
          expect(verifyInclusion({ index, size, leaf: hashLeaf(leafOf(index)), proof, root })).toBe(false)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('M2 consistency holds between all sizes, and not with another past, or another proof', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(700), fc.nat(700), fc.nat(), async (a, b, where) => {
        const [oldSize, newSize] = a < b ? [a, b] : [b, a]
        const [oldRoot, newRoot] = [await rootOf(oldSize), await rootOf(newSize)]
        const proof = await proveConsistency(many, oldSize, newSize)
        const claim = { oldSize, oldRoot, newSize, newRoot, proof }
        expect(verifyConsistency(claim)).toBe(true)
        // No leaf of these trees, nor of any other size here.
        const other = hashLeaf(new Uint8Array([1, 2, 3, where & 255]))
        expect(verifyConsistency({ ...claim, oldRoot: other })).toBe(false)
        if (oldSize > 0) expect(verifyConsistency({ ...claim, newRoot: other })).toBe(false)
        expect(verifyConsistency({ ...claim, proof: [...proof, other] })).toBe(false)
        if (proof.length === 0) return
        const wrong: Hash[] = [...proof]
        wrong[where % wrong.length] = other
        expect(verifyConsistency({ ...claim, proof: wrong })).toBe(false)
        expect(verifyConsistency({ ...claim, proof: proof.slice(0, -1) })).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  test('M2 sizes beyond 32 bits are counted right', () => {
    const leaf = hashLeaf(leafOf(1))
    const claim = { index: 2 ** 33, size: 2 ** 33 + 1, leaf, proof: [ROOTS[0]!], root: ROOTS[0]! }
    expect(verifyInclusion(claim)).toBe(false)
    expect(() => proveInclusion(many, 2 ** 53, 2 ** 53 + 2)).toThrow(RangeError)
  })
})
