import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verify } from '@node-rs/argon2'
import { describe, expect, test, vi } from 'vitest'
import { createFakeClock } from '../lib/clock.ts'
import { LOCALES } from '../protocol/ids.ts'
import enAccounts from '../protocol/text/en/accounts.ts'
import { CATALOGUE, message } from '../protocol/text/index.ts'
import ruAccounts from '../protocol/text/ru/accounts.ts'
import { ACCOUNT_ERRORS, AccountError, type AccountErrorCode } from './errors.ts'
import { loadKeySecret } from './key-secret.ts'
import { limitKeyOf, networkOf } from './network.ts'
import { createPasswords } from './passwords.ts'
import { createSealer } from './seal.ts'
import { createStandings } from './standings.ts'

vi.mock('@node-rs/argon2', { spy: true })

describe('addresses', () => {
  test.each([
    ['203.0.113.77', '203.0.113.0/24', '203.0.113.77'],
    ['::ffff:203.0.113.77', '203.0.113.0/24', '203.0.113.77'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48', '2001:db8:1:2'],
    ['2001:DB8::1', '2001:db8:0::/48', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0::/48', 'fe80:0:0:0'],
    ['::1', '0:0:0::/48', '0:0:0:0'],
    ['rubbish', 'unknown', 'rubbish'],
  ])('%s is stored as %s and limited as %s', (address, network, key) =>
    expect([networkOf(address), limitKeyOf(address)]).toEqual([network, key]),
  )
})

describe('the node\u2019s secret', () => {
  test('what is sealed opens under the same secret and label only, and not when altered', () => {
    const sealer = createSealer(new Uint8Array(32).fill(1))
    const sealed = sealer.seal(Buffer.from('a private key'), 'kid-1')
    expect(Buffer.from(sealed).includes('private')).toBe(false)
    expect(sealer.open(sealed, 'kid-1')?.toString()).toBe('a private key')
    expect(sealer.open(sealed, 'kid-2')).toBeUndefined()
    expect(createSealer(new Uint8Array(32).fill(2)).open(sealed, 'kid-1')).toBeUndefined()
    for (let at = 0; at < sealed.length; at++) {
      const altered = Uint8Array.from(sealed)
      altered[at]! ^= 1
      expect(sealer.open(altered, 'kid-1')).toBeUndefined()
    }
    expect(sealer.open(new Uint8Array(5), 'kid-1')).toBeUndefined()
  })

  test('it is made once, whoever starts at once, for its owner\u2019s eyes only; a damaged file is said to be one', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'academy-secret-'))
    try {
      const path = join(dir, 'data', 'node.key')
      const secrets = await Promise.all(Array.from({ length: 8 }, () => loadKeySecret(path)))
      expect(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size).toBe(1)
      expect(secrets[0]).toHaveLength(32)
      expect((await stat(path)).mode & 0o777).toBe(0o600)
      await chmod(path, 0o600)
      await writeFile(path, (await readFile(path, 'utf8')).slice(0, 10))
      await expect(loadKeySecret(path)).rejects.toMatchObject({ code: 'bad_key_secret' })
    } finally {
      await rm(dir, { recursive: true })
    }
  })
})

describe('passwords', () => {
  test('hashes are argon2id at the recommended cost, salted, and tell when they are out of date', async () => {
    const passwords = await createPasswords()
    const [a, b] = await Promise.all([passwords.hash('the same words'), passwords.hash('the same words')])
    expect(a).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(a).not.toBe(b)
    expect([await passwords.matches(a, 'the same words'), await passwords.matches(a, 'other words')]).toEqual([
      true,
      false,
    ])
    const cheap = await createPasswords({ cost: { memoryKib: 64, passes: 1 } })
    expect([passwords.isOutdated(a!), passwords.isOutdated(await cheap.hash('x'))]).toEqual([false, true])
  })

  test('a name that nobody has costs as much as a wrong password', async () => {
    const passwords = await createPasswords({ concurrency: 1 })
    const stored = await passwords.hash('the right words')
    const costs: string[] = []
    vi.mocked(verify).mockImplementation(async (hashed) => {
      costs.push(/^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$/.exec(String(hashed))?.[0] ?? 'no hash')
      return true
    })
    try {
      expect([await passwords.matches(stored, 'a guess'), await passwords.matches(undefined, 'a guess')]).toEqual([
        true,
        false,
      ])
      expect(costs).toEqual([stored.slice(0, costs[0]!.length), costs[0]])
    } finally {
      vi.mocked(verify).mockRestore()
    }
  })
})

describe('standings', () => {
  test('what was read while it changed is not kept', async () => {
    const clock = createFakeClock()
    let roles: readonly 'learner'[] | readonly ['learner', 'admin'] = ['learner', 'admin']
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const store = {
      session: async (id: string) => ({ id, playerId: 'p', createdAtMs: clock.now(), network: 'n' }),
      person: async () => {
        const seen = roles
        await gate
        return {
          id: 'p',
          name: 'P',
          nameKey: 'p',
          guest: false,
          roles: seen,
          locale: 'en' as const,
          createdAtMs: 0,
          lastSeenMs: 0,
        }
      },
    }
    const standings = createStandings({ store, clock }, { maxMs: 1_000_000 })
    const early = standings.of('s')
    await Promise.resolve()
    await Promise.resolve()
    roles = ['learner']
    standings.forget('p')
    release()
    expect((await early)?.roles).toEqual(['learner', 'admin'])
    expect((await standings.of('s'))?.roles).toEqual(['learner'])
  })
})

describe('words', () => {
  test('both catalogues have the same keys, and words for every code that say themselves in full', () => {
    expect(Object.keys(ruAccounts).sort()).toEqual(Object.keys(enAccounts).sort())
    for (const locale of LOCALES) {
      for (const code of Object.keys(ACCOUNT_ERRORS) as AccountErrorCode[]) {
        expect(CATALOGUE[locale][`error.${code}`]).toBeDefined()
        const params = {
          why: 'short',
          min: 8,
          max: 500,
          reason: 'flood',
          untilMs: 1_700_000_000_000,
          hasUntil: 'yes',
        }
        const error = new AccountError(code, { retryAfterMs: 61_000, params })
        expect(message(locale, `error.${code}`, error.params as Record<string, string | number>)).not.toMatch(
          /[{}]|error\./,
        )
      }
    }
  })

  test('waiting times are counted in the grammar of the language', () => {
    const say = (minutes: number) => message('ru', 'error.too_many_attempts', { minutes })
    expect([say(1), say(2), say(15)].map((text) => /Подожди (.*) и/.exec(text)![1])).toEqual([
      '1 минуту',
      '2 минуты',
      '15 минут',
    ])
  })
})
