import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  createPostgresDatabase,
  createTestDatabase,
  describeOnDatabases,
  postgresReachable,
} from '../testing/database.ts'
import { freePort } from '../testing/free-port.ts'
import { layPgliteDirectory } from '../testing/pglite-image.ts'
import { type Database, openDatabase } from './database.ts'
import { readMigrations } from './migrations.ts'

const log = { info() {}, error() {} }

const booksOf = async (db: Database) =>
  (
    await db.pool.query(
      'SELECT migration_name, checksum, finished_at IS NOT NULL AS finished FROM _prisma_migrations',
    )
  ).rows

await describeOnDatabases('a database', (kind) => {
  test('D1 a fresh database gets every migration, written in the books as Prisma does', async () => {
    await using db = await createTestDatabase({ kind })
    expect(db.kind).toBe(kind)
    expect(await booksOf(db)).toEqual(
      readMigrations().map(({ name, checksum }) => ({ migration_name: name, checksum, finished: true })),
    )
    await db.prisma.setting.create({ data: { key: 'a', value: { deep: [1] } } })
    expect(await db.prisma.setting.findMany()).toEqual([{ key: 'a', value: { deep: [1] } }])
  })

  test('D2 opening again applies nothing and loses nothing', async () => {
    await using home = await createHome(kind)
    for (let round = 0; round < 3; round++) {
      await using db = await openDatabase({ ...home.options, log })
      expect(await booksOf(db)).toHaveLength(readMigrations().length)
      expect(await db.prisma.setting.count()).toBe(round)
      await db.prisma.setting.create({ data: { key: `round ${round}`, value: round } })
    }
  })

  test('D3 a new migration is applied to a database that has data', async () => {
    await using home = await createHome(kind)
    {
      await using db = await openDatabase({ ...home.options, log })
      await db.prisma.setting.create({ data: { key: 'kept', value: 1 } })
    }
    const added = { name: '9999_more', sql: 'CREATE TABLE more (id INT)', checksum: 'x' }
    await using db = await openDatabase({ ...home.options, log, migrations: [...readMigrations(), added] })
    expect(await db.prisma.setting.count()).toBe(1)
    expect((await db.pool.query('SELECT * FROM more')).rows).toEqual([])
  })

  test('D4 a migration that fails leaves nothing of itself behind', async () => {
    await using home = await createHome(kind)
    const broken = { name: '9999_broken', sql: 'CREATE TABLE half (id INT); SELECT nonsense;', checksum: 'x' }
    await expect(openDatabase({ ...home.options, log, migrations: [...readMigrations(), broken] })).rejects.toThrow()
    await using db = await openDatabase({ ...home.options, log })
    expect((await db.pool.query(`SELECT to_regclass('half') AS half`)).rows).toEqual([{ half: null }])
    expect(await booksOf(db)).toHaveLength(readMigrations().length)
  })

  test('D5 a newer database is refused and not touched', async () => {
    await using home = await createHome(kind)
    const future = { name: '9999_future', sql: 'CREATE TABLE future (id INT)', checksum: 'x' }
    const all = [...readMigrations(), future]
    {
      await using _db = await openDatabase({ ...home.options, log, migrations: all })
    }
    // An older program with a migration of its own that the database lacks must not apply it either.
    const sideways = { name: '5000_sideways', sql: 'CREATE TABLE sideways (id INT)', checksum: 'y' }
    await expect(
      openDatabase({ ...home.options, log, migrations: [...readMigrations(), sideways] }),
    ).rejects.toMatchObject({ code: 'schema_newer', message: expect.stringContaining('9999_future') })
    await using db = await openDatabase({ ...home.options, log, migrations: all })
    expect(await booksOf(db)).toHaveLength(all.length)
    expect((await db.pool.query(`SELECT to_regclass('sideways') AS it`)).rows).toEqual([{ it: null }])
  })

  test('D6 an applied migration in another form is refused', async () => {
    await using home = await createHome(kind)
    {
      await using _db = await openDatabase({ ...home.options, log })
    }
    const changed = readMigrations().map((migration) => ({ ...migration, checksum: 'other' }))
    await expect(openDatabase({ ...home.options, log, migrations: changed })).rejects.toMatchObject({
      code: 'schema_changed',
    })
  })

  test('D7 a database that belongs to something else is refused and not touched', async () => {
    await using home = await createHome(kind)
    const theirs = { name: '0001_theirs', sql: 'CREATE TABLE theirs (id INT)', checksum: 'x' }
    {
      await using db = await openDatabase({ ...home.options, log, migrations: [theirs] })
      await db.pool.query('DROP TABLE _prisma_migrations')
    }
    await expect(openDatabase({ ...home.options, log })).rejects.toMatchObject({ code: 'schema_foreign' })
  })

  test('D10 a statement in error spoils nothing for those that follow', async () => {
    await using db = await createTestDatabase({ kind })
    const add = (key: string) => db.prisma.setting.create({ data: { key, value: 1 } })
    await add('a')
    for (let round = 0; round < 5; round++) {
      await expect(db.pool.query('SELECT nonsense + $1', [round])).rejects.toMatchObject({ code: '42703' })
      await expect(add('a')).rejects.toMatchObject({ code: 'P2002' })
      await expect(db.prisma.$transaction([add(`b${round}`), add('a')])).rejects.toMatchObject({ code: 'P2002' })
    }
    expect(await db.prisma.setting.count()).toBe(1)
  })

  test('D11 a connection inherits nothing from the one before it', async () => {
    await using db = await createTestDatabase({ kind })
    const first = await db.pool.connect()
    await first.query({ name: 'mine', text: 'SELECT 1' })
    await first.query('CREATE TEMP TABLE left_over (id INT)')
    await first.query('BEGIN')
    await first.query(`INSERT INTO "Setting" VALUES ('half', '1')`)
    first.release(true)
    expect((await db.pool.query(`SELECT to_regclass('left_over') AS it`)).rows).toEqual([{ it: null }])
    expect((await db.pool.query({ name: 'mine', text: 'SELECT 2 AS n' })).rows).toEqual([{ n: 2 }])
    expect(await db.prisma.setting.count()).toBe(0)
  })

  test('D12 long values and long answers pass whole', async () => {
    await using db = await createTestDatabase({ kind })
    const long = 'длинный '.repeat(500_000)
    await db.prisma.setting.create({ data: { key: 'long', value: long } })
    expect((await db.prisma.setting.findUnique({ where: { key: 'long' } }))?.value === long).toBe(true)
  })
})

