import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matchMaker } from '@colyseus/core'
import { Client, type Room } from '@colyseus/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { CharacterId } from '../protocol/ids.ts'
import { parseExits, ROOM_CLOSE, type ZoneRoomState } from '../protocol/state.ts'
import { player, serve, startRooms } from './fixtures.ts'
import type { Rooms } from './rooms.ts'

type Joined = Room<object, ZoneRoomState>
const ada = player('Ada')
const bob = player('Bob')
const until = (check: () => unknown, timeout = 8000) =>
  vi.waitFor(() => expect(check()).toBeTruthy(), { timeout, interval: 5 })
const go = (rooms: Rooms, id: CharacterId, to: string) => rooms.submit(id, 'go', { to })
const plain = (room: Joined) =>
  JSON.parse(JSON.stringify(room.state)) as ReturnType<ZoneRoomState['toJSON']> &
    Record<string, Record<string, unknown>>

/** The server's own state of a room, as a client with these secrets and bags should have it. */
function truth(roomId: string, who: CharacterId, secrets: readonly string[] = []) {
  const state = JSON.parse(JSON.stringify(matchMaker.getLocalRoomById(roomId)!.state))
  state.bags = who in state.bags ? { [who]: state.bags[who] } : {}
  state.secrets = Object.fromEntries(Object.entries(state.secrets).filter(([place]) => secrets.includes(place)))
  return state
}

const settled = (room: Joined, who: CharacterId, secrets: readonly string[] = []) =>
  until(() => JSON.stringify(sorted(plain(room))) === JSON.stringify(sorted(truth(room.roomId, who, secrets))))

