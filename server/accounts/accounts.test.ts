/** The rules for people, over the store in memory; accounts-database.test.ts repeats what depends on a database. */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { AccountError } from './errors.ts'
import { createTestAccounts, from } from './testing/harness.ts'
import { createMemoryAccountStore } from './testing/memory-store.ts'
import type { AccountStore, Accounts } from './types.ts'

const PASSWORD = 'three lamps on a quay'
const code = (error: unknown) => (error instanceof AccountError ? error.code : error)
const refusal = (promise: Promise<unknown>) => promise.then(() => 'accepted', code)

async function registered(accounts: Accounts, name: string, password = PASSWORD, address?: string) {
  return accounts.register({ name, password }, undefined, from(address))
}

describe('guests', () => {
  test('P1 a guest is in with one call: a unique name in their language, a role, a token that verifies', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const en = await accounts.guest({}, from())
    const ru = await accounts.guest({ locale: 'ru' }, from())
    expect(en.player.name).toMatch(/^[A-Z][a-z]+-\d{3}$/)
    expect(ru.player.name).toMatch(/^[А-ЯЁ][а-яё]+-\d{3}$/)
    expect(en).toMatchObject({
      token_type: 'Bearer',
      expires_in: 900,
      player: { roles: ['learner'], guest: true, locale: 'en' },
    })
    expect(await accounts.verify(en.access_token)).toMatchObject({ playerId: en.player.id, roles: ['learner'] })
    expect(await accounts.person(ru.player.id)).toMatchObject({ guest: true, locale: 'ru', name: ru.player.name })
  })

  test('P1 offered names never collide, even when chance offers the same one again and again', async () => {
    await using world = await createTestAccounts({ random: () => 0.5 })
    const names = new Set<string>()
    for (let n = 0; n < 6; n++) names.add((await world.accounts.guest({}, from())).player.name)
    expect([...names].slice(0, 3)).toEqual(
      ['Gull-550', 'Gull-5500', 'Gull-55000'].map((name) => name.replace('Gull', [...names][0]!.split('-')[0]!)),
    )
    expect(names.size).toBe(6)
  })

  test('P1 a guest may bring a name, if it is free and fit', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    expect((await accounts.guest({ name: ' Пётр ' }, from())).player.name).toBe('Пётр')
    expect(await refusal(accounts.guest({ name: 'ПЕТР' }, from()))).toBe('name_taken')
    expect(await refusal(accounts.guest({ name: 'a b' }, from()))).toBe('bad_name')
    expect(await refusal(accounts.guest({ name: 'moderator' }, from()))).toBe('filtered')
  })

  test('P2 a guest who registers is the same person: same id, session kept, other devices signed out', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const guest = await accounts.guest({ locale: 'ru' }, from())
    const heard: unknown[] = []
    accounts.onStanding((id, change) => heard.push({ id, ...change }))
    const principal = await accounts.verify(guest.access_token)
    const upgraded = await accounts.register({ name: 'Маша', password: PASSWORD }, principal, from())
    expect(upgraded.player).toEqual({
      id: guest.player.id,
      name: 'Маша',
      roles: ['learner'],
      guest: false,
      locale: 'ru',
    })
    expect(heard).toEqual([
      {
        id: guest.player.id,
        person: { id: guest.player.id, name: 'Маша', guest: false, roles: ['learner'], locale: 'ru' },
      },
    ])
    expect((await accounts.verify(guest.access_token)).playerId).toBe(guest.player.id)
    expect((await accounts.refresh(guest.refresh_token, from())).player.name).toBe('Маша')
    expect((await accounts.login({ name: 'маша', password: PASSWORD }, from())).player.id).toBe(guest.player.id)
    expect(await accounts.findByName(guest.player.name)).toBeUndefined()
    expect(await refusal(accounts.register({ name: 'Маша2', password: PASSWORD }, principal, from()))).toBe(
      'not_a_guest',
    )
  })

  test('P2 of many registrations with one guest one wins, and a taken name changes nothing', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    await registered(accounts, 'Taken')
    const guest = await accounts.guest({}, from())
    const principal = await accounts.verify(guest.access_token)
    expect(await refusal(accounts.register({ name: 'TAKEN', password: PASSWORD }, principal, from()))).toBe(
      'name_taken',
    )
    expect(await accounts.person(guest.player.id)).toMatchObject({ guest: true, name: guest.player.name })
    const tries = ['Ann', 'Bea', 'Cleo'].map((name) =>
      refusal(accounts.register({ name, password: PASSWORD }, principal, from())),
    )
    expect((await Promise.all(tries)).sort()).toEqual(['accepted', 'not_a_guest', 'not_a_guest'])
  })

  test('P3 a person renames themselves; a name like somebody else\u2019s is refused, their own in other letters is not', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const guest = await accounts.guest({}, from())
    await registered(accounts, 'Oscar')
    expect((await accounts.rename(guest.player.id, 'Lena', from())).name).toBe('Lena')
    expect((await accounts.rename(guest.player.id, 'LENA', from())).name).toBe('LENA')
    expect(await refusal(accounts.rename(guest.player.id, '0scar', from()))).toBe('bad_name')
    expect(await refusal(accounts.rename(guest.player.id, 'OSCAR', from()))).toBe('name_taken')
    expect(await refusal(accounts.rename('player_nobody', 'Nina', from()))).toBe('no_such_person')
    expect((await accounts.findByName('lena'))?.id).toBe(guest.player.id)
  })
})

