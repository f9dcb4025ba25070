/**
 * Models over a network: an initial node without one and two hosts that rent theirs out, real nodes and real llamas in network
 * namespaces. One host is behind its router, where nobody reaches it but over the connection that it keeps to its hub.
 */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { INFER_SEQUENCES } from '../../limits.ts'
import { askControl } from '../../ops/control.ts'
import { openDatabase } from '../../storage/database.ts'
import { createInferenceStore } from '../../storage/inference.ts'
import { json } from '../flow/player.ts'
import { TIDE_SENTENCE, tinyModelFile } from '../models/tiny-model.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import { createLab, type Lab, whyNoLab } from './namespaces.ts'

const why = whyNoLab()
if (why) console.warn(`network namespace tests skipped: ${why}`)

const SENTENCE = TIDE_SENTENCE.slice(0, -1).split(' ')
const POLL = { timeout: 180_000, interval: 100 }
const TIMEOUT_MS = 400_000
/** Below the ports that let answers in: nobody reaches it behind a router. */
const P2P_PORT = 2568
/** Micro-credits for a million tokens: one for each. */
const PRICE_OUT = '1000000'
/** Far more than is on its way at any moment. */
const LONG_TOKENS = 1_500

type Person = { readonly door: OpenAI; readonly token: string; readonly url: string }
type Host = { readonly node: NodeProcess; readonly id: string }
type Stream = AsyncIterable<OpenAI.ChatCompletionChunk>
type Payment = { to: string; code: string; kind?: string; amountMicro: string }

const title = 'network namespace lab of a hub and two hosts of models, one behind its router'
if (!why) describe(title, inTheLab)

