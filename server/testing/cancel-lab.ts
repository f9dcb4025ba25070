/**
 * Counts cancels that reach a backend, in each phase of a request: real nodes before a server of models that never finishes what it
 * begins and writes down when it is hung up on. What is measured is from the asker's going to the server's noticing, both in this process.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { INFER_UPSTREAM_SLOTS } from '../limits.ts'
import { askControl } from '../ops/control.ts'
import { type NodeProcess, startNodeProcess } from './node-process.ts'

export type Phase = 'queued' | 'beforeFirst' | 'midStream' | 'whole' | 'hopBeforeFirst' | 'hopMidStream' | 'ownerGone'
export type Counted = { readonly asked: number; readonly reached: number; readonly ms: readonly number[] }

/** Content is `<kind> <number>`: `silent` says nothing, `two` two pieces and then nothing. */
async function startWatcher() {
  const open = new Map<string, ServerResponse>()
  const seen = new Set<string>()
  const goneAt = new Map<string, number>()
  const server = createServer(async (req, res) => {
    if (req.url === '/v1/models') return void res.end('{"object":"list","data":[{"id":"mock"}]}')
    let text = ''
    for await (const chunk of req) text += chunk
    const name = (JSON.parse(text) as { messages: { content: string }[] }).messages.at(-1)!.content
    seen.add(name)
    open.set(name, res)
    res.on('close', () => {
      goneAt.set(name, performance.now())
      open.delete(name)
    })
    if (!name.startsWith('two')) return
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const content of ['one ', 'two '])
      res.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    open,
    goneAt,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
type Watcher = Awaited<ReturnType<typeof startWatcher>>
type Door = { readonly url: string; readonly token: string }

const P2P = { ACADEMY_P2P: 'true', ACADEMY_P2P_HOST: '127.0.0.1', ACADEMY_P2P_PORT: '0', ACADEMY_MDNS: 'false' }
const POLL_MS = 2
/** Long enough for the slowest machine; a cancel that does not come by then is counted as lost. */
const LOST_MS = 60_000

async function until(check: () => boolean | Promise<boolean>, limitMs = LOST_MS): Promise<boolean> {
  const end = performance.now() + limitMs
  while (!(await check())) {
    if (performance.now() > end) return false
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return true
}

/** One request on a connection of its own, of which the asker may be gone at any moment. */
async function begin({ url, token }: Door, content: string, stream: boolean) {
  const { hostname, port } = new URL(url)
  const socket: Socket = connect(Number(port), hostname)
  socket.setNoDelay(true)
  socket.on('error', () => {})
  await once(socket, 'connect')
  const body = JSON.stringify({ model: 'mock', messages: [{ role: 'user', content }], stream })
  const heard = { text: '' }
  socket.on('data', (chunk: Buffer) => {
    heard.text += chunk.toString('latin1')
  })
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  return { heard, leave: () => void socket.destroy(), reset: () => void socket.resetAndDestroy() }
}

async function doorOf(node: NodeProcess): Promise<Door> {
  const post = async (path: string, token: string, body: object) => {
    const answer = await fetch(`${node.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    return (await answer.json()) as Record<string, string>
  }
  const { access_token: session } = await post('/auth/guest', '', {})
  const limits = { requestsPerMinute: 100_000, tokensPerMinute: 1_000_000_000, concurrency: 10_000 }
  const { secret } = await post('/api/v1/inference/keys', session!, { name: 'lab', ...limits })
  const door = { url: node.url, token: secret! }
  const hasModel = async () => {
    const answer = await fetch(`${node.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })
    return ((await answer.json()) as { data: readonly unknown[] }).data.length > 0
  }
  if (!(await until(hasModel, 120_000))) throw new Error('the node never had a model')
  return door
}

/** So many at once: all of them must be there before the first is let go. */
const AT_ONCE = 50

async function count(
  watcher: Watcher,
  door: Door,
  phase: Phase,
  {
    runs,
    kind,
    stream = true,
    how = 'leave',
  }: { runs: number; kind: 'silent' | 'two'; stream?: boolean; how?: 'leave' | 'reset' },
): Promise<Counted> {
  const ms: number[] = []
  for (let at = 0; at < runs; at += AT_ONCE) {
    const names = Array.from({ length: Math.min(AT_ONCE, runs - at) }, (_, i) => `${kind} ${phase} ${at + i}`)
    const asked = await Promise.all(names.map(async (name) => ({ name, ...(await begin(door, name, stream)) })))
    const isThere = ({ name, heard }: (typeof asked)[number]) =>
      watcher.open.has(name) && (kind === 'silent' || heard.text.includes('two '))
    if (!(await until(() => asked.every(isThere)))) throw new Error(`not all of ${names[0]} … reached the backend`)
    for (const { name, [how]: go } of asked) {
      const goneAt = performance.now()
      go()
      if (await until(() => watcher.goneAt.has(name))) ms.push(watcher.goneAt.get(name)! - goneAt)
    }
  }
  return { asked: runs, reached: ms.length, ms }
}

/** All places taken; who waits in the line and leaves is never heard of. */
async function countQueued(watcher: Watcher, door: Door, node: NodeProcess, runs: number): Promise<Counted> {
  const slots = async () => (await askControl<{ slots: number }[]>(node.dataDir, 'models', { do: 'list' }))[0]!.slots
  const holding = []
  for (let n = 0; n < INFER_UPSTREAM_SLOTS; n += 128)
    holding.push(
      ...(await Promise.all(Array.from({ length: 128 }, (_, i) => begin(door, `silent held ${n + i}`, true)))),
    )
  const isFull = async () => watcher.open.size === INFER_UPSTREAM_SLOTS && (await slots()) === 0
  if (!(await until(isFull))) throw new Error(`${watcher.open.size} of ${INFER_UPSTREAM_SLOTS} places are taken`)
  const ms: number[] = []
  for (let n = 0; n < runs; n++) {
    const waiting = await begin(door, `silent queued ${n}`, true)
    if (!(await until(async () => (await slots()) === -1))) throw new Error('it never stood in the line')
    const goneAt = performance.now()
    waiting.leave()
    if (await until(async () => (await slots()) === 0)) ms.push(performance.now() - goneAt)
  }
  for (const { leave } of holding) leave()
  await until(() => watcher.open.size === 0)
  // A place is free for each of them now: none may come.
  await until(async () => (await slots()) === INFER_UPSTREAM_SLOTS)
  const came = [...watcher.seen].filter((name) => name.includes('queued')).length
  return { asked: runs, reached: ms.length - came, ms }
}

export async function countCancels(
  runs: number,
  note: (line: string) => void = () => {},
): Promise<Record<Phase, Counted>> {
  await using watcher = await startWatcher()
  await using hub = await startNodeProcess({ env: { ...P2P, ACADEMY_INFER_RATE: '10000000' } })
  await using host = await startNodeProcess({
    env: {
      ...P2P,
      ACADEMY_ROLE: 'trusted',
      ACADEMY_HUB: hub.url,
      ACADEMY_NAME: 'host',
      ACADEMY_UPSTREAM: watcher.url,
      ACADEMY_INFER_RATE: '10000000',
    },
  })
  const near = await doorOf(host)
  const far = await doorOf(hub)
  const one = async (phase: Phase, door: Door, how: Parameters<typeof count>[3]) => {
    note(`cancel: ${phase}`)
    return count(watcher, door, phase, how)
  }
  const phases = {
    beforeFirst: await one('beforeFirst', near, { runs, kind: 'silent' }),
    whole: await one('whole', near, { runs, kind: 'silent', stream: false }),
    midStream: await one('midStream', near, { runs, kind: 'two' }),
    ownerGone: await one('ownerGone', near, { runs, kind: 'two', how: 'reset' }),
    hopBeforeFirst: await one('hopBeforeFirst', far, { runs, kind: 'silent' }),
    hopMidStream: await one('hopMidStream', far, { runs, kind: 'two' }),
  }
  note('cancel: queued')
  return { ...phases, queued: await countQueued(watcher, near, host, runs) }
}