/** Entries by key: a map that was filled in another order is the same map. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('zone room', () => {
  test('shows places with tiles, exits and names in both languages, and everybody in them', async () => {
    await using rooms = await startRooms()
    await using port = await serve(rooms)
    await rooms.enter(ada)
    const room = await port.join(ada)
    await settled(room, ada.id)
    const state = plain(room)
    expect(state.places['harbor:market']).toMatchObject({
      nameEn: 'Market',
      nameRu: 'Рынок',
      x: 0,
      y: -6,
      terrain: 'quay',
    })
    expect(parseExits(room.state.places.get('harbor:dock')!.exits)).toContainEqual({
      direction: 'north',
      to: 'harbor:market',
      door: 'harbor:gate',
    })
    expect(state.characters[ada.id]).toMatchObject({
      name: 'Ada',
      kind: 'player',
      place: 'harbor:dock',
      awake: true,
      glyph: '@',
    })
    expect(Object.values(state.characters)).toContainEqual(
      expect.objectContaining({ name: 'keeper', nameRu: 'смотритель', kind: 'npc', glyph: 'K' }),
    )
    expect(Object.values(state.items)).toContainEqual(
      expect.objectContaining({ thing: 'harbor:lamp', state: 'dark', light: 0, fixed: true }),
    )
  })

  test('follows what happens: walking, lighting, taking, doors, waking', async () => {
    await using rooms = await startRooms()
    await using port = await serve(rooms)
    await rooms.enter(ada)
    await rooms.enter(bob)
    const room = await port.join(ada)
    await go(rooms, bob.id, 'east')
    await rooms.submit(ada.id, 'take', { what: 'oil' })
    await rooms.submit(ada.id, 'use', { what: 'oil', with: 'lamp' })
    await rooms.submit(ada.id, 'close', { what: 'gate' })
    await rooms.sleep(bob.id)
    await until(() => room.state.characters?.get(bob.id)?.awake === false)
    await settled(room, ada.id)
    const state = plain(room)
    expect(state.characters[bob.id]).toMatchObject({ place: 'harbor:pier' })
    expect(Object.values(state.items)).toContainEqual(
      expect.objectContaining({ thing: 'harbor:lamp', state: 'lit', light: 3 }),
    )
    expect(Object.values(state.items)).not.toContainEqual(expect.objectContaining({ thing: 'harbor:oil' }))
    expect(state.doors['harbor:gate']).toEqual({ closed: true, locked: false })
  })

  test("nobody stands on another's tile, and everybody on a tile of their place", async () => {
    await using rooms = await startRooms()
    await using port = await serve(rooms)
    const people = Array.from({ length: 18 }, (_, i) => player(`P${i}`))
    for (const each of people) await rooms.enter(each)
    const room = await port.join(people[0]!)
    await settled(room, people[0]!.id)
    const here = [...Object.values(plain(room).characters), ...Object.values(plain(room).items)].filter(
      (each) => (each as { place: string }).place === 'harbor:dock',
    ) as { x: number; y: number }[]
    expect(new Set(here.map(({ x, y }) => `${x},${y}`)).size).toBe(here.length)
    for (const { x, y } of here) expect(x >= 0 && x < 9 && y >= 0 && y < 5).toBe(true)
  })

  test('what one carries is for oneself; a hidden place and all in it is for those who have found it', async () => {
    await using rooms = await startRooms()
    await using port = await serve(rooms)
    await rooms.enter(ada)
    await rooms.enter(bob)
    const [mine, theirs] = [await port.join(ada), await port.join(bob)]
    await rooms.submit(ada.id, 'take', { what: 'oil' })
    await settled(mine, ada.id)
    await settled(theirs, bob.id)
    expect(Object.values((plain(mine).bags[ada.id] as { items: object }).items)).toContainEqual(
      expect.objectContaining({ thing: 'harbor:oil' }),
    )
    expect(plain(theirs).bags).not.toHaveProperty(ada.id)
    expect(plain(mine).secrets).toEqual({})
    await go(rooms, ada.id, 'down')
    await settled(mine, ada.id, ['harbor:cellar'])
    await settled(theirs, bob.id)
    const cellar = plain(mine).secrets['harbor:cellar'] as { characters: object; items: object }
    expect(Object.keys(cellar.characters)).toEqual([ada.id])
    expect(Object.values(cellar.items)).toHaveLength(1)
    expect(plain(theirs).characters).not.toHaveProperty(ada.id)
    expect(JSON.stringify(plain(theirs))).not.toContain('cellar')
    await go(rooms, ada.id, 'up')
    await settled(mine, ada.id, ['harbor:cellar'])
    await settled(theirs, bob.id)
    expect(plain(theirs).characters).toHaveProperty(ada.id)
    const again = await port.join(ada)
    await settled(again, ada.id, ['harbor:cellar'])
  })

  test('words spoken are heard in their place only, and not by those who block the speaker', async () => {
    const dee = player('Dee')
    await using rooms = await startRooms({
      mayHear: (listener, speaker) => !(listener === dee.id && speaker === bob.id),
    })
    await using port = await serve(rooms)
    await rooms.enter(ada)
    await rooms.enter(bob)
    const cy = player('Cy')
    await rooms.enter({ ...cy, place: 'harbor:pier' })
    await rooms.enter(dee)
    const heard: string[] = []
    for (const who of [ada, bob, cy, dee])
      (await port.join(who)).onMessage('speech', ({ text }: { text: string }) => heard.push(`${who.name}:${text}`))
    await rooms.submit(bob.id, 'say', { text: 'hello' })
    await until(() => heard.length === 2)
    expect(heard.sort()).toEqual(['Ada:hello', 'Bob:hello'])
  })

  test('whose character walks into another zone is told which, and finds a seat there', async () => {
    await using rooms = await startRooms()
    await using port = await serve(rooms)
    await rooms.enter(ada)
    const room = await port.join(ada)
    await settled(room, ada.id)
    await go(rooms, ada.id, 'north')
    const market = room.state.places.get('harbor:market')!
    expect(parseExits(market.exits).find(({ to }) => to.startsWith('loopworks:'))).toMatchObject({
      name: { en: expect.stringMatching(/./), ru: expect.stringMatching(/[а-я]/) },
    })
    const told = new Promise((resolve) => room.onMessage('zone', resolve))
    const left = new Promise((resolve) => room.onLeave(resolve))
    await go(rooms, ada.id, 'north')
    expect(await told).toEqual({ zone: 'loopworks' })
    expect(await left).toBe(ROOM_CLOSE.movedZone)
    const there = await port.join(ada)
    await settled(there, ada.id)
    expect(there.state.characters.get(ada.id)?.place).toBe('loopworks:road')
  })

  test('after a reload and after a crash everybody sees the room as it is', async () => {
    await using rooms = await startRooms()
    await using port = await serve(rooms)
    await rooms.enter(ada)
    await rooms.submit(ada.id, 'take', { what: 'oil' })
    const room = await port.join(ada)
    await settled(room, ada.id)
    await rooms.reload(rooms.world())
    await go(rooms, ada.id, 'east')
    await until(() => room.state.characters.get(ada.id)?.place === 'harbor:pier')
    await settled(room, ada.id)
  })
})

describe('seats', () => {
  test('clients can neither make rooms nor take seats by themselves', async () => {
    await using rooms = await startRooms()
    await using port = await serve(rooms)
    await rooms.enter(ada)
    const { roomId } = rooms.list()[0]!
    for (const attempt of [
      () => port.client.joinOrCreate('zone'),
      () => port.client.create('zone'),
      () => port.client.join('zone'),
      () => port.client.joinById(roomId),
    ])
      await expect(attempt()).rejects.toThrow()
    await expect(matchMaker.controller.invokeMethod('create', 'zone', {})).rejects.toThrow(/invalid method/)
    expect(matchMaker.controller.getCorsHeaders(new Headers({ origin: 'https://evil.example' }))).toEqual({})
    expect(matchMaker.getLocalRoomById(roomId)!.clients).toHaveLength(0)
  })

  test('a seat that was never reserved is refused', async () => {
    await using rooms = await startRooms()
    await using port = await serve(rooms)
    const { roomId } = rooms.list()[0]!
    for (const session of ['made-up', '__proto__', 'constructor']) {
      const seat = { name: 'zone', roomId, sessionId: session, processId: 'p' }
      await expect(port.client.consumeSeatReservation(seat as never)).rejects.toThrow()
    }
  })

  test('a seat is for whoever is in the zone: one who has walked on meanwhile is refused', async () => {
    await using rooms = await startRooms()
    await using port = await serve(rooms)
    await rooms.enter(ada)
    const seat = await rooms.seats.reserve({ playerId: ada.id as never, sessionId: 's' })
    await go(rooms, ada.id, 'north')
    await go(rooms, ada.id, 'north')
    await expect(port.client.consumeSeatReservation(seat as never)).rejects.toMatchObject({
      code: ROOM_CLOSE.movedZone,
    })
  })

  test('nobody hoards seats', async () => {
    await using rooms = await startRooms()
    await rooms.enter(ada)
    const ask = () => rooms.seats.reserve({ playerId: ada.id as never, sessionId: 's' })
    for (let i = 0; i < 6; i++) await ask()
    await expect(ask()).rejects.toMatchObject({ status: 429 })
  })

  test('a fifth page takes the place of the first', async () => {
    await using rooms = await startRooms()
    await using port = await serve(rooms)
    await rooms.enter(ada)
    const first = await port.join(ada)
    const left = new Promise((resolve) => first.onLeave(resolve))
    for (let i = 0; i < 4; i++) await port.join(ada)
    expect(await left).toBe(ROOM_CLOSE.replaced)
    await until(() => rooms.seats.connections(ada.id as never) === 4)
  })

  test('a connection that breaks off keeps its seat, and comes back to the room as it is', async () => {
    await using rooms = await startRooms()
    await using port = await serve(rooms)
    await rooms.enter(ada)
    await rooms.enter(bob)
    const room = await port.join(ada)
    await settled(room, ada.id)
    room.reconnection.minUptime = 0
    room.reconnection.delay = 300
    const back = new Promise<void>((resolve) => room.onReconnect(() => resolve()))
    ;(matchMaker.getLocalRoomById(room.roomId)!.clients[0]!.ref as unknown as WebSocket).terminate()
    await until(() => rooms.seats.connections(ada.id as never) === 0)
    await go(rooms, bob.id, 'east')
    await rooms.submit(ada.id, 'take', { what: 'oil' })
    await rooms.submit(ada.id, 'take', { what: 'crate' })
    await back
    await settled(room, ada.id)
    expect(rooms.seats.connections(ada.id as never)).toBe(1)
    await rooms.submit(ada.id, 'drop', { what: 'oil' })
    await settled(room, ada.id)
  })

  test('whoever comes back before the broken connection was noticed gets the seat at once', async () => {
    await using rooms = await startRooms()
    await using port = await serve(rooms)
    await rooms.enter(ada)
    for (const how of ['by the socket alone', 'by asking first'] as const) {
      const room = await port.join(ada)
      await settled(room, ada.id)
      const { sessionId, roomId } = room
      const token = room.reconnectionToken.split(':')[1]!
      const seat =
        how === 'by asking first'
          ? (await rooms.seats.reclaim(roomId, token))!
          : { name: 'zone', roomId, sessionId, processId: 'p' }
      const again = (await port.client.consumeSeatReservation({
        ...seat,
        reconnectionToken: token,
      } as never)) as unknown as Joined
      expect(again.sessionId, how).toBe(sessionId)
      await settled(again, ada.id)
      expect(rooms.seats.connections(ada.id as never)).toBe(1)
      await again.leave()
    }
  })

  test.each([
    ['a message of no known type', (ws: WebSocket) => ws.send(Buffer.from([13, 0xa3, 0x66, 0x6f, 0x6f]))],
    [
      'a message whose refusal would not fit a close frame',
      (ws: WebSocket) => ws.send(Buffer.concat([Buffer.from([13, 0xd9, 200]), Buffer.alloc(200, 0x61)])),
    ],
    ['a request that is cut off', (ws: WebSocket) => ws.send(Buffer.from([21]))],
    ['an empty frame', (ws: WebSocket) => ws.send(Buffer.alloc(0))],
    ['text', (ws: WebSocket) => ws.send('hello')],
    ['a frame too large', (ws: WebSocket) => ws.send(Buffer.alloc(5000))],
    [
      'a flood',
      (ws: WebSocket) => Array.from({ length: 200 }, () => ws.send(Buffer.from([13, 0xa3, 0x66, 0x6f, 0x6f]))),
    ],
  ])('rubbish (%s) costs the sender their connection or nothing, and nobody else notices', async (_, send) => {
    const failures: unknown[] = []
    const note = (error: unknown) => failures.push(error)
    process.on('uncaughtException', note)
    process.on('unhandledRejection', note)
    try {
      await using rooms = await startRooms()
      await using port = await serve(rooms)
      await rooms.enter(ada)
      await rooms.enter(bob)
      const room = await port.join(ada)
      const seat = (await rooms.seats.reserve({ playerId: bob.id as never, sessionId: 's' }))!
      const rude = new WebSocket(
        `ws://127.0.0.1:${port.port}/${seat.processId}/${seat.roomId}?sessionId=${seat.sessionId}`,
      )
      rude.on('error', () => {})
      await once(rude, 'message')
      rude.send(Buffer.from([10]))
      await once(rude, 'message')
      send(rude)
      await go(rooms, bob.id, 'east')
      await until(() => room.state.characters.get(bob.id)?.place === 'harbor:pier')
      await settled(room, ada.id)
      rude.terminate()
    } finally {
      process.off('uncaughtException', note)
      process.off('unhandledRejection', note)
    }
    expect(failures).toEqual([])
  })

  test('after rubbish the seat is not held', async () => {
    await using rooms = await startRooms()
    await using port = await serve(rooms)
    await rooms.enter(ada)
    const room = await port.join(ada)
    const left = new Promise((resolve) => room.onLeave(resolve))
    room.send('anything', {})
    expect(await left).toBe(4002)
    await until(() => rooms.seats.connections(ada.id as never) === 0)
    expect(await rooms.seats.reclaim(room.roomId, room.reconnectionToken.split(':')[1]!)).toBeUndefined()
  })
})

/**
 * A wire that can be stopped: while it is, nothing is read from the server. It ends in a unix socket, whose buffers hold 200 kB
 * and not megabytes as those of the loopback network do, so that what does not fit is soon the server's to keep.
 */
