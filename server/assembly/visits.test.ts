/** Visitors under the host's own moderation: real accounts, and a desk of visitors. */
import { describe, expect, test } from 'vitest'
import { AccountError } from '../accounts/errors.ts'
import { createTestAccounts, from } from '../accounts/testing/harness.ts'
import type { Accounts } from '../accounts/types.ts'
import { type PlayerId, type Role, visitorId } from '../protocol/ids.ts'
import { guardTalk } from '../terminal/guard-talk.ts'
import type { VisitorDesk } from '../visits/types.ts'
import { isBanned, sendHomeWhoIsKicked, withVisitors } from './visits.ts'

const VISITOR = visitorId('mira-of-harbour')
const other = visitorId('otto-of-harbour')

async function harbour() {
  const world = await createTestAccounts()
  const sentHome: [PlayerId, string][] = []
  const desk: Pick<VisitorDesk, 'kick'> = { kick: async (id, why) => sentHome.push([id, why]) > 0 }
  sendHomeWhoIsKicked(world.accounts, desk, { warn() {} })
  const accounts: Accounts = withVisitors(world.accounts, desk as VisitorDesk)
  const make = async (name: string, ...roles: Role[]) => {
    const { player } = await accounts.register({ name, password: 'three lamps on a quay' }, undefined, from())
    if (roles.length > 0) await accounts.setRoles(player.id, roles, 'node', from())
    return player.id
  }
  return {
    ...world,
    accounts,
    sentHome,
    learner: await make('Lena'),
    mentor: await make('Mira', 'mentor'),
    moderator: await make('Max', 'moderator'),
  }
}
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof AccountError ? error.code : error),
  )

describe('a visitor', () => {
  test('V24 is muted by who they are: refused the word with its reason, alone, until it ends or is lifted', async () => {
    await using node = await harbour()
    const { accounts, clock, mentor, moderator } = node
    const says = (who: PlayerId) => guardTalk({ accounts, clock }, who, 'say', { text: 'hello' })
    await accounts.moderation.mute(VISITOR, mentor, 'shouting', 60_000)
    expect(says(VISITOR)).toEqual({ refusal: { code: 'muted', params: { reason: 'shouting', minutes: 1 } } })
    expect(says(other)).toEqual({ input: { text: 'hello' } })
    expect(await accounts.moderation.sanctions(VISITOR)).toMatchObject([{ kind: 'mute', reason: 'shouting' }])
    clock.advance(60_000)
    expect(says(VISITOR)).toEqual({ input: { text: 'hello' } })
    await accounts.moderation.mute(VISITOR, mentor, 'again')
    await accounts.moderation.lift(VISITOR, moderator, 'mute')
    expect(says(VISITOR)).toEqual({ input: { text: 'hello' } })
    expect(node.sentHome).toEqual([])
  })

  test('V24 is muted still by a node that was started anew', async () => {
    await using node = await harbour()
    await node.accounts.moderation.mute(VISITOR, node.mentor, 'shouting')
    await using anew = await createTestAccounts({ store: node.store, clock: node.clock })
    expect(anew.accounts.moderation.isMuted(VISITOR)?.reason).toBe('shouting')
  })

  test('V24 kicked or banned is sent home with the reason; banned is kept out until pardoned', async () => {
    await using node = await harbour()
    const { accounts, mentor, moderator, sentHome } = node
    await accounts.moderation.kick(VISITOR, mentor, 'cool down')
    expect(await isBanned(accounts, VISITOR)).toBe(false)
    await accounts.moderation.ban(VISITOR, moderator, 'flooding')
    expect(sentHome).toEqual([
      [VISITOR, 'cool down'],
      [VISITOR, 'flooding'],
    ])
    expect([await isBanned(accounts, VISITOR), await isBanned(accounts, other)]).toEqual([true, false])
    await accounts.moderation.lift(VISITOR, moderator, 'ban')
    expect(await isBanned(accounts, VISITOR)).toBe(false)
    const { entries } = accounts.audit
    const acts = (await entries(-1)).filter(({ subject }) => subject === VISITOR).map(({ action }) => action)
    expect(acts).toEqual(['moderation.kick', 'moderation.ban', 'moderation.lift'])
  })

  test('V24 is nobody’s to judge but of those who may: a learner, a mentor who bans, another visitor are refused', async () => {
    await using node = await harbour()
    const { moderation } = node.accounts
    for (const by of [node.learner, other, VISITOR, 'player_nobody']) {
      expect(await refusal(moderation.mute(VISITOR, by, 'because'))).toBe('forbidden')
      expect(await refusal(moderation.kick(VISITOR, by, 'because'))).toBe('forbidden')
      expect(await refusal(moderation.ban(VISITOR, by, 'because'))).toBe('forbidden')
      expect(await refusal(moderation.lift(VISITOR, by, 'mute'))).toBe('forbidden')
    }
    expect(await refusal(moderation.ban(VISITOR, node.mentor, 'because'))).toBe('forbidden')
    expect(await refusal(moderation.mute(node.learner, VISITOR, 'because'))).toBe('forbidden')
    expect(node.sentHome).toEqual([])
    expect(await moderation.sanctions(VISITOR)).toEqual([])
  })

  test('V24 is reported and blocked by anybody', async () => {
    await using node = await harbour()
    const { moderation } = node.accounts
    await moderation.report(node.learner, VISITOR, 'shouts', [])
    expect(await moderation.reports('open')).toMatchObject([{ by: node.learner, target: VISITOR }])
    await moderation.block(node.learner, VISITOR, true)
    expect([moderation.isBlocked(node.learner, VISITOR), moderation.isBlocked(node.learner, other)]).toEqual([
      true,
      false,
    ])
  })
})
