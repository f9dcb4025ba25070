/** A migrated, empty PGlite kept as a file, so that a test's database starts in a third of a second instead of two. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import type { PoolClient } from 'pg'
import { migrate, readMigrations } from '../storage/migrations.ts'

const CACHE_DIR = fileURLToPath(new URL('../../.cache/pglite', import.meta.url))
const PGLITE_PACKAGE = fileURLToPath(new URL('../../node_modules/@electric-sql/pglite/package.json', import.meta.url))

/** Path of the image for the present migrations, made on first use. */
export async function pgliteImage(): Promise<string> {
  const key = createHash('sha256').update(readFileSync(PGLITE_PACKAGE))
  for (const { checksum } of readMigrations()) key.update(checksum)
  const name = `${key.digest('hex').slice(0, 16)}.tar.gz`
  const path = join(CACHE_DIR, name)
  if (existsSync(path)) return path

  mkdirSync(CACHE_DIR, { recursive: true })
  const draft = join(CACHE_DIR, `${randomBytes(6).toString('hex')}.draft`)
  writeFileSync(draft, await makeImage())
  renameSync(draft, path)
  for (const old of readdirSync(CACHE_DIR))
    if (old.endsWith('.tar.gz') && old !== name) rmSync(join(CACHE_DIR, old), { force: true })
  return path
}

async function makeImage(): Promise<Buffer> {
  const db = await PGlite.create()
  // `exec` runs several statements at once, as the wire protocol does for a query without parameters.
  const query = async (sql: string, params?: unknown[]) =>
    params ? await db.query(sql, params) : (await db.exec(sql)).at(-1)
  await migrate({ query } as unknown as PoolClient, readMigrations())
  const image = Buffer.from(await (await db.dumpDataDir('gzip')).arrayBuffer())
  await db.close()
  return image
}
