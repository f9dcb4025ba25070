import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRentBook } from '../inference/sharded/rent.ts'
import { serveCredits } from '../ledger/door/door.ts'
import { createLedger } from '../ledger/ledger.ts'
import type { Ledger } from '../ledger/types.ts'
import { createMemoryNetwork } from '../link/memory-wire.ts'
import type { Network, NodeRole } from '../link/types.ts'
import type { Json } from '../protocol/ids.ts'
import { createLedgerStore } from '../storage/ledger.ts'
import { createTestDatabase, type TestDatabase } from '../testing/database.ts'
import { createRentMoney } from './shards.ts'

let database: TestDatabase
let ledger: Ledger
const net = createMemoryNetwork()
/** As long as a real one. */
const nodeNamed = (name: string) => name.padEnd(52, '0')
const clock = { now: Date.now }

/** A node with the ledger that it would pay on: an initial node's own, or the initial node's. */
function moneyOf(id: string, role: NodeRole) {
  const wire = net.join({ id, owner: `owner-${id}`, role })
  if (role === 'initial')
    serveCredits(wire, { ledger, ious: { redeem: async () => ({ ok: false, reason: 'expired' }) as never } })
  const network = { wire, self: id, owner: `owner-${id}`, role, hubs: () => ['hub'] } as unknown as Network
  return createRentMoney(ledger, network)
}
const give = (to: string, amountMicro: bigint) =>
  ledger.transfer([{ id: randomUUID(), from: 'academy:grants', to, amountMicro, code: 'grant' }])

beforeAll(async () => {
  database = await createTestDatabase()
  ledger = createLedger({ store: createLedgerStore(database), clock })
})
afterAll(() => database?.[Symbol.asyncDispose]())

test('I86 rent moves on the ledger of the initial node, from the account of the node that borrows or of its owner', async () => {
  const [hub, gull, tern] = [
    moneyOf('hub', 'initial'),
    moneyOf(nodeNamed('gull'), 'trusted'),
    moneyOf(nodeNamed('tern'), 'trusted'),
  ]
  await give('node:hub', 10_000n)
  await give(`owner:owner-${nodeNamed('gull')}`, 10_000n)
  for (const [borrower, lender] of [
    [hub, gull],
    [gull, tern],
    [gull, hub],
  ] as const) {
    let nowMs = 0
    let kept: Json | undefined
    const book = createRentBook({
      money: borrower,
      kept: { get: async () => kept, set: async (next) => void (kept = next) },
      now: () => nowMs,
      log: { info() {}, warn() {} },
    })
    const before = await ledger.balance(lender.account)
    const rent = await book.open(lender.account, 100n, 1_000n, 3_600_000)
    expect(await lender.look(rent!.name)).toMatchObject({ state: 'open', to: lender.account, amountMicro: 1_000n })
    nowMs = 150_000
    await rent!.end(nowMs)
    expect(await lender.look(rent!.name)).toMatchObject({ state: 'posted' })
    expect((await ledger.balance(lender.account)) - before).toBe(300n)
    expect(kept).toEqual([])
  }
  expect(await ledger.balance(`owner:owner-${nodeNamed('gull')}`)).toBe(9_400n)
})

test('I86 whoever has nothing sets nothing aside; what was given back stays so when it is paid again', async () => {
  const [crow, owl] = [moneyOf(nodeNamed('crow'), 'trusted'), moneyOf(nodeNamed('owl'), 'trusted')]
  expect(await crow.hold('poor', owl.account, 500n, 60_000)).toBe(false)
  await give(crow.account, 500n)
  expect(await crow.hold('rich', owl.account, 500n, 60_000)).toBe(true)
  await owl.letGo(crow.nameOf('rich'))
  await crow.settle('rich', 300n)
  expect(await owl.look(crow.nameOf('rich'))).toMatchObject({ state: 'voided' })
  expect(await ledger.balance(crow.account)).toBe(500n)
  expect(await ledger.balance(owl.account)).toBe(0n)
})
