/** Chance with a seed: numbers in 0…1, and delays that are mostly short and now and then long. */
import { nextUint32, seedRandom } from '../../lib/random.ts'

export type Chance = () => number

export function createChance(seed: string): Chance {
  let state = seedRandom(seed)
  return () => {
    const { value, state: next } = nextUint32(state)
    state = next
    return value / 2 ** 32
  }
}

/** A log-normal distribution by its median and the standard deviation of its logarithm. */
export type Spread = { readonly medianMs: number; readonly sigma: number }

/** Box and Muller 1958. */
export function draw({ medianMs, sigma }: Spread, chance: Chance): number {
  const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())
  return medianMs * Math.exp(sigma * normal)
}