async function slowWire(rooms: Rooms) {
  const dir = await mkdtemp(join(tmpdir(), 'academy-wire-'))
  const path = join(dir, 'rooms')
  const port = await serve(rooms, path)
  const halves = new Set<Socket>()
  const upstreams = new Set<Socket>()
  let stopped = false
  const server = createServer((near) => {
    const far = connect({ path })
    halves.add(near).add(far)
    upstreams.add(far)
    near.pipe(far)
    far.on('data', (bytes) => void (near.write(bytes) || far.pause()))
    near.on('drain', () => void (stopped || far.resume()))
    const end = () => {
      near.destroy()
      far.destroy()
    }
    for (const half of [near, far]) half.on('error', () => {}).on('close', end)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  return {
    join: (seat: object) => new Client(url).consumeSeatReservation(seat as never) as unknown as Promise<Joined>,
    stop() {
      stopped = true
      for (const far of upstreams) far.pause()
    },
    go() {
      stopped = false
      for (const far of upstreams) far.resume()
    },
    async [Symbol.asyncDispose]() {
      for (const half of halves) half.destroy()
      server.close()
      await port[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

describe('clients that do not keep up', () => {
  /** Hundreds of people, so that a patch is large. */
  async function crowd(rooms: Rooms, count: number): Promise<CharacterId[]> {
    const people = Array.from({ length: count }, (_, i) => player(`Walker${i}-${'x'.repeat(40)}`))
    for (const each of people) await rooms.enter(each)
    return people.map(({ id }) => id)
  }
  /** Everybody walks to and fro: each time all leave one map of the state and come anew into it. */
  async function wander(rooms: Rooms, people: readonly CharacterId[], round: number): Promise<void> {
    await Promise.all(people.map((id, i) => go(rooms, id, (round + i) % 2 === 0 ? 'east' : 'west')))
    // The journal in memory never leaves the microtasks: let the patch timer have its turn.
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  const buffered = (roomId: string, index: number) =>
    (matchMaker.getLocalRoomById(roomId)!.clients[index]?.ref as unknown as WebSocket | undefined)?.bufferedAmount ??
    0

  test("a client that stalls for seconds ends with exactly the server's state, and meanwhile costs a bounded amount", {
    timeout: 60_000,
  }, async () => {
    await using rooms = await startRooms()
    await using wire = await slowWire(rooms)
    const people = await crowd(rooms, 300)
    await rooms.enter(ada)
    const seat = await rooms.seats.reserve({ playerId: ada.id as never, sessionId: 's' })
    const room = await wire.join(seat!)
    await settled(room, ada.id)
    wire.stop()
    const startedAt = performance.now()
    let most = 0
    for (
      let round = 0;
      performance.now() - startedAt < 3000 || (most < 256 * 1024 && performance.now() - startedAt < 20_000);
      round++
    ) {
      await wander(rooms, people, round)
      most = Math.max(most, buffered(room.roomId, 0))
    }
    expect(most).toBeGreaterThan(256 * 1024)
    expect(most).toBeLessThan(1024 * 1024)
    wire.go()
    await settled(room, ada.id)
    await wander(rooms, people, 1)
    await settled(room, ada.id)
  })

  test("a client that joins slowly ends with exactly the server's state", { timeout: 60_000 }, async () => {
    await using rooms = await startRooms()
    await using wire = await slowWire(rooms)
    const people = await crowd(rooms, 300)
    await rooms.enter(ada)
    const seat = await rooms.seats.reserve({ playerId: ada.id as never, sessionId: 's' })
    const joining = wire.join(seat!)
    await until(() => matchMaker.getLocalRoomById(seat!.roomId)!.clients.length === 1)
    wire.stop()
    for (let round = 0; round < 20; round++) await wander(rooms, people, round)
    wire.go()
    const room = await joining
    await settled(room, ada.id)
  })
})
