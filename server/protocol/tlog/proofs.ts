/** Inclusion and consistency proofs of RFC 9162 sections 2.1.3 and 2.1.4: made from a tree that can be read, and checked against roots alone. */
import { sameBytes } from './bytes.ts'
import {
  EMPTY_ROOT,
  HASH_BYTES,
  type Hash,
  hashNode,
  hashRange,
  type NodeReader,
  type Range,
  splitOf,
} from './merkle.ts'

/** No tree of 2 ** 53 leaves has a longer path. */
export const PROOF_MAX_HASHES = 63

/** Shows that a leaf stands at `index` in the tree of `size` leaves. */
export function proveInclusion(read: NodeReader, index: number, size: number): Promise<readonly Hash[]> {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) throw new RangeError('no such leaf in that tree')
  const ranges: Range[] = []
  for (let start = 0, end = size; end - start > 1; ) {
    const middle = start + splitOf(end - start)
    if (index < middle) {
      ranges.unshift([middle, end])
      end = middle
    } else {
      ranges.unshift([start, middle])
      start = middle
    }
  }
  return Promise.all(ranges.map((range) => hashRange(read, range)))
}

/** Shows that the tree of `oldSize` leaves is the beginning of the tree of `newSize`; empty for 0 and for equal sizes. */
export function proveConsistency(read: NodeReader, oldSize: number, newSize: number): Promise<readonly Hash[]> {
  if (!(Number.isSafeInteger(oldSize) && oldSize >= 0 && oldSize <= newSize))
    throw new RangeError('no such older tree')
  if (oldSize === 0 || oldSize === newSize) return Promise.resolve([])
  const ranges: Range[] = []
  let start = 0
  let end = newSize
  // Whether what is left is the whole of the old tree, whose root the reader knows.
  let whole = true
  while (oldSize !== end) {
    const middle = start + splitOf(end - start)
    if (oldSize <= middle) {
      ranges.unshift([middle, end])
      end = middle
    } else {
      ranges.unshift([start, middle])
      start = middle
      whole = false
    }
  }
  if (!whole) ranges.unshift([start, end])
  return Promise.all(ranges.map((range) => hashRange(read, range)))
}

/** The root that a leaf and its path come to, or undefined when the path has the wrong length. */
export function rootOfInclusion(index: number, size: number, leaf: Hash, proof: readonly Hash[]): Hash | undefined {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([leaf, ...proof])) return undefined
  let at = index
  let last = size - 1
  let root = leaf
  for (const hash of proof) {
    if (last === 0) return undefined
    if (at % 2 === 1 || at === last) {
      root = hashNode(hash, root)
      while (at % 2 === 0 && at !== 0) {
        at /= 2
        last = half(last)
      }
    } else root = hashNode(root, hash)
    at = half(at)
    last = half(last)
  }
  return last === 0 ? root : undefined
}

export type Inclusion = {
  readonly index: number
  readonly size: number
  readonly leaf: Hash
  readonly proof: readonly Hash[]
  readonly root: Hash
}

export function verifyInclusion({ index, size, leaf, proof, root }: Inclusion): boolean {
  const found = rootOfInclusion(index, size, leaf, proof)
  return found !== undefined && sameBytes(found, root)
}

export type Consistency = {
  readonly oldSize: number
  readonly oldRoot: Hash
  readonly newSize: number
  readonly newRoot: Hash
  readonly proof: readonly Hash[]
}

export function verifyConsistency({ oldSize, oldRoot, newSize, newRoot, proof }: Consistency): boolean {
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize || !areHashes([oldRoot, newRoot, ...proof]))
    return false
  if (oldSize === newSize) return proof.length === 0 && sameBytes(oldRoot, newRoot)
  if (oldSize === 0) return proof.length === 0 && sameBytes(oldRoot, EMPTY_ROOT)
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof
  if (path.length === 0) return false
  let at = oldSize - 1
  let last = newSize - 1
  while (at % 2 === 1) {
    at = half(at)
    last = half(last)
  }
  let older = path[0]!
  let newer = path[0]!
  for (const hash of path.slice(1)) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      older = hashNode(hash, older)
      newer = hashNode(hash, newer)
      while (at % 2 === 0 && at !== 0) {
        at /= 2
        last = half(last)
      }
    } else newer = hashNode(newer, hash)
    at = half(at)
    last = half(last)
  }
  return last === 0 && sameBytes(older, oldRoot) && sameBytes(newer, newRoot)
}

/** Numbers above 2 ** 31 have no bit operations of their own. */
const half = (n: number): number => Math.floor(n / 2)
const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0
const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n)) && 2 ** Math.round(Math.log2(n)) === n
const areHashes = (all: readonly Uint8Array[]): boolean =>
  all.length <= PROOF_MAX_HASHES + 2 && all.every(({ length }) => length === HASH_BYTES)
