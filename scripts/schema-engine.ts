/** Prisma's own schema engine, in WebAssembly: what differs between two schemas, and what it makes of our books. */
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import { type DiffTarget, type MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm'
import type { Migration } from '../server/storage/migrations.ts'

const FILTERS = { externalTables: [], externalEnums: [] }
/** The SQL that leads from one schema, or from nothing, to another; empty when there is nothing to do. */
export async function schemaDiff(from: string | undefined, to: string): Promise<string> {
  using engine = await startEngine(noDatabase)
  const { stdout } = await engine.diff({
    from: from === undefined ? { tag: 'empty' } : datamodel(from),
    to: datamodel(to),
    script: true,
    exitCode: null,
    filters: FILTERS,
  })
  const sql = stdout ?? ''
  return sql.includes('This is an empty migration') ? '' : sql
}

/** What `prisma migrate deploy` finds to apply to a database. It does apply it. */
export async function deployByPrisma(url: string, migrations: readonly Migration[]): Promise<readonly string[]> {
  using engine = await startEngine(new PrismaPg(url))
  const { appliedMigrationNames } = await engine.applyMigrations({
    migrationsList: listOf(migrations),
    filters: FILTERS,
  })
  return appliedMigrationNames
}

const startEngine = (adapters: SqlMigrationAwareDriverAdapterFactory): Promise<SchemaEngine> =>
  SchemaEngine.new({ datamodels: undefined }, () => {}, bindMigrationAwareSqlAdapterFactory(adapters))

/** To compare schemas the engine asks a database for no more than its version. */
const VERSION = {
  columnNames: ['exists', 'version', 'numeric_version'],
  columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
  rows: [[true, 'PostgreSQL 15.0', 150_000]],
}

const noDatabase: SqlMigrationAwareDriverAdapterFactory = {
  provider: 'postgres',
  adapterName: 'none',
  connect: async () => ({
    provider: 'postgres',
    adapterName: 'none',
    queryRaw: async ({ sql }) => (sql.includes('server_version_num') ? VERSION : refuse()),
    executeRaw: refuse,
    executeScript: refuse,
    startTransaction: refuse,
    getConnectionInfo: () => ({ supportsRelationJoins: true }),
    dispose: async () => {},
  }),
  connectToShadowDb: refuse,
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('comparing schemas needs no database'))
}

const datamodel = (content: string): DiffTarget => ({
  tag: 'schemaDatamodel',
  files: [{ path: 'schema.prisma', content }],
})

const listOf = (migrations: readonly Migration[]): MigrationList => ({
  baseDir: '/migrations',
  lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
  shadowDbInitScript: '',
  migrationDirectories: migrations.map(({ name, sql }) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
  })),
})
