import { expect, test } from 'vitest'
import { createTestDatabase } from './database.ts'

test('a database of a test that was there before is empty, and counts from one again', async () => {
  for (let round = 0; round < 2; round++) {
    await using db = await createTestDatabase()
    expect(await db.prisma.setting.count()).toBe(0)
    await db.prisma.setting.create({ data: { key: 'a', value: round } })
    await db.pool.query(`SET work_mem = '1MB'`)
    await db.pool.query('CREATE TEMP TABLE left_behind (id INT)')
    const sequences = await db.pool.query('SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL')
    expect(sequences.rows).toEqual([])
    const all = await db.pool.query<{ name: string }>(`SELECT format('%I', sequencename) AS name FROM pg_sequences`)
    for (const { name } of all.rows) await db.pool.query(`SELECT nextval('${name}')`)
  }
})

test('a database whose schema a test has changed is not handed to another test', async () => {
  for (const change of [
    'CREATE TABLE more (id INT)',
    'ALTER TABLE "Setting" ADD COLUMN more INT',
    'DELETE FROM _prisma_migrations',
  ]) {
    await using db = await createTestDatabase()
    expect(await db.prisma.setting.count()).toBe(0)
    expect((await db.pool.query('SELECT FROM _prisma_migrations')).rowCount).toBeGreaterThan(0)
    expect((await db.pool.query(`SELECT to_regclass('more') AS found`)).rows).toEqual([{ found: null }])
    await db.pool.query(change)
  }
})
