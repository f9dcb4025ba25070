import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createFakeClock } from '../lib/clock.ts'
import { encodeEntry, type LedgerEntry } from '../protocol/ledger-entry.ts'
import { createLedgerStore } from '../storage/ledger.ts'
import { createTestDatabase, describeOnDatabases, type TestDatabase } from '../testing/database.ts'
import { createLedger } from './ledger.ts'
import type { Ledger, TransferInput } from './types.ts'

const transfer = (id: string, from: string, to: string, amountMicro: bigint): TransferInput => ({
  id,
  from,
  to,
  amountMicro,
  code: 'transfer',
})
const grant = (id: string, to: string, amountMicro: bigint) => transfer(id, 'academy:grants', to, amountMicro)

await describeOnDatabases('the ledger', (kind) => {
  let db: TestDatabase
  let ledger: Ledger
  /** A second one on the same database, as another process would have. */
  let other: Ledger
  const clock = createFakeClock(1_000)

  beforeAll(async () => {
    db = await createTestDatabase({ kind })
  })
  beforeEach(anew)
  afterAll(() => db?.[Symbol.asyncDispose]())

  async function anew() {
    await db.pool.query('TRUNCATE "LedgerAccount", "LedgerTransfer", "LedgerPending", "LedgerMinted", "LedgerTotal"')
    ledger = createLedger({ store: createLedgerStore(db), clock })
    other = createLedger({ store: createLedgerStore(db), clock })
  }

  const noProblems = async () => expect((await ledger.audit()).problems).toEqual([])

  test('M18 a memo that concerns its parties has a salt of its own, one that names a verdict has none, and an entry of before reads as it was', async () => {
    const memo = 'for the lesson'
    const sent = ['a', 'b'].map((id) => ({ ...grant(id, 'player:ann', 5n), memo }))
    await ledger.transfer([
      ...sent,
      { ...grant('c', 'player:ann', 5n), memo, code: 'job' },
      grant('d', 'player:ann', 5n),
    ])
    const [a, b, c, d] = await ledger.entries(0, 10)
    expect([a!.memoSalt!.length, b!.memoSalt!.length, c!.memoSalt, d!.memoSalt]).toEqual([
      16,
      16,
      undefined,
      undefined,
    ])
    expect(a!.memoSalt).not.toEqual(b!.memoSalt)
    const text = (entry: LedgerEntry) => new TextDecoder().decode(encodeEntry(entry))
    expect(text(a!)).not.toContain(memo)
    expect(text(c!)).toContain(memo)
    // Sent again it is the same, salt and all.
    expect(await ledger.transfer([sent[0]!])).toEqual([{ status: 'exists', transfer: a }])
    await db.pool.query(`UPDATE "LedgerTransfer" SET "memoSalt" = NULL WHERE id = 'a'`)
    expect(text((await ledger.find('a'))!)).toMatch(/^academy-entry\/1\n.*for the lesson$/s)
  })

  test('L3 L8 L10 a transfer is kept as it was sent, with its number and time', async () => {
    const sent: TransferInput = { ...grant('first', 'player:ann', 5n), memo: 'за урок «Привет»' }
    const [result] = await ledger.transfer([sent])
    const kept = { ...sent, kind: 'transfer', index: 0, atMs: 1_000, memoSalt: expect.any(Uint8Array) }
    expect(result).toEqual({ status: 'created', transfer: kept })
    expect(await ledger.find('first')).toEqual(kept)
    expect(await ledger.find('second')).toBeUndefined()
    expect(await ledger.balance('player:ann')).toBe(5n)
    expect(await ledger.balance('academy:grants')).toBe(-5n)
    expect(await ledger.balance('player:nobody')).toBe(0n)
    expect(await ledger.transfer([])).toEqual([])
    await noProblems()
  })

  test('L4 a transfer sent many times at once moves once', async () => {
    const same = grant('once', 'player:ann', 3n)
    const results = (
      await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? ledger : other).transfer([same])))
    ).flat()
    expect(results.filter(({ status }) => status === 'created')).toHaveLength(1)
    expect(results.filter(({ status }) => status === 'exists')).toHaveLength(19)
    expect(await ledger.balance('player:ann')).toBe(3n)
    await noProblems()
  })

  test('L2 L8 two processes paying back and forth from every side neither stick nor overdraw', async () => {
    const people = ['player:a', 'player:b', 'player:c', 'player:d']
    await ledger.transfer(people.map((to) => grant(`start ${to}`.replace(' ', '-'), to, 10n)))
    const jobs = Array.from({ length: 120 }, (_, i) => {
      const from = people[i % 4]!
      const to = people[(i + 1 + (i % 3)) % 4]!
      return (i % 2 ? ledger : other).transfer([
        transfer(`x${i}`, from, to, BigInt(1 + (i % 7))),
        transfer(`y${i}`, to, from, 2n),
      ])
    })
    const results = (await Promise.all(jobs)).flat()
    expect(results.some(({ status }) => status === 'created')).toBe(true)
    const balances = await Promise.all(people.map((one) => ledger.balance(one)))
    expect(balances.reduce((a, b) => a + b)).toBe(40n)
    expect(balances.every((balance) => balance >= 0n)).toBe(true)
    expect((await ledger.audit()).transfers).toBe(4 + results.filter(({ status }) => status === 'created').length)
    await noProblems()
  })

  test('L1 L2 L4 L7 any interleaving of batches and repeats from two processes keeps the books', async () => {
    const account = fc.constantFrom('academy:grants', 'player:a', 'player:b', 'shop:s')
    const input = fc.record({ id: fc.nat(25), from: account, to: account, amount: fc.bigInt(0n, 9n) })
    const batches = fc.array(fc.tuple(fc.boolean(), fc.array(input, { minLength: 1, maxLength: 6 })), {
      minLength: 1,
      maxLength: 10,
    })
    await fc.assert(
      fc.asyncProperty(batches, async (plan) => {
        await anew()
        const results = await Promise.all(
          plan.map(([first, batch]) =>
            (first ? ledger : other).transfer(
              batch.map((one) => transfer(`t${one.id}`, one.from, one.to, one.amount)),
            ),
          ),
        )
        expect(results.map(({ length }) => length)).toEqual(plan.map(([, batch]) => batch.length))
        const report = await ledger.audit()
        expect(report.problems).toEqual([])
        expect(report.transfers).toBe(results.flat().filter(({ status }) => status === 'created').length)
      }),
      { numRuns: 40 },
    )
  })

  test('L11 what the database could not even read is refused beside its neighbours', async () => {
    const results = await Promise.all([
      ledger.transfer([grant('a', 'player:ann', 1n)]),
      ledger.transfer([grant('\0', 'player:ann', 1n), grant('b', 'player:\0', 1n)]),
      ledger.transfer([grant('c', 'player:ann', 1n)]),
    ])
    expect(results.flat().map((result) => (result.status === 'refused' ? result.reason : result.status))).toEqual([
      'created',
      'bad_id',
      'unknown_account',
      'created',
    ])
  })

  test('a statement lists both directions, newest first, in pages', async () => {
    await ledger.transfer([1, 2, 3, 4].map((n) => grant(`g${n}`, 'player:ann', 10n)))
    await ledger.transfer([transfer('p1', 'player:ann', 'shop:s', 1n), grant('else', 'player:ben', 1n)])
    const ids = async (options?: { before?: number; limit?: number }) =>
      (await ledger.statement('player:ann', options)).map(({ id }) => id)
    expect(await ids()).toEqual(['p1', 'g4', 'g3', 'g2', 'g1'])
    expect(await ids({ limit: 2 })).toEqual(['p1', 'g4'])
    expect(await ids({ before: 3, limit: 2 })).toEqual(['g3', 'g2'])
    expect(await ids({ limit: 0 })).toEqual([])
  })

  test('a batch beyond the limit is an error and changes nothing', async () => {
    const batch = Array.from({ length: 1001 }, (_, i) => grant(`g${i}`, 'player:ann', 1n))
    await expect(ledger.transfer(batch)).rejects.toMatchObject({ code: 'batch_too_large' })
    expect(await ledger.transfer(batch.slice(1))).toHaveLength(1000)
    expect(await ledger.balance('player:ann')).toBe(1000n)
  })

  test('L2 the database itself refuses a player below zero', async () => {
    const insert = `INSERT INTO "LedgerAccount" (id, "mayGoNegative", "debitsPendingMicro") VALUES ('player:x', false, 1)`
    await expect(db.pool.query(insert)).rejects.toMatchObject({ code: '23514' })
  })

  test('L12 the audit names each disagreement', async () => {
    await ledger.transfer([grant('a', 'player:ann', 5n), grant('b', 'player:ann', 5n), grant('c', 'player:ben', 5n)])
    const problemsAfter = async (sql: string) => {
      await db.pool.query(sql)
      return (await ledger.audit()).problems.join('\n')
    }
    expect(
      await problemsAfter(`UPDATE "LedgerAccount" SET "creditsPostedMicro" = 11 WHERE id = 'player:ann'`),
    ).toMatch(/add up to 1 .*\n.*player:ann is kept at 11 and its transfers come to 10/)
    expect(await problemsAfter(`UPDATE "LedgerAccount" SET "mayGoNegative" = true WHERE id = 'player:ben'`)).toMatch(
      /player:ben may go negative/,
    )
    expect(await problemsAfter(`DELETE FROM "LedgerTransfer" WHERE id = 'b'`)).toMatch(/index 2 where 1 was due/)
    expect(await problemsAfter(`DELETE FROM "LedgerAccount" WHERE id = 'player:ben'`)).toMatch(
      /player:ben has transfers and no account/,
    )
  })
})
