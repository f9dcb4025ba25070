/** The ways in: as a guest, by making an account of the guest one is or of nothing, and by name and password. */
import { newId } from '../lib/ids.ts'
import { NAME_INPUT_MAX_CHARS } from '../limits.ts'
import type { Locale, PlayerId } from '../protocol/ids.ts'
import { type Core, toPerson } from './core.ts'
import { AccountError } from './errors.ts'
import { offerGuestName } from './guest-names.ts'
import { nameKey, normaliseName } from './names.ts'
import { networkOf } from './network.ts'
import { requireStrongPassword } from './passwords.ts'
import { requireNotBanned, type Sessions } from './sessions.ts'
import { nameProblem } from './talk-filter.ts'
import type { AccountOperations, Accounts, Origin, PersonRow, Principal, TokenBody } from './types.ts'

/** With numbers that grow by a digit every two tries, this many in a row are never all taken. */
const GUEST_NAME_TRIES = 12

export function createSignIn(core: Core, sessions: Sessions): Pick<Accounts, 'guest' | 'register' | 'login'> {
  const { store, clock, record, passwords, throttle, standings } = core

  function newPerson(name: string, guest: boolean, locale: Locale): PersonRow {
    const nowMs = clock.now()
    return {
      id: newId('player', nowMs),
      name,
      nameKey: nameKey(name),
      guest,
      roles: ['learner'],
      locale,
      createdAtMs: nowMs,
      lastSeenMs: nowMs,
    }
  }

  async function addGuest(name: string, locale: Locale, from: Origin): Promise<TokenBody | undefined> {
    const person = newPerson(name, true, locale)
    const session = await record(async (operations, note) => {
      if (!(await operations.addPerson(person))) return undefined
      const opened = await sessions.open(operations, person, from)
      const details = { session: opened.sessionId, network: networkOf(from.address) }
      note({ actor: person.id, action: 'guest.made', subject: person.id, details })
      return opened
    })
    return session && sessions.body(person, session.sessionId, session.refreshToken)
  }

  /** The guest becomes somebody with a password: same id, and their other devices are signed out. */
  async function upgrade(
    operations: AccountOperations,
    guest: Principal,
    input: Wanted,
    passwordHash: string,
  ): Promise<PersonRow> {
    const change = {
      name: input.name,
      nameKey: input.key,
      lastSeenMs: clock.now(),
      ...(input.locale && { locale: input.locale }),
    }
    const person = await operations.upgradeGuest(guest.playerId, change, passwordHash, clock.now())
    if (!person) throw new AccountError('not_a_guest')
    await operations.revokeSessionsOf(person.id, 'upgraded', clock.now(), guest.sessionId)
    return person
  }

  async function add(operations: AccountOperations, input: Wanted, passwordHash: string): Promise<PersonRow> {
    const person = newPerson(input.name, false, input.locale ?? 'en')
    if (!(await operations.addPerson(person))) throw new AccountError('name_taken')
    await operations.setPasswordHash(person.id, passwordHash, clock.now())
    return person
  }

  /** When there is no room for it now, the next sign-in does it. */
  async function rehash(id: PlayerId, password: string): Promise<void> {
    const passwordHash = await passwords.hash(password).catch((error: unknown) => {
      if (error instanceof AccountError && error.code === 'busy') return undefined
      throw error
    })
    if (passwordHash) await store.setPasswordHash(id, passwordHash, clock.now())
  }

  return {
    async guest({ name, locale = 'en' }, from) {
      await throttle.guest(from.address)
      if (name !== undefined) {
        const body = await addGuest(requireGoodName(name), locale, from)
        if (!body) throw new AccountError('name_taken')
        return body
      }
      for (let attempt = 0; attempt < GUEST_NAME_TRIES; attempt++) {
        const body = await addGuest(offerGuestName(locale, attempt, core.random), locale, from)
        if (body) return body
      }
      throw new AccountError('busy', { retryAfterMs: 1_000 })
    },

    async register({ name, password, locale }, guest, from) {
      await throttle.registration(from.address)
      const wanted = { name: requireGoodName(name), key: nameKey(normaliseName(name)), locale }
      requireStrongPassword(password, wanted.name)
      if (guest && !(await store.person(guest.playerId))?.guest) throw new AccountError('not_a_guest')
      const holder = await store.personByKey(wanted.key)
      if (holder && holder.id !== guest?.playerId) throw new AccountError('name_taken')
      const passwordHash = await passwords.hash(password)
      const { person, session } = await record(async (operations, note) => {
        const person = await (guest
          ? upgrade(operations, guest, wanted, passwordHash)
          : add(operations, wanted, passwordHash))
        const session = await sessions.open(operations, person, from)
        const details = { session: session.sessionId, network: networkOf(from.address) }
        note({
          actor: person.id,
          action: guest ? 'person.upgraded' : 'person.registered',
          subject: person.id,
          details,
        })
        return { person, session }
      }).catch(asTaken)
      standings.forget(person.id)
      if (guest) core.changed(person.id, { person: toPerson(person) })
      return sessions.body(person, session.sessionId, session.refreshToken)
    },

    async login({ name, password }, from) {
      const network = networkOf(from.address)
      const key = nameKey(normaliseName(name.slice(0, NAME_INPUT_MAX_CHARS)))
      const person = await store.personByKey(key)
      // The same questions are asked for a name that nobody has, so that the answer takes as long.
      const id = person?.id ?? 'player_nobody'
      const isKnownNetwork = await store.knowsNetwork(id, network, clock.now() - core.refresh.maxMs)
      const storedHash = await store.passwordHash(id)
      const { right, locked } = await throttle.guess(key, from.address, isKnownNetwork, () =>
        passwords.matches(storedHash, password),
      )
      if (!person || !right) {
        const subject = person?.id ?? 'nobody'
        await record(async (_, note) => {
          note({ actor: 'nobody', action: 'sign_in.failed', subject, details: { network } })
          if (locked) note({ actor: 'node', action: 'sign_in.locked', subject, details: { network } })
        })
        throw new AccountError('bad_credentials')
      }
      const ban = core.sanctions.inForce(person.id, 'ban')
      if (ban)
        await record(async (_, note) =>
          note({ actor: person.id, action: 'sign_in.banned', subject: person.id, details: { network } }),
        )
      requireNotBanned(ban)
      const session = await record(async (operations, note) => {
        await operations.changePerson(person.id, { lastSeenMs: clock.now() })
        const opened = await sessions.open(operations, person, from)
        note({
          actor: person.id,
          action: 'sign_in.ok',
          subject: person.id,
          details: { session: opened.sessionId, network },
        })
        return opened
      })
      if (storedHash !== undefined && passwords.isOutdated(storedHash)) await rehash(person.id, password)
      return sessions.body(person, session.sessionId, session.refreshToken)
    },
  }
}

type Wanted = { readonly name: string; readonly key: string; readonly locale?: Locale }

/** The name as it is kept. Throws `bad_name` or `filtered`. */
export function requireGoodName(text: string): string {
  const problem = nameProblem(text)
  if (problem) throw new AccountError(problem)
  return normaliseName(text)
}

/** A name that somebody took in the same moment. */
export function asTaken(error: unknown): never {
  if (error instanceof AccountError) throw error
  throw (error as { code?: unknown } | undefined)?.code === 'name_taken'
    ? new AccountError('name_taken', { cause: error })
    : error
}