describe('passwords', () => {
  test('P4 the right password signs in, whatever the case of the name or the form of its letters', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const { player } = await registered(accounts, 'Zoë', 'caf\u00e9 by the sea')
    expect((await accounts.login({ name: 'ZOE\u0308', password: 'cafe\u0301 by the sea' }, from())).player.id).toBe(
      player.id,
    )
    expect(await refusal(accounts.login({ name: 'Zoë', password: 'another one' }, from()))).toBe('bad_credentials')
    expect(await refusal(accounts.login({ name: 'Nobody-9', password: PASSWORD }, from()))).toBe('bad_credentials')
  })

  test('P4 a hash of an earlier cost is renewed at the next sign-in', async () => {
    await using world = await createTestAccounts()
    const { player } = await registered(world.accounts, 'Zelda')
    const costlier = { cost: { memoryKib: 128, passes: 1 } }
    await using later = await createTestAccounts({ store: world.store, clock: world.clock, passwords: costlier })
    await later.accounts.login({ name: 'Zelda', password: PASSWORD }, from())
    expect(await world.store.passwordHash(player.id)).toContain('m=128,')
    await later.accounts.login({ name: 'Zelda', password: PASSWORD }, from())
  })

  test('P4 a guest has no password, and none signs in', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const guest = await accounts.guest({}, from())
    expect(await refusal(accounts.login({ name: guest.player.name, password: '' }, from()))).toBe('bad_credentials')
  })

  test.each(['short', 'password', 'aaaaaaaaaaaa', 'Beatrice', 'x'.repeat(300)])(
    'P4 a weak password is refused: %s',
    async (password) => {
      await using world = await createTestAccounts()
      expect(await refusal(world.accounts.register({ name: 'Beatrice', password }, undefined, from()))).toBe(
        'weak_password',
      )
      expect(await world.accounts.findByName('Beatrice')).toBeUndefined()
    },
  )

  test('P4 when the queue of hashes is full the answer is `busy` with a time to wait, and nobody who was in it is lost', async () => {
    await using world = await createTestAccounts({
      passwords: { cost: { memoryKib: 64, passes: 1 }, concurrency: 2, queueMax: 3 },
    })
    const { accounts } = world
    const outcomes = await Promise.all(
      ['Ann', 'Bea', 'Cleo', 'Dora', 'Eve', 'Fay', 'Gia', 'Hana'].map((name) =>
        registered(accounts, name).catch((error: unknown) => error),
      ),
    )
    const busy = outcomes.filter((outcome) => outcome instanceof AccountError)
    expect(busy.map((error) => [error.code, error.status, error.retryAfterMs! > 0])).toEqual([
      ['busy', 503, true],
      ['busy', 503, true],
      ['busy', 503, true],
    ])
  })
})

