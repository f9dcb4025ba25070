import { describe, expect, test } from 'vitest'
import type { Role } from '../protocol/ids.ts'
import { AccountError } from './errors.ts'
import { createTestAccounts, from } from './testing/harness.ts'
import type { Accounts } from './types.ts'

const PASSWORD = 'three lamps on a quay'
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof AccountError ? error.code : error),
  )

/** One person of each standing, and a second learner. */
async function cast(accounts: Accounts) {
  const make = async (name: string, ...roles: Role[]) => {
    const { player, access_token, refresh_token } = await accounts.register(
      { name, password: PASSWORD },
      undefined,
      from(),
    )
    if (roles.length > 0) await accounts.setRoles(player.id, roles, 'node', from())
    return { id: player.id, access: access_token, refresh: refresh_token }
  }
  return {
    learner: await make('Lena'),
    other: await make('Otto'),
    mentor: await make('Mira', 'mentor'),
    moderator: await make('Max', 'moderator'),
    secondModerator: await make('Mona', 'moderator'),
    admin: await make('Ada', 'admin'),
  }
}

describe('who may', () => {
  test('M1 a learner can sanction nobody, a moderator no admin and no equal, nobody themselves', async () => {
    await using world = await createTestAccounts()
    const { moderation } = world.accounts
    const { learner, other, mentor, moderator, secondModerator, admin } = await cast(world.accounts)
    const acts = {
      mute: (target: string, by: string) => moderation.mute(target, by, 'because', 1_000),
      kick: (target: string, by: string) => moderation.kick(target, by, 'because'),
      ban: (target: string, by: string) => moderation.ban(target, by, 'because', 1_000),
      lift: (target: string, by: string) => moderation.lift(target, by, 'mute'),
    }
    const everybody = [learner, other, mentor, moderator, secondModerator, admin]
    const rank = (who: { id: string }) => [0, 0, 1, 2, 2, 3][everybody.findIndex(({ id }) => id === who.id)]!
    const needed = { mute: 1, kick: 1, ban: 2, lift: 2 }
    for (const [name, act] of Object.entries(acts)) {
      for (const by of everybody) {
        for (const target of everybody) {
          const allowed = rank(by) >= needed[name as keyof typeof needed] && rank(by) > rank(target)
          expect([name, rank(by), rank(target), await refusal(act(target.id, by.id))]).toEqual([
            name,
            rank(by),
            rank(target),
            allowed ? 'accepted' : 'forbidden',
          ])
        }
      }
      expect(await refusal(act(learner.id, 'player_nobody'))).toBe('forbidden')
      expect(await refusal(act('player_nobody', admin.id))).toBe('no_such_person')
      expect(await refusal(act('player_nobody', learner.id))).toBe('forbidden')
    }
  })

  test('M1 a role that was taken away is gone for the next act', async () => {
    await using world = await createTestAccounts()
    const { learner, moderator, admin } = await cast(world.accounts)
    await world.accounts.setRoles(moderator.id, [], admin.id, from())
    expect(await refusal(world.accounts.moderation.mute(learner.id, moderator.id, 'because'))).toBe('forbidden')
  })
})

describe('sanctions', () => {
  test('M2 a mute holds until it expires or is lifted, and the longest counts', async () => {
    await using world = await createTestAccounts()
    const { moderation } = world.accounts
    const { learner, mentor, moderator } = await cast(world.accounts)
    const nowMs = world.clock.now()
    await moderation.mute(learner.id, mentor.id, 'first', 60_000)
    await moderation.mute(learner.id, moderator.id, 'second', 30_000)
    expect(moderation.isMuted(learner.id)).toEqual({ kind: 'mute', reason: 'first', untilMs: nowMs + 60_000 })
    world.clock.advance(59_999)
    expect(moderation.isMuted(learner.id)?.reason).toBe('first')
    world.clock.advance(1)
    expect(moderation.isMuted(learner.id)).toBeUndefined()
    expect(await moderation.sanctions(learner.id)).toEqual([])
    await moderation.mute(learner.id, mentor.id, 'for good')
    expect(await moderation.sanctions(learner.id)).toEqual([{ kind: 'mute', reason: 'for good' }])
    await moderation.lift(learner.id, moderator.id, 'mute')
    expect(moderation.isMuted(learner.id)).toBeUndefined()
  })

  test('M3 a ban ends every session and connection, refuses sign-in with its reason and its end, and expires', async () => {
    await using world = await createTestAccounts()
    const { accounts, clock } = world
    const { learner, moderator } = await cast(accounts)
    const heard: unknown[] = []
    accounts.onStanding((id, change) => heard.push([id, change.kick]))
    await accounts.moderation.ban(learner.id, moderator.id, 'flooding', 3_600_000)
    expect(heard).toEqual([[learner.id, 'flooding']])
    expect(await refusal(accounts.verify(learner.access))).toBe('banned')
    expect(await refusal(accounts.refresh(learner.refresh, from()))).toBe('banned')
    const refused = await accounts
      .login({ name: 'Lena', password: PASSWORD }, from())
      .catch((error: AccountError) => error)
    expect(refused).toMatchObject({ code: 'banned', status: 403 })
    expect((refused as AccountError).params).toMatchObject({
      reason: 'flooding',
      until: new Date(clock.now() + 3_600_000).toISOString(),
    })
    expect(await refusal(accounts.login({ name: 'Lena', password: 'a guess' }, from()))).toBe('bad_credentials')
    clock.advance(3_600_000)
    expect(await refusal(accounts.verify(learner.access))).toBe('token_expired')
    expect(await refusal(accounts.login({ name: 'Lena', password: PASSWORD }, from()))).toBe('accepted')
  })

  test('M3 a lifted ban lets the person in again, with a new sign-in', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const { learner, moderator } = await cast(accounts)
    await accounts.moderation.ban(learner.id, moderator.id, 'a mistake')
    await accounts.moderation.lift(learner.id, moderator.id, 'ban')
    expect(await refusal(accounts.verify(learner.access))).toBe('session_ended')
    expect(await refusal(accounts.login({ name: 'Lena', password: PASSWORD }, from()))).toBe('accepted')
  })

  test('M4 a kick is heard by whoever holds the connections, and ends no session', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const { learner, mentor } = await cast(accounts)
    const heard: unknown[] = []
    const stop = accounts.onStanding((id, change) => heard.push([id, change.kick]))
    accounts.onStanding(() => {
      throw new Error('a listener that breaks disturbs nobody')
    })
    await accounts.moderation.kick(learner.id, mentor.id, 'cool down')
    stop()
    await accounts.moderation.kick(learner.id, mentor.id, 'again')
    expect(heard).toEqual([[learner.id, 'cool down']])
    await accounts.verify(learner.access)
  })
})

