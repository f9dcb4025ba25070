import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createFakeClock } from '../../lib/clock.ts'
import { createTrustStore } from '../../storage/trust.ts'
import { createTestDatabase, describeOnDatabases, type TestDatabase } from '../../testing/database.ts'
import { decayed } from './decay.ts'
import { countedOf } from './score.ts'
import { createTrust } from './trust.ts'
import type { Outcome, Trust } from './types.ts'

const DAY_MS = 86_400_000
const CREDIT = 1_000_000n

describe('what an outcome counts', () => {
  test('L26 is half after 30 days, and nothing after 300', () => {
    expect([0, 30, 60, 299, 300, 4_000].map((days) => decayed(1_000_000n, days))).toEqual([
      1_000_000n,
      500_000n,
      250_000n,
      999n,
      0n,
      0n,
    ])
    // 2^(-1/30) thirty times over is a half, to a millionth.
    let left = 10n ** 15n
    for (let day = 0; day < 30; day++) left = decayed(left, 1)
    expect(Math.abs(Number(left) / 1e15 - 0.5)).toBeLessThan(1e-6)
    for (let day = 1; day < 300; day++) expect(decayed(10n ** 12n, day)).toBeLessThan(decayed(10n ** 12n, day - 1))
  })

  test('L26 is bounded for each outcome, and for each pair and day', () => {
    const one = outcome({ valueMicro: 40n * CREDIT, feeMicro: 2n * CREDIT })
    expect(countedOf(one, { countedMicro: 0n, creditMicro: 0n })).toEqual({
      countedMicro: 10n * CREDIT,
      creditMicro: CREDIT / 2n,
    })
    expect(countedOf(one, { countedMicro: 49n * CREDIT, creditMicro: 0n })).toEqual({
      countedMicro: CREDIT,
      creditMicro: 50_000n,
    })
    expect(countedOf(one, { countedMicro: 50n * CREDIT, creditMicro: 0n }).countedMicro).toBe(0n)
    expect(countedOf({ ...one, result: 'wrong' }, { countedMicro: 50n * CREDIT, creditMicro: 0n })).toEqual({
      countedMicro: 10n * CREDIT,
      creditMicro: 0n,
    })
  })
})

let made = 0
const outcome = (change: Partial<Outcome> = {}): Outcome => ({
  id: `outcome-${made++}`,
  owner: 'aa',
  counterparty: 'bb',
  kind: 'render',
  result: 'right',
  valueMicro: 4n * CREDIT,
  feeMicro: CREDIT / 5n,
  evidence: 'job:1',
  atMs: 0,
  ...change,
})

await describeOnDatabases('trust', (kind) => {
  let db: TestDatabase
  let trust: Trust
  let owedMicro = 0n
  let clock = createFakeClock(0)
  beforeAll(async () => {
    db = await createTestDatabase({ kind })
  })
  beforeEach(async () => {
    await db.pool.query('TRUNCATE "TrustOutcome", "TrustDay", "TrustPair"')
    owedMicro = 0n
    clock = createFakeClock(0)
    trust = createTrust({ store: createTrustStore(db), owed: async () => owedMicro, clock })
  })
  afterAll(() => db?.[Symbol.asyncDispose]())

  test('L26 comes from verified outcomes, each told once, for one kind of task', async () => {
    const first = outcome()
    expect(await Promise.all([trust.record(first), trust.record(first)])).toContain(false)
    expect(await trust.record(first)).toBe(false)
    await trust.record(outcome({ counterparty: 'cc' }))
    expect(await trust.of('aa', 'render')).toEqual({
      kind: 'render',
      scorePermille: 285,
      right: { count: 2, countedMicro: 8n * CREDIT, creditMicro: (2n * CREDIT) / 5n },
      wrong: { count: 0, countedMicro: 0n, creditMicro: 0n },
      late: { count: 0, countedMicro: 0n, creditMicro: 0n },
    })
    expect((await trust.of('aa', 'sum')).scorePermille).toBe(0)
    expect((await trust.of('zz', 'render')).scorePermille).toBe(0)
  })

  test('L26 work for oneself, and what has no value, is nothing', async () => {
    expect(await trust.record(outcome({ counterparty: 'aa' }))).toBe(false)
    expect(await trust.record(outcome({ valueMicro: 0n }))).toBe(false)
    expect((await trust.why('aa')).figures).toEqual([])
  })

  test('L26 one wrong result weighs as much as twenty right ones', async () => {
    for (let n = 0; n < 20; n++) await trust.record(outcome({ counterparty: `c${n}` }))
    const before = (await trust.of('aa', 'render')).scorePermille
    await trust.record(outcome({ result: 'wrong' }))
    const after = (await trust.of('aa', 'render')).scorePermille
    expect([before, after]).toEqual([800, 444])
  })

  test('L26 each figure has its reasons, which come to it', async () => {
    for (let n = 0; n < 3; n++) await trust.record(outcome({ counterparty: `c${n}`, atMs: n * DAY_MS }))
    await trust.record(outcome({ result: 'late', atMs: 3 * DAY_MS, kind: 'sum' }))
    clock.advance(33 * DAY_MS)
    const why = await trust.why('aa')
    const right = why.outcomes.filter(({ result }) => result === 'right')
    const sum = right.reduce((all, { countedMicro, atMs }) => all + decayed(countedMicro, 33 - atMs / DAY_MS), 0n)
    expect(why.figures.map((one) => one.kind)).toEqual(['render', 'sum'])
    expect(why.figures[0]!.right).toMatchObject({ count: 3, countedMicro: sum })
    expect(why.outcomes.map(({ atMs }) => atMs / DAY_MS)).toEqual([3, 2, 1, 0])
  })

  test('L27 credit with a creditor is half of the fees behind the work for it, and a default stops it until it is repaid', async () => {
    for (let n = 0; n < 10; n++) await trust.record(outcome({ counterparty: `c${n}` }))
    expect(await trust.credit('aa')).toMatchObject({ limitMicro: CREDIT, owedMicro: 0n, availableMicro: CREDIT })
    expect(await trust.creditWith('aa', 'c3')).toEqual({
      limitMicro: CREDIT / 10n,
      owedMicro: 0n,
      availableMicro: CREDIT / 10n,
    })
    expect((await trust.creditWith('aa', 'zz')).limitMicro).toBe(0n)
    owedMicro = 1n
    expect(await trust.credit('aa')).toMatchObject({ limitMicro: CREDIT, owedMicro: 1n, availableMicro: 0n })
    expect((await trust.creditWith('aa', 'c3')).availableMicro).toBe(0n)
    owedMicro = 0n
    clock.advance(30 * DAY_MS)
    expect((await trust.credit('aa')).limitMicro).toBe(CREDIT / 2n)
    await trust.record(outcome({ result: 'wrong', atMs: 30 * DAY_MS }))
    expect((await trust.credit('aa')).limitMicro).toBe(0n)
  })

  test('L27 work on which no fee was paid is trusted and lends nothing', async () => {
    for (let n = 0; n < 10; n++) await trust.record(outcome({ counterparty: `c${n}`, feeMicro: 0n }))
    expect((await trust.of('aa', 'render')).scorePermille).toBeGreaterThan(600)
    expect((await trust.credit('aa')).limitMicro).toBe(0n)
  })
})
