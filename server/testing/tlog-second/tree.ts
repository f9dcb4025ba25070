/**
 * The Merkle tree of RFC 9162 section 2.1, word for word: recursive over lists of entries, slow and plain. It shares no line
 * with the implementation it checks, which works by tiles and loops.
 */
import { createHash } from 'node:crypto'

export type Entries = readonly Uint8Array[]

const sha256 = (...parts: readonly Uint8Array[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
export const leafHash = (entry: Uint8Array): Buffer => sha256(Buffer.of(0), entry)
const nodeHash = (left: Uint8Array, right: Uint8Array) => sha256(Buffer.of(1), left, right)

/** The largest power of two smaller than n; n is at least 2. */
function k(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}

/** MTH(D_n), section 2.1.1. */
export function mth(d: Entries): Buffer {
  if (d.length === 0) return sha256()
  if (d.length === 1) return leafHash(d[0]!)
  return nodeHash(mth(d.slice(0, k(d.length))), mth(d.slice(k(d.length))))
}

/** PATH(m, D_n), section 2.1.3.1. */
export function path(m: number, d: Entries): Buffer[] {
  if (d.length === 1) return []
  const half = k(d.length)
  return m < half
    ? [...path(m, d.slice(0, half)), mth(d.slice(half))]
    : [...path(m - half, d.slice(half)), mth(d.slice(0, half))]
}

/** PROOF(m, D_n), section 2.1.4.1; 0 < m <= n. */
export const proof = (m: number, d: Entries): Buffer[] => subproof(m, d, true)

function subproof(m: number, d: Entries, whole: boolean): Buffer[] {
  if (m === d.length) return whole ? [] : [mth(d)]
  const half = k(d.length)
  return m <= half
    ? [...subproof(m, d.slice(0, half), whole), mth(d.slice(half))]
    : [...subproof(m - half, d.slice(half), false), mth(d.slice(0, half))]
}

/** The root that an inclusion path leads to, by going down the tree as PATH does; undefined when the path has another length. */
export function rootByPath(
  leaf: Uint8Array,
  m: number,
  n: number,
  hashes: readonly Uint8Array[],
): Buffer | undefined {
  if (m < 0 || m >= n) return undefined
  if (n === 1) return hashes.length === 0 ? Buffer.from(leaf) : undefined
  const last = hashes.at(-1)
  if (!last) return undefined
  const half = k(n)
  const inner =
    m < half
      ? rootByPath(leaf, m, half, hashes.slice(0, -1))
      : rootByPath(leaf, m - half, n - half, hashes.slice(0, -1))
  if (!inner) return undefined
  return m < half ? nodeHash(inner, last) : nodeHash(last, inner)
}

/** The old and the new root that a consistency proof speaks of, by going down the tree as SUBPROOF does. */
export function rootsByProof(
  m: number,
  n: number,
  oldRoot: Uint8Array,
  hashes: readonly Uint8Array[],
): { old: Uint8Array; new: Uint8Array } | undefined {
  const down = (
    m: number,
    n: number,
    left: readonly Uint8Array[],
    whole: boolean,
  ): [Uint8Array, Uint8Array] | undefined => {
    if (m === n) {
      if (whole) return left.length === 0 ? [oldRoot, oldRoot] : undefined
      return left.length === 1 ? [left[0]!, left[0]!] : undefined
    }
    const last = left.at(-1)
    if (!last) return undefined
    const half = k(n)
    if (m <= half) {
      const inner = down(m, half, left.slice(0, -1), whole)
      return inner && [inner[0], nodeHash(inner[1], last)]
    }
    const inner = down(m - half, n - half, left.slice(0, -1), false)
    return inner && [nodeHash(last, inner[0]), nodeHash(last, inner[1])]
  }
  if (m <= 0 || m > n) return undefined
  const roots = down(m, n, hashes, true)
  return roots && { old: roots[0], new: roots[1] }
}
