/** What depends on a real database: races, two processes on one database, and tampering with what is stored. */
import { expect, test } from 'vitest'
import { createAccountStore } from '../storage/accounts.ts'
import { createTestDatabase, describeOnDatabases, type TestDatabase } from '../testing/database.ts'
import { AccountError } from './errors.ts'
import { createTestAccounts, from } from './testing/harness.ts'

const PASSWORD = 'three lamps on a quay'
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof AccountError ? error.code : error),
  )

/** A second node on the same PostgreSQL, or on PGlite a second instance over the same connection. */
async function twoProcesses(db: TestDatabase) {
  const stack = new AsyncDisposableStack()
  const second = db.url ? stack.use(await createTestDatabaseAgain(db.url)) : db
  const shared = { isShared: true, standingPollMs: 20 }
  const a = stack.use(await createTestAccounts({ ...shared, store: createAccountStore(db) }))
  const b = stack.use(await createTestAccounts({ ...shared, store: createAccountStore(second), clock: a.clock }))
  return { a: a.accounts, b: b.accounts, clock: a.clock, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

async function createTestDatabaseAgain(url: string) {
  const { openDatabase } = await import('../storage/database.ts')
  return openDatabase({ url, log: { info() {}, error() {} } })
}

await describeOnDatabases('accounts', (kind) => {
  test('P6 fifty refreshes of one token in two processes give one successor; used after the grace, the family ends in both', async () => {
    await using db = await createTestDatabase({ kind })
    await using world = await twoProcesses(db)
    const { a, b, clock } = world
    const guest = await a.guest({}, from())
    const bodies = await Promise.all(
      Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? a : b).refresh(guest.refresh_token, from())),
    )
    expect(new Set(bodies.map((body) => body.refresh_token)).size).toBe(1)
    const { rows } = await db.pool.query('SELECT count(*)::int AS n FROM "RefreshToken"')
    expect(rows[0].n).toBe(2)
    for (const body of bodies) expect((await b.verify(body.access_token)).playerId).toBe(guest.player.id)
    clock.advance(20_001)
    const outcomes = await Promise.all(
      [a, b].map((accounts) => refusal(accounts.refresh(guest.refresh_token, from()))),
    )
    expect(outcomes.every((outcome) => outcome === 'token_reused' || outcome === 'session_ended')).toBe(true)
    await expect.poll(() => refusal(a.verify(bodies[0]!.access_token))).toBe('session_ended')
    await expect.poll(() => refusal(b.verify(bodies[0]!.access_token))).toBe('session_ended')
    expect((await a.audit.entries(-1)).filter(({ action }) => action === 'refresh.reused')).toHaveLength(1)
  })

  test('P8 roles and sanctions given in one process hold in the other', async () => {
    await using db = await createTestDatabase({ kind })
    await using world = await twoProcesses(db)
    const { a, b } = world
    const admin = await a.register({ name: 'Ada', password: PASSWORD }, undefined, from())
    const guest = await b.guest({}, from())
    await b.verify(admin.access_token)
    const heard: unknown[] = []
    b.onStanding((id, change) => heard.push([id, change.kick ?? change.person?.roles]))
    await a.setRoles(admin.player.id, ['admin'], 'node', from())
    await expect.poll(async () => (await b.verify(admin.access_token)).roles).toEqual(['learner', 'admin'])
    await a.moderation.mute(guest.player.id, admin.player.id, 'loud', 60_000)
    await expect.poll(() => b.moderation.isMuted(guest.player.id)?.reason).toBe('loud')
    await b.moderation.block(guest.player.id, admin.player.id, true)
    await expect.poll(() => a.moderation.isBlocked(guest.player.id, admin.player.id)).toBe(true)
    await a.moderation.ban(guest.player.id, admin.player.id, 'enough')
    await expect.poll(() => refusal(b.verify(guest.access_token))).toBe('banned')
    expect(heard).toEqual([
      [admin.player.id, ['learner', 'admin']],
      [guest.player.id, 'enough'],
    ])
  })

  test('P9 two processes that sign in, rename and fail at once leave one unbroken chain; altering one row is found, and named', async () => {
    await using db = await createTestDatabase({ kind })
    await using world = await twoProcesses(db)
    const { a, b } = world
    await Promise.all(
      Array.from({ length: 24 }, async (_, n) => {
        const accounts = n % 2 === 0 ? a : b
        const name = `Sailor-${200 + n}`
        const { player } = await accounts.register({ name, password: PASSWORD }, undefined, from())
        await refusal(accounts.login({ name, password: 'a wrong guess' }, from()))
        await accounts.rename(player.id, `Captain-${200 + n}`, from())
      }),
    )
    expect(await a.audit.verify()).toEqual({ entries: 72 })
    const tamper = async (sql: string) => {
      await db.pool.query('ALTER TABLE "AuditEntry" DISABLE TRIGGER USER')
      await db.pool.query(sql)
    }
    await tamper(`UPDATE "AuditEntry" SET subject = 'player_other' WHERE index = 40`)
    expect(await b.audit.verify()).toMatchObject({ entries: 40, broken: { index: 40 } })
    await tamper('DELETE FROM "AuditEntry" WHERE index = 12')
    expect(await b.audit.verify()).toMatchObject({
      entries: 12,
      broken: { index: 12, problem: 'entry 12 is missing' },
    })
  })

  test('P1 a hundred guests at once all get in', async () => {
    await using db = await createTestDatabase({ kind })
    await using world = await createTestAccounts({ store: createAccountStore(db) })
    const bodies = await Promise.all(
      Array.from({ length: 100 }, () => world.accounts.guest({ locale: 'ru' }, from())),
    )
    expect(new Set(bodies.map(({ player }) => player.name)).size).toBe(100)
    expect(await world.accounts.audit.verify()).toEqual({ entries: 100 })
  })

  test('P5 keys, sessions and sanctions outlive the process', async () => {
    await using db = await createTestDatabase({ kind })
    const store = createAccountStore(db)
    await using first = await createTestAccounts({ store })
    const guest = await first.accounts.guest({}, from())
    const admin = await first.accounts.register({ name: 'Ada', password: PASSWORD }, undefined, from())
    await first.accounts.setRoles(admin.player.id, ['admin'], 'node', from())
    await first.accounts.moderation.mute(guest.player.id, admin.player.id, 'loud')
    await first.accounts[Symbol.asyncDispose]()
    await using second = await createTestAccounts({ store, clock: first.clock })
    expect((await second.accounts.verify(guest.access_token)).playerId).toBe(guest.player.id)
    expect(second.accounts.moderation.isMuted(guest.player.id)).toEqual({ kind: 'mute', reason: 'loud' })
    expect((await second.accounts.login({ name: 'ada', password: PASSWORD }, from())).player.roles).toEqual([
      'learner',
      'admin',
    ])
    expect((await second.accounts.jwks()).keys).toHaveLength(1)
  })
})
