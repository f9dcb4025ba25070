import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, describeOnDatabases, type TestDatabase } from '../testing/database.ts'
import { createEvidenceStore, createLogStore, createWitnessStore } from './tlog.ts'

const bytes = (...all: number[]) => new Uint8Array(all)

await describeOnDatabases('the log kept', (kind) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await createTestDatabase({ kind })
  })
  afterAll(() => db[Symbol.asyncDispose]())
  test('M7 an append is whole, and only at the size it was made for', async () => {
    const store = createLogStore(db)
    expect(await store.standing()).toEqual({ size: 0, origin: '', signed: '', cosigned: '', policy: '' })
    const first = {
      size: 2,
      tiles: [{ level: 0, index: 0, hashes: bytes(1, 2) }],
      bundles: [{ index: 0, entries: bytes(7) }],
    }
    expect(await store.append(1, first)).toBe(false)
    expect(await store.tile(0, 0)).toBeUndefined()
    expect(await Promise.all([store.append(0, first), store.append(0, first)])).toContain(false)
    expect(
      await store.append(2, { ...first, size: 3, tiles: [{ level: 0, index: 0, hashes: bytes(1, 2, 3) }] }),
    ).toBe(true)
    expect(await store.tile(0, 0)).toEqual(bytes(1, 2, 3))
    expect(await store.bundle(0)).toEqual(bytes(7))
    expect(await store.bundle(1)).toBeUndefined()
    expect((await store.standing()).size).toBe(3)
  })

  test('M7 what was signed under another name is forgotten with its witnesses', async () => {
    const store = createLogStore(db)
    const epoch = (await store.lead('me', 60_000, true))!
    const published = (origin: string, note: string) => ({ origin, note, policy: `of ${origin}`, epoch })
    await store.setSigned(published('one', 'note 1'))
    await store.setCosigned(published('one', 'note 1 seen'))
    await store.setSigned(published('one', 'note 2'))
    expect(await store.standing()).toMatchObject({ origin: 'one', signed: 'note 2', cosigned: 'note 1 seen' })
    await store.setSigned(published('two', 'other'))
    expect(await store.setCosigned(published('one', 'too late'))).toBe(false)
    expect(await store.standing()).toMatchObject({ origin: 'two', signed: 'other', cosigned: '', policy: 'of two' })
  })

  test('M17 one process has the lease; who lost it keeps nothing any more, and who resigns lets the next in at once', async () => {
    const store = createLogStore(db)
    const mine = (await store.lead('a', 60_000, true))!
    expect([await store.lead('a', 60_000, false), await store.lead('b', 60_000, false)]).toEqual([mine, undefined])
    await store.resign('b')
    expect(await store.lead('b', 60_000, false)).toBeUndefined()
    await store.resign('a')
    const theirs = (await store.lead('b', 1, false))!
    expect(theirs).toBe(mine + 1)
    const published = { origin: 'one', note: 'n', policy: '' }
    expect(await store.setSigned({ ...published, epoch: mine })).toBe(false)
    expect(await store.setSigned({ ...published, epoch: theirs })).toBe(true)
    // A lease of one millisecond is over.
    await expect.poll(() => store.lead('a', 60_000, false)).toBe(theirs + 1)
    expect(await store.lead('b', 60_000, true)).toBe(theirs + 2)
  })

  test('M9 a witnessed head is replaced only by who has seen it', async () => {
    const store = createWitnessStore(db)
    const head = (size: number) => ({ origin: 'log', size, note: `note ${size}`, atMs: size })
    expect(await Promise.all([store.replace(undefined, head(1)), store.replace(undefined, head(2))])).toContain(false)
    const now = (await store.head('log'))!
    expect(await Promise.all([store.replace(now, head(5)), store.replace(now, head(6))])).toContain(false)
    expect(await store.replace(now, head(7))).toBe(false)
    expect(await store.count()).toBe(1)
    expect(await store.head('other')).toBeUndefined()
  })

  test('M14 evidence is kept once, and never lost', async () => {
    const store = createEvidenceStore(db)
    const found = { id: 'x', origin: 'log', evidence: { a: 'one', b: 'two', proof: ['p'] }, atMs: 1 }
    expect([await store.add(found), await store.add(found)]).toEqual([true, false])
    await store.add({ ...found, id: 'y', atMs: 2 })
    expect((await store.list(10)).map(({ id }) => id)).toEqual(['y', 'x'])
    expect((await store.list(10))[1]).toEqual(found)
  })
})
