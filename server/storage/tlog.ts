/** Keeps the log's tiles, bundles and last words; heads that this node witnessed; evidence of forks. What they mean is decided in server/ledger/log. */
import type { PoolClient } from 'pg'
import type {
  EvidenceStore,
  FoundEvidence,
  LogChange,
  LogStanding,
  LogStore,
  StoredBundle,
  StoredTile,
  WitnessedHead,
  WitnessStore,
} from '../ledger/log/types.ts'
import type { Database } from './database.ts'
import { inTransaction } from './transaction.ts'

/** Two processes on one database append in turn; the second finds that the log has grown. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(4705832)'

/** A row of values for each: bytes go over as they are, where an array of them would go as text. */
const setTiles = (tiles: readonly StoredTile[]) => ({
  text: `INSERT INTO "LogTile" (level, index, hashes) VALUES ${rows(tiles.length, ['int', 'bigint', 'bytea'])}
         ON CONFLICT (level, index) DO UPDATE SET hashes = EXCLUDED.hashes`,
  values: tiles.flatMap(({ level, index, hashes }) => [level, index, Buffer.from(hashes)]),
})
const setBundles = (bundles: readonly StoredBundle[]) => ({
  text: `INSERT INTO "LogBundle" (index, entries) VALUES ${rows(bundles.length, ['bigint', 'bytea'])}
         ON CONFLICT (index) DO UPDATE SET entries = EXCLUDED.entries`,
  values: bundles.flatMap(({ index, entries }) => [index, Buffer.from(entries)]),
})
const rows = (count: number, types: readonly string[]): string =>
  Array.from(
    { length: count },
    (_, row) => `(${types.map((type, i) => `$${row * types.length + i + 1}::${type}`).join(', ')})`,
  ).join(', ')

/** By the database's clock. `until` 0 is free; an exclusive process need not wait for the lease of one that cannot be any more. */
const NOW_MS = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'
const LEAD = {
  name: 'tlog-lead',
  text: `UPDATE "LogTree" SET epoch = CASE WHEN holder = $1 THEN epoch ELSE epoch + 1 END, holder = $1, "untilMs" = ${NOW_MS} + $2
         WHERE id = 1 AND (holder = $1 OR "untilMs" < ${NOW_MS} OR $3) RETURNING epoch`,
}

const ROW = 'INSERT INTO "LogTree" (id, size) VALUES (1, 0) ON CONFLICT DO NOTHING'
const GROW = { name: 'tlog-grow', text: 'UPDATE "LogTree" SET size = $2 WHERE id = 1 AND size = $1' }

export function createLogStore({ pool }: Database): LogStore {
  return {
    async standing() {
      const { rows } = await pool.query<TreeRow>('SELECT * FROM "LogTree" WHERE id = 1')
      return rows[0] ? toStanding(rows[0]) : { size: 0, origin: '', signed: '', cosigned: '', policy: '' }
    },

    append(expectedSize, { size, tiles, bundles }: LogChange) {
      const grow = async (client: PoolClient) => {
        const grown = await client.query({ ...GROW, values: [expectedSize, size] })
        if (grown.rowCount === 1) {
          if (tiles.length > 0) await client.query(setTiles(tiles))
          if (bundles.length > 0) await client.query(setBundles(bundles))
        }
        return grown.rowCount === 1
      }
      return inTransaction(pool, grow, `${BEGIN}; ${ROW}`)
    },

    async tile(level, index) {
      const { rows } = await pool.query<{ hashes: Buffer }>(
        'SELECT hashes FROM "LogTile" WHERE level = $1 AND index = $2',
        [level, index],
      )
      return rows[0] && new Uint8Array(rows[0].hashes)
    },

    async bundle(index) {
      const { rows } = await pool.query<{ entries: Buffer }>('SELECT entries FROM "LogBundle" WHERE index = $1', [
        index,
      ])
      return rows[0] && new Uint8Array(rows[0].entries)
    },

    async lead(holder, leaseMs, exclusive) {
      await pool.query(ROW)
      const { rows } = await pool.query<{ epoch: string }>({ ...LEAD, values: [holder, leaseMs, exclusive] })
      return rows[0] && Number(rows[0].epoch)
    },
    async resign(holder) {
      await pool.query('UPDATE "LogTree" SET "untilMs" = 0 WHERE id = 1 AND holder = $1', [holder])
    },

    async setSigned({ origin, note, policy, epoch }) {
      const { rowCount } = await pool.query(
        `UPDATE "LogTree" SET signed = $2, cosigned = CASE WHEN origin = $1 THEN cosigned ELSE '' END, origin = $1, policy = $3
         WHERE id = 1 AND epoch = $4`,
        [origin, note, policy, epoch],
      )
      return rowCount === 1
    },

    async setCosigned({ origin, note, policy, epoch }) {
      const { rowCount } = await pool.query(
        'UPDATE "LogTree" SET cosigned = $2, policy = $3 WHERE id = 1 AND origin = $1 AND epoch = $4',
        [origin, note, policy, epoch],
      )
      return rowCount === 1
    },
  }
}

export function createWitnessStore({ pool }: Database): WitnessStore {
  return {
    async head(origin) {
      const { rows } = await pool.query<HeadRow>('SELECT * FROM "WitnessedLog" WHERE origin = $1', [origin])
      return rows[0] && toHead(rows[0])
    },

    async replace(expected, { origin, size, note, atMs }) {
      const { rowCount } =
        expected === undefined
          ? await pool.query(
              `INSERT INTO "WitnessedLog" (origin, size, note, "atMs") VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
              [origin, size, note, atMs],
            )
          : await pool.query(
              'UPDATE "WitnessedLog" SET size = $2, note = $3, "atMs" = $4 WHERE origin = $1 AND size = $5 AND note = $6',
              [origin, size, note, atMs, expected.size, expected.note],
            )
      return rowCount === 1
    },

    async count() {
      const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM "WitnessedLog"')
      return rows[0]!.n
    },
  }
}

export function createEvidenceStore({ pool }: Database): EvidenceStore {
  return {
    async add({ id, origin, evidence, atMs }) {
      const { rowCount } = await pool.query(
        'INSERT INTO "LogEvidence" (id, origin, evidence, "atMs") VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
        [id, origin, JSON.stringify(evidence), atMs],
      )
      return rowCount === 1
    },

    async list(limit) {
      const { rows } = await pool.query<EvidenceRow>('SELECT * FROM "LogEvidence" ORDER BY "atMs" DESC LIMIT $1', [
        limit,
      ])
      return rows.map(toEvidence)
    },
  }
}

type TreeRow = { size: string; origin: string; signed: string; cosigned: string; policy: string }
const toStanding = ({ size, origin, signed, cosigned, policy }: TreeRow): LogStanding => ({
  size: Number(size),
  origin,
  signed,
  cosigned,
  policy,
})

type HeadRow = { origin: string; size: string; note: string; atMs: string }
const toHead = ({ origin, size, note, atMs }: HeadRow): WitnessedHead => ({
  origin,
  size: Number(size),
  note,
  atMs: Number(atMs),
})

type EvidenceRow = { id: string; origin: string; evidence: string; atMs: string }
const toEvidence = ({ id, origin, evidence, atMs }: EvidenceRow): FoundEvidence => ({
  id,
  origin,
  evidence: JSON.parse(evidence),
  atMs: Number(atMs),
})
