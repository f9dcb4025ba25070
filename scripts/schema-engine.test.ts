import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readMigrations } from '../server/storage/migrations.ts'
import { createTestDatabase, postgresReachable } from '../server/testing/database.ts'
import { deployByPrisma, schemaDiff } from './schema-engine.ts'

const PRISMA_DIR = join(dirname(dirname(fileURLToPath(import.meta.url))), 'prisma')
const read = (...path: string[]) => readFileSync(join(PRISMA_DIR, ...path), 'utf8')
const schemaAfter = (migration: string) => read('migrations', migration, 'schema.snapshot')

test('the last migration leads to schema.prisma: after a change run `npm run db:migration`', async () => {
  expect(await schemaDiff(schemaAfter(readMigrations().at(-1)!.name), read('schema.prisma'))).toBe('')
})

test('each migration is what leads from the schema before it to its own', async () => {
  let before: string | undefined
  for (const { name, sql } of readMigrations()) {
    const after = schemaAfter(name)
    expect(sql.startsWith(await schemaDiff(before, after)), name).toBe(true)
    before = after
  }
  expect(readMigrations()[0]!.sql).toContain(read('constraints.sql'))
})

test.skipIf(!(await postgresReachable()))(
  '`prisma migrate deploy` finds nothing to do in a database that the node has opened',
  async () => {
    await using db = await createTestDatabase({ kind: 'postgres' })
    expect(await deployByPrisma(db.url!, db.migrations)).toEqual([])
  },
)
