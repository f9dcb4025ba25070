/** A password in place of another: the person's own choice, or one made on the node for somebody who has forgotten theirs. */
import { randomInt } from 'node:crypto'
import type { Core } from './core.ts'
import { AccountError } from './errors.ts'
import { nameKey } from './names.ts'
import { networkOf } from './network.ts'
import { requireStrongPassword } from './passwords.ts'
import type { Accounts } from './types.ts'

/** Nothing that looks like something else when it is read out or written down. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 4
const GROUP_LETTERS = 4

/** 16 of 31 letters: 79 bits. */
const makePassword = (): string =>
  Array.from({ length: GROUPS }, () =>
    Array.from({ length: GROUP_LETTERS }, () => LETTERS[randomInt(LETTERS.length)]).join(''),
  ).join('-')

export function createPasswordChanges(core: Core): Pick<Accounts, 'changePassword' | 'resetPassword'> {
  const { store, clock, record, passwords, throttle, standings } = core
  return {
    async changePassword(me, { password, newPassword }, from) {
      const person = await store.person(me.playerId)
      if (!person) throw new AccountError('no_such_person')
      if (person.guest) throw new AccountError('guest_only')
      requireStrongPassword(newPassword, person.name)
      const network = networkOf(from.address)
      const stored = await store.passwordHash(person.id)
      // Whoever finds an open page guesses no faster than at the door.
      const { right } = await throttle.guess(person.nameKey, from.address, true, () =>
        passwords.matches(stored, password),
      )
      if (!right) throw new AccountError('wrong_password')
      const passwordHash = await passwords.hash(newPassword)
      await record(async (operations, note) => {
        const nowMs = clock.now()
        await operations.setPasswordHash(person.id, passwordHash, nowMs)
        await operations.revokeSessionsOf(person.id, 'password_changed', nowMs, me.sessionId)
        note({ actor: person.id, action: 'password.changed', subject: person.id, details: { network } })
      })
      standings.forget(person.id)
    },
    async resetPassword(name) {
      const person = await store.personByKey(nameKey(name))
      if (!person) throw new AccountError('no_such_person')
      if (person.guest) throw new AccountError('guest_only')
      const password = makePassword()
      const passwordHash = await passwords.hash(password)
      await record(async (operations, note) => {
        const nowMs = clock.now()
        await operations.setPasswordHash(person.id, passwordHash, nowMs)
        const ended = await operations.revokeSessionsOf(person.id, 'password_reset', nowMs)
        note({ actor: 'node', action: 'password.reset', subject: person.id, details: { sessions: ended.length } })
      })
      standings.forget(person.id)
      throttle.forgive(person.nameKey)
      core.changed(person.id, { signedOut: true })
      return { id: person.id, name: person.name, password }
    },
  }
}
