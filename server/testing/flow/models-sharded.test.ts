/**
 * A model over real nodes with llama.cpp's own servers: defined only where they were built (`scripts/build-llama-servers.ts`, found
 * through ACADEMY_LLAMA_SERVERS or in `data/`). The rules are shown with stand-ins in `server/inference/sharded/`.
 */
import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { findLlamaServers } from '../../inference/sharded/build.ts'
import { askControl } from '../../ops/control.ts'
import { TIDE_SENTENCE, tinyModelFile } from '../models/tiny-model.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'

const dir = resolve(process.env.ACADEMY_LLAMA_SERVERS ?? 'data/.cache/llama-servers')
const servers = await findLlamaServers(dir)
const POLL = { timeout: 120_000, interval: 200 }
const SENTENCE = TIDE_SENTENCE.slice(0, -1).split(' ')

test('I80 the build script says which tools are missing, and how Debian calls them', async () => {
  const script = resolve(import.meta.dirname, '../../../scripts/build-llama-servers.ts')
  const running = promisify(execFile)(process.execPath, [script, '--dir', '/nowhere/at/all'], {
    env: { PATH: '/nowhere' },
  })
  await expect(running).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/cmake 3\.14 or newer is needed.*apt install git cmake make g\+\+/),
  })
})

if (servers) {
  type Listed = {
    lent?: { pid: number; bytesIn: number; bytesOut: number }
    models: { is: string; reason?: string; bytesSent: number; bytesReceived: number; pid?: number }[]
  }
  const nodes: NodeProcess[] = []
  let hub: NodeProcess
  let hosts: NodeProcess[]
  let token: string
  const list = (node: NodeProcess) => askControl(node.dataDir, 'models', { do: 'shard-list' }) as Promise<Listed>
  const client = () => new OpenAI({ baseURL: `${hub.url}/v1`, apiKey: token, maxRetries: 0 })
  const ask = (model: string, maxTokens: number) =>
    client().chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'tell me of the tide' }],
      temperature: 0,
      max_tokens: maxTokens,
    })
  const untilReady = () =>
    vi.waitFor(async () => expect((await list(hub)).models[0]).toMatchObject({ is: 'ready' }), POLL)

  beforeAll(async () => {
    const p2p = {
      ACADEMY_P2P_HOST: '127.0.0.1',
      ACADEMY_P2P_PORT: '0',
      ACADEMY_LLAMA_SERVERS: dir,
      ACADEMY_GPU: 'off',
    }
    const start = async (env: Record<string, string>) => {
      const node = await startNodeProcess({ env: { ...p2p, ...env } })
      nodes.push(node)
      return node
    }
    hub = await start({})
    hosts = await Promise.all(
      ['one', 'two'].map((name) => start({ ACADEMY_ROLE: 'trusted', ACADEMY_HUB: hub.url, ACADEMY_NAME: name })),
    )
    const { node } = (await askControl(hub.dataDir, 'network', { op: 'id' })) as { node: string }
    for (const host of hosts)
      await vi.waitFor(
        () => askControl(host.dataDir, 'models', { do: 'shard-lend', memoryMb: 512, threads: 1, peers: [node] }),
        POLL,
      )
    const file = await tinyModelFile({ endless: true, layers: 6, contextTokens: 2048 })
    await askControl(hub.dataDir, 'models', { do: 'add', file, id: 'whole' })
    const sharded = await tinyModelFile({ endless: true, layers: 6, contextTokens: 2047 })
    await vi.waitFor(
      () =>
        askControl(hub.dataDir, 'models', {
          do: 'shard-add',
          file: sharded,
          nodes: ['one', 'two'],
          id: 'sharded',
          contextTokens: 2047,
        }),
      POLL,
    )
    const guest = await fetch(`${hub.url}/auth/guest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    token = ((await guest.json()) as { access_token: string }).access_token
    await untilReady()
  }, 300_000)
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()))
  })

  test('I88 two nodes compute a model for a third: at temperature 0 it says what the whole one says, through the tunnels', async () => {
    const [sharded, whole] = [await ask('sharded', 60), await ask('whole', 60)]
    const text = sharded.choices[0]!.message.content!.trim()
    expect(text).toBe(whole.choices[0]!.message.content!.trim())
    expect(text.split(' ')).toEqual(text.split(' ').map((_, i) => SENTENCE[i % SENTENCE.length]))
    const { bytesSent, bytesReceived } = (await list(hub)).models[0]!
    const lent = await Promise.all(hosts.map(async (host) => (await list(host)).lent!))
    expect(lent.reduce((sum, one) => sum + one.bytesIn, 0)).toBeGreaterThanOrEqual(bytesSent)
    for (const { bytesIn, bytesOut } of lent) expect(Math.min(bytesIn, bytesOut)).toBeGreaterThan(10_000)
    expect(bytesReceived).toBeGreaterThan(10_000)
    console.log(JSON.stringify({ text, bytesSent, bytesReceived, lent }))
  }, 300_000)

  test('I88 a shard that is killed in the middle of an answer fails it typed, and the model comes back', async () => {
    const stream = await client().chat.completions.create({
      model: 'sharded',
      messages: [{ role: 'user', content: 'tell me of the sea' }],
      temperature: 0,
      max_tokens: 1_500,
      stream: true,
    })
    const { pid } = (await list(hub)).models[0]!
    let text = ''
    const reading = (async () => {
      for await (const chunk of stream) {
        const first = text === ''
        text += chunk.choices[0]?.delta.content ?? ''
        if (first && text !== '') process.kill((await list(hosts[1]!)).lent!.pid, 'SIGKILL')
      }
    })()
    await expect(reading).rejects.toMatchObject({ code: 'backend_failed' })
    const words = text.trim().split(' ')
    expect(words.slice(0, -1)).toEqual(words.slice(0, -1).map((_, i) => SENTENCE[i % SENTENCE.length]))
    await vi.waitFor(async () => expect((await list(hub)).models[0]!.pid).not.toBe(pid), POLL)
    await untilReady()
    expect((await ask('sharded', 10)).choices[0]!.message.content).toMatch(/^ ?the tide turns/)
  }, 300_000)
}
