/** A migrated, empty PGlite kept as a file and as a directory, so that a test's database starts in a third of a second instead of two. */
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import type { PoolClient } from 'pg'
import { openDatabase } from '../storage/database.ts'
import { type Migration, migrate, readMigrations } from '../storage/migrations.ts'
import { createSyncedPglite } from '../storage/pglite-sync.ts'

const CACHE_DIR = fileURLToPath(new URL('../../.cache/pglite', import.meta.url))
const PGLITE_PACKAGE = fileURLToPath(new URL('../../node_modules/@electric-sql/pglite/package.json', import.meta.url))

/** Path of the image for the present migrations, made on first use. */
export const pgliteImage = (): Promise<string> => kept('.tar.gz', (path) => makeImage(path, readMigrations()))
/** Path of the image of a database without any table. */
export const blankPgliteImage = (): Promise<string> => kept('.blank.tgz', (path) => makeImage(path, []))

/** Puts an empty database where a node that was never started would make one; what is there already stays as it is. `blank`: without our schema. */
export async function layPgliteDirectory(dataDir: string, { blank = false } = {}): Promise<void> {
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0) return
  const source = await (blank ? kept('.blank', makeBlank) : kept('.database', makeDirectory))
  cpSync(source, dataDir, { recursive: true })
}

/** What `make` writes at a path, for the present migrations. Files of other migrations go when it is made. */
async function kept(suffix: string, make: (path: string) => Promise<void>): Promise<string> {
  const key = createHash('sha256').update(readFileSync(PGLITE_PACKAGE))
  for (const { checksum } of readMigrations()) key.update(checksum)
  const name = `${key.digest('hex').slice(0, 16)}${suffix}`
  const path = join(CACHE_DIR, name)
  if (existsSync(path)) return path

  mkdirSync(CACHE_DIR, { recursive: true })
  const draft = join(CACHE_DIR, `${randomBytes(6).toString('hex')}.draft`)
  await make(draft)
  try {
    renameSync(draft, path)
  } catch (error) {
    // Another process was quicker: a directory does not replace one that is full.
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(path)) throw error
  }
  for (const old of readdirSync(CACHE_DIR))
    if (old.endsWith(suffix) && old !== name) rmSync(join(CACHE_DIR, old), { recursive: true, force: true })
  return path
}

async function makeImage(path: string, migrations: readonly Migration[]): Promise<void> {
  const db = await PGlite.create()
  // `exec` runs several statements at once, as the wire protocol does for a query without parameters.
  const query = async (sql: string, params?: unknown[]) =>
    params ? await db.query(sql, params) : (await db.exec(sql)).at(-1)
  if (migrations.length > 0) await migrate({ query } as unknown as PoolClient, migrations)
  const image = Buffer.from(await (await db.dumpDataDir('gzip')).arrayBuffer())
  await db.close()
  writeFileSync(path, image)
}

async function makeDirectory(path: string): Promise<void> {
  await using _database = await openDatabase({ dataDir: path, log: { info() {}, error() {} } })
}

async function makeBlank(path: string): Promise<void> {
  mkdirSync(path, { mode: 0o700 })
  await (await createSyncedPglite(path)).close()
}
