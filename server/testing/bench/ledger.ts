/**
 * Transfers per second, at batches of 1, 100 and 1,000, beside bare SQL that inserts the same rows in batches of the same
 * size into a table with the same indexes, in the same run on the same kind of database. The embedded database is on disk and
 * waits for it at each commit, as a node's does.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLedger } from '../../ledger/ledger.ts'
import type { TransferInput } from '../../ledger/types.ts'
import { systemClock } from '../../lib/clock.ts'
import type { Database } from '../../storage/database.ts'
import { createLedgerStore } from '../../storage/ledger.ts'
import { createTestDatabase } from '../database.ts'
import { type Bench, type Figure, type Figures, median } from './figures.ts'
import { measureLog } from './ledger-log.ts'

const ACCOUNTS = 1_000
const MINT = { accountDayMicro: 10n ** 18n, dayMicro: 10n ** 18n }
const accountOf = (n: number) => `player:player_${String(n % ACCOUNTS).padStart(26, '0')}`

/** Different senders and receivers within a batch, as a busy minute of a market has them. */
const transfers = (run: string, from: number, count: number): TransferInput[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `by:${accountOf(from + i)}:${run}-${from + i}`,
    from: accountOf(from + i),
    to: accountOf((from + i) * 7 + 1),
    amountMicro: 1n,
    code: 'transfer',
    memo: 'for the reading lamp',
  }))

type Size = { readonly batch: number; readonly batches: number; readonly inFlight: number }

async function postedPerS(db: Database, run: string, { batch, batches, inFlight }: Size): Promise<number> {
  const ledger = createLedger({ store: createLedgerStore(db), clock: systemClock }, { mint: MINT })
  let next = 0
  const startedMs = performance.now()
  const poster = async () => {
    while (next < batches) {
      const n = next++
      const results = await ledger.transfer(transfers(run, n * batch, batch))
      if (results.some(({ status }) => status !== 'created')) throw new Error('a transfer was not created')
    }
  }
  await Promise.all(Array.from({ length: inFlight }, poster))
  return (batches * batch) / ((performance.now() - startedMs) / 1000)
}

const RAW_TABLE = `CREATE TABLE IF NOT EXISTS raw (LIKE "LedgerTransfer" INCLUDING ALL)`
const RAW_INSERT = {
  name: 'raw-insert',
  text: `INSERT INTO raw (id, index, kind, "from", "to", "amountMicro", code, memo, "atMs")
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::bigint[])`,
}

/** One statement and one commit for a batch. */
async function insertedPerS(db: Database, run: string, { batch, batches }: Size, first: number): Promise<number> {
  const client = await db.pool.connect()
  try {
    await client.query(RAW_TABLE)
    const startedMs = performance.now()
    for (let n = 0; n < batches; n++) {
      const rows = transfers(run, n * batch, batch)
      const at = Date.now()
      const values = [
        rows.map(({ id }) => id),
        rows.map((_, i) => first + n * batch + i),
        rows.map(() => 'transfer'),
        rows.map(({ from }) => from),
        rows.map(({ to }) => to),
        rows.map(({ amountMicro }) => amountMicro),
        rows.map(({ code }) => code),
        rows.map(({ memo }) => memo),
        rows.map(() => at),
      ]
      await client.query({ ...RAW_INSERT, values })
    }
    return (batches * batch) / ((performance.now() - startedMs) / 1000)
  } finally {
    client.release()
  }
}

async function fund(db: Database): Promise<void> {
  const ledger = createLedger({ store: createLedgerStore(db), clock: systemClock }, { mint: MINT })
  const grants = Array.from({ length: ACCOUNTS }, (_, i) => ({
    id: `grant-${i}`,
    from: 'academy:grants',
    to: accountOf(i),
    amountMicro: 10n ** 9n,
    code: 'grant' as const,
  }))
  await ledger.transfer(grants)
}

/** Posting and bare inserts take turns, so that a slow minute of the machine falls on both. */
async function measure(kind: 'pglite' | 'postgres', short: boolean, note: (line: string) => void): Promise<Figures> {
  const dir = mkdtempSync(join(tmpdir(), 'academy-bench-'))
  try {
    const where = kind === 'pglite' ? { dataDir: join(dir, 'database') } : {}
    await using db = await createTestDatabase({ kind, ...where })
    await fund(db)
    const rounds = short ? 2 : 5
    const sizes: readonly Size[] = [
      { batch: 1, batches: short ? 200 : 1_000, inFlight: 1 },
      { batch: 100, batches: short ? 20 : 100, inFlight: 1 },
      { batch: 1_000, batches: short ? 10 : 40, inFlight: 2 },
    ]
    const name = kind === 'pglite' ? 'Pglite' : 'Postgres'
    const figures: Record<string, Figure> = {}
    let inserted = 0
    for (const size of sizes) {
      const posted: number[] = []
      const raw: number[] = []
      for (let round = 0; round <= rounds; round++) {
        const a = await postedPerS(db, `${size.batch}-${round}`, size)
        const b = await insertedPerS(db, `${size.batch}-${round}`, size, inserted)
        inserted += size.batch * size.batches
        // The first warms both up.
        if (round > 0) posted.push(a) && raw.push(b)
      }
      figures[`${kind}Batch${size.batch}PerS`] = median(posted, 'transfers/s')
      figures[`raw${name}Batch${size.batch}PerS`] = median(raw, 'rows/s')
      note(
        `${kind}, batches of ${size.batch}: ${Math.round(median(posted, '').value)} of ${Math.round(median(raw, '').value)}`,
      )
    }
    return figures
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

export const bench: Bench = async ({ short, note }) => ({
  ...(await measure('pglite', short, note)),
  ...(await measure('postgres', short, note)),
  ...(await measureLog({ short, note })),
})