describe('access tokens', () => {
  test('P5 an access token is RS256 with the promised claims, and ends after fifteen minutes', async () => {
    await using world = await createTestAccounts()
    const { accounts, clock } = world
    const { access_token, player } = await accounts.guest({}, from())
    const { keys } = await accounts.jwks()
    expect(decodeProtectedHeader(access_token)).toEqual({
      alg: 'RS256',
      typ: 'at+jwt',
      kid: (keys[0] as { kid: string }).kid,
    })
    const claims = decodeJwt(access_token)
    expect(claims).toMatchObject({ iss: 'http://academy.test', aud: 'academy', sub: player.id, roles: ['learner'] })
    expect([typeof claims.sid, typeof claims.jti, claims.exp! - claims.iat!]).toEqual(['string', 'string', 900])
    clock.advance(899_000)
    await accounts.verify(access_token)
    clock.advance(1_000)
    expect(await refusal(accounts.verify(access_token))).toBe('token_expired')
  })

  test('P5 a token that is altered, unsigned, of another node or no token at all is refused', async () => {
    await using world = await createTestAccounts()
    await using other = await createTestAccounts()
    const { access_token: token } = await world.accounts.guest({}, from())
    const { access_token: foreign } = await other.accounts.guest({}, from())
    const [header, payload, signature] = token.split('.')
    const claims = { ...decodeJwt(token), roles: ['admin'] }
    const forged = Buffer.from(JSON.stringify(claims)).toString('base64url')
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
    const bad = [
      '',
      'x',
      'a.b.c',
      foreign,
      `${header}.${forged}.${signature}`,
      `${none}.${payload}.`,
      `${token}x`,
      'x'.repeat(100_000),
      `${header}.${payload}`,
    ]
    for (const text of bad)
      expect([text.slice(0, 20), await refusal(world.accounts.verify(text))]).toEqual([
        text.slice(0, 20),
        'token_invalid',
      ])
    await using elsewhere = await createTestAccounts({ store: world.store, audience: 'another' })
    expect(await refusal(elsewhere.accounts.verify(token))).toBe('token_invalid')
  })

  test('P5 the published keys hold nothing private', async () => {
    await using world = await createTestAccounts()
    const { keys } = await world.accounts.jwks()
    expect(Object.keys(keys[0]!).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
    expect(JSON.stringify((await world.store.signingKeys())[0])).not.toContain('PRIVATE KEY')
  })
})

describe('refresh tokens', () => {
  test('P6 fifty refreshes of one token at once give one successor, and it works', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const guest = await accounts.guest({}, from())
    const bodies = await Promise.all(Array.from({ length: 50 }, () => accounts.refresh(guest.refresh_token, from())))
    const successors = new Set(bodies.map((body) => body.refresh_token))
    expect(successors.size).toBe(1)
    expect(successors.has(guest.refresh_token)).toBe(false)
    const next = await accounts.refresh([...successors][0]!, from())
    expect(next.player.id).toBe(guest.player.id)
  })

  test('P6 a repeat within twenty seconds gets the same successor; after that the whole family ends', async () => {
    await using world = await createTestAccounts()
    const { accounts, clock } = world
    const guest = await accounts.guest({}, from())
    const first = await accounts.refresh(guest.refresh_token, from())
    clock.advance(20_000)
    expect((await accounts.refresh(guest.refresh_token, from())).refresh_token).toBe(first.refresh_token)
    clock.advance(1)
    expect(await refusal(accounts.refresh(guest.refresh_token, from()))).toBe('token_reused')
    expect(await refusal(accounts.refresh(first.refresh_token, from()))).toBe('session_ended')
    expect(await refusal(accounts.verify(first.access_token))).toBe('session_ended')
    expect(await refusal(accounts.refresh(guest.refresh_token, from()))).toBe('session_ended')
    const reused = (await accounts.audit.entries(-1)).filter(({ action }) => action === 'refresh.reused')
    expect(reused).toHaveLength(1)
  })

  test('P6 reuse in one family leaves the person\u2019s other devices alone', async () => {
    await using world = await createTestAccounts()
    const { accounts, clock } = world
    const laptop = await registered(accounts, 'Ida')
    const phone = await accounts.login({ name: 'Ida', password: PASSWORD }, from())
    await accounts.refresh(laptop.refresh_token, from())
    clock.advance(60_000)
    expect(await refusal(accounts.refresh(laptop.refresh_token, from()))).toBe('token_reused')
    await accounts.verify(phone.access_token)
    await accounts.refresh(phone.refresh_token, from())
  })

  test('P6 a session lasts thirty days unused, ninety in all', async () => {
    const day = 86_400_000
    await using world = await createTestAccounts()
    const { accounts, clock } = world
    const idle = await accounts.guest({}, from())
    let busy = await accounts.guest({}, from())
    for (let n = 1; n <= 4; n++) {
      clock.advance(20 * day)
      busy = await accounts.refresh(busy.refresh_token, from())
    }
    expect(await refusal(accounts.refresh(idle.refresh_token, from()))).toBe('token_expired')
    clock.advance(10 * day - 1)
    const last = await accounts.refresh(busy.refresh_token, from())
    clock.advance(1)
    expect(await refusal(accounts.refresh(last.refresh_token, from()))).toBe('token_expired')
    expect(await refusal(accounts.verify(last.access_token))).toBe('session_ended')
  })

  test('P6 rubbish is refused, and nothing that could be used as a token is stored', async () => {
    const store = createMemoryAccountStore()
    const written: unknown[] = []
    const seen =
      <A extends unknown[], R>(operation: (...args: A) => R) =>
      (...args: A): R => {
        written.push(args)
        return operation(...args)
      }
    const watched: AccountStore = {
      ...store,
      spendToken: seen(store.spendToken),
      atomically: (work) =>
        store.atomically((operations) => work({ ...operations, addSession: seen(operations.addSession) })),
    }
    await using world = await createTestAccounts({ store: watched })
    const { accounts } = world
    for (const text of ['', 'x', 'x'.repeat(50_000)])
      expect(await refusal(accounts.refresh(text, from()))).toBe('token_invalid')
    const guest = await accounts.guest({}, from())
    const next = await accounts.refresh(guest.refresh_token, from())
    expect(written).toHaveLength(2)
    for (const token of [guest.refresh_token, next.refresh_token, guest.access_token])
      expect(JSON.stringify(written)).not.toContain(token)
  })

  test('P6 signing out ends the session at once, again does nothing, and an unknown token is no error', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const one = await accounts.guest({}, from())
    await accounts.logout(one.refresh_token, from())
    await accounts.logout(one.refresh_token, from())
    await accounts.logout('unknown', from())
    expect(await refusal(accounts.verify(one.access_token))).toBe('session_ended')
    const two = await accounts.guest({}, from())
    const { sessionId } = await accounts.verify(two.access_token)
    await accounts.endSession(sessionId, from())
    expect(await refusal(accounts.refresh(two.refresh_token, from()))).toBe('session_ended')
  })
})

