/** Brings a database up to the schema this program was written for, in Prisma's own books. */
import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PoolClient } from 'pg'
import { StorageError } from './errors.ts'

export type Migration = { readonly name: string; readonly sql: string; readonly checksum: string }

const MIGRATIONS_DIR = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

/** The lock `prisma migrate` takes, so that it and any number of starting nodes wait for each other. */
const PRISMA_LOCK = 72707369

/** As `prisma migrate` makes it. */
const CREATE_BOOKS = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`

/** Every migration in a folder of Prisma's layout, oldest first. */
export function readMigrations(dir: string = MIGRATIONS_DIR): readonly Migration[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(dir, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
}

/** Applies what is missing and returns its names. Throws before touching anything when the database is not ours or newer. */
export async function migrate(client: PoolClient, known: readonly Migration[]): Promise<readonly string[]> {
  await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK])
  try {
    return await applyMissing(client, known, inTransaction)
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [PRISMA_LOCK])
  }
}

/** The same inside a transaction of the caller's. */
export async function migrateInTransaction(
  client: PoolClient,
  known: readonly Migration[],
): Promise<readonly string[]> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [PRISMA_LOCK])
  return await applyMissing(client, known, (_client, run) => run())
}

type Around = (client: PoolClient, run: () => Promise<void>) => Promise<void>

async function applyMissing(
  client: PoolClient,
  known: readonly Migration[],
  around: Around,
): Promise<readonly string[]> {
  const applied = await appliedMigrations(client)
  const missing = missingMigrations(applied, known)
  if (applied.length === 0) await client.query(CREATE_BOOKS)
  for (const migration of missing) await around(client, () => apply(client, migration))
  return missing.map(({ name }) => name)
}

type Applied = { readonly name: string; readonly checksum: string; readonly finished: boolean }

/** What the database says has been applied, oldest first. Empty for an empty database. */
export async function appliedMigrations(client: PoolClient): Promise<readonly Applied[]> {
  const { rows: tables } = await client.query<{ tablename: string }>(
    `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`,
  )
  if (tables.length === 0) return []
  if (!tables.some(({ tablename }) => tablename === '_prisma_migrations')) {
    throw new StorageError(
      'schema_foreign',
      'The database has tables of something else. Give the node a database of its own.',
    )
  }
  const { rows } = await client.query<Applied>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  )
  return rows
}

function missingMigrations(applied: readonly Applied[], known: readonly Migration[]): readonly Migration[] {
  const byName = new Map(known.map((migration) => [migration.name, migration]))
  const newer = applied.filter(({ name }) => !byName.has(name)).map(({ name }) => name)
  if (newer.length > 0) {
    throw new StorageError(
      'schema_newer',
      `The database was made by a newer program: it has ${newer.join(', ')}. Nothing was changed; start a newer program.`,
    )
  }
  for (const { name, checksum, finished } of applied) {
    if (!finished) {
      throw new StorageError(
        'schema_unfinished',
        `Migration ${name} was begun and not finished; see "prisma migrate resolve".`,
      )
    }
    if (checksum !== byName.get(name)?.checksum) {
      throw new StorageError('schema_changed', `Migration ${name} was applied in another form. Nothing was changed.`)
    }
  }
  const done = new Set(applied.map(({ name }) => name))
  return known.filter(({ name }) => !done.has(name))
}

/** A migration and its entry in the books. */
async function apply(client: PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  await client.query(sql)
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, clock_timestamp(), 1)`,
    [randomUUID(), checksum, name],
  )
}

/** Both or neither. */
async function inTransaction(client: PoolClient, run: () => Promise<void>): Promise<void> {
  await client.query('BEGIN')
  try {
    await run()
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}
