/** Several processes on one database: one signs, it is gone, another one goes on. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { parseCheckpoint, signedBy } from '../../protocol/tlog/checkpoint.ts'
import { verifyReceipt } from '../../protocol/tlog/receipt.ts'
import { openDatabase } from '../../storage/database.ts'
import { createLogStore } from '../../storage/tlog.ts'
import { createPostgresDatabase, postgresReachable } from '../../testing/database.ts'
import { openTestLog, testGuard } from './fixtures.ts'
import { loadIdentity, logSigner } from './identity.ts'
import { createLog } from './log.ts'
import { createProving } from './proving.ts'

const SIGNER = fileURLToPath(new URL('./testing/signer.ts', import.meta.url))
const POLL = { timeout: 60_000, interval: 50 }
type Said = { readonly note: string; readonly signs?: 'here' | 'elsewhere' }

function start(dir: string, url: string) {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', SIGNER, dir, url, 'never', '0', 'shared'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const said: Said[] = []
  createInterface({ input: child.stdout! }).on('line', (line) => said.push(JSON.parse(line)))
  const exited = once(child, 'exit')
  return {
    said,
    signs: () => said.at(-1)?.signs === 'here',
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

const head = (log: { checkpoint(): string | undefined }) => parseCheckpoint(log.checkpoint()!)!
const soon = { timeout: 20_000 }

describe('several logs over one store', () => {
  test('M17 of several processes on one database one signs, the others show what it signed, and the next goes on when it is gone', async () => {
    await using stack = new AsyncDisposableStack()
    const one = await openTestLog(stack, { count: 10, isShared: true, leaseMs: 200 })
    const guard = await testGuard(one.signer, (end) => stack.defer(end))
    const other = stack.use(await createLog({ ...one.parts, guard }))
    expect([one.log.status().signs, other.status().signs]).toEqual(['here', 'elsewhere'])
    one.ledger.commit(700)
    await one.log.settle()
    await other.settle()
    expect([head(one.log).size, other.checkpoint()]).toEqual([710, one.log.checkpoint()])
    // What it showed it has written down beside the database, too.
    expect((await guard.read())!.size).toBe(710)
    await one.log[Symbol.asyncDispose]()
    one.ledger.commit(1)
    await vi.waitFor(() => expect(head(other).size).toBe(711), soon)
    expect(other.status()).toMatchObject({ signs: 'here', origin: one.signer.key.name, size: 711 })
    expect(signedBy(head(other), one.signer.key)).toBe(true)
  })

  test('M12 M17 one that starts while another one signs does not take itself for an old backup', async () => {
    await using stack = new AsyncDisposableStack()
    const one = await openTestLog(stack, { count: 10, isShared: true, leaseMs: 60_000 })
    let isLate = true
    const read = async () => {
      if (isLate) one.ledger.commit(5)
      isLate = false
      await one.log.settle()
      return one.guard.read()
    }
    const other = stack.use(await createLog({ ...one.parts, guard: { ...one.guard, read } }))
    expect([isLate, other.mayPost()]).toEqual([false, { ok: true }])
    expect([other.status().signs, head(other).size]).toEqual(['elsewhere', 15])
  })

  test('M17 a process without the key shows the log of the database and never signs', async () => {
    await using stack = new AsyncDisposableStack()
    const one = await openTestLog(stack, { count: 3, isShared: true, leaseMs: 50 })
    const signer = logSigner('elsewhere.example/tlog', new Uint8Array(32).fill(9))
    const guard = await testGuard(signer, (end) => stack.defer(end))
    const warned: string[] = []
    const log = { info() {}, error() {}, warn: (_: object, message: string) => void warned.push(message) }
    const other = stack.use(await createLog({ ...one.parts, signer, guard, log }))
    expect(warned.join()).toContain('has not its key')
    expect(other.checkpoint()).toBe(one.log.checkpoint())
    expect(other.policy()).toEqual(one.log.policy())
    await one.log[Symbol.asyncDispose]()
    one.ledger.commit(5)
    for (let turns = 0; turns < 5; turns++) await other.settle()
    expect(other.status()).toMatchObject({ signs: 'elsewhere', signedSize: 3, origin: one.signer.key.name })
    const receipt = (await other.receipt(2))!
    expect(verifyReceipt(receipt)).toMatchObject({ ok: true })
  })

  test('M17 one that comes to sign with an older database than its guard knows signs nothing', async () => {
    await using stack = new AsyncDisposableStack()
    const one = await openTestLog(stack, { count: 3, isShared: true, leaseMs: 100 })
    const guard = await testGuard(one.signer, (end) => stack.defer(end))
    let now = one.store
    const store = new Proxy(one.store, { get: (_, name) => Reflect.get(now, name) })
    const other = stack.use(await createLog({ ...one.parts, guard, store }))
    const backup = one.store.copy()
    one.ledger.commit(4)
    await one.log.settle()
    await other.settle()
    expect((await guard.read())!.size).toBe(7)
    now = backup as typeof now
    one.ledger.entries.splice(3)
    await one.log[Symbol.asyncDispose]()
    await vi.waitFor(() => expect(other.mayPost()).toMatchObject({ ok: false, code: 'log_rolled_back' }), soon)
  })
})

if (await postgresReachable())
  test('M17 three processes on PostgreSQL sign one log: each signer is killed, the next goes on under the same name and key', {
    timeout: 120_000,
  }, async () => {
    await using fresh = await createPostgresDatabase()
    const dir = mkdtempSync(join(tmpdir(), 'academy-test-'))
    try {
      const { log: signer } = await loadIdentity(join(dir, 'log'))
      const open = () => start(dir, fresh.url)
      // One after another: the schema is made by the first.
      const all = [open()]
      await expect.poll(() => all[0]!.said.length, POLL).toBeGreaterThan(1)
      all.push(open(), open())
      const living = [...all]
      const heads: string[] = []
      for (let kill = 0; kill < 3; kill++) {
        await expect.poll(() => living.filter(({ said }) => said.length > 3).length, POLL).toBe(3)
        const before = Math.max(...all.flatMap(({ said }) => said.map(({ note }) => sizeOf(note))))
        await expect.poll(() => living.filter((one) => one.signs()).length, POLL).toBe(1)
        const [signing] = living.filter((one) => one.signs())
        await signing!.kill()
        living.splice(living.indexOf(signing!), 1)
        const next = open()
        all.push(next)
        living.push(next)
        await expect
          .poll(() => living.some((one) => one.signs() && sizeOf(one.said.at(-1)!.note) > before), POLL)
          .toBe(true)
      }
      for (const one of living) await one.kill()

      await using db = await openDatabase({ url: fresh.url, log: { info() {}, error() {} } })
      const proving = createProving(createLogStore(db))
      for (const { said } of all) heads.push(...said.map(({ note }) => note).filter((note) => note !== ''))
      const sizes = new Set<number>()
      for (const note of heads) {
        const head = parseCheckpoint(note)!
        expect([head.origin, signedBy(head, signer.key)]).toEqual([signer.key.name, true])
        // All that was ever shown are heads of the one tree that is stored.
        if (!sizes.has(head.size)) expect(await proving.root(head.size)).toEqual(head.root)
        sizes.add(head.size)
      }
      expect(sizes.size).toBeGreaterThan(4)
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })

const sizeOf = (note: string): number => (note === '' ? 0 : parseCheckpoint(note)!.size)
