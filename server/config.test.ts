import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

describe('config', () => {
  test('an empty environment gives a working initial node on port 2567', () => {
    const config = readConfig({})
    expect(config).toMatchObject({ role: 'initial', port: 2567, host: '0.0.0.0', logLevel: 'info' })
    expect(config.dataDir).toMatch(/data$/)
  })

  test('a flag wins over the environment', () => {
    expect(readConfig({ ACADEMY_PORT: '1' }, { port: '0' }).port).toBe(0)
  })

  test('a local node listens on loopback only, unless told otherwise', () => {
    expect(readConfig({ ACADEMY_ROLE: 'local' }).host).toBe('127.0.0.1')
    expect(readConfig({ ACADEMY_ROLE: 'local', ACADEMY_HOST: '0.0.0.0' }).host).toBe('0.0.0.0')
  })

  test('every wrong setting is named at once, by the name it was given under', () => {
    const attempt = () =>
      readConfig({ ACADEMY_PORT: 'eighty', ACADEMY_PROT: '1', DATABASE_URL: 'mysql://secret@x' }, { role: 'boss' })
    expect(attempt).toThrow(ConfigError)
    try {
      attempt()
    } catch (error) {
      const { problems } = error as ConfigError
      expect(problems).toHaveLength(4)
      expect(problems.join('\n')).toMatch(
        /--role must be one of.*ACADEMY_PORT.*DATABASE_URL.*ACADEMY_PROT is not a setting/s,
      )
      expect(problems.join('\n')).not.toContain('secret')
    }
  })

  test('a REDIS_URL of the wrong form is refused by name, and what it is set to is not shown', () => {
    for (const given of ['http://ada:lamp@127.0.0.1', 'redis ada:lamp', 'ada:lamp@127.0.0.1:6379'])
      for (const [env, flags] of [
        [{ REDIS_URL: given }, {}],
        [{}, { redisUrl: given }],
      ] as const) {
        const name = 'REDIS_URL' in env ? 'REDIS_URL' : '--redis-url'
        expect(() => readConfig(env, flags)).toThrow(
          `  ${name} must be a URL starting with redis: or rediss://; it is (not shown)`,
        )
      }
    expect(readConfig({ REDIS_URL: 'rediss://ada:lamp@127.0.0.1/0' }).redisUrl).toBe('rediss://ada:lamp@127.0.0.1/0')
  })

  test('whatever the environment holds, it is a configuration or a list of problems by name', () => {
    const names = [
      'ACADEMY_PORT',
      'ACADEMY_ROLE',
      'ACADEMY_NAME',
      'ACADEMY_DATA',
      'ACADEMY_LINE_RATE',
      'DATABASE_URL',
      'ACADEMY_HOST',
    ]
    const environment = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.integer().map(String)),
    )
    fc.assert(
      fc.property(environment, (env) => {
        try {
          expect(readConfig(env).port).toBeGreaterThanOrEqual(0)
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError)
          for (const problem of (error as ConfigError).problems)
            expect(names.some((name) => problem.startsWith(name))).toBe(true)
        }
      }),
    )
  })

  test('witnesses and witnessed logs are lists between commas, each checked', () => {
    const key = 'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2'
    const config = readConfig({ ACADEMY_LOG_WITNESSES: `ada https://w.example/w ${key}, ` }, { witnessedLogs: key })
    expect(config.logWitnesses).toEqual([{ owner: 'ada', url: 'https://w.example/w', key }])
    expect(config.witnessedLogs).toEqual([key])
    expect(readConfig({}).logWitnesses).toEqual([])
    for (const wrong of [key, `ada ftp://w.example ${key}`, `ada https://w.example ${key}=`])
      expect(() => readConfig({ ACADEMY_LOG_WITNESSES: wrong })).toThrow(
        /ACADEMY_LOG_WITNESSES must be OWNER URL KEY/,
      )
  })
})
