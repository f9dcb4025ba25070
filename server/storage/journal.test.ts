import type { Pool, QueryConfig } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Journal, JournalRecord } from '../engine/types.ts'
import { createTestDatabase, describeOnDatabases, type TestDatabase } from '../testing/database.ts'
import { createJournal } from './journal.ts'
import { createJournalWriter } from './journal-writer.ts'

const said = (seq: number, text = `line ${seq}`): JournalRecord => ({
  seq,
  tick: Math.floor(seq / 10),
  input: { type: 'command', actor: 'player_1', command: 'say', input: { text } },
})
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => said(from + i))
const snapshotAt = (zone: string, seq: number) => ({
  zone,
  seq,
  tick: seq,
  worldDigest: 'w',
  hash: `h${seq}`,
  state: { at: seq },
})

await describeOnDatabases('the journal', (kind) => {
  let db: TestDatabase
  let journal: Journal
  beforeAll(async () => {
    db = await createTestDatabase({ kind })
    journal = createJournal(db)
  })
  afterAll(() => db?.[Symbol.asyncDispose]())

  test('J1 what was appended is read back in order, exactly, after a number', async () => {
    const tricky = said(3, 'кавычки "\\" {a,NULL} \n\t \u{1F419} \u2028')
    await journal.append('exact', [said(1), said(2)])
    await journal.append('exact', [tricky])
    expect(await journal.read('exact', 0)).toEqual([said(1), said(2), tricky])
    expect(await journal.read('exact', 2)).toEqual([tricky])
    expect(await journal.read('elsewhere', 0)).toEqual([])
  })

  test('J2 appending the same records again changes nothing', async () => {
    await journal.append('again', range(1, 5))
    await journal.append('again', range(3, 8))
    await Promise.all([journal.append('again', range(1, 8)), journal.append('again', range(1, 8))])
    expect(await journal.read('again', 0)).toEqual(range(1, 8))
  })

  test('J3 another record under a taken number is refused, and the appends beside it are not', async () => {
    await journal.append('taken', [said(1)])
    const outcomes = await Promise.allSettled([
      journal.append('warm-up', [said(1)]),
      journal.append('taken', [said(1, 'other words')]),
      journal.append('beside', [said(1)]),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { code: 'journal_conflict' } })
    expect(await journal.read('taken', 0)).toEqual([said(1)])
    expect(await journal.read('beside', 0)).toEqual([said(1)])
  })

  test('J4 appends of many zones that wait together share a commit', async () => {
    let statements = 0
    const query = (config: QueryConfig) => {
      statements += 1
      return db.pool.query(config)
    }
    const append = createJournalWriter({ query } as unknown as Pool)
    const zones = Array.from({ length: 50 }, (_, i) => `shared-${i}`)
    await Promise.all(zones.map((zone) => append(zone, range(1, 3))))
    // The first goes at once, the other 49 together.
    expect(statements).toBe(2)
    for (const zone of zones) expect(await journal.read(zone, 0)).toHaveLength(3)
  })

  test('J5 an append larger than a statement is whole', async () => {
    await Promise.all([journal.append('large', range(1, 2500)), journal.append('small', range(1, 1))])
    expect(await journal.read('large', 0)).toEqual(range(1, 2500))
    expect(await journal.read('small', 0)).toEqual(range(1, 1))
  })

  test('J6 records that wait beyond the limit are refused, not kept for ever', async () => {
    const appends = Array.from({ length: 3 }, (_, i) =>
      journal.append('flood', range(i * 60_000 + 1, (i + 1) * 60_000)),
    )
    const outcomes = await Promise.allSettled(appends)
    expect(outcomes[2]).toMatchObject({ status: 'rejected', reason: { code: 'journal_overloaded' } })
    await journal.append('flood', range(120_001, 120_001))
  })

  test('J7 the newest two snapshots are kept, with the records since the older one', async () => {
    expect(await journal.loadSnapshot('snap')).toBeUndefined()
    await journal.append('snap', range(1, 40))
    await journal.saveSnapshot('snap', snapshotAt('snap', 10))
    expect(await journal.read('snap', 0)).toHaveLength(40)
    await journal.saveSnapshot('snap', snapshotAt('snap', 20))
    expect(await journal.read('snap', 0)).toEqual(range(11, 40))
    await journal.saveSnapshot('snap', snapshotAt('snap', 30))
    await journal.saveSnapshot('snap', snapshotAt('snap', 30))
    expect(await journal.read('snap', 0)).toEqual(range(21, 40))
    expect(await journal.loadSnapshot('snap')).toEqual(snapshotAt('snap', 30))
    expect(await db.prisma.zoneSnapshot.count({ where: { zone: 'snap' } })).toBe(2)
  })

  test('J8 a damaged snapshot is passed over; when none can be read that is said', async () => {
    await journal.saveSnapshot('hurt', snapshotAt('hurt', 1))
    await journal.saveSnapshot('hurt', snapshotAt('hurt', 2))
    const damage = (seq: bigint) =>
      db.prisma.zoneSnapshot.update({
        where: { zone_seq: { zone: 'hurt', seq } },
        data: { state: new Uint8Array([1, 2, 3]) },
      })
    await damage(2n)
    expect(await journal.loadSnapshot('hurt')).toEqual(snapshotAt('hurt', 1))
    await damage(1n)
    await expect(journal.loadSnapshot('hurt')).rejects.toMatchObject({ code: 'snapshot_damaged' })
  })

  test('J10 what a record came to is kept with it, and another outcome under a taken number is refused', async () => {
    const told = (seq: number, text: string): JournalRecord => ({
      ...said(seq),
      events: [{ type: 'said', who: 'player_1', place: 'harbor:dock', text }],
    })
    await journal.append('came', [told(1, 'ой "\\" \u{1F419}'), { ...said(2), events: [] }, said(3)])
    await journal.append('came', [told(1, 'ой "\\" \u{1F419}')])
    expect(await journal.read('came', 0)).toEqual([told(1, 'ой "\\" \u{1F419}'), { ...said(2), events: [] }, said(3)])
    await expect(journal.append('came', [told(1, 'something else')])).rejects.toMatchObject({
      code: 'journal_conflict',
    })
    await expect(journal.append('came', [told(3, 'not silent')])).rejects.toMatchObject({ code: 'journal_conflict' })
  })

  test('J9 after the database has refused a commit the next one works', async () => {
    await db.pool.query('ALTER TABLE "JournalRecord" RENAME TO "Hidden"')
    await expect(journal.append('after', [said(1)])).rejects.toThrow()
    await db.pool.query('ALTER TABLE "Hidden" RENAME TO "JournalRecord"')
    await journal.append('after', [said(1)])
    expect(await journal.read('after', 0)).toEqual([said(1)])
  })
})
