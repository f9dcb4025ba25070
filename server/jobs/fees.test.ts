import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLedger } from '../ledger/ledger.ts'
import type { Outcome } from '../ledger/trust/types.ts'
import type { Ledger } from '../ledger/types.ts'
import { createLedgerStore } from '../storage/ledger.ts'
import { createTestDatabase, type TestDatabase } from '../testing/database.ts'
import { createEscrow, createMoney } from './escrow.ts'
import { createMarket, type Market } from './testing/market.ts'

const ann = { id: 'player_ann', account: 'player:ann' }
const GIVEN = 10_000_000n

let db: TestDatabase
let ledger: Ledger
let market: Market
const heard: Outcome[] = []

beforeAll(async () => {
  db = await createTestDatabase()
  ledger = createLedger({ store: createLedgerStore(db), clock: { now: Date.now } })
  await ledger.transfer([{ id: 'g', from: 'academy:grants', to: ann.account, amountMicro: GIVEN, code: 'grant' }])
  const book = { record: async (outcome: Outcome) => heard.push(outcome) > 0 }
  market = createMarket({
    // A database answers when it can.
    progressEveryMs: 5_000,
    askTimeoutMs: 30_000,
    money: () => ({
      escrow: createEscrow(ledger),
      money: createMoney(ledger),
    }),
    trust: (id) => ({ book, payer: `owner-${id}` }),
  })
})
afterAll(async () => {
  await market?.[Symbol.asyncDispose]()
  await db?.[Symbol.asyncDispose]()
})

test('J80 each payment has its fee in the same chain, nothing stays set aside, and trust hears of both', async () => {
  const buyer = await market.node('buyer', { offer: { prices: {} } })
  for (const id of ['a', 'b', 'c']) await market.node(id)
  await buyer.jobs.submit(ann, { id: 's', kind: 'sum', input: [1, 2], replicas: 3, maxPriceMicro: 100_000n })
  const ended = await buyer.jobs.ended(ann.id, 's')
  if (!ended.ok) throw new Error(ended.refusal.code)
  const { paidMicro, feeMicro, heldMicro, status, error } = ended.value
  expect({ status, heldMicro, error }).toEqual({ status: 'done', heldMicro: '0', error: undefined })

  const entries = await ledger.entries(0, 100)
  const posts = entries.filter(({ kind }) => kind === 'post')
  const fees = entries.filter(({ code, kind }) => code === 'fee' && kind === 'transfer')
  expect([posts.length, fees.length]).toEqual([3, 3])
  for (const post of posts) {
    const fee = entries[post.index + 1]!
    expect(fee).toMatchObject({ code: 'fee', from: ann.account, to: 'academy:fees', memo: post.memo })
    // Two in a hundred, rounded up.
    expect(fee.amountMicro).toBe((post.amountMicro * 2n + 99n) / 100n)
  }
  expect(await ledger.balance('academy:fees')).toBe(BigInt(feeMicro))
  const account = (await ledger.account(ann.account))!
  expect(account.debitsPendingMicro).toBe(0n)
  expect(await ledger.balance(ann.account)).toBe(GIVEN - BigInt(paidMicro) - BigInt(feeMicro))
  expect((await ledger.audit()).problems).toEqual([])

  await expect.poll(() => heard.length).toBe(3)
  expect(heard.map(({ owner }) => owner).sort()).toEqual(['owner-a', 'owner-b', 'owner-c'])
  for (const { counterparty, result, valueMicro, feeMicro: fee, evidence } of heard) {
    expect({ counterparty, result, valueMicro }).toEqual({
      counterparty: 'owner-buyer',
      result: 'right',
      valueMicro: BigInt(paidMicro) / 3n,
    })
    expect(fee).toBe(BigInt(feeMicro) / 3n)
    expect(posts.some(({ memo }) => memo?.endsWith(evidence.split(' ')[1]!))).toBe(true)
  }
})

test('J80 what a job may cost is a cap on prices and fees together', async () => {
  const node = await market.node('alone')
  const before = await ledger.balance('academy:fees')
  await node.jobs.submit(ann, { id: 'cap', kind: 'sum', input: [1], maxPriceMicro: 10n })
  expect(await node.jobs.ended(ann.id, 'cap')).toMatchObject({ value: { status: 'failed', feeMicro: '0' } })
  expect(await ledger.balance('academy:fees')).toBe(before)
})