describe('limits', () => {
  test('P7 thirty pupils behind one address get in at once: as guests, by registering, by signing in', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const names = Array.from({ length: 30 }, (_, n) => `Pupil-${100 + n}`)
    await Promise.all(names.map(() => accounts.guest({}, from())))
    await Promise.all(names.map((name) => registered(accounts, name, `${name} likes the sea`)))
    const bodies = await Promise.all(
      names.map((name) => accounts.login({ name, password: `${name} likes the sea` }, from())),
    )
    expect(new Set(bodies.map(({ player }) => player.id)).size).toBe(30)
  })

  test('P7 guessing one password stops after ten tries, even from many addresses, and the right one is refused too', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    await registered(accounts, 'Vera')
    const guess = (n: number, password = `guess ${n}`) =>
      refusal(accounts.login({ name: 'Vera', password }, from(`198.51.${n}.1`)))
    for (let n = 1; n <= 10; n++) expect(await guess(n)).toBe('bad_credentials')
    expect(await guess(11)).toBe('too_many_attempts')
    expect(await guess(12, PASSWORD)).toBe('too_many_attempts')
  })

  test('P7 many guesses at once are no more than ten tries', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    await registered(accounts, 'Vera')
    const guesses = Array.from({ length: 40 }, (_, n) =>
      refusal(accounts.login({ name: 'Vera', password: `guess ${n}` }, from(`198.51.${n}.1`))),
    )
    const outcomes = await Promise.all(guesses)
    expect(outcomes.filter((outcome) => outcome === 'bad_credentials')).toHaveLength(10)
  })

  test('P7 nobody is locked out of their own network by guesses from elsewhere, nor out of an open session by any', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const home = await registered(accounts, 'Vera', PASSWORD, '192.0.2.9')
    for (let n = 1; n <= 20; n++)
      await refusal(accounts.login({ name: 'Vera', password: `guess ${n}` }, from(`198.51.${n}.1`)))
    expect(await refusal(accounts.login({ name: 'Vera', password: PASSWORD }, from('192.0.2.77')))).toBe('accepted')
    for (let n = 1; n <= 20; n++)
      await refusal(accounts.login({ name: 'Vera', password: `guess ${n}` }, from('192.0.2.9')))
    expect(await refusal(accounts.login({ name: 'Vera', password: PASSWORD }, from('192.0.2.9')))).toBe(
      'too_many_attempts',
    )
    expect(await refusal(accounts.refresh(home.refresh_token, from('192.0.2.9')))).toBe('accepted')
  })

  test('P7 a lockout ends; from one address it comes back longer, for a name nobody has as for any', async () => {
    for (const name of ['Vera', 'Nobody-1']) {
      await using world = await createTestAccounts()
      const { accounts, clock } = world
      await registered(accounts, 'Vera', PASSWORD, '192.0.2.9')
      const guess = () =>
        accounts
          .login({ name, password: 'a guess' }, from('198.51.100.1'))
          .catch((error: AccountError) => error) as Promise<AccountError>
      for (let n = 0; n < 10; n++) expect((await guess()).code).toBe('bad_credentials')
      const minutes: number[] = []
      for (let round = 0; round < 7; round++) {
        const refused = await guess()
        expect([refused.code, refused.status]).toEqual(['too_many_attempts', 429])
        minutes.push(refused.retryAfterMs! / 60_000)
        clock.advance(refused.retryAfterMs!)
        expect((await guess()).code).toBe('bad_credentials')
      }
      expect(minutes).toEqual([15, 30, 60, 120, 240, 360, 360])
    }
  })

  test('P7 an address that tries passwords on many names is stopped, and another address is not', async () => {
    await using world = await createTestAccounts({ throttle: { addressLoginFailures: 15 } })
    const { accounts } = world
    await registered(accounts, 'Vera', PASSWORD, '192.0.2.9')
    for (let n = 0; n < 15; n++)
      await refusal(accounts.login({ name: `Name-${100 + n}`, password: 'a guess' }, from()))
    expect(await refusal(accounts.login({ name: 'Vera', password: PASSWORD }, from()))).toBe('rate_limited')
    expect(await refusal(accounts.login({ name: 'Vera', password: PASSWORD }, from('192.0.2.9')))).toBe('accepted')
  })

  test('P7 guests from one address have a bound', async () => {
    await using world = await createTestAccounts({ throttle: { addressGuests: 3 } })
    const { accounts } = world
    for (let n = 0; n < 3; n++) await accounts.guest({}, from('2001:db8:1:2::1'))
    expect(await refusal(accounts.guest({}, from('2001:db8:1:2::ffff')))).toBe('rate_limited')
    expect(await refusal(accounts.guest({}, from('2001:db8:1:3::1')))).toBe('accepted')
  })
})

