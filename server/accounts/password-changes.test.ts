import { describe, expect, test } from 'vitest'
import { AccountError } from './errors.ts'
import { createTestAccounts, from } from './testing/harness.ts'
import type { StandingChange } from './types.ts'

const FIRST = 'three lamps on a quay'
const NEXT = 'four lamps on a quay'
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof AccountError ? error.code : error),
  )

describe('a password in place of another', () => {
  test('P4 a person changes theirs: only the new one signs in, other devices are signed out, this one is not', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const here = await accounts.register({ name: 'Vera', password: FIRST }, undefined, from())
    const there = await accounts.login({ name: 'Vera', password: FIRST }, from())
    const me = await accounts.verify(here.access_token)
    const change = (password: string, newPassword: string) =>
      refusal(accounts.changePassword(me, { password, newPassword }, from()))
    expect(await change(NEXT, NEXT)).toBe('wrong_password')
    expect(await change(FIRST, 'short')).toBe('weak_password')
    expect(await change(FIRST, NEXT)).toBe('accepted')
    expect(await refusal(accounts.login({ name: 'Vera', password: FIRST }, from()))).toBe('bad_credentials')
    expect(await refusal(accounts.login({ name: 'Vera', password: NEXT }, from()))).toBe('accepted')
    expect(await refusal(accounts.verify(here.access_token))).toBe('accepted')
    expect(await refusal(accounts.verify(there.access_token))).toBe('session_ended')
    expect(await refusal(accounts.refresh(there.refresh_token, from()))).toBe('session_ended')
    const guest = await accounts.verify((await accounts.guest({}, from())).access_token)
    expect(await refusal(accounts.changePassword(guest, { password: '', newPassword: NEXT }, from()))).toBe(
      'guest_only',
    )
    expect((await accounts.audit.entries(-1)).map(({ action }) => action)).toContain('password.changed')
  })

  test('P5 an open page is no way round the ten tries', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const me = await accounts.verify(
      (await accounts.register({ name: 'Vera', password: FIRST }, undefined, from())).access_token,
    )
    const guess = (n: number) =>
      refusal(accounts.changePassword(me, { password: `a wrong guess ${n}`, newPassword: NEXT }, from()))
    for (let n = 0; n < 10; n++) expect(await guess(n)).toBe('wrong_password')
    expect(await guess(10)).toBe('too_many_attempts')
  })

  test('P4 one that was forgotten is made anew on the node: every session ends, tries are forgiven, the log says so', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const before = await accounts.register({ name: 'Vera', password: FIRST }, undefined, from())
    const heard: (StandingChange & { id: string })[] = []
    accounts.onStanding((id, change) => void heard.push({ id, ...change }))
    for (let n = 0; n < 10; n++) await refusal(accounts.login({ name: 'Vera', password: `no ${n} no` }, from()))
    expect(await refusal(accounts.login({ name: 'Vera', password: FIRST }, from()))).toBe('too_many_attempts')

    const { password, ...who } = await accounts.resetPassword('vera')
    expect(who).toEqual({ id: before.player.id, name: 'Vera' })
    expect(password).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/)
    expect(heard).toEqual([{ id: before.player.id, signedOut: true }])
    expect(await refusal(accounts.verify(before.access_token))).toBe('session_ended')
    expect(await refusal(accounts.refresh(before.refresh_token, from()))).toBe('session_ended')
    expect(await refusal(accounts.login({ name: 'Vera', password: FIRST }, from()))).toBe('bad_credentials')
    expect((await accounts.login({ name: 'Vera', password }, from())).player.id).toBe(before.player.id)

    const log = await accounts.audit.entries(-1)
    expect(log).toContainEqual(
      expect.objectContaining({ actor: 'node', action: 'password.reset', subject: before.player.id }),
    )
    expect(JSON.stringify(log)).not.toContain(password)
    expect(await accounts.audit.verify()).toEqual({ entries: log.length })
    expect((await accounts.resetPassword('Vera')).password).not.toBe(password)
  })

  test('P4 nobody and guests have none to make anew', async () => {
    await using world = await createTestAccounts()
    const { player } = await world.accounts.guest({}, from())
    expect(await refusal(world.accounts.resetPassword(player.name))).toBe('guest_only')
    expect(await refusal(world.accounts.resetPassword('Nobody'))).toBe('no_such_person')
  })
})
