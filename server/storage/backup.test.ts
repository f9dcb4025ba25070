import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLedger } from '../ledger/ledger.ts'
import { systemClock } from '../lib/clock.ts'
import {
  createPostgresDatabase,
  createTestDatabase,
  describeOnDatabases,
  postgresReachable,
} from '../testing/database.ts'
import { blankPgliteImage } from '../testing/pglite-image.ts'
import { backup } from './backup.ts'
import { type Database, type DatabaseKind, openDatabase } from './database.ts'
import { createJournal } from './journal.ts'
import { createLedgerStore } from './ledger.ts'
import { readMigrations } from './migrations.ts'
import { inspectBackup, restore } from './restore.ts'
import { listTables, quoted } from './tables.ts'

const log = { info() {}, error() {} }
const dir = mkdtempSync(join(tmpdir(), 'academy-test-'))
afterAll(() => rmSync(dir, { recursive: true }))
const KINDS: readonly DatabaseKind[] = (await postgresReachable()) ? ['pglite', 'postgres'] : ['pglite']

describe.each(KINDS.flatMap((from) => KINDS.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
  test('B1 a restored database is the one that was backed up, to the last byte', async () => {
    await using source = await createTestDatabase({ kind: from })
    await fillWithEverything(source)
    const file = join(dir, `${from}-${to}.backup`)
    const summary = await backup(source, file, 1234)
    expect(summary).toMatchObject({
      createdAtMs: 1234,
      tables: { Person: 2, JournalRecord: 1500, LedgerTransfer: 2 },
    })
    expect(statSync(file).mode & 0o777).toBe(0o600)

    await using target = await createTestDatabase({ kind: to })
    expect(await restore(target, file)).toEqual(summary)
    expect(await contentOf(target)).toEqual(await contentOf(source))
    // It is in working order: constraints hold and the schema counts as up to date.
    const orphan = `INSERT INTO "ProjectFile" VALUES ('no-project', 'main.ts', '', 1)`
    await expect(target.pool.query(orphan)).rejects.toMatchObject({ code: '23503' })
    const loaded = await createJournal(target).loadSnapshot('harbor')
    expect(loaded?.state).toEqual(SNAPSHOT_STATE)
  })
})

