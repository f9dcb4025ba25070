/** A chain of hashes: a small piece of work whose result cannot be had without doing it, to see how fast a node is. */
import { createHash } from 'node:crypto'

export function hashChain(seed: Uint8Array, steps: number): Uint8Array {
  let hash: Uint8Array = seed
  for (let i = 0; i < steps; i++) hash = createHash('sha256').update(hash).digest()
  return new Uint8Array(hash)
}
