import { describe, expect, test } from 'vitest'
import { chaos, isReproduced } from './chaos.ts'

/** A share of what `npm run chaos` runs: a build machine runs a hundred of them by that command, with the same seed. */
const RUNS = process.env.CI === 'true' ? 24 : 12
const SEED = Number(process.env.CHAOS_SEED ?? 1)

describe(`nodes killed at every step of an agent's trip (seed ${SEED})`, { timeout: 600_000 }, () => {
  test('T1 T14 T15 T20 no agent is lost, alive twice or heard twice, and a seed gives the same trace again', async () => {
    const { problems, lost, doubleOwned, doubledEffects, trips, kills, traces } = await chaos({
      runs: RUNS,
      seed: SEED,
    })
    expect({ problems, lost, doubleOwned, doubledEffects }).toEqual({
      problems: [],
      lost: 0,
      doubleOwned: 0,
      doubledEffects: 0,
    })
    expect(trips).toBeGreaterThan(RUNS)
    expect(kills).toBeGreaterThan(RUNS / 2)
    expect(await isReproduced({ seed: SEED, runs: 2, traces })).toBe(true)
  })

  test('T20 with fencing switched off the harness finds effects that were heard twice', async () => {
    const { doubledEffects } = await chaos({ runs: 3, seed: SEED, mutation: 'fencing' })
    expect(doubledEffects).toBeGreaterThan(0)
  })
})
