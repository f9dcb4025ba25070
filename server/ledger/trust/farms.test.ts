import { describe, expect, test } from 'vitest'
import { FARMS, measure } from '../../testing/trust-farms.ts'

describe('farming trust', () => {
  test.each(FARMS.map((farm) => [farm.name, farm] as const))(
    'L28 %s: no profit here, and one where talk counts',
    async (_, farm) => {
      const { naiveMicro, oursMicro } = await measure(farm)
      expect(oursMicro).toBeLessThanOrEqual(0n)
      expect(naiveMicro).toBeGreaterThan(0n)
    },
  )
})