describe('a file that is not whole', () => {
  let whole: Buffer
  let db: Database
  let before: unknown
  beforeAll(async () => {
    await using source = await createTestDatabase()
    await fillWithEverything(source)
    await backup(source, join(dir, 'whole.backup'))
    whole = readFileSync(join(dir, 'whole.backup'))
    db = await createTestDatabase()
    await db.prisma.setting.create({ data: { key: 'mine', value: 'kept' } })
    before = await contentOf(db)
  })
  afterAll(() => db?.[Symbol.asyncDispose]())

  const lines = () => gunzipSync(whole).toString('utf8').split('\n')
  const zipped = (changed: readonly string[]) => gzipSync(changed.join('\n'))
  const flipped = (at: number) => {
    const bytes = Buffer.from(whole)
    bytes[at]! ^= 0x40
    return bytes
  }
  const cases: readonly [string, () => Buffer][] = [
    ['empty', () => Buffer.alloc(0)],
    ['something else', () => Buffer.from('not a backup')],
    ['something else, zipped', () => gzipSync('{"a":1}\n')],
    ['cut off near its start', () => whole.subarray(0, 30)],
    ['cut off in the middle', () => whole.subarray(0, whole.length >> 1)],
    ['cut off before its last byte', () => whole.subarray(0, -1)],
    ['altered at a third', () => flipped(Math.floor(whole.length / 3))],
    ['altered near its end', () => flipped(whole.length - 12)],
    ['without its end', () => zipped([...lines().slice(0, -2), ''])],
    ['without a row', () => zipped(lines().toSpliced(5, 1))],
    ['with a row changed', () => zipped(lines().map((line) => line.replace('Анна', 'Инна')))],
    ['with a line after its end', () => zipped([...lines().slice(0, -1), '{}', ''])],
    ['of another version', () => zipped(lines().map((line) => line.replace('"version":1', '"version":2')))],
    [
      'with a row that no table takes',
      () => resealed(lines(), (line) => line.replace('"mayGoNegative":true', '"mayGoNegative":7')),
    ],
    ['with a table that is not ours', () => resealed(lines(), (line) => line.replaceAll('"Person"', '"pg_class"'))],
  ]

  test.each(cases)('B2 %s: refused, and nothing changed', async (name, bytes) => {
    const file = join(dir, 'damaged.backup')
    writeFileSync(file, bytes())
    const error = await restore(db, file, { force: true }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    if (name !== 'with a row that no table takes') expect(error).toMatchObject({ code: 'backup_damaged' })
    expect(await contentOf(db)).toEqual(before)
  })

  test('B2 a missing file is said to be missing', async () => {
    await expect(restore(db, join(dir, 'nowhere'), { force: true })).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('B3 a database with rows is not overwritten without force, and wholly with it', async () => {
    const file = join(dir, 'whole.backup')
    await expect(restore(db, file)).rejects.toMatchObject({ code: 'database_not_empty' })
    expect(await contentOf(db)).toEqual(before)
    await restore(db, file, { force: true })
    expect(await db.prisma.setting.findMany({ where: { key: 'mine' } })).toEqual([])
    expect(await db.prisma.person.count()).toBe(2)
  })
})

await describeOnDatabases('backups and schemas', (kind) => {
  const first = {
    name: '0001_first',
    sql: `CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE "Old" (id INT PRIMARY KEY); CREATE FUNCTION one() RETURNS INT LANGUAGE sql AS 'SELECT 1'`,
    checksum: 'a',
  }
  const second = {
    name: '0002_second',
    sql: 'ALTER TABLE "Old" ADD COLUMN twice INT; UPDATE "Old" SET twice = id * 2; ALTER TABLE "Old" ALTER COLUMN twice SET NOT NULL',
    checksum: 'b',
  }

  test('B4 an older backup goes through the later migrations', async () => {
    const file = join(dir, `older-${kind}.backup`)
    await using old = await createEmptyHome(kind, [first])
    await old.db.pool.query('INSERT INTO "Old" VALUES (4), (5)')
    await backup(old.db, file)
    await using now = await createEmptyHome(kind, [first, second])
    await restore(now.db, file)
    expect((await now.db.pool.query('SELECT * FROM "Old" ORDER BY id')).rows).toEqual([
      { id: 4, twice: 8 },
      { id: 5, twice: 10 },
    ])
    expect((await now.db.pool.query('SELECT migration_name FROM _prisma_migrations ORDER BY 1')).rows).toHaveLength(2)
  })

  test('B5 a newer backup is refused and nothing changed', async () => {
    const file = join(dir, `newer-${kind}.backup`)
    await using now = await createEmptyHome(kind, [first, second])
    await backup(now.db, file)
    await using old = await createEmptyHome(kind, [first])
    await old.db.pool.query('INSERT INTO "Old" VALUES (4)')
    await expect(restore(old.db, file, { force: true })).rejects.toMatchObject({ code: 'backup_schema' })
    expect((await old.db.pool.query('SELECT * FROM "Old"')).rows).toEqual([{ id: 4 }])
  })

  test('B6 a backup made while people pay holds books that agree', async () => {
    await using db = await createTestDatabase({ kind })
    const ledger = createLedger({ store: createLedgerStore(db), clock: systemClock })
    let paying = true
    const pay = async (payer: number) => {
      for (let n = 0; paying || n < 5; n++) {
        await ledger.transfer([
          { id: `${payer}-${n}`, from: 'academy:rewards', to: `player:${payer}`, amountMicro: 1n, code: 'reward' },
        ])
      }
    }
    const payers = [0, 1, 2, 3].map(pay)
    const files = [0, 1, 2].map((n) => join(dir, `running-${kind}-${n}.backup`))
    for (const file of files) await backup(db, file)
    paying = false
    await Promise.all(payers)
    for (const file of files) {
      await using copy = await createTestDatabase()
      await restore(copy, file)
      expect((await createLedger({ store: createLedgerStore(copy), clock: systemClock }).audit()).problems).toEqual(
        [],
      )
    }
  })

  test('B7 a backup that cannot be written leaves no file and no lock', async () => {
    await using db = await createTestDatabase({ kind })
    await expect(backup(db, join(dir, 'no-such-folder', 'x.backup'))).rejects.toMatchObject({ code: 'ENOENT' })
    expect(readdirSync(dir).filter((name) => name.endsWith('.part'))).toEqual([])
    await backup(db, join(dir, 'after.backup'))
    expect((await inspectBackup(join(dir, 'after.backup'))).migrations.map(({ name }) => name)).toEqual(
      readMigrations().map(({ name }) => name),
    )
  })
})

const SNAPSHOT_STATE = { places: ['harbor:dock'], text: '«вода» \u2028', big: 'x'.repeat(300_000) }

/** Something of every kind of column. */
async function fillWithEverything(db: Database): Promise<void> {
  const people = ['Анна', 'O\'Brien "\\" \n\t']
  for (const [i, name] of people.entries()) {
    await db.prisma.person.create({
      data: {
        id: `player_${i}`,
        name,
        nameKey: `key ${i}`,
        guest: i > 0,
        roles: ['learner', '{"a,b"}'],
        locale: 'ru',
        createdAtMs: 9_007_199_254_740_993n,
        lastSeenMs: 0n,
      },
    })
  }
  await db.prisma.project.create({
    data: { id: 'p', owner: 'player_0', name: 'p', createdAtMs: 1n, updatedAtMs: 1n },
  })
  await db.prisma.projectFile.create({
    data: { projectId: 'p', path: 'main.ts', text: 'say("да")\n', updatedAtMs: 1n },
  })
  await db.prisma.agentTurnRecord.create({ data: { agentId: 'a', tick: 1n, turn: new Uint8Array([0, 255, 10, 34]) } })
  await db.prisma.setting.createMany({
    data: [
      { key: 'json', value: { n: 1.5, deep: [null, 'да\n'] } },
      { key: 'text', value: 'x' },
    ],
  })
  const journal = createJournal(db)
  const input = { type: 'wake', actor: 'player_0' } as const
  await journal.append(
    'harbor',
    Array.from({ length: 1500 }, (_, i) => ({ seq: i + 1, tick: i, input })),
  )
  await journal.saveSnapshot('harbor', {
    zone: 'harbor',
    seq: 7,
    tick: 7,
    worldDigest: 'w',
    hash: 'h',
    state: SNAPSHOT_STATE,
  })
  const mint = { accountDayMicro: 10n ** 15n, dayMicro: 10n ** 15n }
  await createLedger({ store: createLedgerStore(db), clock: systemClock }, { mint }).transfer([
    { id: 'a', from: 'academy:grants', to: 'player:0', amountMicro: 10n ** 15n, code: 'grant', memo: 'за дело' },
    { id: 'b', from: 'player:0', to: 'shop:s', amountMicro: 1n, code: 'purchase' },
  ])
}

/** Rows of every table and the names of the migrations. */
async function contentOf(db: Database): Promise<unknown> {
  const client = await db.pool.connect()
  try {
    const content: Record<string, unknown> = {}
    for (const table of await listTables(client)) {
      const { rows } = await client.query<{ t: string }>(`SELECT t::text FROM ${quoted(table)} t ORDER BY 1`)
      content[table] = { rows: rows.length, digest: createHash('sha256').update(JSON.stringify(rows)).digest('hex') }
    }
    content.migrations = (
      await client.query('SELECT migration_name, checksum FROM _prisma_migrations ORDER BY 1')
    ).rows
    return content
  } finally {
    client.release()
  }
}

/** A file altered by someone who knows how to write its end. */
function resealed(lines: readonly string[], change: (line: string) => string): Buffer {
  const body = lines.slice(0, -2).map((line) => `${change(line)}\n`)
  const rows = body.filter((line) => line.startsWith('{')).length
  const sha256 = createHash('sha256').update(body.join('')).digest('hex')
  return gzipSync(`${body.join('')}${JSON.stringify(['end', rows, sha256])}\n`)
}

async function createEmptyHome(
  kind: DatabaseKind,
  migrations: readonly { name: string; sql: string; checksum: string }[],
) {
  const fresh = kind === 'postgres' ? await createPostgresDatabase() : undefined
  const where = fresh ? { url: fresh.url } : { imageFile: await blankPgliteImage() }
  const db = await openDatabase({ ...where, log, migrations })
  const dispose = async () => {
    await db[Symbol.asyncDispose]()
    await fresh?.[Symbol.asyncDispose]()
  }
  return { db, [Symbol.asyncDispose]: dispose }
}
