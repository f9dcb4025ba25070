/** Puts a backup in place of what a database holds, whole or not at all. */
import type { PoolClient } from 'pg'
import { RESTORE_LOCK_TIMEOUT_MS, RESTORE_STATEMENT_MAX_CHARS } from '../limits.ts'
import { type BackupSummary, summaryOf } from './backup.ts'
import { type BackupHeader, type BackupRow, damaged, readBackup } from './backup-file.ts'
import type { Database } from './database.ts'
import { StorageError } from './errors.ts'
import { type Migration, migrateInTransaction } from './migrations.ts'
import { countRows, dropEverything, listTables, quoted } from './tables.ts'

/**
 * Nothing is touched unless the file is whole and this program knows its schema. The tables are made anew as they were when
 * the backup was written, filled, and then brought up to date, so an older backup goes through the same migrations as
 * an older database. Works from either database to either. No node may be running on it.
 */
export async function restore(db: Database, filePath: string, { force = false } = {}): Promise<BackupSummary> {
  const header = await inspectBackup(filePath)
  const then = knownMigrations(header, db.migrations)
  const client = await db.pool.connect()
  try {
    await client.query(`BEGIN; SET LOCAL lock_timeout = ${RESTORE_LOCK_TIMEOUT_MS}`)
    if (!force) await refuseNonEmpty(client)
    await dropEverything(client)
    await migrateInTransaction(client, then)
    await fill(client, filePath)
    await migrateInTransaction(client, db.migrations)
    await client.query('COMMIT')
    client.release()
    return summaryOf(header)
  } catch (error) {
    client.release(true)
    throw error
  }
}

/** Reads the file through and says what is in it; throws when it is damaged. */
export async function inspectBackup(filePath: string): Promise<BackupHeader> {
  let header: BackupHeader | undefined
  for await (const _row of readBackup(filePath, (read) => (header = read))) {
    // Reading to the end is the check.
  }
  if (header === undefined) throw damaged(filePath, 'it is empty')
  return header
}

/** The program's own migrations that the backup had. */
function knownMigrations(header: BackupHeader, known: readonly Migration[]): readonly Migration[] {
  return header.migrations.map(({ name, checksum }) => {
    const migration = known.find((one) => one.name === name && one.checksum === checksum)
    if (migration) return migration
    throw new StorageError(
      'backup_schema',
      `The backup was made by another program: it has ${name}, which this one does not know. Nothing was changed.`,
    )
  })
}

async function refuseNonEmpty(client: PoolClient): Promise<void> {
  for (const table of await listTables(client)) {
    if ((await countRows(client, table)) > 0) {
      throw new StorageError('database_not_empty', `The database has rows in ${table}. Nothing was changed.`)
    }
  }
}

async function fill(client: PoolClient, filePath: string): Promise<void> {
  const tables = new Set(await listTables(client))
  for await (const run of runsOf(readBackup(filePath, () => {}))) {
    if (!tables.has(run.table)) throw damaged(filePath, `it has a table ${JSON.stringify(run.table)}`)
    const table = quoted(run.table)
    await client.query(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1::json)`, [
      `[${run.jsons.join(',')}]`,
    ])
  }
}

/** Rows of one table joined up to the size of a statement. */
async function* runsOf(rows: AsyncIterable<BackupRow>) {
  let table = ''
  let jsons: string[] = []
  let chars = 0
  for await (const row of rows) {
    if (jsons.length > 0 && (row.table !== table || chars + row.json.length > RESTORE_STATEMENT_MAX_CHARS)) {
      yield { table, jsons }
      jsons = []
      chars = 0
    }
    table = row.table
    jsons.push(row.json)
    chars += row.json.length
  }
  if (jsons.length > 0) yield { table, jsons }
}
