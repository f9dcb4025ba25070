/** Whoever dies at whichever durable write: no credit is lost or doubled, and each job ends paid or refunded. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLedger } from '../ledger/ledger.ts'
import type { Ledger } from '../ledger/types.ts'
import { createJobStore } from '../storage/jobs.ts'
import { createLedgerStore } from '../storage/ledger.ts'
import { createTestDatabase, type TestDatabase } from '../testing/database.ts'
import { createEscrow } from './escrow.ts'
import { feeOf } from './market/price.ts'
import { buyerOf, type Mortal, type Played, payerOf, play, type Scene } from './testing/deadly-market.ts'
import type { JobRequest, JobStore } from './types.ts'

const GIVEN = 1_000_000n
const AT_ONCE = 8
const TIMEOUT = { timeout: 180_000 }

type Side = { readonly ledger: Ledger; readonly store: JobStore }
let databases: readonly TestDatabase[]
let hub: Side
let node: Side
let skewMs = 0
let runs = 0

const sideOf = (db: TestDatabase): Side => ({
  ledger: createLedger({ store: createLedgerStore(db), clock: { now: () => Date.now() + skewMs } }),
  store: createJobStore(db),
})

beforeAll(async () => {
  databases = await Promise.all([createTestDatabase(), createTestDatabase()])
  ;[hub, node] = databases.map(sideOf) as [Side, Side]
}, 180_000)
afterAll(() => Promise.all((databases ?? []).map((db) => db[Symbol.asyncDispose]())))

const SUM = { kind: 'sum', input: [1, 2, 3], replicas: 2, maxPriceMicro: 100_000n }

async function played(scene: Pick<Scene, 'death' | 'isCancelled' | 'node'>, wish: Partial<JobRequest> = {}) {
  const name = `r${runs++}`
  const id = `id-${name}`
  await Promise.all(
    [
      [hub.ledger, `owner:owner-${buyerOf(name)}`],
      [(scene.node ?? hub).ledger, payerOf(name)],
    ].map(([ledger, to]) =>
      (ledger as Ledger).transfer([
        { id: `give:${to}`, from: 'academy:grants', to: to as string, amountMicro: GIVEN, code: 'grant' },
      ]),
    ),
  )
  const found = await play({ name, hub, wish: { id, ...SUM, ...wish }, ...scene })
  await holdsUp(name, found, scene.node !== undefined, wish.batched === true)
  return found
}

/** The record says what the books say, and the books add up. */
async function holdsUp(name: string, { view, record }: Played, isAbroad: boolean, isBatched: boolean): Promise<void> {
  const votes = record.parts.flatMap((part) => part.votes.map((vote) => ({ part, vote })))
  let cost = 0n
  for (const { part, vote } of votes) {
    const paid = BigInt(vote.paidMicro ?? '0')
    const isPaid = vote.settled === 'paid' || vote.settled === 'part'
    if (view.status === 'done' && vote.status === 'revealed' && vote.digest === part.digest)
      expect(vote).toMatchObject({ settled: 'paid' })
    const id = `${isAbroad ? `by:${buyerOf(name)}:` : ''}job:${vote.work}:pay`
    if (isBatched) expect(await hub.store.hasReceipt(id)).toBe(isPaid)
    else {
      const entry = await hub.ledger.find(id)
      expect([vote.work, entry?.kind === 'post' ? entry.amountMicro : 0n]).toEqual([vote.work, isPaid ? paid : 0n])
    }
    if (isPaid) cost += paid + feeOf(paid)
  }
  expect(view).toMatchObject({ heldMicro: '0', ...(view.status === 'done' && { result: 6 }) })
  if (view.status !== 'done') expect(view.error).toBeDefined()
  expect(BigInt(view.paidMicro) + BigInt(view.feeMicro)).toBe(cost)
  const { ledger } = isAbroad ? node : hub
  expect(await ledger.balance(payerOf(name))).toBe(GIVEN - cost)
  if (!isAbroad) return
  expect(await hub.ledger.balance(`owner:owner-${buyerOf(name)}`)).toBe(GIVEN - cost)
  expect(await ledger.balance(`node:${buyerOf(name)}`)).toBe(cost)
}

/** Once without a death, to know how many writes there are; then once for each moment before and after each of them. */
async function dieEverywhere(who: Mortal, scene: Pick<Scene, 'isCancelled' | 'node'>, wish?: Partial<JobRequest>) {
  const whole = await played(scene, wish)
  expect(whole.view.status).toBe(scene.isCancelled ? 'cancelled' : 'done')
  expect(whole.writes[who]).toBeGreaterThan(0)
  const steps = Array.from({ length: 2 * whole.writes[who] }, (_, step) => step).values()
  let done = 0
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const step of steps) {
        const { view } = await played({ ...scene, death: { who, step } }, wish).catch((error: Error) => {
          throw new Error(`${who} dead at step ${step}: ${error.message}`, { cause: error })
        })
        if (view.status === 'done') done += 1
      }
    }),
  )
  return done
}

test(
  'J62 a buyer that dies at any of its writes pays once for what it accepts, and has the rest back',
  TIMEOUT,
  async () => {
    expect(await dieEverywhere('buyer', {})).toBeGreaterThan(0)
  },
)

test('J62 so does one that calls its job off', TIMEOUT, async () => {
  await dieEverywhere('buyer', { isCancelled: true }, { replicas: 1 })
})

test('J62 so does one whose payments are batched receipts', TIMEOUT, async () => {
  expect(await dieEverywhere('buyer', {}, { batched: true })).toBeGreaterThan(0)
})

test(
  'J62 a worker that dies at any of its writes is paid once, or not at all and somebody else is',
  TIMEOUT,
  async () => {
    expect(await dieEverywhere('worker', {})).toBeGreaterThan(0)
  },
)

test(
  'J62 a buyer that is not the initial node dies at any of its writes: both ledgers say the same',
  TIMEOUT,
  async () => {
    expect(await dieEverywhere('buyer', { node })).toBeGreaterThan(0)
  },
)

test(
  'J62 the initial node dies at any write of its ledger: jobs of other nodes end, paid or refunded',
  TIMEOUT,
  async () => {
    expect(await dieEverywhere('hub', { node })).toBeGreaterThan(0)
  },
)

test('J62 what was set aside and has gone back is not taken to be set aside still', async () => {
  const escrow = createEscrow(hub.ledger)
  const from = payerOf('again')
  await hub.ledger.transfer([{ id: 'again', from: 'academy:grants', to: from, amountMicro: GIVEN, code: 'grant' }])
  const asked = { id: 'again:hold', from, to: 'node:w', amountMicro: 7n, timeoutMs: 60_000, memo: 'm' }
  expect([await escrow.hold(asked), await escrow.hold(asked)]).toEqual(['held', 'held'])
  await escrow.settle({ id: 'again:back', holdId: asked.id, to: asked.to, amountMicro: 0n, memo: 'm' })
  expect(await escrow.hold(asked)).toBe('refused')
})

test('J62 what nobody let go of has gone back when its time is over, and the books are whole', TIMEOUT, async () => {
  skewMs = 8 * 24 * 3_600_000
  for (const { ledger } of [hub, node]) {
    await ledger.expireDue()
    expect((await ledger.supply()).pendingMicro).toBe(0n)
    expect((await ledger.audit()).problems).toEqual([])
  }
})
