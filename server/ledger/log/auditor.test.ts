import { describe, expect, test } from 'vitest'
import { encodeEntry } from '../../protocol/ledger-entry.ts'
import { entryAt } from '../../protocol/tlog/fixtures.ts'
import { auditLog, type LogSource } from './auditor.ts'
import { memoryLedger, openTestLog } from './fixtures.ts'
import type { TransparencyLog } from './types.ts'

const of = (log: TransparencyLog): LogSource => ({
  checkpoint: async () => log.checkpoint(),
  tile: log.tile,
  bundle: log.bundle,
})

describe('an audit of the log', () => {
  test('M15 finds nothing in an honest log, whatever its size', async () => {
    for (const count of [0, 1, 255, 256, 257, 700]) {
      await using stack = new AsyncDisposableStack()
      const { log } = await openTestLog(stack, { count })
      expect(await auditLog(of(log), log.policy())).toMatchObject({ ok: true, entries: count, problems: [] })
    }
  })

  test('M15 finds what was changed after it was signed', async () => {
    await using stack = new AsyncDisposableStack()
    const { log, store } = await openTestLog(stack, { count: 300 })
    const problems = async (source: LogSource) => (await auditLog(source, log.policy())).problems.join('; ')
    const honest = of(log)
    const bent: LogSource = {
      ...honest,
      bundle: async (index, width) => {
        const bytes = (await honest.bundle(index, width))!.slice()
        bytes[bytes.length - 1]! ^= 1
        return bytes
      },
    }
    expect(await problems(bent)).toMatch(/no entry|not come to the root/)
    expect(await problems({ ...honest, bundle: async () => undefined })).toMatch(/not published/)
    const tile = store.tiles.get('0/1')!.slice()
    tile[3]! ^= 1
    expect(
      await problems({ ...honest, tile: async (l, i, w) => (l === 0 && i === 1 ? tile : honest.tile(l, i, w)) }),
    ).toMatch(/tile 0\/1 is not that of the entries/)
    expect(await problems({ ...honest, checkpoint: async () => undefined })).toMatch(/no checkpoint/)
    const stranger = await openTestLog(stack, { count: 300 })
    expect((await auditLog(honest, stranger.log.policy())).problems.join()).toMatch(/not signed by/)
  })

  test('M15 holds the entries to the rules of the ledger: balances, and one pending for each post', async () => {
    await using stack = new AsyncDisposableStack()
    const pending = entryAt(1, {
      id: 'p',
      kind: 'pending',
      from: 'player:one',
      to: 'player:two',
      expiresAtMs: 1_800_000_000_000,
    })
    const post = entryAt(2, { id: 'q', kind: 'post', from: 'player:one', to: 'player:two', pendingId: 'p' })
    const audit = async (...entries: ReturnType<typeof entryAt>[]) => {
      const { log } = await openTestLog(stack, { source: memoryLedger(entries).source })
      return (await auditLog(of(log), log.policy())).problems.join('; ')
    }
    expect(await audit(entryAt(0), pending, post)).toBe('')
    expect(await audit(entryAt(0), pending, post, { ...post, index: 3, id: 'r' })).toMatch(/not pending/)
    expect(await audit(entryAt(0, { from: 'player:two' }))).toMatch(/left player:two/)
    expect(await audit(entryAt(0), entryAt(0))).toMatch(/index/)
    expect(encodeEntry(post).length).toBeLessThan(400)
  })
})
