import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { choose, compareVersions, fits, newestFirst, parseVersion } from './semver.ts'

const part = fc.oneof(fc.nat({ max: 30 }).map(String), fc.stringMatching(/^[a-z-][a-z0-9-]{0,4}$/))
const version = fc
  .tuple(fc.nat({ max: 12 }), fc.nat({ max: 12 }), fc.nat({ max: 12 }), fc.array(part, { maxLength: 3 }))
  .map(([a, b, c, pre]) => `${a}.${b}.${c}${pre.length > 0 ? `-${pre.join('.')}` : ''}`)
const order = (a: string, b: string) => Math.sign(compareVersions(parseVersion(a)!, parseVersion(b)!))

describe('versions', () => {
  test('L1 are ordered as semver.org orders them', () => {
    const sorted = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.0.1',
      '1.2.0',
      '1.10.0',
      '2.0.0',
    ]
    for (const [i, low] of sorted.entries())
      for (const [j, high] of sorted.entries()) expect(order(low, high), `${low} ${high}`).toBe(Math.sign(i - j))
  })

  test('L1 the order is total: what comes before what does not depend on who asks', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(order(a, b)).toBe(order(b, a) === 0 ? 0 : -order(b, a))
        if (order(a, b) <= 0 && order(b, c) <= 0) expect(order(a, c)).toBeLessThanOrEqual(0)
        if (order(a, b) === 0) expect(a).toBe(b)
      }),
    )
  })

  test.each(['1', '1.2', '01.2.3', '1.2.3-', '1.2.3-01', '1.2.3+build', '1.2.3.4', 'v1.2.3', '1.2.3-ü', ' 1.2.3'])(
    'L1 %s is none',
    (text) => expect(parseVersion(text)).toBeUndefined(),
  )

  test('L2 without a wish the newest release is chosen, and a withdrawn one only by its whole name', () => {
    const all = ['1.0.0', '1.1.0', '2.0.0', '2.1.0-rc.1', '2.0.1'].map((each) => ({
      version: each,
      yanked: each === '2.0.1',
    }))
    expect(choose(all)?.version).toBe('2.0.0')
    expect(choose(all, '1')?.version).toBe('1.1.0')
    expect(choose(all, '2.0')?.version).toBe('2.0.0')
    expect(choose(all, '2.0.1')?.version).toBe('2.0.1')
    expect(choose(all, '2.1')).toBeUndefined()
    expect(choose(all, '2.1.0-rc.1')?.version).toBe('2.1.0-rc.1')
    expect(choose(all, '3')).toBeUndefined()
    expect(choose([{ version: '0.1.0-a', yanked: false }])?.version).toBe('0.1.0-a')
  })

  test('L2 what is chosen stands, fits the wish, and nothing newer does', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ version, yanked: fc.boolean() }), {
          selector: (each) => each.version,
          maxLength: 8,
        }),
        fc.option(fc.oneof(version, fc.nat({ max: 12 }).map(String)), { nil: undefined }),
        (all, wish) => {
          const chosen = choose(all, wish)
          const may = all.filter((each) => (wish === undefined ? !each.yanked : fits(wish, each.version)))
          if (!chosen) return
          expect(may).toContain(chosen)
          if (wish !== undefined && parseVersion(wish)) return
          const releases = may.filter((each) => !each.yanked && !each.version.includes('-'))
          if (releases.length > 0)
            expect(chosen.version).toBe(releases.map((each) => each.version).sort(newestFirst)[0])
        },
      ),
    )
  })
})
