import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createMigrationStore } from '../storage/migration.ts'
import { createTestDatabase, describeOnDatabases } from '../testing/database.ts'
import { createMemoryMigrationStore } from './memory-store.ts'
import type { MigrationStore } from './store.ts'

/** Tests share a database: each has an agent and trips of its own. */
let round = 0
const agent = () => `agent_${round}`
const named = (mid: string) => `${round} ${mid}`
const trip = (mid: string, changes: Partial<Parameters<MigrationStore['begin']>[0]> = {}) => ({
  mid: named(mid),
  agentId: agent(),
  epoch: 1,
  src: 'a',
  dst: 'b',
  ...changes,
})
const times = { expiresAtMs: 1_000, nowMs: 0 }
const done = { cid: 'bafy', nowMs: 10 }

function suite(open: () => Promise<{ readonly store: MigrationStore } & AsyncDisposable>): void {
  let made: Awaited<ReturnType<typeof open>>
  let store: MigrationStore
  beforeAll(async () => {
    made = await open()
    store = made.store
  })
  afterAll(() => made[Symbol.asyncDispose]())
  beforeEach(() => void round++)

  test('T1 T2 a trip is begun once, committed once, and leaves an entry for each epoch', async () => {
    expect(await store.begin(trip('m1'), times)).toMatchObject({ status: 'open', mid: named('m1') })
    expect(await store.begin(trip('m1'), times)).toMatchObject({ status: 'open', mid: named('m1') })
    expect(await store.begin(trip('m2'), times)).toBe('conflict')
    expect(await store.begin(trip('m3', { src: 'z' }), times)).toBe('conflict')
    expect(await store.commit(named('m1'), done)).toMatchObject({ status: 'committed' })
    expect(await store.commit(named('m1'), done)).toMatchObject({ status: 'committed' })
    expect(await store.owner(agent())).toEqual({ agentId: agent(), owner: 'b', epoch: 2, home: 'a' })
    expect(await store.begin(trip('m4'), times)).toBe('conflict')
    expect(await store.begin(trip('m5', { epoch: 2, src: 'b', dst: 'a' }), times)).toMatchObject({ status: 'open' })
    expect(await store.commit(named('m5'), done)).toMatchObject({ status: 'committed' })
    expect((await store.entries(agent())).map(({ epoch, from, to, why }) => [epoch, from, to, why])).toEqual([
      [1, 'a', 'a', 'claimed'],
      [2, 'a', 'b', 'moved'],
      [3, 'b', 'a', 'moved'],
    ])
  })

  test('T3 what is aborted cannot be committed, what is committed cannot be aborted, and what is called off cannot begin', async () => {
    await store.begin(trip('m1'), times)
    expect(await store.abort(trip('m1'), 'policy', 5)).toMatchObject({ status: 'aborted', reason: 'policy' })
    expect(await store.commit(named('m1'), done)).toMatchObject({ status: 'aborted' })
    await store.abort(trip('m2'), 'late', 5)
    expect(await store.begin(trip('m2'), times)).toMatchObject({ status: 'aborted', reason: 'late' })
    await store.begin(trip('m3'), times)
    await store.commit(named('m3'), done)
    expect(await store.abort(trip('m3'), 'late', 20)).toMatchObject({ status: 'committed' })
    expect(await store.owner(agent())).toMatchObject({ owner: 'b', epoch: 2 })
  })

  test('T3 an intent is over when its time is, and makes way for another', async () => {
    await store.begin(trip('m1'), times)
    expect(await store.commit(named('m1'), { cid: 'bafy', nowMs: 1_000 })).toMatchObject({ status: 'open' })
    expect(await store.begin(trip('m2'), { expiresAtMs: 3_000, nowMs: 1_000 })).toMatchObject({ status: 'open' })
    expect(await store.find(named('m1'))).toMatchObject({ status: 'aborted', reason: 'expired' })
    expect(await store.find(named('m9'))).toBeUndefined()
  })

  test('T31 a dead owner loses it to the home at the next epoch, and what it had begun ends', async () => {
    await store.begin(trip('m1'), times)
    await store.commit(named('m1'), done)
    await store.begin(trip('m2', { epoch: 2, src: 'b', dst: 'c' }), times)
    const of = (await store.owner(agent()))!
    expect(await store.reclaim(of, 50)).toEqual({ agentId: agent(), owner: 'a', epoch: 3, home: 'a' })
    expect(await store.reclaim(of, 50)).toBeUndefined()
    expect(await store.commit(named('m2'), done)).toMatchObject({ status: 'aborted' })
    expect(await store.owner(agent())).toMatchObject({ owner: 'a', epoch: 3 })
    expect((await store.entries(agent())).at(-1)).toMatchObject({ epoch: 3, why: 'reclaimed', from: 'b', to: 'a' })
  })

  test('T5 decided trips are forgotten after their time, and what was decided stays decided', async () => {
    await store.begin(trip('m1'), times)
    await store.commit(named('m1'), done)
    await store.begin(trip('m2', { epoch: 2, src: 'b', dst: 'c' }), times)
    await store.abort(trip('m2', { epoch: 2, src: 'b', dst: 'c' }), 'policy', 20)
    await store.begin(trip('m3', { epoch: 2, src: 'b', dst: 'c' }), { expiresAtMs: 9_000, nowMs: 30 })
    await store.prune(1_000)
    expect(await store.find(named('m2'))).toMatchObject({ status: 'aborted' })
    expect(await store.prune(1_001)).toBeGreaterThanOrEqual(2)
    expect(await store.find(named('m2'))).toBeUndefined()
    expect(await store.find(named('m3'))).toMatchObject({ status: 'open' })
    expect(await store.find(named('m1'))).toMatchObject({
      status: 'committed',
      agentId: agent(),
      epoch: 1,
      src: 'a',
      dst: 'b',
    })
    // A source that slept through all of it calls its trip off, and is told that it was committed.
    expect(await store.abort(trip('m1'), 'restarted', 50)).toMatchObject({ status: 'committed' })
    expect(await store.commit(named('m1'), done)).toMatchObject({ status: 'committed' })
    expect(await store.begin(trip('m1'), times)).toMatchObject({ status: 'committed' })
    expect(await store.abort(trip('m2', { epoch: 2, src: 'b', dst: 'c' }), 'late', 60)).toMatchObject({
      status: 'aborted',
    })
    expect(await store.owner(agent())).toMatchObject({ owner: 'b', epoch: 2 })
    expect(await store.commit(named('m3'), { cid: 'bafy', nowMs: 70 })).toMatchObject({ status: 'committed' })
  })

  test('T1 of many at once one wins', async () => {
    const begun = await Promise.all(
      Array.from({ length: 12 }, (_, i) => store.begin(trip(`m${i}`, { dst: `d${i}` }), times)),
    )
    expect(begun.filter((one) => one !== 'conflict')).toHaveLength(1)
    const won = begun.find((one) => one !== 'conflict')!
    const ended = await Promise.all([
      ...Array.from({ length: 6 }, () => store.commit(won.mid, done)),
      ...Array.from({ length: 6 }, () => store.abort(won, 'late', 20)),
    ])
    expect(new Set(ended.map((row) => row!.status)).size).toBe(1)
    expect((await store.entries(agent())).length).toBe(ended[0]!.status === 'committed' ? 2 : 1)
  })
}

describe('the registry in memory', () =>
  suite(async () => ({ store: createMemoryMigrationStore(), [Symbol.asyncDispose]: async () => {} })))

await describeOnDatabases('the registry of agents', (kind) =>
  suite(async () => {
    const db = await createTestDatabase({ kind })
    return { store: createMigrationStore(db), [Symbol.asyncDispose]: () => db[Symbol.asyncDispose]() }
  }),
)
