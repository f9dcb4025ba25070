/** The Merkle tree of RFC 9162 section 2.1 (the same as RFC 6962's): hashes, and the roots of ranges of leaves. */
import { sha256 } from '@noble/hashes/sha2.js'

/** 32 bytes of SHA-256. */
export type Hash = Uint8Array
export const HASH_BYTES = 32

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Hash = sha256(new Uint8Array(0))

export const hashLeaf = (entry: Uint8Array): Hash => sha256.create().update(LEAF).update(entry).digest()

export function hashNode(left: Hash, right: Hash): Hash {
  const bytes = new Uint8Array(1 + 2 * HASH_BYTES)
  bytes[0] = 1
  bytes.set(left, 1)
  bytes.set(right, 1 + HASH_BYTES)
  return sha256(bytes)
}
const LEAF = new Uint8Array([0])

/** The hash of the perfect subtree over the leaves `[index * 2 ** level, (index + 1) * 2 ** level)`. */
export type NodeReader = (level: number, index: number) => Hash | Promise<Hash>

/** Leaves from `start` on, up to but not with `end`. */
export type Range = readonly [start: number, end: number]

/** The largest power of two below `size`, which is above 1. */
export function splitOf(size: number): number {
  let k = 1
  while (k * 2 < size) k *= 2
  return k
}

/** The Merkle tree hash over a range that starts where a subtree may start. */
export async function hashRange(read: NodeReader, [start, end]: Range): Promise<Hash> {
  if (end === start) return EMPTY_ROOT
  const subtrees: Promise<Hash>[] = []
  for (let at = start; at < end; ) {
    const level = levelOf(end - at)
    subtrees.push(Promise.resolve(read(level, at / 2 ** level)))
    at += 2 ** level
  }
  const hashes = await Promise.all(subtrees)
  return hashes.reduceRight((right, left) => hashNode(left, right))
}

/** The height of the largest perfect subtree among so many leaves. */
function levelOf(leaves: number): number {
  let level = 0
  while (2 ** (level + 1) <= leaves) level++
  return level
}

/** Fewest hashes above a row of them: the tree over `row`, which may be any length above 0. */
export function foldRow(row: readonly Hash[]): Hash {
  if (row.length === 1) return row[0]!
  const k = splitOf(row.length)
  return hashNode(foldRow(row.slice(0, k)), foldRow(row.slice(k)))
}