describe('roles', () => {
  test('P8 the node makes the first admin, who makes others; it holds for tokens that are out already', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const ada = await registered(accounts, 'Ada')
    const bob = await registered(accounts, 'Bob')
    expect(await refusal(accounts.setRoles(ada.player.id, ['admin'], ada.player.id, from()))).toBe('forbidden')
    await accounts.setRoles(ada.player.id, ['admin'], 'node', from())
    expect((await accounts.verify(ada.access_token)).roles).toEqual(['learner', 'admin'])
    await accounts.setRoles(bob.player.id, ['moderator', 'mentor'], ada.player.id, from())
    expect((await accounts.verify(bob.access_token)).roles).toEqual(['learner', 'mentor', 'moderator'])
    await accounts.setRoles(bob.player.id, [], ada.player.id, from())
    expect((await accounts.verify(bob.access_token)).roles).toEqual(['learner'])
  })

  test('P8 nobody changes their own roles or an equal\u2019s, only admins change any, and guests hold none', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const [ada, bob, cleo] = await Promise.all(['Ada', 'Bob', 'Cleo'].map((name) => registered(accounts, name)))
    await accounts.setRoles(ada!.player.id, ['admin'], 'node', from())
    await accounts.setRoles(bob!.player.id, ['admin'], 'node', from())
    await accounts.setRoles(cleo!.player.id, ['moderator'], 'node', from())
    const guest = await accounts.guest({}, from())
    expect(await refusal(accounts.setRoles(ada!.player.id, [], ada!.player.id, from()))).toBe('forbidden')
    expect(await refusal(accounts.setRoles(bob!.player.id, [], ada!.player.id, from()))).toBe('forbidden')
    expect(await refusal(accounts.setRoles(guest.player.id, ['mentor'], cleo!.player.id, from()))).toBe('forbidden')
    expect(await refusal(accounts.setRoles(guest.player.id, ['mentor'], ada!.player.id, from()))).toBe('guest_only')
    expect(await refusal(accounts.setRoles('player_nobody', ['mentor'], 'node', from()))).toBe('no_such_person')
  })
})
