import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveCredits } from '../../ledger/door/door.ts'
import { createLedger } from '../../ledger/ledger.ts'
import type { Ledger } from '../../ledger/types.ts'
import { createLedgerStore } from '../../storage/ledger.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { createEscrow } from '../escrow.ts'
import { createMarket, type Market } from '../testing/market.ts'
import { createAbroadEscrow } from './abroad.ts'
import { createDoorClient } from './door-client.ts'

const ann = { id: 'player_ann', account: 'player:ann' }
const OWNER = 'owner:owner-buyer'
const GIVEN = 1_000_000n
const clock = { now: Date.now }

let hubDb: TestDatabase
let nodeDb: TestDatabase
/** The initial node's, and the buying node's own. */
let hub: Ledger
let here: Ledger
let market: Market

beforeAll(async () => {
  ;[hubDb, nodeDb] = await Promise.all([createTestDatabase(), createTestDatabase()])
  hub = createLedger({ store: createLedgerStore(hubDb), clock })
  here = createLedger({ store: createLedgerStore(nodeDb), clock })
  await hub.transfer([{ id: 'g', from: 'academy:grants', to: OWNER, amountMicro: GIVEN, code: 'grant' }])
  await here.transfer([{ id: 'g', from: 'academy:grants', to: ann.account, amountMicro: GIVEN, code: 'grant' }])
  market = createMarket({
    progressEveryMs: 5_000,
    askTimeoutMs: 30_000,
    money(wire) {
      const door = createDoorClient({ wire, hub: () => 'hub', everyMs: 20 })
      const letGo = (id: string, pendingId: string) => door.submit([{ kind: 'void', id, pendingId }])
      return {
        escrow: createAbroadEscrow({
          here: createEscrow(here),
          door,
          node: `node:${wire.self}`,
          owner: `owner:owner-${wire.self}`,
        }),
        money: { setAside: door.pending, letGo },
      }
    },
  })
  const door = market.network.join({ id: 'hub', owner: 'owner-hub', role: 'initial' })
  serveCredits(door, { ledger: hub, ious: { redeem: async () => ({ ok: false, reason: 'expired' }) as never } })
})
afterAll(async () => {
  await market?.[Symbol.asyncDispose]()
  await Promise.all([hubDb, nodeDb].map((db) => db?.[Symbol.asyncDispose]()))
})

test('J81 a node that is not initial pays workers on the initial node’s ledger out of its owner’s account, and is paid by the person on its own', async () => {
  // Whatever is asked of the ledger comes twice.
  market.network.onPassage(({ protocol, what }) => ({
    copies: protocol === 'credits' && what === 'request' ? 2 : 1,
    delayMs: 0,
  }))
  const buyer = await market.node('buyer', { offer: { prices: {} } })
  for (const id of ['a', 'b', 'c']) await market.node(id)
  await market.node('liar', { lie: () => ({ ok: true, value: 666 }) })
  await buyer.jobs.submit(ann, { id: 's', kind: 'sum', input: [1, 2], replicas: 4, maxPriceMicro: 100_000n })
  const ended = await buyer.jobs.ended(ann.id, 's')
  if (!ended.ok) throw new Error(ended.refusal.code)
  const { status, result, error, paidMicro, feeMicro } = ended.value
  expect({ status, result, error }).toEqual({ status: 'done', result: 3, error: undefined })

  const each = BigInt(paidMicro) / 3n
  for (const id of ['a', 'b', 'c']) expect(await hub.balance(`node:${id}`)).toBe(each)
  expect(await hub.balance('node:liar')).toBe(0n)
  expect(await hub.balance('academy:fees')).toBe(BigInt(feeMicro))
  // The liar has let go of what was set aside for it.
  await expect.poll(async () => (await hub.account(OWNER))!.debitsPendingMicro).toBe(0n)
  const cost = BigInt(paidMicro) + BigInt(feeMicro)
  expect(await hub.balance(OWNER)).toBe(GIVEN - cost)

  expect(await here.balance(ann.account)).toBe(GIVEN - cost)
  expect(await here.balance('node:buyer')).toBe(cost)
  expect((await here.supply()).pendingMicro).toBe(0n)
  const payment = (await hub.entries(0, 100)).find(({ kind }) => kind === 'post')!
  expect(payment.id).toMatch(/^by:buyer:job:.*:pay$/)
  expect(payment.memo).toContain('evidence')
  for (const ledger of [hub, here]) expect((await ledger.audit()).problems).toEqual([])
})

test('J81 without credits on the initial node’s ledger nothing is hired, and the person has everything back', async () => {
  const poor = await market.node('poor', { offer: { prices: {} } })
  const before = await here.balance(ann.account)
  await poor.jobs.submit(ann, { id: 'x', kind: 'sum', input: [5], maxPriceMicro: 100_000n })
  expect(await poor.jobs.ended(ann.id, 'x')).toMatchObject({ value: { error: { code: 'insufficient_funds' } } })
  expect(await here.balance(ann.account)).toBe(before)
  expect((await here.supply()).pendingMicro).toBe(0n)
})

test('J81 what a node has earned on the initial node’s ledger pays for what its people buy', async () => {
  const earner = await market.node('earner', { offer: { prices: {} } })
  const earned = 50_000n
  await hub.transfer([{ id: 'e', from: 'academy:grants', to: 'node:earner', amountMicro: earned, code: 'grant' }])
  await earner.jobs.submit(ann, { id: 'y', kind: 'sum', input: [5, 6], maxPriceMicro: 20_000n })
  const ended = await earner.jobs.ended(ann.id, 'y')
  expect(ended.ok && [ended.value.status, ended.value.result, ended.value.error]).toEqual(['done', 11, undefined])
  if (!ended.ok) return
  const { paidMicro, feeMicro } = ended.value
  const account = async (id: string) => (await hub.balance(id)) - ((await hub.account(id))?.debitsPendingMicro ?? 0n)
  const left = async () => (await account('node:earner')) + (await account('owner:owner-earner'))
  // Workers let go of what was set aside for nothing in their own time.
  await expect.poll(left).toBe(earned - BigInt(paidMicro) - BigInt(feeMicro))
  expect(BigInt(paidMicro)).toBeGreaterThan(0n)
})

test('J81 nobody works for what is set aside for somebody else, for other work, or not at all', async () => {
  const worker = await market.node('w')
  const stranger = market.network.join({ id: 'stranger', owner: 'owner-stranger', role: 'trusted' })
  const work = 'jx.0.0'
  const agree = {
    t: 'AGREE',
    work,
    job: 'jx',
    kind: 'sum',
    cid: 'bafyreiabcdefgh',
    fuel: 1_000,
    memoryMb: 64,
    deadlineMs: Date.now() + 60_000,
    privacy: 'public',
    perMFuelMicro: '1000000',
    baseMicro: '1000',
    priceMicro: '2000',
  }
  const [theirs] = (await hub.entries(0, 100)).filter(({ kind }) => kind === 'pending')
  for (const hold of [`by:stranger:job:${work}:hold`, `job:${work}:hold`, theirs!.id])
    expect(await stranger.request('w', 'market', { ...agree, hold })).toEqual({ t: 'NO', reason: 'no_escrow' })
  expect(worker.jobs.host.load().working).toBe(0)
})
