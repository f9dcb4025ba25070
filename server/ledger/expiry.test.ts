import { expect, test, vi } from 'vitest'
import { createFakeClock } from '../lib/clock.ts'
import { createLedgerStore } from '../storage/ledger.ts'
import { createTestDatabase } from '../testing/database.ts'
import { createExpiry } from './expiry.ts'
import { createLedger } from './ledger.ts'

const soon = { timeout: 20_000, interval: 5 }

test('L15 what is due expires while nobody posts, by more than one commit where there is much of it', async () => {
  await using db = await createTestDatabase()
  const clock = createFakeClock()
  const ledger = createLedger({ store: createLedgerStore(db), clock })
  await ledger.transfer([
    { id: 'g', from: 'academy:grants', to: 'player:ann', amountMicro: 5_000n, code: 'grant' },
    ...[1, 2].map((n) => ({
      id: `first-${n}`,
      kind: 'pending' as const,
      from: 'player:ann',
      to: 'player:ben',
      amountMicro: 1n,
      code: 'job' as const,
      timeoutMs: 1_000,
    })),
  ])
  for (let n = 0; n < 2; n++)
    await ledger.transfer(
      Array.from({ length: 700 }, (_, i) => ({
        id: `h-${n}-${i}`,
        kind: 'pending',
        from: 'player:ann',
        to: 'player:ben',
        amountMicro: 1n,
        code: 'job',
        timeoutMs: 5_000,
      })),
    )
  await using _expiry = createExpiry({ ledger, log: { error: () => {} } }, 1)
  expect(await ledger.pending('first-1')).toBe('open')
  clock.advance(1_000)
  await vi.waitFor(async () => expect(await ledger.pending('first-1')).toBe('expired'), soon)
  expect(await ledger.pending('h-0-0')).toBe('open')
  clock.advance(4_000)
  await vi.waitFor(async () => expect((await ledger.account('player:ann'))!.debitsPendingMicro).toBe(0n), soon)
  expect((await ledger.audit()).problems).toEqual([])
  expect(await ledger.find('expire:h-1-699')).toMatchObject({ kind: 'expire', pendingId: 'h-1-699' })
})

test('L15 a round that fails is told once, and the next one tries again', async () => {
  let calls = 0
  const told: string[] = []
  const expireDue = async () => {
    calls += 1
    if (calls < 5) throw new Error('no database')
    return 0
  }
  await using _expiry = createExpiry({ ledger: { expireDue }, log: { error: (_, text) => told.push(text) } }, 1)
  await vi.waitFor(() => expect(calls).toBeGreaterThan(6), soon)
  expect(told).toHaveLength(1)
})
