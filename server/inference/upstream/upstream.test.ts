import { describe, expect, test } from 'vitest'
import { hear } from '../testing/collect.ts'
import { PIECE, startMockUpstream } from '../testing/mock-upstream.ts'
import { until } from '../testing/until.ts'
import { createUpstreamBackend } from './backend.ts'
import type { Upstream } from './types.ts'

const KEY = 'sk-host-secret-1'
const order = (content: string) => ({ model: 'mock', messages: [{ role: 'user', content }] }) as const
const open = (url: string, more: Partial<Upstream> = {}) =>
  createUpstreamBackend(
    {
      name: 'mock',
      kind: 'openai',
      url,
      key: KEY,
      resumes: true,
      isOwnGround: true,
      priceInMicro: 0n,
      priceOutMicro: 0n,
      slots: 4,
      ...more,
    },
    { warn() {} },
  )

describe.each(['openai', 'anthropic'] as const)('a server upstream (%s)', (kind) => {
  test.each([false, true])('I11 its answer comes through, whole: %s, with its own count of tokens', async (whole) => {
    await using mock = await startMockUpstream({ pieces: 6, key: KEY })
    await using backend = open(mock.url, { kind })
    const heard = hear(backend, { ...order('hello'), whole })
    await heard.over
    expect(heard.texts.join('')).toBe(PIECE.repeat(6))
    expect(heard.texts.length).toBe(whole ? 1 : 6)
    expect(heard).toMatchObject({ finish: 'stop', usage: { inTokens: 5, outTokens: 6 } })
  })

  test.each([
    [500, 'backend_failed'],
    [401, 'backend_failed'],
    [400, 'bad_request'],
    [404, 'model_not_found'],
  ])('I12 a refusal with status %d is %s, and holds no key', async (status, code) => {
    await using mock = await startMockUpstream({ key: KEY })
    await using backend = open(mock.url, { kind })
    const heard = hear(backend, order(`fail ${status}`))
    await heard.over
    expect(heard.error!.code).toBe(code)
    expect(heard.error!.message).not.toContain(KEY)
  })
})

describe('a server upstream', () => {
  test('I12 a busy server is overloaded until the time it names', async () => {
    await using mock = await startMockUpstream()
    await using backend = open(mock.url)
    const heard = hear(backend, order('fail 429'))
    await heard.over
    expect(heard.error).toMatchObject({ code: 'overloaded', retryAfterMs: 7_000 })
  })

  test('I12 a wrong key is told to the host, not to the asker', async () => {
    await using mock = await startMockUpstream({ key: 'another' })
    await using backend = open(mock.url)
    const heard = hear(backend, order('hello'))
    await heard.over
    expect(heard.error!.message).toMatch(/refuses this node's key/)
    expect(`${heard.error!.message}${heard.error!.stack}`).not.toContain(KEY)
  })

  test.each([
    ['break 3', /broke/],
    ['error 3', /failed/],
  ])('I13 an answer that ends in the middle (%s) is a failure, not an end', async (words, message) => {
    await using mock = await startMockUpstream()
    await using backend = open(mock.url)
    const heard = hear(backend, order(words))
    await heard.over
    expect(heard.texts.length).toBe(3)
    expect(heard.finish).toBeUndefined()
    expect(heard.error).toMatchObject({ code: 'backend_failed', message: expect.stringMatching(message) })
  })

  test('I14 a hang-up reaches the server before its first piece, and in the middle', async () => {
    await using mock = await startMockUpstream()
    await using backend = open(mock.url)
    const silent = hear(backend, order('hang'))
    await until(() => expect(mock.open()).toBe(1))
    silent.run.cancel()
    await until(() => expect(mock.hungUp()).toBe(1))
    const talking = hear(backend, order('hang 2'))
    await talking.firstText
    talking.run.cancel()
    await until(() => expect(mock.hungUp()).toBe(2))
    expect(silent.error ?? talking.error).toBeUndefined()
  })

  test('I15 no more requests at once than the server may have; the rest wait, and may leave', async () => {
    await using mock = await startMockUpstream()
    await using backend = open(mock.url, { slots: 2 })
    const holding = [hear(backend, order('hang')), hear(backend, order('hang'))]
    const leaving = hear(backend, order('hello'))
    const waiting = hear(backend, order('hello'))
    await until(() => expect(mock.open()).toBe(2))
    leaving.run.cancel()
    expect(mock.seen.length).toBe(2)
    holding[0]!.run.cancel()
    await waiting.over
    expect(waiting.finish).toBe('stop')
    expect(leaving.texts).toEqual([])
    holding[1]!.run.cancel()
  })

  test('I16 calls of tools are put together from their pieces', async () => {
    await using mock = await startMockUpstream()
    await using backend = open(mock.url)
    const heard = hear(backend, { ...order('tool weather {"city":"Oslo"}'), tools: [{ name: 'weather' }] })
    await heard.over
    expect(heard).toMatchObject({
      finish: 'tool_calls',
      tools: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' }],
    })
  })

  test('I17 it lists what it has, and says so when it is gone', async () => {
    const mock = await startMockUpstream()
    await using backend = open(mock.url)
    await backend.refresh()
    expect(backend.models().map(({ id }) => id)).toEqual(['mock'])
    await mock[Symbol.asyncDispose]()
    await backend.refresh()
    expect(backend.state()).toMatchObject({ ready: false, why: 'down' })
    const heard = hear(backend, order('hello'))
    await heard.over
    expect(heard.error).toMatchObject({ code: 'backend_failed', message: expect.stringMatching(/cannot be reached/) })
  })
})
