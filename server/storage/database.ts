/** Opens the node's database, embedded or PostgreSQL, and brings its schema up to date. */
import { PrismaPg } from '@prisma/adapter-pg'
import { Pool, type PoolConfig } from 'pg'
import {
  DATABASE_CONNECT_TIMEOUT_MS,
  DATABASE_POOL_MAX_CONNECTIONS,
  TRANSACTION_MAX_WAIT_MS,
  TRANSACTION_TIMEOUT_MS,
} from '../limits.ts'
import { type Embedded, startEmbedded } from './embedded.ts'
import { StorageError } from './errors.ts'
import { PrismaClient } from './generated/client.ts'
import { type Migration, migrate, readMigrations } from './migrations.ts'
import { createWriteHealth } from './write-health.ts'

export type DatabaseKind = 'pglite' | 'postgres'

/** An open database. What is in it is used by server/storage alone; other parts are handed stores. */
export type Database = {
  readonly kind: DatabaseKind
  readonly prisma: PrismaClient
  /** The connections under Prisma, for the few statements that must be one statement. */
  readonly pool: Pool
  readonly migrations: readonly Migration[]
  /** Throws when the database does not answer: for health checks. */
  ping(): Promise<void>
  /** False from the moment the disk was too full for a write until one goes through. */
  canWrite(): Promise<boolean>
  [Symbol.asyncDispose](): Promise<void>
}

type StorageLog = {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

export type DatabaseOptions = {
  /** `postgresql://…`; absent: the embedded database. */
  readonly url?: string
  /** Where the embedded database lives; absent: in memory. */
  readonly dataDir?: string
  readonly log: StorageLog
  /** Called once when the embedded database dies under us; every later query fails. */
  readonly onLost?: (error: Error) => void
  /** For tests: other migrations than the program's own. */
  readonly migrations?: readonly Migration[]
  /** For tests: start the in-memory database from this image of one. */
  readonly imageFile?: string
  /** An embedded database that runs already, and goes on running when this one is closed. */
  readonly engine?: Pick<Embedded, 'connection'>
}

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  await using stack = new AsyncDisposableStack()
  const kind: DatabaseKind = options.url === undefined ? 'pglite' : 'postgres'
  const health = createWriteHealth(options.log)
  const where = options.url === undefined ? await embedded(stack, options) : postgres(options.url)
  const pool = new Pool({ ...where, Client: health.Client })
  stack.defer(() => pool.end())
  pool.on('error', (error) => options.log.error({ err: error }, 'a database connection was lost'))

  const migrations = options.migrations ?? readMigrations()
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { disposeExternalPool: false }),
    transactionOptions: { maxWait: TRANSACTION_MAX_WAIT_MS, timeout: TRANSACTION_TIMEOUT_MS },
  })
  stack.defer(() => prisma.$disconnect())
  // Prisma compiles its queries' compiler meanwhile; it asks the database for nothing yet.
  await Promise.all([bringUpToDate(pool, migrations, options), prisma.$connect()])
  const opened = stack.move()
  const ping = async () => void (await pool.query('SELECT 1'))
  const canWrite = () => health.canWrite(pool)
  return { kind, prisma, pool, migrations, ping, canWrite, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

async function embedded(stack: AsyncDisposableStack, options: DatabaseOptions): Promise<PoolConfig> {
  const { dataDir, imageFile, engine, onLost, log } = options
  const { connection } = engine ?? stack.use(await startEmbedded({ dataDir, imageFile, log, onLost }))
  return { ...connection, max: 1, idleTimeoutMillis: 0 }
}

const postgres = (url: string): PoolConfig => ({
  connectionString: url,
  max: DATABASE_POOL_MAX_CONNECTIONS,
  connectionTimeoutMillis: DATABASE_CONNECT_TIMEOUT_MS,
})

async function bringUpToDate(pool: Pool, migrations: readonly Migration[], options: DatabaseOptions): Promise<void> {
  const client = await pool.connect().catch((error: unknown) => {
    throw unreachable(options.url, error)
  })
  try {
    const applied = await migrate(client, migrations)
    if (applied.length > 0) options.log.info({ migrations: applied }, 'database schema brought up to date')
  } finally {
    client.release()
  }
}

/** Says where and why, and never the password. */
function unreachable(url: string | undefined, cause: unknown): StorageError {
  const where = url === undefined ? 'The embedded database' : `PostgreSQL at ${hostOf(url)}`
  return new StorageError('database_unreachable', `${where} cannot be reached: ${reasonOf(cause)}`, { cause })
}

function hostOf(url: string): string {
  if (!URL.canParse(url)) return 'an address that is not a URL'
  const { hostname, port, pathname } = new URL(url)
  return `${hostname}:${port || 5432}${pathname}`
}

/** Node reports a refused dual-stack connection as an AggregateError with an empty message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
