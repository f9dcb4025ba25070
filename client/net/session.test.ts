import { describe, expect, test } from 'vitest'
import { createSession, SignedOut, type TokenAnswer, tabLock } from './session.ts'
import { createKeep } from './storage.ts'

const answer = (n: number, seconds = 900): TokenAnswer => ({
  access_token: `access-${n}`,
  refresh_token: `refresh-${n}`,
  expires_in: seconds,
  player: { id: 'player_1', name: 'Mira', roles: ['learner'] },
})

/** Several tabs over one storage; the node refuses a refresh token that was used before. */
function browser() {
  const data = new Map<string, string>()
  const storage = {
    getItem: (key: string) => data.get(key) ?? null,
    setItem: (key: string, value: string) => void data.set(key, value),
    removeItem: (key: string) => void data.delete(key),
  }
  const keep = createKeep(() => storage as unknown as Storage)
  const exclusively = tabLock('test')
  const used: string[] = []
  let nowMs = 0
  const tab = () =>
    createSession({
      keep,
      exclusively,
      now: () => nowMs,
      async renew(token) {
        await Promise.resolve()
        if (used.includes(token)) throw new SignedOut('used')
        used.push(token)
        return answer(Number(token.split('-')[1]) + 1)
      },
    })
  return { tab, used, pass: (ms: number) => (nowMs += ms) }
}

describe('an access token', () => {
  test('is used as long as it holds', async () => {
    const { tab, used } = browser()
    const session = tab()
    session.adopt(answer(1))
    expect(await session.access()).toBe('access-1')
    expect(used).toEqual([])
  })

  test('is renewed once for all who ask in all tabs', async () => {
    const { tab, used, pass } = browser()
    const [a, b] = [tab(), tab()]
    a.adopt(answer(1))
    pass(890_000)
    const all = await Promise.all([a.access(), a.access(), b.access(), b.access()])
    expect(all).toEqual(['access-2', 'access-2', 'access-2', 'access-2'])
    expect(used).toEqual(['refresh-1'])
  })

  test('that the node called stale is renewed though it should have held', async () => {
    const { tab, used } = browser()
    const session = tab()
    session.adopt(answer(1))
    expect(await session.access('access-1')).toBe('access-2')
    expect(await session.access('access-1')).toBe('access-2')
    expect(used).toEqual(['refresh-1'])
  })

  test('cannot be had without a session', async () => {
    await expect(browser().tab().access()).rejects.toBeInstanceOf(SignedOut)
  })
})

test('where storage is forbidden a session lives until the page closes', () => {
  const keep = createKeep(() => {
    throw new Error('forbidden')
  })
  keep.write('a', { n: 1 })
  expect(keep.read('a')).toEqual({ n: 1 })
  keep.remove('a')
  expect(keep.read('a')).toBeUndefined()
})
