import { expect, test } from 'vitest'
import { ApiError, createApi, request } from './api.ts'
import type { Session } from './session.ts'

type Seen = { readonly url: string; readonly token: string | undefined }

function node(answers: readonly Response[]) {
  const seen: Seen[] = []
  const fetch = async (url: string, init: RequestInit) => {
    seen.push({ url, token: (init.headers as Record<string, string>).authorization })
    return answers[seen.length - 1]!
  }
  let token = 1
  const session = {
    access: async (stale?: string) => (stale ? `t${++token}` : `t${token}`),
    current: () => undefined,
    adopt: (x: unknown) => x,
    forget() {},
  } as unknown as Session
  return { seen, api: createApi({ fetch, session }) }
}
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers })

test('a stale token is renewed and the request sent once more', async () => {
  const { api, seen } = node([json({ code: 'token_expired' }, 401), json({ ok: 1 })])
  expect(await api.get('/api/v1/me')).toEqual({ ok: 1 })
  expect(seen.map(({ token }) => token)).toEqual(['Bearer t1', 'Bearer t2'])
})

test('a token that is stale again is not tried for ever', async () => {
  const { api, seen } = node([json({ code: 'token_expired' }, 401), json({ code: 'token_expired' }, 401), json({})])
  await expect(api.get('/api/v1/me')).rejects.toMatchObject({ code: 'token_expired', status: 401 })
  expect(seen).toHaveLength(2)
})

test('a problem document becomes an error with its code, parameters and the time to wait', async () => {
  const { api } = node([
    json({ code: 'rate_limited', detail: 'slow down', params: { seconds: 3 } }, 429, { 'retry-after': '3' }),
  ])
  await expect(api.post('/x')).rejects.toMatchObject({
    code: 'rate_limited',
    status: 429,
    message: 'slow down',
    params: { seconds: 3 },
    retryAfterMs: 3000,
  })
})

test('an answer that is no problem document still has a code', async () => {
  const { api } = node([new Response('<html>', { status: 502 })])
  await expect(api.get('/x')).rejects.toMatchObject({ code: 'unavailable', status: 502 })
})

test('a node that cannot be reached is told apart from one that says no', async () => {
  const broken = async () => Promise.reject(new TypeError('failed'))
  await expect(request(broken, { method: 'GET', path: '/x' })).rejects.toMatchObject({
    code: 'unreachable',
    status: 0,
  })
  await expect(request(broken, { method: 'GET', path: '/x' })).rejects.toBeInstanceOf(ApiError)
})
