/** Answers from other nodes: an initial node that has no model, and hosts that rent theirs out; one is killed in the middle of a stream. */
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { askControl } from '../../ops/control.ts'
import { TIDE_SENTENCE, tinyModelFile } from '../models/tiny-model.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'

const SENTENCE = TIDE_SENTENCE.slice(0, -1).split(' ')
const POLL = { timeout: 60_000, interval: 100 }
let hub: NodeProcess
const hosts: NodeProcess[] = []
let token: string

const get = async (path: string) =>
  (await fetch(`${hub.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).json() as Promise<never>
const client = () => new OpenAI({ baseURL: `${hub.url}/v1`, apiKey: token, maxRetries: 0 })

beforeAll(async () => {
  const file = await tinyModelFile({ endless: true, contextTokens: 2048 })
  hub = await startNodeProcess({ env: { ACADEMY_P2P_HOST: '127.0.0.1', ACADEMY_P2P_PORT: '0' } })
  await Promise.all(
    ['one', 'two'].map(async (name) => {
      const host = await startNodeProcess({
        env: {
          ACADEMY_ROLE: 'trusted',
          ACADEMY_HUB: hub.url,
          ACADEMY_NAME: name,
          ACADEMY_GPU: 'off',
          ACADEMY_P2P_HOST: '127.0.0.1',
          ACADEMY_P2P_PORT: '0',
        },
      })
      hosts.push(host)
      await askControl(host.dataDir, 'models', { do: 'add', file, id: 'endless', priceOut: '1000000' })
    }),
  )
  const guest = await fetch(`${hub.url}/auth/guest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  token = ((await guest.json()) as { access_token: string }).access_token
  await vi.waitFor(async () => {
    const { data } = (await get('/v1/models')) as { data: { id: string; academy: { nodes: string[] } }[] }
    expect(data.find(({ id }) => id === 'endless')?.academy.nodes).toHaveLength(2)
  }, POLL)
}, 240_000)
afterAll(async () => {
  await Promise.all([...hosts, hub].map((node) => node?.[Symbol.asyncDispose]()))
})

test('I50 a stream goes on from another host when its own is killed, with no word doubled or lost; the ledger shows who was paid', async () => {
  const stream = await client().chat.completions.create({
    model: 'endless',
    messages: [{ role: 'user', content: 'tell me of the tide' }],
    temperature: 0,
    max_tokens: 1_200,
    stream: true,
    stream_options: { include_usage: true },
  })
  let text = ''
  let killed = false
  let tokens = 0
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? ''
    tokens = chunk.usage?.completion_tokens ?? tokens
    if (!killed && text.length > 200) {
      killed = true
      // Whoever it is that answers: the one whose model is at work.
      const serving = await servingHost()
      await serving.kill('SIGKILL')
      hosts.splice(hosts.indexOf(serving), 1)
    }
  }
  const words = text.trim().split(' ')
  expect(words).toEqual(words.map((_, i) => SENTENCE[i % SENTENCE.length]))
  expect(words.length).toBeGreaterThan(1_000)
  expect(tokens).toBeGreaterThanOrEqual(words.length)
  await vi.waitFor(async () => {
    const { statement } = (await get('/api/v1/ledger/accounts/me')) as unknown as {
      statement: { to: string; code: string; kind?: string; amountMicro: string }[]
    }
    const paid = statement.filter(({ code, kind }) => code === 'inference' && kind !== 'pending')
    expect(new Set(paid.map(({ to }) => to)).size).toBe(2)
  }, POLL)
}, 240_000)

/** The host with an answer under way; both may have been asked. */
async function servingHost(): Promise<NodeProcess> {
  for (const host of hosts) {
    const [model] = (await askControl(host.dataDir, 'models', { do: 'list' })) as { slots: number }[]
    if (model!.slots < 4) return host
  }
  throw new Error('nobody is answering')
}
