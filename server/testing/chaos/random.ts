/** Chance in the chaos harness: one seeded stream for each run. */
import { nextUint32, seedRandom } from '../../lib/random.ts'

export type Random = {
  /** 0 … n - 1. */
  below(n: number): number
  pick<T>(list: readonly T[]): T
}

export function createRandom(seed: number): Random {
  let state = seedRandom(`chaos ${seed}`)
  const below = (n: number) => {
    const { value, state: next } = nextUint32(state)
    state = next
    return value % n
  }
  return { below, pick: (list) => list[below(list.length)]! }
}
