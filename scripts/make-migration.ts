/**
 * Writes the SQL that leads to prisma/schema.prisma (`npm run db:migration [-- <name>]`). Without a name, and as long as
 * 0001_init is the only migration, it is written anew; with a name a new one is added. Each migration keeps the schema that
 * it leads to beside its SQL, so the next can be made without a database.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMigrations } from '../server/storage/migrations.ts'
import { schemaDiff } from './schema-engine.ts'

const PRISMA_DIR = join(dirname(dirname(fileURLToPath(import.meta.url))), 'prisma')
const MIGRATIONS_DIR = join(PRISMA_DIR, 'migrations')
const INIT = '0001_init'
const LOCK = '# Prisma refuses to mix dialects by this file.\nprovider = "postgresql"\n'

const slug = process.argv[2]
if (slug !== undefined && !/^[a-z][a-z0-9_]*$/.test(slug))
  throw new Error('The name is lower-case letters, digits and _.')
const existing = existsSync(MIGRATIONS_DIR) ? readMigrations(MIGRATIONS_DIR) : []
const onlyInit = existing.length === 0 || (existing.length === 1 && existing[0]!.name === INIT)
if (slug === undefined && !onlyInit)
  throw new Error('Released migrations are not rewritten: give the new one a name.')

const last = slug === undefined ? undefined : existing.at(-1)
const sql = await schemaDiff(last && read(join('migrations', last.name, 'schema.snapshot')), read('schema.prisma'))
if (sql === '') console.log('The migrations already lead to the schema.')
// Rules that Prisma's language cannot say are in constraints.sql; later migrations carry such lines by hand.
else if (slug === undefined) write(INIT, `${sql}\n${read('constraints.sql')}`)
else write(`${String(existing.length + 1).padStart(4, '0')}_${slug}`, sql)

function read(path: string): string {
  return readFileSync(join(PRISMA_DIR, path), 'utf8')
}

function write(name: string, migration: string): void {
  const dir = join(MIGRATIONS_DIR, name)
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'migration.sql'), migration)
  copyFileSync(join(PRISMA_DIR, 'schema.prisma'), join(dir, 'schema.snapshot'))
  writeFileSync(join(MIGRATIONS_DIR, 'migration_lock.toml'), LOCK)
  console.log(`Wrote prisma/migrations/${name}/migration.sql`)
}