test.skipIf(!(await postgresReachable()))(
  'D8 several nodes starting at once on one empty database apply each migration once',
  async () => {
    await using fresh = await createPostgresDatabase()
    const opened = await Promise.all(Array.from({ length: 6 }, () => openDatabase({ url: fresh.url, log })))
    try {
      expect(await booksOf(opened[0]!)).toHaveLength(readMigrations().length)
    } finally {
      await Promise.all(opened.map((db) => db[Symbol.asyncDispose]()))
    }
  },
)

test('D13 a data directory that cannot be used is named', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'academy-test-'))
  try {
    writeFileSync(join(dir, 'file'), 'mine')
    const inFile = openDatabase({ dataDir: join(dir, 'file'), log })
    await expect(inFile).rejects.toMatchObject({
      code: 'embedded_failed',
      message: expect.stringContaining(join(dir, 'file')),
    })
    expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('mine')

    mkdirSync(join(dir, 'broken'))
    writeFileSync(join(dir, 'broken', 'PG_VERSION'), '9\n')
    await expect(openDatabase({ dataDir: join(dir, 'broken'), log })).rejects.toMatchObject({
      code: 'embedded_failed',
    })
    expect(readdirSync(dir).sort()).toEqual(['broken', 'file'])
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('D14 the embedded database is behind a socket that only its owner can reach', {
  skip: process.platform === 'win32',
}, async () => {
  await using home = await createHome('pglite', { fromNothing: true })
  const { dataDir } = home.options as { dataDir: string }
  // As a killed node leaves it.
  mkdirSync(`${dataDir}.socket`)
  writeFileSync(join(`${dataDir}.socket`, '.s.PGSQL.5432'), '')
  {
    await using db = await openDatabase({ ...home.options, log })
    await db.ping()
    expect(statSync(`${dataDir}.socket`).mode & 0o777).toBe(0o700)
    expect(statSync(dataDir).mode & 0o077).toBe(0)
  }
  expect(existsSync(`${dataDir}.socket`)).toBe(false)
})

test('D9 a refused connection is told with its address and without its password', async () => {
  const port = await freePort()
  const error = await openDatabase({ url: `postgresql://me:hush@127.0.0.1:${port}/academy`, log }).catch(
    (e: unknown) => e,
  )
  expect(error).toMatchObject({
    code: 'database_unreachable',
    message: expect.stringContaining(`127.0.0.1:${port}/academy`),
  })
  expect(String(error)).not.toContain('hush')
})

/** Somewhere a database can be opened several times. `fromNothing`: not even the database system is there. */
async function createHome(kind: 'pglite' | 'postgres', { fromNothing = false } = {}) {
  if (kind === 'postgres') {
    const fresh = await createPostgresDatabase()
    return { options: { url: fresh.url }, [Symbol.asyncDispose]: fresh[Symbol.asyncDispose] }
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'academy-test-'))
  if (!fromNothing) await layPgliteDirectory(dataDir, { blank: true })
  return { options: { dataDir }, [Symbol.asyncDispose]: async () => rmSync(dataDir, { recursive: true }) }
}
