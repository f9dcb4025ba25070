import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFakeClock } from '../lib/clock.ts'
import { createLedgerStore } from '../storage/ledger.ts'
import { createTestDatabase, describeOnDatabases, type TestDatabase } from '../testing/database.ts'
import { createLedger } from './ledger.ts'
import { availableOf, balanceOf } from './steps.ts'
import { createBooks } from './testing/books.ts'
import { createModel } from './testing/model.ts'
import { plan } from './testing/plans.ts'
import type { LedgerAccount, LedgerStore, TransferResult } from './types.ts'

type Model = ReturnType<typeof createModel>

const saidOf = (results: readonly TransferResult[]) =>
  results.map((result) => (result.status === 'refused' ? result.reason : result.status))

/** Debits equal credits, nobody owes who may not, and each account is what the model counts. */
function agree(model: Model, accounts: readonly LedgerAccount[]): void {
  const sum = accounts.reduce((total, one) => total + balanceOf(one), 0n)
  expect(sum).toBe(0n)
  for (const account of accounts) {
    const counted = model.state().accounts[account.id]!
    expect(`${account.id} ${balanceOf(account)}`).toBe(`${account.id} ${counted.in - counted.out}`)
    expect(account.debitsPendingMicro).toBe(BigInt(counted.set))
    expect(account.creditsPendingMicro).toBe(BigInt(counted.due))
    expect(account.frozen).toBe(counted.frozen)
    if (!account.id.startsWith('academy:')) expect(availableOf(account)).toBeGreaterThanOrEqual(0n)
  }
}

describe('posting against a plain model', () => {
  test('L1 L2 L4 L6 L7 L13 L14 L15 L16 L17 whatever is posted, set aside, ended, linked, repeated and let expire', () => {
    fc.assert(
      fc.property(plan(14), (steps) => {
        const books = createBooks()
        const model = createModel()
        let nowMs = 0
        for (const { batch, passMs } of steps) {
          nowMs += passMs
          expect(saidOf(books.post(batch, nowMs))).toEqual(model.post(batch, nowMs))
          expect(saidOf(books.post(batch, nowMs))).toEqual(model.post(batch, nowMs))
        }
        agree(model, [...books.accounts.values()])
        expect(books.problems()).toEqual([])
      }),
      { numRuns: 400 },
    )
  })
})

await describeOnDatabases('the ledger against a plain model', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await createTestDatabase({ kind })
  })
  afterAll(() => db?.[Symbol.asyncDispose]())

  test('L1 L4 L9 L14 L15 L16 batches cut off before and after they stood, and sent again, are posted once', async () => {
    await fc.assert(
      fc.asyncProperty(plan(8), async (steps) => {
        await db.pool.query(
          'TRUNCATE "LedgerAccount", "LedgerTransfer", "LedgerPending", "LedgerMinted", "LedgerTotal"',
        )
        const clock = createFakeClock(0)
        const store = createLedgerStore(db)
        const ledger = createLedger({ store, clock })
        const model = createModel()
        for (const { batch, passMs, cut } of steps) {
          clock.advance(passMs)
          if (cut !== 'none') {
            await expect(createLedger({ store: cutting(store, cut), clock }).transfer(batch)).rejects.toThrow('cut')
            if (cut === 'after') model.post(batch, clock.now())
          }
          expect(saidOf(await ledger.transfer(batch))).toEqual(model.post(batch, clock.now()))
        }
        const { accounts } = await store.standing()
        agree(model, accounts)
        expect((await ledger.audit()).problems).toEqual([])
        const { outstandingMicro, heldMicro } = await ledger.supply()
        expect(outstandingMicro).toBe(heldMicro)
      }),
      { numRuns: 40 },
    )
  })
})

/** A store whose process ends in the middle: what `before` cuts off is rolled back, what `after` cuts off stands unanswered. */
function cutting(store: LedgerStore, cut: 'before' | 'after'): LedgerStore {
  return {
    ...store,
    async post(asked, decide) {
      await store.post(asked, (found) => {
        const change = decide(found)
        if (cut === 'before') throw new Error('cut')
        return change
      })
      throw new Error('cut')
    },
  }
}
