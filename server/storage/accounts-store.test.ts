/** One suite holds every `AccountStore`: in memory, on PGlite, on PostgreSQL. */
import { describe, expect, test } from 'vitest'
import { createMemoryAccountStore } from '../accounts/testing/memory-store.ts'
import type { AccountStore, PersonRow, RefreshRow, SessionRow } from '../accounts/types.ts'
import { createTestDatabase, describeOnDatabases } from '../testing/database.ts'
import { createAccountStore } from './accounts.ts'

const person = (id: string, over: Partial<PersonRow> = {}): PersonRow => ({
  id,
  name: id,
  nameKey: id.toLowerCase(),
  guest: true,
  roles: ['learner'],
  locale: 'ru',
  createdAtMs: 1_000,
  lastSeenMs: 2_000,
  ...over,
})
const session = (id: string, playerId: string, createdAtMs = 10): SessionRow => ({
  id,
  playerId,
  createdAtMs,
  network: '203.0.113.0/24',
})
const token = (tokenHash: string, sessionId: string, over: Partial<RefreshRow> = {}): RefreshRow => ({
  tokenHash,
  sessionId,
  issuedAtMs: 10,
  expiresAtMs: 1_000,
  ...over,
})

type Opened = AsyncDisposable & { readonly store: AccountStore }

