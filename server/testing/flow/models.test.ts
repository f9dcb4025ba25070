/** The official clients at the door of a real node, with a real llama behind it and with a server upstream. */

import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import Anthropic from '@anthropic-ai/sdk'
import { generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type MockUpstream, PIECE, startMockUpstream } from '../../inference/testing/mock-upstream.ts'
import { until } from '../../inference/testing/until.ts'
import { TIDE_SENTENCE, tinyModelFile } from '../models/tiny-model.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'

const UPSTREAM_KEY = 'sk-upstream-secret-7'
const CITY = {
  type: 'object',
  properties: { city: { type: 'string' }, warm: { type: 'boolean' } },
  required: ['city', 'warm'],
  additionalProperties: false,
} as const
const hello = [{ role: 'user', content: 'hello' }] as const
const say = (content: string) => [{ role: 'user', content }] as const
const weather = { name: 'weather', description: 'the weather of a city', parameters: CITY }

let node: NodeProcess
let mock: MockUpstream
let token: string
let tiny: string
const api = async (path: string, init: { method?: string; body?: unknown; token?: string } = {}) => {
  const response = await fetch(`${node.url}${path}`, {
    method: init.method ?? (init.body === undefined ? 'GET' : 'POST'),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${init.token ?? token}` },
    ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, json: text === '' ? undefined : JSON.parse(text) }
}
const openai = (apiKey = token) => new OpenAI({ baseURL: `${node.url}/v1`, apiKey, maxRetries: 0 })
const anthropic = (apiKey = token) => new Anthropic({ baseURL: node.url, apiKey, maxRetries: 0 })

beforeAll(async () => {
  mock = await startMockUpstream({ key: UPSTREAM_KEY })
  const file = await tinyModelFile({ contextTokens: 1024 })
  tiny = file.split('/').at(-1)!.replace('.gguf', '')
  node = await startNodeProcess({
    env: {
      ACADEMY_MODEL: file,
      ACADEMY_GPU: 'off',
      ACADEMY_UPSTREAM: mock.url,
      ACADEMY_UPSTREAM_KEY: UPSTREAM_KEY,
      ACADEMY_P2P: 'false',
    },
  })
  token = (await api('/auth/guest', { body: {}, token: '' })).json.access_token
  await vi.waitFor(
    async () =>
      expect((await api('/v1/models')).json.data.map(({ id }: { id: string }) => id)).toEqual(
        expect.arrayContaining(['mock', tiny]),
      ),
    { timeout: 120_000, interval: 100 },
  )
  await vi.waitFor(
    async () =>
      expect(
        (await api('/v1/chat/completions', { body: { model: tiny, messages: hello, max_tokens: 1 } })).status,
      ).toBe(200),
    { timeout: 120_000, interval: 100 },
  )
}, 300_000)
afterAll(async () => {
  await node?.[Symbol.asyncDispose]()
  await mock?.[Symbol.asyncDispose]()
})

describe('the openai client', () => {
  test('I20 a whole answer of a real model, with usage', async () => {
    const answer = await openai().chat.completions.create({ model: tiny, messages: [...hello], temperature: 0 })
    expect(answer.choices[0]).toMatchObject({
      message: { role: 'assistant', content: TIDE_SENTENCE },
      finish_reason: 'stop',
    })
    expect(answer.usage!.completion_tokens).toBeGreaterThan(30)
    expect(answer.usage!.total_tokens).toBe(answer.usage!.prompt_tokens + answer.usage!.completion_tokens)
  })

  test('I20 the same streamed, with usage at the end; a seed and a stop are heeded', async () => {
    const stream = await openai().chat.completions.create({
      model: tiny,
      messages: [...hello],
      seed: 7,
      temperature: 0,
      stop: [' keeps'],
      stream: true,
      stream_options: { include_usage: true },
    })
    const pieces: string[] = []
    let usage: unknown
    let finish: unknown
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) pieces.push(chunk.choices[0].delta.content)
      finish = chunk.choices[0]?.finish_reason ?? finish
      usage = chunk.usage ?? usage
    }
    expect(pieces.join('')).toBe('the tide turns slowly and a lantern')
    expect(pieces.length).toBeGreaterThan(1)
    expect(finish).toBe('stop')
    expect(usage).toMatchObject({ completion_tokens: expect.any(Number) })
  })

  test('I20 JSON that fits a schema, and a call of a demanded tool, from the real model', async () => {
    const json = await openai().chat.completions.create({
      model: tiny,
      messages: [...hello],
      temperature: 0,
      response_format: { type: 'json_schema', json_schema: { name: 'city', schema: CITY, strict: true } },
    })
    expect(JSON.parse(json.choices[0]!.message.content!)).toEqual({
      city: expect.any(String),
      warm: expect.any(Boolean),
    })
    const called = await openai().chat.completions.create({
      model: tiny,
      messages: [...hello],
      temperature: 0,
      tools: [{ type: 'function', function: weather }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    })
    const [call] = called.choices[0]!.message.tool_calls!
    expect(called.choices[0]!.finish_reason).toBe('tool_calls')
    expect(call).toMatchObject({ type: 'function', function: { name: 'weather' } })
  })

  test('I20 a tool that the server upstream chose to call, streamed, and its result sent back', async () => {
    const stream = openai().chat.completions.stream({
      model: 'mock',
      messages: say('tool weather {"city":"Oslo","warm":false}') as never,
      tools: [{ type: 'function', function: weather }],
    })
    const called = await stream.finalChatCompletion()
    const [call] = called.choices[0]!.message.tool_calls!
    expect(call).toMatchObject({ function: { name: 'weather', arguments: '{"city":"Oslo","warm":false}' } })
    const after = await openai().chat.completions.create({
      model: 'mock',
      messages: [
        ...say('hello'),
        called.choices[0]!.message,
        { role: 'tool', tool_call_id: call!.id, content: '{"degrees":4}' },
      ],
    })
    expect(after.choices[0]!.message.content).toBe(PIECE.repeat(8))
    expect((mock.seen.at(-1)!.body.messages as object[]).slice(1)).toMatchObject([
      { role: 'assistant', tool_calls: [{ id: call!.id }] },
      { role: 'tool', tool_call_id: call!.id },
    ])
  })

  test('I20 responses, whole and streamed', async () => {
    const whole = await openai().responses.create({ model: tiny, input: 'hello', temperature: 0 })
    expect(whole.output_text).toBe(TIDE_SENTENCE)
    const stream = await openai().responses.create({
      model: 'mock',
      input: 'tool weather {"city":"Oslo"}',
      tools: [{ type: 'function', strict: null, ...weather }],
      stream: true,
    })
    const types: string[] = []
    for await (const event of stream) {
      types.push(event.type)
      if (event.type === 'response.completed')
        expect(event.response.output).toMatchObject([{ type: 'function_call', arguments: '{"city":"Oslo"}' }])
    }
    expect(types).toEqual(
      expect.arrayContaining(['response.created', 'response.function_call_arguments.done', 'response.completed']),
    )
  })

  test('I20 vectors', async () => {
    const { data } = await openai().embeddings.create({ model: tiny, input: ['a lamp', 'the sea'] })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([128, 128])
    expect(Math.abs(data[0]!.embedding[0]!)).toBeGreaterThan(0)
  })

  test('I21 errors are of the kinds that the client knows', async () => {
    const create = (body: object, key?: string) =>
      openai(key).chat.completions.create({ messages: [...hello], ...body } as never)
    await expect(create({ model: 'nobody' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    })
    await expect(create({ model: tiny }, 'ak_wrong')).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
    for (const key of ['ak_wrong', 'no-token']) {
      const refused = await create({ model: tiny }, key).catch((error) => error)
      expect(refused).toBeInstanceOf(OpenAI.AuthenticationError)
      expect(refused).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'invalid_request_error' })
    }
    const bare = new OpenAI({
      ...{ baseURL: `${node.url}/v1`, apiKey: 'x', maxRetries: 0 },
      defaultHeaders: { authorization: null },
    })
    await expect(bare.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' })
    const unknown = await openai()
      .models.retrieve('nobody')
      .catch((error) => error)
    expect(unknown).toBeInstanceOf(OpenAI.NotFoundError)
    expect(unknown).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
    await expect(create({ model: tiny, messages: [] })).rejects.toMatchObject({ status: 400, param: 'messages' })
    await expect(create({ model: tiny, messages: say('x'.repeat(3_000)) })).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
    })
    await expect(create({ model: 'mock', messages: say('fail 500') })).rejects.toMatchObject({
      status: 502,
      code: 'backend_failed',
    })
    await expect(create({ model: 'mock', messages: say('fail 429') })).rejects.toMatchObject({
      status: 503,
      code: 'overloaded',
    })
    await expect(create({ model: 'mock', n: 2 })).rejects.toMatchObject({ status: 400, param: 'n' })
  })

  test('I21 a failure inside a stream that has begun is a typed error, not an end', async () => {
    const stream = await openai().chat.completions.create({
      model: 'mock',
      messages: [...say('break 3')],
      stream: true,
    })
    const pieces: string[] = []
    const reading = (async () => {
      for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '')
    })()
    await expect(reading).rejects.toMatchObject({ code: 'backend_failed' })
    expect(pieces.join('')).toBe(PIECE.repeat(3))
  })

  test('I22 an abort reaches the server upstream before the first token and in the middle, streamed or whole', async () => {
    const before = mock.hungUp()
    const gone: AbortController[] = []
    const ask = (content: string, stream: boolean) => {
      const abort = new AbortController()
      gone.push(abort)
      return openai().chat.completions.create({ model: 'mock', messages: [...say(content)], stream } as never, {
        signal: abort.signal,
      })
    }
    const silent = [ask('hang', true), ask('hang', false)]
    await until(() => expect(mock.open()).toBe(2))
    for (const each of silent) each.catch(() => {})
    for (const abort of gone) abort.abort()
    await until(() => expect(mock.hungUp()).toBe(before + 2))
    const talking = (await ask('hang 2', true)) as unknown as AsyncIterable<unknown>
    for await (const _ of talking) break
    gone.at(-1)!.abort()
    await until(() => expect(mock.hungUp()).toBe(before + 3))
    await until(() => expect(mock.open()).toBe(0))
  })

  test('I23 a key has its own rate, scopes and models; a revoked one is refused at once', async () => {
    const made = await api('/api/v1/inference/keys', {
      body: { name: 'small', requestsPerMinute: 2, models: ['mock'], scopes: ['chat'] },
    })
    expect(made.status).toBe(201)
    const client = openai(made.json.secret)
    const create = (model = 'mock') => client.chat.completions.create({ model, messages: [...hello] })
    await create()
    await expect(create(tiny)).rejects.toMatchObject({ status: 403 })
    await create()
    await expect(create()).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
    const limited = await create().catch((error) => error)
    expect(limited).toBeInstanceOf(OpenAI.RateLimitError)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    await expect(client.models.list()).rejects.toMatchObject({ status: 403 })
    expect((await api(`/api/v1/inference/keys/${made.json.id}`, { method: 'DELETE' })).status).toBe(204)
    await expect(create()).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
    const { keys } = (await api('/api/v1/inference/keys')).json
    expect(JSON.stringify(keys)).not.toContain(made.json.secret)
    const { usage } = (await api('/api/v1/inference/usage')).json
    expect(usage).toContainEqual(expect.objectContaining({ keyId: made.json.id, model: 'mock', requests: 2 }))
  })

  test('I23 a budget of tokens ends', async () => {
    const { secret } = (await api('/api/v1/inference/keys', { body: { name: 'poor', budgetTokens: 10 } })).json
    const create = () => openai(secret).chat.completions.create({ model: 'mock', messages: [...hello] })
    await create()
    await expect(create()).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' })
  })
})

describe('the anthropic client', () => {
  test('I20 whole, streamed and with a tool', async () => {
    const cold = { temperature: 0, messages: [...hello], model: tiny }
    const whole = await anthropic().messages.create({
      ...cold,
      max_tokens: 100,
    } as Anthropic.MessageCreateParamsNonStreaming)
    expect(whole).toMatchObject({ content: [{ type: 'text', text: TIDE_SENTENCE }], stop_reason: 'end_turn' })
    const stream = anthropic().messages.stream({ ...cold, max_tokens: 6 } as Anthropic.MessageStreamParams)
    const streamed = await stream.finalMessage()
    expect(streamed).toMatchObject({ content: [{ text: 'the tide turns slowly and a' }], stop_reason: 'max_tokens' })
    const called = await anthropic()
      .messages.stream({
        model: 'mock',
        max_tokens: 50,
        messages: [...say('tool weather {"city":"Oslo"}')],
        tools: [{ name: 'weather', input_schema: CITY as never }],
      })
      .finalMessage()
    expect(called).toMatchObject({
      stop_reason: 'tool_use',
      content: [{ type: 'tool_use', name: 'weather', input: { city: 'Oslo' } }],
    })
  })

  test('I21 errors are of the kinds that the client knows, in a stream too', async () => {
    const create = (body: object, key?: string) =>
      anthropic(key).messages.create({ model: tiny, max_tokens: 5, messages: [...hello], ...body } as never)
    const unknown = await create({ model: 'nobody' }).catch((error) => error)
    expect(unknown).toBeInstanceOf(Anthropic.NotFoundError)
    expect(unknown.error).toMatchObject({
      type: 'error',
      error: { type: 'not_found_error', code: 'model_not_found' },
    })
    await expect(anthropic().models.retrieve('nobody')).rejects.toBeInstanceOf(Anthropic.NotFoundError)
    const refused = await create({}, 'ak_wrong').catch((error) => error)
    expect(refused).toBeInstanceOf(Anthropic.AuthenticationError)
    expect(refused.error).toMatchObject({ error: { type: 'authentication_error' } })
    const bare = new Anthropic({
      baseURL: node.url,
      apiKey: 'x',
      maxRetries: 0,
      defaultHeaders: { 'x-api-key': null },
    })
    await expect(bare.messages.create({ model: tiny, max_tokens: 1, messages: [...hello] })).rejects.toMatchObject({
      status: 401,
    })
    await expect(create({ max_tokens: 0 })).rejects.toBeInstanceOf(Anthropic.BadRequestError)
    const stream = anthropic().messages.stream({ model: 'mock', max_tokens: 50, messages: [...say('error 2')] })
    await expect(stream.finalMessage()).rejects.toMatchObject({ error: { error: { type: 'api_error' } } })
  })
})

describe('the AI SDK', () => {
  const model = (id: string) =>
    createOpenAICompatible({
      name: 'academy',
      baseURL: `${node.url}/v1`,
      apiKey: token,
      supportsStructuredOutputs: true,
    })(id)

  test('I20 text, a stream, an object that fits a schema, and a tool in two steps', async () => {
    const { text } = await generateText({ model: model(tiny), prompt: 'hello', temperature: 0 })
    expect(text).toBe(TIDE_SENTENCE)
    const pieces: string[] = []
    for await (const piece of streamText({ model: model(tiny), prompt: 'hello again', temperature: 0 }).textStream)
      pieces.push(piece)
    expect(pieces.join('')).toBe(TIDE_SENTENCE)
    expect(pieces.length).toBeGreaterThan(1)
    const { output } = await generateText({
      model: model(tiny),
      prompt: 'hello',
      temperature: 0,
      output: Output.object({ schema: jsonSchema(CITY as never) }),
    })
    expect(output).toEqual({ city: expect.any(String), warm: expect.any(Boolean) })
    const ran: unknown[] = []
    const stepped = await generateText({
      model: model('mock'),
      prompt: 'tool weather {"city":"Oslo","warm":true}',
      stopWhen: stepCountIs(1),
      tools: {
        weather: tool({
          inputSchema: jsonSchema(CITY as never),
          execute: async (input: unknown) => void ran.push(input),
        }),
      },
    })
    expect(ran).toEqual([{ city: 'Oslo', warm: true }])
    expect(stepped.toolCalls).toHaveLength(1)
  })

  test('I21 an abort and an error', async () => {
    const before = mock.hungUp()
    const abort = new AbortController()
    const asked = generateText({ model: model('mock'), prompt: 'hang', abortSignal: abort.signal, maxRetries: 0 })
    asked.catch(() => {})
    await until(() => expect(mock.open()).toBe(1))
    abort.abort()
    await expect(asked).rejects.toThrow()
    await until(() => expect(mock.hungUp()).toBe(before + 1))
    await expect(generateText({ model: model('nobody'), prompt: 'hello', maxRetries: 0 })).rejects.toMatchObject({
      statusCode: 404,
    })
  })
})

describe('around the models', () => {
  test('I25 an agent asks a model; the answer is an input of a later turn, and stands in its journal', async () => {
    const guest = (await api('/auth/guest', { body: {}, token: '' })).json
    const own = { token: guest.access_token }
    await api('/api/v1/zones/enter', { body: {}, ...own })
    const project = (await api('/api/v1/projects', { body: { name: 'asker' }, ...own })).json
    const program = `import { me } from 'academy'
export default async function main() {
  me.memory.said = await me.ask('hello')
  me.memory.city = await me.ask('hello', { schema: ${JSON.stringify(CITY)} })
}`
    await fetch(`${node.url}/api/v1/projects/${project.id}/files/main.ts`, {
      method: 'PUT',
      headers: { 'content-type': 'text/plain', authorization: `Bearer ${own.token}` },
      body: program,
    })
    const agent = (await api('/api/v1/agents', { body: { projectId: project.id, name: 'Asker' }, ...own })).json
    expect((await api(`/api/v1/agents/${agent.id}/start`, { body: {}, ...own })).status).toBe(200)
    await vi.waitFor(
      async () => {
        const { memory, status } = (await api(`/api/v1/agents/${agent.id}`, own)).json
        const { entries } = (await api(`/api/v1/agents/${agent.id}/log`, own)).json
        expect({ status, entries }).toMatchObject({ entries: [] })
        expect(memory).toMatchObject({
          said: expect.stringMatching(/\w+/),
          city: { city: expect.any(String), warm: expect.any(Boolean) },
        })
      },
      { timeout: 120_000, interval: 100 },
    )
    const { memory } = (await api(`/api/v1/agents/${agent.id}`, own)).json
    const recording = JSON.stringify((await api(`/api/v1/agents/${agent.id}/replay`, own)).json)
    expect(recording).toContain(JSON.stringify(memory.said))
  }, 300_000)

  test('I24 where a prompt went is shown; one that is personal stays on the own ground', async () => {
    const answer = await fetch(`${node.url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-academy-privacy': 'personal',
      },
      body: JSON.stringify({ model: tiny, messages: hello, max_tokens: 2 }),
    })
    expect(answer.headers.get('x-academy-privacy')).toBe('personal')
    expect(answer.headers.get('x-academy-node')).toBe('here')
    expect(answer.headers.get('x-academy-model-sha256')).toMatch(/^[0-9a-f]{64}$/)
  })

  test('I12 the key of the server upstream is in no answer and no log', async () => {
    const seen = JSON.stringify([
      (await api('/v1/models')).json,
      (await api('/v1/chat/completions', { body: { model: 'mock', messages: say('fail 401') } })).json,
    ])
    expect(seen + node.stderr()).not.toContain(UPSTREAM_KEY)
  })
})
