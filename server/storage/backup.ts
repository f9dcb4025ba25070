/** Writes a running node's whole database to one file, as it stood at one moment. */
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { PoolClient } from 'pg'
import { BACKUP_FETCH_CHARS, BACKUP_FETCH_MAX_ROWS } from '../limits.ts'
import { type BackupHeader, backupLines } from './backup-file.ts'
import type { Database } from './database.ts'
import { appliedMigrations } from './migrations.ts'
import { countRows, listTables, quoted } from './tables.ts'

export type BackupSummary = {
  readonly createdAtMs: number
  readonly tables: Readonly<Record<string, number>>
  readonly rows: number
}

/**
 * The file appears under its name only when it is whole and on the disk; only its owner may read it. On PostgreSQL nobody
 * waits; the embedded database has one connection, so writes wait until the backup is done (about a second for 50 MB).
 */
export async function backup(db: Database, filePath: string, nowMs: number = Date.now()): Promise<BackupSummary> {
  const draft = `${filePath}.${randomBytes(4).toString('hex')}.part`
  const client = await db.pool.connect()
  try {
    // One snapshot for all tables, and bytes written the way the other database reads them.
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL bytea_output = 'hex'`)
    const header = await describe(client, nowMs)
    const lines = backupLines(header, rowsOf(client, Object.keys(header.tables)))
    await pipeline(lines, createGzip(), createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }))
    await client.query('COMMIT')
    client.release()
    await rename(draft, filePath)
    await syncDirectory(dirname(filePath))
    return summaryOf(header)
  } catch (error) {
    client.release(true)
    await rm(draft, { force: true })
    throw error
  }
}

export const summaryOf = ({ createdAtMs, tables }: Omit<BackupHeader, 'version'>): BackupSummary => ({
  createdAtMs,
  tables,
  rows: Object.values(tables).reduce((sum, count) => sum + count, 0),
})

async function describe(client: PoolClient, createdAtMs: number): Promise<Omit<BackupHeader, 'version'>> {
  const migrations = (await appliedMigrations(client)).map(({ name, checksum }) => ({ name, checksum }))
  const tables: Record<string, number> = {}
  for (const table of await listTables(client)) tables[table] = await countRows(client, table)
  return { createdAtMs, migrations, tables }
}

async function* rowsOf(client: PoolClient, tables: readonly string[]) {
  for (const table of tables) {
    await client.query(
      `DECLARE backup_rows NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS json FROM ${quoted(table)} t`,
    )
    let fetch = 1
    for (;;) {
      const { rows } = await client.query<{ json: string }>(`FETCH ${fetch} FROM backup_rows`)
      if (rows.length === 0) break
      const jsons = rows.map(({ json }) => json)
      yield { table, jsons }
      fetch = rowsToFetch(jsons)
    }
    await client.query('CLOSE backup_rows')
  }
}

/** As many as fit in memory, judged by the last ones: a row may be an entry of the journal or a whole zone. */
function rowsToFetch(last: readonly string[]): number {
  const chars = last.reduce((sum, json) => sum + json.length, 0)
  const fitting = Math.floor((BACKUP_FETCH_CHARS * last.length) / chars)
  return Math.max(1, Math.min(fitting, last.length * 8, BACKUP_FETCH_MAX_ROWS))
}

/** So that the new name survives a power cut; Windows has no such call. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
