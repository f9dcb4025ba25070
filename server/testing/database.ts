/** Fresh databases for tests: in memory, and on a PostgreSQL server where one is reachable. */
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, describe } from 'vitest'
import { type Database, type DatabaseKind, type DatabaseOptions, openDatabase } from '../storage/database.ts'
import { closeEngines, giveEngine, takeEngine } from './pglite-engines.ts'
import { pgliteImage } from './pglite-image.ts'

/** `TEST_DATABASE_URL` points elsewhere; the user must be allowed to create databases. */
const ADMIN_URL = process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres'

const quietLog = { info() {}, error() {} }

/** A migrated, empty database that is gone after disposal. `url` opens it a second time (PostgreSQL). */
export type TestDatabase = Database & { readonly url?: string }

export async function createTestDatabase(
  options: { kind?: DatabaseKind } & Partial<DatabaseOptions> = {},
): Promise<TestDatabase> {
  const { kind = 'pglite', ...rest } = options
  if (kind === 'pglite') {
    if (isUnderTest && Object.keys(rest).length === 0) return await openOnEngine()
    return await openDatabase({ log: quietLog, imageFile: rest.dataDir ? undefined : await pgliteImage(), ...rest })
  }
  const fresh = await createPostgresDatabase()
  try {
    const db = await openDatabase({ log: quietLog, ...rest, url: fresh.url })
    const dispose = async () => {
      await db[Symbol.asyncDispose]()
      await fresh[Symbol.asyncDispose]()
    }
    return { ...db, url: fresh.url, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await fresh[Symbol.asyncDispose]()
    throw error
  }
}

const isUnderTest = process.env.VITEST !== undefined
if (isUnderTest) afterAll(closeEngines)

/** On an engine that served another test of this file, emptied since, where there is one. A benchmark has a new one each time. */
async function openOnEngine(): Promise<TestDatabase> {
  const engine = await takeEngine()
  const db = await openDatabase({ log: quietLog, engine })
  let closing: Promise<void> | undefined
  const close = async () => {
    await db[Symbol.asyncDispose]()
    await giveEngine(engine)
  }
  return { ...db, [Symbol.asyncDispose]: () => (closing ??= close()) }
}

/** An empty database on the PostgreSQL server, without our schema. */
export async function createPostgresDatabase(): Promise<{
  readonly url: string
  [Symbol.asyncDispose](): Promise<void>
}> {
  const name = `academy_test_${randomBytes(6).toString('hex')}`
  await asAdmin(`CREATE DATABASE ${name}`)
  const url = new URL(ADMIN_URL)
  url.pathname = `/${name}`
  return { url: url.href, [Symbol.asyncDispose]: () => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

async function asAdmin(sql: string): Promise<void> {
  const client = new Client({ connectionString: ADMIN_URL, connectionTimeoutMillis: 2_000 })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

let reachable: Promise<boolean> | undefined

/** Whether tests can use PostgreSQL. On a build machine it must be there. */
export function postgresReachable(): Promise<boolean> {
  reachable ??= asAdmin('SELECT 1').then(
    () => true,
    (error: unknown) => {
      if (process.env.CI === 'true')
        throw new Error(`PostgreSQL is not reachable at ${new URL(ADMIN_URL).host}`, { cause: error })
      return false
    },
  )
  return reachable
}

/** One suite for both databases; says plainly when PostgreSQL is left out. Await it at the top of a test file. */
export async function describeOnDatabases(title: string, suite: (kind: DatabaseKind) => void): Promise<void> {
  describe(`${title} (pglite)`, () => suite('pglite'))
  const onPostgres = `${title} (postgres)`
  if (await postgresReachable()) describe(onPostgres, () => suite('postgres'))
  else describe.skip(`${onPostgres} SKIPPED: no server at ${new URL(ADMIN_URL).host}`, () => suite('postgres'))
}