function inTheLab(): void {
  const stack = new AsyncDisposableStack()
  let lab: Lab
  let dir: string
  let file: string
  let hub: NodeProcess
  let harbour: Host
  let laptop: Host
  /** Who heard a hundred tokens of the laptop's. */
  const payers: Person[] = []

  const start = async (host: string, env: Record<string, string>) =>
    stack.use(
      await startNodeProcess({
        place: { address: lab.address(host), on: (command, args) => lab.on(host, command, args) },
        dataDir: join(dir, host),
        env: {
          ACADEMY_HOST: '0.0.0.0',
          ACADEMY_P2P_PORT: String(P2P_PORT),
          ACADEMY_P2P_WS_PORT: String(P2P_PORT + 1),
          ACADEMY_MDNS: 'false',
          ACADEMY_GPU: 'off',
          ...env,
        },
      }),
    )
  const startHost = async (host: string): Promise<Host> => {
    const node = await start(host, { ACADEMY_ROLE: 'trusted', ACADEMY_HUB: hub.url, ACADEMY_NAME: host })
    const { node: id } = await askControl<{ node: string }>(node.dataDir, 'network', { op: 'id' })
    return { node, id }
  }
  const addModel = ({ node }: Host) =>
    askControl(node.dataDir, 'models', { do: 'add', file, id: 'endless', priceOut: PRICE_OUT })
  /** Places left at a host's model; below nothing for each that waits. */
  const slotsOf = async ({ node }: Host) =>
    (await askControl<{ slots: number }[]>(node.dataDir, 'models', { do: 'list' }))[0]!.slots
  const untilSlots = (host: Host, slots: number) =>
    vi.waitFor(async () => expect(await slotsOf(host)).toBe(slots), POLL)
  const get = async <T>({ url, token }: Person, path: string) =>
    (await json<T>(url, 'GET', path, undefined, token)).body
  const untilOffered = (person: Person, by: readonly Host[]) =>
    vi.waitFor(async () => {
      type Listed = { data: { id: string; academy: { nodes: string[] } }[] }
      const { data } = await get<Listed>(person, '/v1/models')
      const nodes = data.find(({ id }) => id === 'endless')?.academy.nodes ?? []
      expect(nodes.toSorted()).toEqual(by.map(({ id }) => id).toSorted())
    }, POLL)
  async function visitor({ url }: NodeProcess): Promise<Person> {
    const { access_token: token } = (await json<{ access_token: string }>(url, 'POST', '/auth/guest', {})).body
    return { url, token, door: new OpenAI({ baseURL: `${url}/v1`, apiKey: token, maxRetries: 0 }) }
  }
  const paidBy = async (person: Person) => {
    const { statement } = await get<{ statement: Payment[] }>(person, '/api/v1/ledger/accounts/me')
    return statement
      .filter(({ code, kind }) => code === 'inference' && kind === 'post')
      .map(({ to, amountMicro }) => [to, Number(amountMicro)] as const)
  }
  const ask = {
    model: 'endless',
    messages: [{ role: 'user' as const, content: 'tell me of the tide' }],
    temperature: 0.5,
  }
  /** How many words there are, each the one that follows the last. */
  function wordsOfTheTide(text: string): number {
    const words = text.trim().split(' ')
    expect(words).toEqual(words.map((_, i) => SENTENCE[i % SENTENCE.length]))
    return words.length
  }
  /** So many questions as the model has sequences, and the way to leave them all. */
  function askAll({ door }: Person, stream: boolean) {
    const gone = new AbortController()
    const { signal } = gone
    const asked = Array.from({ length: INFER_SEQUENCES }, async () =>
      door.chat.completions.create({ ...ask, stream }, { signal }),
    )
    return {
      asked,
      async leave() {
        gone.abort()
        await Promise.allSettled(asked)
      },
    }
  }

  /** The whole of a stream; `heard` is told each time that more has come. */
  async function listen(
    { door }: Person,
    maxTokens: number,
    heard: (text: string, node: string) => Promise<void> = async () => {},
  ) {
    const { data, response } = await door.chat.completions
      .create({ ...ask, max_tokens: maxTokens, stream: true, stream_options: { include_usage: true } })
      .withResponse()
    const node = response.headers.get('x-academy-node')!
    let text = ''
    let tokens = 0
    for await (const { choices, usage } of data) {
      text += choices[0]?.delta.content ?? ''
      tokens = usage?.completion_tokens ?? tokens
      await heard(text, node)
    }
    return { text, tokens, node }
  }

  beforeAll(async () => {
    lab = stack.use(createLab([{ name: 'hub' }, { name: 'harbour' }, { name: 'laptop', behind: true }]))
    dir = await mkdtemp(join(tmpdir(), 'academy-models-lab-'))
    stack.defer(() => rm(dir, { recursive: true, force: true }))
    file = await tinyModelFile({ endless: true, contextTokens: 8192, layers: 4, width: 256 })
    hub = await start('hub', { ACADEMY_NAME: 'Hub' })
    ;[harbour, laptop] = await Promise.all([startHost('harbour'), startHost('laptop')])
    await addModel(laptop)
  }, 400_000)
  afterAll(() => stack.disposeAsync(), 120_000)

  test('I7 I34 I41 a cancel reaches the llama behind the router of its network namespace: before the first token, queued, in mid-stream, whole', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const person = await visitor(hub)
    await untilOffered(person, [laptop])
    const model = modelProcessOf(laptop.node.child.pid!)
    process.kill(model, 'SIGSTOP')
    const silent = askAll(person, true)
    await untilSlots(laptop, 0)
    const queued = askAll(person, false)
    await untilSlots(laptop, -INFER_SEQUENCES)
    await queued.leave()
    await untilSlots(laptop, 0)
    await silent.leave()
    process.kill(model, 'SIGCONT')
    await untilSlots(laptop, INFER_SEQUENCES)

    const streams = askAll(person, true)
    await Promise.all(streams.asked.map(async (asked) => untilSpoken((await asked) as Stream)))
    await streams.leave()
    await untilSlots(laptop, INFER_SEQUENCES)

    const whole = askAll(person, false)
    await untilSlots(laptop, 0)
    await whole.leave()
    await untilSlots(laptop, INFER_SEQUENCES)
  })

  test('I39 I50 N21 a network namespace without a way in: its model is heard at the door of the hub, and of another host over the relay', {
    timeout: TIMEOUT_MS,
  }, async () => {
    await vi.waitFor(async () => {
      type Seen = { node: string; proven?: { reach: string } }
      const { nodes } = await askControl<{ nodes: Seen[] }>(hub.dataDir, 'network', { op: 'peers' })
      expect(nodes.find(({ node }) => node === laptop.id)?.proven?.reach).toBe('relay')
      await askControl(harbour.node.dataDir, 'network', { op: 'ping', node: laptop.id, count: 1 })
    }, POLL)
    const doors = [hub, harbour.node].map(async (node) => {
      const person = await visitor(node)
      await untilOffered(person, [laptop])
      const { text, tokens, node: from } = await listen(person, 100)
      expect([from, tokens]).toEqual([laptop.id, 100])
      wordsOfTheTide(text)
      payers.push(person)
    })
    await Promise.all(doors)
  })

  test('I32 I50 I74 the host that answers is killed in mid-stream across network namespaces: the other goes on, each token comes once and its node is paid for it', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const person = await visitor(hub)
    await addModel(harbour)
    await untilOffered(person, [harbour, laptop])
    let killed: Host | undefined
    const { text, tokens } = await listen(person, LONG_TOKENS, async (heard, node) => {
      if (killed || heard.length < 200) return
      killed = [harbour, laptop].find(({ id }) => id === node)!
      await killed.node.kill('SIGKILL')
    })
    expect(tokens).toBe(LONG_TOKENS)
    expect(wordsOfTheTide(text)).toBe(LONG_TOKENS)
    await vi.waitFor(async () => {
      const paid = await paidBy(person)
      expect(paid.map(([to]) => to).toSorted()).toEqual([harbour, laptop].map(({ id }) => `node:${id}`).toSorted())
      expect(paid.reduce((sum, [, micro]) => sum + micro, 0)).toBe(LONG_TOKENS)
      for (const payer of payers) expect(await paidBy(payer)).toEqual([[`node:${laptop.id}`, 100]])
    }, POLL)
    await laptop.node.kill()
    await using db = await openDatabase({
      dataDir: join(laptop.node.dataDir, 'database'),
      log: { info() {}, error() {} },
    })
    const { node: hubId } = await askControl<{ node: string }>(hub.dataDir, 'network', { op: 'id' })
    const done = await createInferenceStore(db).usageOf(`node:${hubId}`, 10)
    const requests = done.reduce((sum, each) => sum + each.requests, 0)
    expect(requests, 'what was cancelled never came to its end').toBeLessThanOrEqual(killed === laptop ? 1 : 2)
  })
}

/** The process that holds a node's one model. */
function modelProcessOf(node: number): number {
  const children = readFileSync(`/proc/${node}/task/${node}/children`, 'utf8').trim().split(' ').map(Number)
  const pid = children.find((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('embedded/host.ts'))
  if (pid === undefined) throw new Error(`no process of a model among ${children.length} of the node`)
  return pid
}

/** Until it has said something; it goes on, and is not let go. */
async function untilSpoken(stream: Stream): Promise<void> {
  const chunks = stream[Symbol.asyncIterator]()
  for (let next = await chunks.next(); !next.done; next = await chunks.next())
    if (next.value.choices[0]?.delta.content) return
  throw new Error('it said nothing')
}