describe('blocks and reports', () => {
  test('M5 anyone blocks anyone but themselves, and unblocks', async () => {
    await using world = await createTestAccounts()
    const { moderation } = world.accounts
    const { learner, other } = await cast(world.accounts)
    await moderation.block(learner.id, other.id, true)
    await moderation.block(learner.id, other.id, true)
    expect([moderation.isBlocked(learner.id, other.id), moderation.isBlocked(other.id, learner.id)]).toEqual([
      true,
      false,
    ])
    await moderation.block(learner.id, other.id, false)
    expect(moderation.isBlocked(learner.id, other.id)).toBe(false)
    expect(await refusal(moderation.block(learner.id, learner.id, true))).toBe('forbidden')
    expect(await refusal(moderation.block(learner.id, 'player_nobody', true))).toBe('no_such_person')
  })

  test('M6 a report is kept with its context, read and closed by moderators, once', async () => {
    await using world = await createTestAccounts()
    const { moderation } = world.accounts
    const { learner, other, moderator } = await cast(world.accounts)
    const id = await moderation.report(learner.id, other.id, 'He was rude', ['Otto: …', 'Lena: stop'])
    expect(await moderation.reports('open')).toEqual([
      {
        id,
        by: learner.id,
        target: other.id,
        text: 'He was rude',
        context: ['Otto: …', 'Lena: stop'],
        atMs: world.clock.now(),
      },
    ])
    expect(await refusal(moderation.reports('open', undefined, learner.id))).toBe('forbidden')
    expect(await moderation.reports('open', undefined, moderator.id)).toHaveLength(1)
    expect(await refusal(moderation.closeReport(id, learner.id, 'nothing here'))).toBe('forbidden')
    expect(await refusal(moderation.closeReport('report_x', moderator.id, ''))).toBe('no_such_report')
    await moderation.closeReport(id, moderator.id, 'talked to both')
    await moderation.closeReport(id, moderator.id, 'again')
    expect(await moderation.reports('open')).toEqual([])
    expect(await moderation.reports('closed')).toHaveLength(1)
    const closings = (await world.accounts.audit.entries(-1)).filter(
      ({ action }) => action === 'moderation.report_closed',
    )
    expect(closings).toHaveLength(1)
  })

  test('M6 reports are bounded in size and in number', async () => {
    await using world = await createTestAccounts()
    const { moderation } = world.accounts
    const { learner } = await cast(world.accounts)
    const long = 'x'.repeat(5_000)
    await moderation.report(
      learner.id,
      undefined,
      long,
      Array.from({ length: 100 }, () => long),
    )
    const [report] = await moderation.reports('open')
    expect([report!.text.length, report!.context.length, report!.context[0]!.length]).toEqual([1_000, 20, 1_000])
    const outcomes: unknown[] = []
    for (let n = 0; n < 12; n++) outcomes.push(await refusal(moderation.report(learner.id, undefined, 'again', [])))
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(9)
  })
})

test('M7 every act of moderation is in the audit log, with who, whom and why; blocks and reports too', async () => {
  await using world = await createTestAccounts()
  const { accounts } = world
  const { learner, other, moderator, admin } = await cast(accounts)
  const before = (await accounts.audit.entries(-1)).length
  await accounts.moderation.mute(learner.id, moderator.id, 'loud', 1_000)
  await accounts.moderation.kick(learner.id, moderator.id, 'louder')
  await accounts.moderation.ban(learner.id, moderator.id, 'loudest')
  await accounts.moderation.lift(learner.id, moderator.id, 'ban')
  await accounts.moderation.block(other.id, learner.id, true)
  await accounts.moderation.report(other.id, learner.id, 'secret words', [])
  await accounts.setRoles(other.id, ['mentor'], admin.id, from())
  await refusal(accounts.moderation.ban(admin.id, moderator.id, 'no'))
  const entries = (await accounts.audit.entries(before - 1)).map(({ actor, action, subject }) => [
    action,
    actor,
    subject,
  ])
  expect(entries).toEqual([
    ['moderation.mute', moderator.id, learner.id],
    ['moderation.kick', moderator.id, learner.id],
    ['moderation.ban', moderator.id, learner.id],
    ['moderation.lift', moderator.id, learner.id],
    ['moderation.block', other.id, learner.id],
    ['moderation.report', other.id, learner.id],
    ['roles.changed', admin.id, other.id],
  ])
  expect(JSON.stringify(await accounts.audit.entries(before - 1))).not.toContain('secret words')
  expect(await accounts.audit.verify()).toEqual({ entries: before + 7 })
})
