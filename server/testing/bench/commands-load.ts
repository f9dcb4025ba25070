/** The load of `bench commands`, in a process of its own: real terminals, or bare sockets for comparison. Reads a plan from its arguments, writes one JSON line. */
import { request } from 'node:http'
import { resolve } from 'node:path'
import { io, type Socket } from 'socket.io-client'
import { WebSocket } from 'ws'
import { loadWorld } from '../../world/index.ts'

export type LoadPlan =
  | {
      readonly kind: 'echo'
      readonly url: string
      readonly clients: number
      readonly inFlight: number
      readonly seconds: number
      readonly bytes: number
    }
  | {
      readonly kind: 'pipelined'
      readonly url: string
      readonly clients: number
      readonly inFlight: number
      readonly seconds: number
    }
  | { readonly kind: 'say'; readonly url: string; readonly clients: number; readonly seconds: number }
  | {
      readonly kind: 'thousand'
      readonly url: string
      readonly clients: number
      readonly seconds: number
      readonly places: number
    }
  | { readonly kind: 'rtt'; readonly url: string; readonly rounds: number }
export type LoadResult = {
  readonly perS?: number
  readonly latenciesMs?: readonly number[]
  readonly ackMs?: readonly number[]
  readonly refused?: number
  readonly places?: number
  readonly note?: string
}

/** Each hundred clients come from a loopback address of their own, so that limits by address stay as they are. */
const addressOf = (index: number): string =>
  `127.0.${1 + Math.floor(index / 25_000)}.${1 + (Math.floor(index / 100) % 250)}`

function postGuest(url: string, index: number): Promise<string> {
  return new Promise((done, fail) => {
    const req = request(
      new URL('/auth/guest', url),
      { method: 'POST', localAddress: addressOf(index), headers: { 'content-type': 'application/json' } },
      (res) => {
        let text = ''
        res.on('data', (chunk) => (text += chunk))
        res.on('end', () =>
          res.statusCode! < 300
            ? done((JSON.parse(text) as { access_token: string }).access_token)
            : fail(new Error(`guest ${index}: ${res.statusCode} ${text}`)),
        )
      },
    )
    req.on('error', fail)
    req.end('{"locale":"en"}')
  })
}

type Client = { readonly socket: Socket; line(text: string): Promise<{ ok: boolean; code?: string }> }

async function connect(url: string, index: number): Promise<Client> {
  const token = await postGuest(url, index)
  const socket = io(`${url}/terminal`, {
    transports: ['websocket'],
    auth: { token, locale: 'en' },
    localAddress: addressOf(index),
    forceNew: true,
    reconnection: false,
  } as object)
  await new Promise<void>((done, fail) => {
    socket.once('output', () => done())
    socket.once('connect_error', fail)
  })
  return { socket, line: (text) => new Promise((done) => socket.emit('line', text, done)) }
}

