import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createLedger } from '../ledger/ledger.ts'
import { systemClock } from '../lib/clock.ts'
import { createPostgresDatabase, describeOnDatabases } from '../testing/database.ts'
import { layPgliteDirectory } from '../testing/pglite-image.ts'
import { openDatabase } from './database.ts'
import { createLedgerStore } from './ledger.ts'
import { readMigrations } from './migrations.ts'

const log = { info() {}, error() {} }
const BEFORE = readMigrations().filter(({ name }) => name < '0004')
const DAY_MS = 86_400_000

await describeOnDatabases('a database from before pending transfers', (kind) => {
  test('L22 keeps every entry: balances, totals and what was issued on each day agree with a replay', {
    timeout: 120_000,
  }, async () => {
    await using home = await emptyHome(kind)
    {
      await using old = await openDatabase({ ...home.options, log, migrations: BEFORE })
      // As the program of that time left it: 60 rewards over three days, purchases, and one credit come back.
      await old.pool.query(`INSERT INTO "LedgerTransfer" (id, index, "from", "to", "amountMicro", code, memo, "atMs")
        SELECT 'reward:' || n, n, 'academy:rewards', 'player:' || n % 4, 5000000, 'reward', 'lesson-' || n, n / 20 * ${DAY_MS} + n
        FROM generate_series(0, 59) n
        UNION ALL SELECT 'buy:' || n, 60 + n, 'player:' || n, 'shop:s', 1250000, 'purchase', NULL, 3 * ${DAY_MS} + n
        FROM generate_series(0, 3) n
        UNION ALL SELECT 'back', 64, 'player:1', 'academy:desk', 1000000, 'transfer', NULL, 4 * ${DAY_MS}`)
      await old.pool.query(`INSERT INTO "LedgerAccount" (id, "mayGoNegative", "balanceMicro")
        SELECT id, id LIKE 'academy:%', sum(amount) FROM (
          SELECT "to" AS id, "amountMicro" AS amount FROM "LedgerTransfer"
          UNION ALL SELECT "from", -"amountMicro" FROM "LedgerTransfer") sides GROUP BY id`)
    }
    await using db = await openDatabase({ ...home.options, log })
    const ledger = createLedger({ store: createLedgerStore(db), clock: systemClock })
    expect(await ledger.audit()).toEqual({ transfers: 65, problems: [] })
    expect(await ledger.balance('player:0')).toBe(15n * 5_000_000n - 1_250_000n)
    expect(await ledger.find('reward:7')).toEqual({
      kind: 'transfer',
      id: 'reward:7',
      index: 7,
      atMs: 7,
      from: 'academy:rewards',
      to: 'player:3',
      amountMicro: 5_000_000n,
      code: 'reward',
      memo: 'lesson-7',
    })
    const supply = await ledger.supply()
    expect(supply.mintedMicro).toBe(300_000_000n)
    expect(supply.outstandingMicro).toBe(299_000_000n)
    expect(supply.heldMicro).toBe(299_000_000n)
    const { rows } = await db.pool.query(
      `SELECT day, account, "amountMicro" FROM "LedgerMinted" ORDER BY day, account`,
    )
    expect(rows.slice(0, 2)).toEqual([
      { day: 0, account: '', amountMicro: '100000000' },
      { day: 0, account: 'player:0', amountMicro: '25000000' },
    ])
    expect(rows).toHaveLength(15)
    expect(
      await ledger.transfer([
        {
          id: 'reward:7',
          from: 'academy:rewards',
          to: 'player:3',
          amountMicro: 5_000_000n,
          code: 'reward',
          memo: 'lesson-7',
        },
        { id: 'new', from: 'player:0', to: 'shop:s', amountMicro: 1n, code: 'purchase' },
      ]),
    ).toMatchObject([{ status: 'exists' }, { status: 'created', transfer: { index: 65 } }])
    expect((await ledger.audit()).problems).toEqual([])
  })
})

async function emptyHome(kind: 'pglite' | 'postgres') {
  if (kind === 'postgres') {
    const fresh = await createPostgresDatabase()
    return { options: { url: fresh.url }, [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose]() }
  }
  const dir = mkdtempSync(join(tmpdir(), 'academy-test-'))
  await layPgliteDirectory(join(dir, 'database'), { blank: true })
  return {
    options: { dataDir: join(dir, 'database') },
    [Symbol.asyncDispose]: async () => rmSync(dir, { recursive: true, force: true }),
  }
}
