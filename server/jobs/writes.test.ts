import { expect, test } from 'vitest'
import type { Database } from '../storage/database.ts'
import { createJobStore } from '../storage/jobs.ts'
import { createJobs } from './jobs.ts'
import { createPoster } from './poster.ts'
import { defaultOffer } from './settings.ts'
import { createStandings } from './standings.ts'
import { inProcess } from './testing/market.ts'
import { createMemoryStore } from './testing/memory-store.ts'
import { createPurse } from './testing/purse.ts'
import type { JobStore } from './types.ts'
import { POLICY } from './verify/policy.ts'

const clock = { now: Date.now }
const JOBS = 60
/** Where the columns of the statement begin that writes all tables. */
const COLUMN = { created: 0, saved: 7, receipts: 14, works: 18 } as const

/** A database whose connection has to be waited for, that answers each statement later, and writes down what it was asked. */
function createRecorder() {
  const asked: { readonly name: string; readonly values: readonly (readonly string[])[] }[] = []
  const query = async (config: { name: string; values: readonly (readonly string[])[] } | string) => {
    await new Promise(setImmediate)
    if (typeof config === 'string' || config.name !== 'jobs-write') throw new Error(JSON.stringify(config))
    asked.push(config)
    return { rows: config.values[COLUMN.created]!.map((id) => ({ id })) }
  }
  const connect = async () => {
    await new Promise(setImmediate)
    return { query, release() {} }
  }
  const pool = { connect, query } as unknown as Database['pool']
  const none = { open: async () => [], openWork: async () => [] }
  return { asked, store: { ...createJobStore({ pool }), ...none } }
}

/** Jobs of one person, all at once, over that store; tabs are kept in the other one. */
async function played(store: JobStore, kept: JobStore, batched: boolean, count = JOBS) {
  const purse = createPurse()
  purse.give('player:ann', 1_000_000_000n)
  const tabs = createPoster({
    ledger: {
      transfer: async (inputs) => inputs.map(() => ({ status: 'created' }) as never),
      pending: async () => 'open',
    },
    store: kept,
  })
  await using jobs = await createJobs(
    {
      self: { node: 'self', owner: 'self', account: 'node:self' },
      executor: inProcess({}),
      store,
      escrow: purse,
      tabs,
      standings: createStandings({ store: kept, clock }),
      settings: { now: defaultOffer(1), keep: async () => {} },
      clock,
      random: () => 0.5,
      log: { debug() {}, warn() {}, error() {} },
    },
    { policy: { ...POLICY, recheck: 0, canary: 0 } },
  )
  const asker = { id: 'ann', account: 'player:ann' }
  const wish = { kind: 'sum', maxPriceMicro: 100_000n, batched }
  const ended = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      await jobs.submit(asker, { ...wish, id: `id${n}`, input: [n] })
      return jobs.ended(asker.id, `id${n}`)
    }),
  )
  await tabs[Symbol.asyncDispose]()
  for (const one of ended) expect(one).toMatchObject({ ok: true, value: { status: 'done', heldMicro: '0' } })
}
const rowsOf = (asked: ReturnType<typeof createRecorder>['asked'], at: number) =>
  asked.flatMap(({ values }) => values[at]!)

test('J52 many small jobs at once are few statements, and none of them is read back', async () => {
  const { asked, store } = createRecorder()
  await played(store, createMemoryStore(), false)
  expect(asked.length).toBeLessThan(JOBS / 2)
  expect(rowsOf(asked, COLUMN.created)).toHaveLength(JOBS)
})

test('J52 a small job paid by a receipt is written twice, and its receipt with the verdict', async () => {
  const { asked, store } = createRecorder()
  await played(store, createMemoryStore(), true)
  expect(rowsOf(asked, COLUMN.created)).toHaveLength(JOBS)
  expect(rowsOf(asked, COLUMN.saved)).toHaveLength(JOBS)
  expect(rowsOf(asked, COLUMN.works)).toHaveLength(JOBS)
  expect(rowsOf(asked, COLUMN.receipts)).toHaveLength(JOBS)
  for (const { values } of asked)
    for (const receipt of values[COLUMN.receipts]!)
      expect(values[COLUMN.saved]).toContain(/^job:(.*)\.0\.0:pay$/.exec(receipt)![1])
})

test('J50 a verdict whose receipt could not be written down with it is owed, and paid when the job has ended', async () => {
  const kept = createMemoryStore()
  let failures = 0
  const store: JobStore = {
    ...kept,
    async save(job, receipts = []) {
      if (receipts.length > 0 && failures++ === 0) throw new Error('The disk is full.')
      await kept.save(job, receipts)
    },
  }
  await played(store, kept, true, 1)
  expect(failures).toBe(1)
  const [job] = await kept.list('ann', 1)
  const [vote] = job!.parts[0]!.votes
  expect(vote).toMatchObject({ settled: 'paid' })
  expect(await kept.hasReceipt(`job:${vote!.work}:pay`)).toBe(true)
})
