import { expect, test } from 'vitest'
import { createJobs } from './jobs.ts'
import { defaultOffer } from './settings.ts'
import { createStandings } from './standings.ts'
import { inProcess } from './testing/market.ts'
import { createMemoryStore } from './testing/memory-store.ts'
import { createPurse } from './testing/purse.ts'
import type { Escrow, Settlement } from './types.ts'

const clock = { now: Date.now }
const ann = { id: 'ann', account: 'player:ann' }

test('J62 what was paid for a job that was called off is paid again as the same payment after a restart', async () => {
  const purse = createPurse()
  purse.give(ann.account, 1_000_000n)
  const store = createMemoryStore()
  const asked: Settlement[] = []
  let isLost = true
  /** The first answer is lost on its way, and so is everything until the restart. */
  const escrow: Escrow = {
    ...purse,
    async settle(settlement) {
      asked.push(settlement)
      const done = await purse.settle(settlement)
      if (isLost) throw new Error('The ledger could not be reached.')
      return done
    },
  }
  const start = () =>
    createJobs({
      self: { node: 'self', owner: 'self', account: 'node:self' },
      executor: inProcess({}),
      store,
      escrow,
      standings: createStandings({ store, clock }),
      settings: { now: defaultOffer(1), keep: async () => {} },
      clock,
      random: () => 0.5,
      log: { debug() {}, warn() {}, error() {} },
    })
  const kept = async () => (await store.list(ann.id, 1))[0]!
  {
    await using jobs = await start()
    // It waits for a second owner for ever: the one answer that there is stays undecided.
    const wish = { id: 'a', kind: 'sum', input: [1, 2], maxPriceMicro: 100_000n, replicas: 2, strict: true }
    expect(await jobs.submit(ann, wish)).toMatchObject({ ok: true })
    await expect.poll(() => jobs.get(ann.id, 'a'), { timeout: 20_000 }).toMatchObject({ value: { workers: 1 } })
    await jobs.cancel(ann.id, 'a')
    expect(await kept()).toMatchObject({ status: 'cancelled', unsettled: true })
  }
  isLost = false
  await using jobs = await start()
  await expect.poll(async () => (await kept()).unsettled, { timeout: 20_000 }).toBe(false)
  const ended = await jobs.get(ann.id, 'a')
  expect(asked).toHaveLength(2)
  expect(asked[1]).toEqual(asked[0])
  expect(asked[0]!.amountMicro).toBeGreaterThan(0n)
  expect(ended).toMatchObject({ value: { paidMicro: String(asked[0]!.amountMicro), heldMicro: '0' } })
  expect(purse.isWhole()).toBe(true)
})