function suite(open: () => Promise<Opened>) {
  test('AS1 people: a name belongs to one person, a lost race is a `false` or `name_taken`, and what was written comes back', async () => {
    await using opened = await open()
    const { store } = opened
    expect(await store.addPerson(person('a', { nameKey: 'wick' }))).toBe(true)
    expect(await store.addPerson(person('b', { nameKey: 'wick' }))).toBe(false)
    expect(await store.addPerson(person('b', { nameKey: 'ember' }))).toBe(true)
    expect(await store.person('a')).toEqual(person('a', { nameKey: 'wick' }))
    expect(await store.personByKey('ember')).toEqual(person('b', { nameKey: 'ember' }))
    expect(await store.personByKey('nobody')).toBeUndefined()
    await expect(store.changePerson('b', { name: 'Wick', nameKey: 'wick' })).rejects.toMatchObject({
      code: 'name_taken',
    })
    const changed = await store.changePerson('b', {
      roles: ['learner', 'mentor'],
      locale: 'en',
      lastSeenMs: 9_007_199_254_740_991,
    })
    expect(changed).toEqual(
      person('b', {
        nameKey: 'ember',
        roles: ['learner', 'mentor'],
        locale: 'en',
        lastSeenMs: 9_007_199_254_740_991,
      }),
    )
    expect(await store.changePerson('nobody', { locale: 'en' })).toBeUndefined()
  })

  test('AS2 a guest is upgraded once, with the password', async () => {
    await using opened = await open()
    const { store } = opened
    await store.addPerson(person('a'))
    const upgraded = await Promise.all(
      [1, 2].map((n) => store.upgradeGuest('a', { name: `N${n}`, nameKey: `n${n}` }, `hash${n}`, 5)),
    )
    expect(upgraded.filter((row) => row !== undefined)).toHaveLength(1)
    const winner = upgraded.findIndex((row) => row !== undefined) + 1
    expect(await store.person('a')).toMatchObject({ id: 'a', guest: false, name: `N${winner}` })
    expect(await store.passwordHash('a')).toBe(`hash${winner}`)
    expect(await store.passwordHash('nobody')).toBeUndefined()
  })

  test('AS3 a transaction that throws leaves nothing behind', async () => {
    await using opened = await open()
    const { store } = opened
    const failed = store.atomically(async (operations) => {
      await operations.addPerson(person('a'))
      await operations.addSession(session('s', 'a'), token('t', 's'))
      throw new Error('halfway')
    })
    await expect(failed).rejects.toThrow('halfway')
    expect(await store.person('a')).toBeUndefined()
    expect(await store.session('s')).toBeUndefined()
  })

  test('AS4 of any number of callers one spends a token, and only while its session stands and it has not expired', async () => {
    await using opened = await open()
    const { store } = opened
    await store.addPerson(person('a'))
    await store.addSession(session('s', 'a'), token('t0', 's'))
    const spent = await Promise.all(
      Array.from({ length: 20 }, () => store.spendToken('t0', token('t1', 's', { issuedAtMs: 20 }), 20)),
    )
    expect(spent.filter(Boolean)).toHaveLength(1)
    expect((await store.refreshToken('t0'))?.token).toEqual(token('t0', 's', { usedAtMs: 20 }))
    expect(await store.refreshToken('t1')).toEqual({
      token: token('t1', 's', { issuedAtMs: 20 }),
      session: session('s', 'a'),
    })
    expect(await store.spendToken('t1', token('t2', 's'), 1_000)).toBe(false)
    expect(await store.revokeSession('s', 'signed_out', 30)).toBe(true)
    expect(await store.revokeSession('s', 'signed_out', 31)).toBe(false)
    expect(await store.session('s')).toEqual({ ...session('s', 'a'), revokedAtMs: 30, reason: 'signed_out' })
    expect(await store.spendToken('t1', token('t2', 's'), 40)).toBe(false)
    expect(await store.refreshToken('t2')).toBeUndefined()
  })

  test('AS5 sessions: revoked for a person but for one, known by network for a while, forgotten when old', async () => {
    await using opened = await open()
    const { store } = opened
    await store.addPerson(person('a'))
    await store.addPerson(person('b'))
    await store.addSession(session('s1', 'a'), token('t1', 's1'))
    await store.addSession(session('s2', 'a', 500), token('t2', 's2', { expiresAtMs: 5_000 }))
    await store.addSession(session('s3', 'b'), token('t3', 's3'))
    expect(await store.knowsNetwork('a', '203.0.113.0/24', 400)).toBe(true)
    expect(await store.knowsNetwork('a', '203.0.113.0/24', 501)).toBe(false)
    expect(await store.knowsNetwork('a', '198.51.100.0/24', 0)).toBe(false)
    expect(await store.revokeSessionsOf('a', 'upgraded', 600, 's2')).toEqual(['s1'])
    expect(await store.revokeSessionsOf('a', 'banned', 700)).toEqual(['s2'])
    await store.purge(2_000, 2_000)
    expect(await store.session('s1')).toBeUndefined()
    expect(await store.refreshToken('t1')).toBeUndefined()
    expect(await store.session('s2')).toMatchObject({ id: 's2', reason: 'banned' })
  })

  test('AS6 signing keys: one per place in the order', async () => {
    await using opened = await open()
    const { store } = opened
    const key = (kid: string, order: number) => ({
      kid,
      order,
      publicJwk: { kty: 'RSA', n: 'x', e: 'AQAB' },
      privateSealed: new Uint8Array([0, 255, order]),
      createdAtMs: 1,
      activeFromMs: 2,
    })
    const added = await Promise.all(['a', 'b', 'c'].map((kid) => store.addSigningKey(key(kid, 1))))
    expect(added.filter(Boolean)).toHaveLength(1)
    await store.addSigningKey(key('second', 2))
    const [first, second] = await store.signingKeys()
    expect({ ...second!, privateSealed: [...second!.privateSealed] }).toEqual({
      ...key('second', 2),
      privateSealed: [0, 255, 2],
    })
    await store.dropSigningKey(first!.kid)
    expect((await store.signingKeys()).map(({ kid }) => kid)).toEqual(['second'])
  })

  test('AS7 audit entries are appended one after another, however many append at once', async () => {
    await using opened = await open()
    const { store } = opened
    const append = (n: number) =>
      store.atomically(async (operations) => {
        const head = await operations.lockAuditHead()
        const index = (head?.index ?? -1) + 1
        const row = {
          index,
          atMs: n,
          actor: 'node',
          action: 'test',
          subject: `${n}`,
          details: '{"b":1,"a":2}',
          prevHash: head?.hash ?? '',
          hash: `h${index}`,
        }
        await operations.addAudit(row)
      })
    expect(await store.lastAuditIndex()).toBe(-1)
    await Promise.all(Array.from({ length: 12 }, (_, n) => append(n)))
    const rows = await store.auditAfter(-1, 100)
    expect(rows.map(({ index }) => index)).toEqual(Array.from({ length: 12 }, (_, n) => n))
    for (const row of rows.slice(1)) expect(row.prevHash).toBe(`h${row.index - 1}`)
    expect(rows[0]!.details).toBe('{"b":1,"a":2}')
    expect((await store.auditAfter(4, 3)).map(({ index }) => index)).toEqual([5, 6, 7])
    expect(await store.lastAuditIndex()).toBe(11)
  })

  test('AS8 sanctions in force: neither expired nor lifted', async () => {
    await using opened = await open()
    const { store } = opened
    const row = { reason: 'spam', by: 'm', fromMs: 10 } as const
    await store.addSanction({ id: '1', playerId: 'a', kind: 'mute', ...row, untilMs: 100 })
    await store.addSanction({ id: '2', playerId: 'a', kind: 'ban', ...row })
    await store.addSanction({ id: '3', playerId: 'b', kind: 'mute', ...row })
    expect((await store.sanctionsInForce(99)).map(({ id }) => id).sort()).toEqual(['1', '2', '3'])
    expect(await store.sanctionsInForce(100, 'a')).toEqual([{ id: '2', playerId: 'a', kind: 'ban', ...row }])
    expect(await store.liftSanctions('a', 'ban', 'm', 101)).toBe(1)
    expect(await store.liftSanctions('a', 'ban', 'm', 102)).toBe(0)
    expect(await store.sanctionsInForce(103, 'a')).toEqual([])
  })

  test('AS9 blocks are set and taken back as often as one likes; reports are closed once and listed newest first', async () => {
    await using opened = await open()
    const { store } = opened
    const block = { by: 'a', target: 'b', atMs: 1 }
    await store.setBlock(block, true)
    await store.setBlock(block, true)
    expect(await store.blocks('a')).toEqual([block])
    await store.setBlock(block, false)
    await store.setBlock(block, false)
    expect(await store.blocks()).toEqual([])
    for (const id of ['r1', 'r2', 'r3'])
      await store.addReport({ id, by: 'a', target: 'b', text: 'rude', context: ['x', 'y'], atMs: 5 })
    expect((await store.reports('open', undefined, 2)).map(({ id }) => id)).toEqual(['r3', 'r2'])
    expect((await store.reports('open', 'r2', 2)).map(({ id }) => id)).toEqual(['r1'])
    expect(await store.closeReport('r2', 'm', 'talked', 6)).toBe(true)
    expect(await store.closeReport('r2', 'm', 'again', 7)).toBe(false)
    expect(await store.report('r2')).toEqual({
      id: 'r2',
      by: 'a',
      target: 'b',
      text: 'rude',
      context: ['x', 'y'],
      atMs: 5,
      closedAtMs: 6,
      closedBy: 'm',
      note: 'talked',
    })
    expect((await store.reports('closed', undefined, 10)).map(({ id }) => id)).toEqual(['r2'])
  })
}

describe('account store (memory)', () =>
  suite(async () => ({ store: createMemoryAccountStore(), async [Symbol.asyncDispose]() {} })))

await describeOnDatabases('account store', (kind) => {
  suite(async () => {
    const db = await createTestDatabase({ kind })
    return { store: createAccountStore(db), [Symbol.asyncDispose]: () => db[Symbol.asyncDispose]() }
  })

  test('AS10 the database itself refuses to change or delete an audit entry', async () => {
    await using db = await createTestDatabase({ kind })
    const store = createAccountStore(db)
    await store.addAudit({
      index: 0,
      atMs: 1,
      actor: 'node',
      action: 'test',
      subject: 's',
      details: '{}',
      prevHash: '',
      hash: 'h',
    })
    await expect(db.pool.query(`UPDATE "AuditEntry" SET subject = 'other'`)).rejects.toThrow(
      'neither changed nor deleted',
    )
    await expect(db.pool.query(`DELETE FROM "AuditEntry"`)).rejects.toThrow('neither changed nor deleted')
    expect(await store.auditAfter(-1, 10)).toHaveLength(1)
  })
})
