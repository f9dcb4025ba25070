import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { sha256Of, TIDE_SENTENCE, tinyModelFile } from '../../testing/models/tiny-model.ts'
import { hear } from '../testing/collect.ts'
import { createEmbeddedBackend } from './backend.ts'

const quiet = { info() {}, warn() {} }
let backend: Awaited<ReturnType<typeof open>>

async function open(options: Parameters<typeof tinyModelFile>[0] = {}, id = 'tiny') {
  const file = await tinyModelFile(options)
  return createEmbeddedBackend(
    {
      id,
      file,
      sha256: await sha256Of(file),
      gpu: 'off',
      sequences: 3,
      contextTokens: 1024,
      priceInMicro: 0n,
      priceOutMicro: 0n,
    },
    quiet,
  )
}

beforeAll(async () => {
  backend = await open({ contextTokens: 1024 })
}, 60_000)
afterAll(() => backend[Symbol.asyncDispose]())

describe('a model in a process of its own', () => {
  test('I1 it answers piece by piece, and counts what it read and wrote', async () => {
    const heard = hear(backend, { model: 'tiny' })
    await heard.over
    expect(heard.error).toBeUndefined()
    expect(heard.texts.join('')).toBe(TIDE_SENTENCE)
    expect(heard.texts.length).toBeGreaterThan(1)
    expect(heard.finish).toBe('stop')
    expect(heard.usage!.inTokens).toBeGreaterThan(5)
    expect(heard.usage!.outTokens).toBeGreaterThan(30)
  })

  test('I2 more requests than sequences wait in line, and each gets its own answer', async () => {
    const all = Array.from({ length: 8 }, () => hear(backend, { model: 'tiny' }))
    await Promise.all(all.map(({ over }) => over))
    for (const heard of all) expect(heard.texts.join('')).toBe(TIDE_SENTENCE)
  })

  test('I2 a request that comes while others answer begins at once, not when they have ended', async () => {
    await using endless = await open({ endless: true, contextTokens: 1024 }, 'endless')
    const long = [1, 2].map(() => hear(endless, { model: 'endless', maxTokens: 700 }))
    await Promise.all(long.map(({ firstText }) => firstText))
    const late = hear(endless, { model: 'endless', maxTokens: 5 })
    await late.over
    expect(late.finish).toBe('length')
    expect(long.map(({ finish }) => finish)).toEqual([undefined, undefined])
    for (const { run } of long) run.cancel()
  })

  test('I3 it goes on after a text that another began, with nothing said twice and no space lost', async () => {
    for (const words of [4, 9]) {
      const textSoFar = TIDE_SENTENCE.split(' ').slice(0, words).join(' ')
      const heard = hear(backend, { model: 'tiny', textSoFar })
      await heard.over
      expect(textSoFar + heard.texts.join('')).toBe(TIDE_SENTENCE)
    }
  })

  test('I4 the number of tokens and stop texts end an answer', async () => {
    const short = hear(backend, { model: 'tiny', maxTokens: 5 })
    const stopped = hear(backend, { model: 'tiny', stop: [' its'] })
    await Promise.all([short.over, stopped.over])
    expect(short.finish).toBe('length')
    expect(short.usage!.outTokens).toBe(5)
    expect(stopped.texts.join('')).toBe('the tide turns slowly and a lantern keeps')
    expect(stopped.finish).toBe('stop')
  })

  test('I5 an answer fits the JSON schema, and a demanded tool is called with arguments of its shape', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, warm: { type: 'boolean' } },
      required: ['city', 'warm'],
    }
    const json = hear(backend, { model: 'tiny', schema: { name: 'place', schema } })
    const tool = hear(backend, {
      model: 'tiny',
      tools: [{ name: 'weather', parameters: schema }],
      toolChoice: 'required',
    })
    await Promise.all([json.over, tool.over])
    expect(JSON.parse(json.texts.join(''))).toEqual({ city: expect.any(String), warm: expect.any(Boolean) })
    expect(tool.finish).toBe('tool_calls')
    expect(tool.texts).toEqual([])
    expect(tool.tools[0]!.name).toBe('weather')
    expect(JSON.parse(tool.tools[0]!.arguments)).toEqual({ city: expect.any(String), warm: expect.any(Boolean) })
  })

  test('I6 a conversation longer than the context is refused with both numbers', async () => {
    const heard = hear(backend, { model: 'tiny', messages: [{ role: 'user', content: 'x'.repeat(2_000) }] })
    await heard.over
    expect(heard.error).toMatchObject({ code: 'context_too_long', message: expect.stringMatching(/\d{4}.*1024/) })
  })

  test('I7 a cancelled request frees its sequence and says nothing more', async () => {
    await using endless = await open({ endless: true }, 'endless')
    const runs = Array.from({ length: 3 }, () => hear(endless, { model: 'endless' }))
    await Promise.all(runs.map(({ firstText }) => firstText))
    const waiting = hear(endless, { model: 'endless', maxTokens: 8 })
    for (const { run } of runs) run.cancel()
    const counts = runs.map(({ texts }) => texts.length)
    await waiting.over
    expect(waiting.finish).toBe('length')
    expect(runs.map(({ texts }) => texts.length)).toEqual(counts)
    expect(runs.every(({ finish, error }) => !finish && !error)).toBe(true)
  }, 30_000)

  test('I8 texts become vectors, one for each', async () => {
    const { vectors, usage } = await backend.embed!({ model: 'tiny', texts: ['a lamp', 'the sea'], tenant: 'x' })
    expect(vectors.map(({ length }) => length)).toEqual([128, 128])
    expect(usage.inTokens).toBeGreaterThan(2)
  })

  test('I9 its own answer scores well, the answer of another model badly', async () => {
    await using other = await open({ seed: 'other', width: 64 }, 'other')
    const theirs = hear(other, { model: 'other', maxTokens: 24 })
    await theirs.over
    const request = { model: 'tiny', messages: [{ role: 'user', content: 'hello' }], tenant: 'x' } as const
    const [own, foreign] = await Promise.all([
      backend.score!(request, TIDE_SENTENCE),
      backend.score!(request, theirs.texts.join('')),
    ])
    expect(own.meanLogProb).toBeGreaterThan(-1)
    expect(own.firstChoice).toBeGreaterThan(0.8)
    expect(foreign.meanLogProb).toBeLessThan(-3)
  }, 30_000)

  test('I10 a process that dies fails what it was at, is started again, and answers what waited', async () => {
    const pid = backend.pid!
    const runs = Array.from({ length: 3 }, () => hear(backend, { model: 'tiny' }))
    const waiting = hear(backend, { model: 'tiny' })
    process.kill(pid, 'SIGKILL')
    await Promise.all(runs.map(({ over }) => over))
    expect(runs.some(({ error }) => error?.code === 'backend_failed')).toBe(true)
    await waiting.over
    expect(waiting.texts.join('') === TIDE_SENTENCE || waiting.error?.code === 'backend_failed').toBe(true)
    await vi.waitFor(() => expect(backend.state().ready).toBe(true), { timeout: 20_000, interval: 20 })
    expect(backend.pid).not.toBe(pid)
    const again = hear(backend, { model: 'tiny' })
    await again.over
    expect(again.texts.join('')).toBe(TIDE_SENTENCE)
  }, 30_000)
})
