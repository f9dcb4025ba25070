import { expect, test } from 'vitest'
import { isDiskFull } from '../lib/disk-full.ts'
import { createTestDatabase, describeOnDatabases } from '../testing/database.ts'

const REFUSE = `CREATE FUNCTION no_room() RETURNS trigger AS $$
  BEGIN RAISE EXCEPTION 'could not write' USING ERRCODE = '53100'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON "Setting" FOR EACH ROW EXECUTE FUNCTION no_room()`

await describeOnDatabases('a database on a full disk', (kind) => {
  test('D20 says that it cannot write from the first refusal until a write goes through', async () => {
    await using db = await createTestDatabase({ kind })
    expect(await db.canWrite()).toBe(true)
    await db.pool.query(REFUSE)
    const refused = await db.prisma.setting.create({ data: { key: 'a', value: 1 } }).catch((error: unknown) => error)
    expect(isDiskFull(refused)).toBe(true)
    expect(await db.canWrite()).toBe(false)
    await db.pool.query('DROP TRIGGER no_room ON "Setting"')
    expect(await db.canWrite()).toBe(true)
    expect(await db.prisma.setting.count({ where: { key: 'a' } })).toBe(0)
  })

  test('D20 hears of it from statements under Prisma as well', async () => {
    await using db = await createTestDatabase({ kind })
    await db.pool.query(REFUSE)
    const sql = `INSERT INTO "Setting" (key, value) VALUES ('b', '1')`
    await expect(db.pool.query(sql)).rejects.toSatisfy(isDiskFull)
    expect(await db.canWrite()).toBe(false)
  })
})

test('what is not for want of room is no full disk', () => {
  const looped: { cause?: unknown } = {}
  looped.cause = looped
  for (const error of [undefined, null, 'ENOSPC', new Error('no'), looped, { code: '23505' }])
    expect(isDiskFull(error)).toBe(false)
  expect(isDiskFull(new Error('x', { cause: Object.assign(new Error('y'), { code: 'ENOSPC' }) }))).toBe(true)
})
