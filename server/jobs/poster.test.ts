import { expect, test } from 'vitest'
import { createLedger } from '../ledger/ledger.ts'
import { JOB_TAB_DRAWS } from '../limits.ts'
import { createJobStore } from '../storage/jobs.ts'
import { createLedgerStore } from '../storage/ledger.ts'
import { createTestDatabase, describeOnDatabases } from '../testing/database.ts'
import { createPoster } from './poster.ts'

const clock = { now: Date.now }
const hold = (id: string, amountMicro = 10n) => ({
  id: `${id}:hold`,
  from: 'player:ann',
  to: 'node:n',
  amountMicro,
  timeoutMs: 60_000,
  memo: 'x',
})
const pay = (id: string, amountMicro = 10n) => ({
  id,
  holdId: `${id}:hold`,
  to: 'node:n',
  amountMicro,
  memo: `evidence of ${id}`,
})

await describeOnDatabases('batched receipts', (kind) => {
  test('J50 many small payments are one entry for their sum, what a crash leaves open is posted for its receipts, and nothing is paid twice', async () => {
    await using db = await createTestDatabase({ kind })
    const ledger = createLedger({ store: createLedgerStore(db), clock })
    await ledger.transfer([
      { id: 'g', from: 'academy:grants', to: 'player:ann', amountMicro: 100_000n, code: 'grant' },
    ])
    const store = createJobStore(db)
    const ids = Array.from({ length: 40 }, (_, i) => `w${i}`)
    {
      await using poster = createPoster({ ledger, store })
      expect(new Set(await Promise.all(ids.map((id) => poster.hold(hold(id)))))).toEqual(new Set(['held']))
      await Promise.all(ids.map((id, i) => poster.settle(pay(id, i === 0 ? 0n : 7n))))
    }
    expect(await ledger.balance('node:n')).toBe(39n * 7n)
    expect((await ledger.statement('node:n')).length).toBe(2)

    // As if the process had died with a tab open: one receipt written, one not.
    const dead = createPoster({ ledger, store })
    await dead.hold(hold('a'))
    await dead.hold(hold('b'))
    await dead.settle(pay('a'))
    const next = createPoster({ ledger, store })
    await next.recover()
    expect(await ledger.balance('node:n')).toBe(39n * 7n + 10n)
    expect(await next.settle(pay('a'))).toBe('settled')
    expect(await next.hold(hold('b'))).toBe('held')
    await next.settle(pay('b'))
    await next[Symbol.asyncDispose]()
    expect(await ledger.balance('node:n')).toBe(39n * 7n + 20n)
    expect(await ledger.balance('player:ann')).toBe(100_000n - 39n * 7n - 20n - 41n)
    // A fee of at least one micro-credit for each of the 41 receipts, in one entry for each tab.
    expect(await ledger.balance('academy:fees')).toBe(41n)
    expect((await ledger.supply()).pendingMicro).toBe(0n)
    expect((await ledger.audit()).problems).toEqual([])
  })

  test('J50 payments that come at once never take more out of a tab than it holds', async () => {
    await using db = await createTestDatabase({ kind })
    const ledger = createLedger({ store: createLedgerStore(db), clock })
    await ledger.transfer([
      { id: 'g', from: 'academy:grants', to: 'player:ann', amountMicro: 100_000n, code: 'grant' },
    ])
    const ids = Array.from({ length: JOB_TAB_DRAWS + 44 }, (_, i) => `w${i}`)
    {
      await using poster = createPoster({ ledger, store: createJobStore(db) })
      await Promise.all(ids.map((id) => poster.hold(hold(id))))
      await Promise.all(ids.map((id) => poster.settle(pay(id))))
    }
    expect(await ledger.balance('node:n')).toBe(10n * BigInt(ids.length))
    expect((await ledger.supply()).pendingMicro).toBe(0n)
  })

  test('J51 who cannot fill a tab is served one by one, and who has nothing is refused', async () => {
    await using db = await createTestDatabase({ kind })
    const ledger = createLedger({ store: createLedgerStore(db), clock })
    await ledger.transfer([{ id: 'g', from: 'academy:grants', to: 'player:ann', amountMicro: 15n, code: 'grant' }])
    await using poster = createPoster({ ledger, store: createJobStore(db) })
    expect(await poster.hold(hold('a'))).toBe('held')
    expect(await poster.hold(hold('b'))).toBe('insufficient_funds')
    await poster.settle(pay('a'))
    expect(await ledger.balance('node:n')).toBe(10n)
  })
})