async function connectAll(url: string, count: number): Promise<Client[]> {
  const clients: Client[] = []
  const width = 20
  for (let from = 0; from < count; from += width) {
    const batch = Array.from({ length: Math.min(width, count - from) }, (_, i) => connect(url, from + i))
    clients.push(...(await Promise.all(batch)))
  }
  return clients
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

async function pipelined(
  clients: readonly { send(done: () => void): void }[],
  inFlight: number,
  seconds: number,
): Promise<number> {
  let count = 0
  let counting = false
  let running = true
  const pump = (client: { send(done: () => void): void }): void =>
    client.send(() => {
      if (counting) count++
      if (running) pump(client)
    })
  for (const client of clients) for (let i = 0; i < inFlight; i++) pump(client)
  await pause(1_000)
  counting = true
  const startedAt = performance.now()
  await pause(seconds * 1_000)
  const perS = count / ((performance.now() - startedAt) / 1_000)
  running = false
  return perS
}

async function runEcho(plan: Extract<LoadPlan, { kind: 'echo' }>): Promise<LoadResult> {
  const payload = 'x'.repeat(plan.bytes)
  const clients = await Promise.all(
    Array.from({ length: plan.clients }, async () => {
      const socket = new WebSocket(plan.url, { perMessageDeflate: false })
      await new Promise((done, fail) => socket.once('open', done).once('error', fail))
      const waiting: (() => void)[] = []
      socket.on('message', () => waiting.shift()?.())
      return {
        send(done: () => void) {
          waiting.push(done)
          socket.send(payload)
        },
      }
    }),
  )
  return { perS: await pipelined(clients, plan.inFlight, plan.seconds) }
}

async function runPipelined(plan: Extract<LoadPlan, { kind: 'pipelined' }>): Promise<LoadResult> {
  const clients = await connectAll(plan.url, plan.clients)
  let refused = 0
  const perS = await pipelined(
    clients.map(({ socket }) => ({
      send: (done: () => void) =>
        socket.emit('line', 'look', (ack: { ok: boolean }) => {
          if (!ack.ok) refused++
          done()
        }),
    })),
    plan.inFlight,
    plan.seconds,
  )
  return { perS, refused }
}

async function runSay(plan: Extract<LoadPlan, { kind: 'say' }>): Promise<LoadResult> {
  const clients = await connectAll(plan.url, plan.clients)
  const heardMs: number[] = []
  const ackMs: number[] = []
  let refused = 0
  const sentAt = new Map<string, number>()
  for (const { socket } of clients) {
    socket.on('output', ({ text }: { text: string }) => {
      const now = performance.now()
      for (const [mark] of text.matchAll(/\bw\d+x\d+\b/g)) {
        const at = sentAt.get(mark)
        if (at !== undefined) heardMs.push(now - at)
      }
    })
  }
  await Promise.all(
    clients.map(async (client, i) => {
      await pause((i / clients.length) * 1_000)
      for (let second = 0; second < plan.seconds; second++) {
        const at = performance.now()
        const mark = `w${i}x${second}`
        sentAt.set(mark, at)
        const ack = await client.line(`say ${mark}`)
        ackMs.push(performance.now() - at)
        if (!ack.ok) refused++
        await pause(1_000 - (performance.now() - at))
      }
    }),
  )
  await pause(500)
  return { latenciesMs: heardMs, ackMs, refused }
}

/** One of them opens the harbour gate for all, as anybody would, and comes back. */
const GATE = 'harbor:harbour-gate'
const OPENING = [
  'west',
  'open box',
  'take brass key',
  'east',
  'north',
  'north',
  'north',
  'unlock gate',
  'open gate',
  'south',
  'south',
  'south',
]

/** Ways from the start to the nearest places that stand open to everybody once the gate does. */
async function openRoutes(
  count: number,
): Promise<readonly { readonly place: string; readonly ways: readonly string[] }[]> {
  const loaded = await loadWorld(resolve(import.meta.dirname, '../../../worlds/academy'))
  if (!loaded.ok) throw new Error('the world cannot be loaded')
  const { world } = loaded
  const found = new Map<string, { place: string; ways: string[] }>([[world.start, { place: world.start, ways: [] }]])
  for (const { place, ways } of found.values()) {
    for (const exit of world.places.get(place)!.exits.values()) {
      const isOpen =
        (exit.door === undefined || exit.door === GATE) && exit.lock === undefined && exit.hidden === undefined
      if (isOpen && found.size < count && !found.has(exit.to))
        found.set(exit.to, { place: exit.to, ways: [...ways, exit.direction] })
    }
  }
  return [...found.values()]
}

async function runThousand(plan: Extract<LoadPlan, { kind: 'thousand' }>): Promise<LoadResult> {
  const clients = await connectAll(plan.url, plan.clients)
  for (const line of OPENING) await clients[0]!.line(line)
  const routes = await openRoutes(plan.places)
  const places = new Set<string>()
  for (let from = 0; from < clients.length; from += 50) {
    await Promise.all(
      clients.slice(from, from + 50).map(async (client, i) => {
        for (const way of routes[(from + i) % routes.length]!.ways) await client.line(way)
        client.socket.on('output', ({ kind, text }: { kind: string; text: string }) => {
          if (kind === 'place') places.add(text.split('\n', 1)[0]!)
        })
        await client.line('look')
      }),
    )
  }
  const ackMs: number[] = []
  await Promise.all(
    clients.map(async (client, i) => {
      await pause((i / clients.length) * 1_000)
      for (let second = 0; second < plan.seconds; second++) {
        const at = performance.now()
        const pick = (i + second) % 10
        await client.line(pick < 6 ? 'look' : pick < 8 ? 'sit' : `say line ${second}`)
        ackMs.push(performance.now() - at)
        await pause(Math.max(0, 1_000 - (performance.now() - at)))
      }
    }),
  )
  return { ackMs, places: places.size }
}

async function runRtt(plan: Extract<LoadPlan, { kind: 'rtt' }>): Promise<LoadResult> {
  const [client] = await connectAll(plan.url, 1)
  const latenciesMs: number[] = []
  for (let i = 0; i < plan.rounds; i++) {
    const at = performance.now()
    await client!.line('look')
    latenciesMs.push(performance.now() - at)
    if (i % 10 === 9) await pause(20)
  }
  return { latenciesMs }
}

if (import.meta.main) {
  const plan = JSON.parse(process.argv[2]!) as LoadPlan
  const result = await { echo: runEcho, pipelined: runPipelined, say: runSay, thousand: runThousand, rtt: runRtt }[
    plan.kind
  ](plan as never)
  process.stdout.write(JSON.stringify(result), () => process.exit(0))
}
