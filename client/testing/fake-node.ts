/** A node in one file for tests of the page alone: it lets people in, answers a few words, walks them about, and fails on demand. One per process: Colyseus' matchmaker is global. */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize, resolve } from 'node:path'
import { Server as GameServer, matchMaker, Room } from '@colyseus/core'
import { WebSocketTransport } from '@colyseus/ws-transport'
import { Server, type Socket } from 'socket.io'
import { DIRECTIONS, type Direction } from '../../server/protocol/ids.ts'
import {
  CharacterState,
  DoorState,
  ItemState,
  PLACE_TILES,
  PlaceState,
  parseExits,
  ZoneRoomState,
} from '../../server/protocol/state.ts'
import type {
  ClientToServer,
  ConnectionEnd,
  LineMessage,
  Output,
  ServerToClient,
} from '../../server/protocol/terminal.ts'
import { HARBOUR_CHARACTERS, HARBOUR_DOORS, HARBOUR_ITEMS, HARBOUR_PLACES, HARBOUR_START } from './archipelago.ts'

const PAGE = resolve(import.meta.dirname, '../../dist/client')
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
}

type Person = {
  readonly id: string
  name: string
  guest: boolean
  place: string
  count: number
  readonly outputs: Output[]
  readonly seen: Set<string>
  locale: string
}

export type FakeNode = {
  readonly url: string
  readonly people: ReadonlyMap<string, Person>
  /** Lines done, each once, in order. */
  readonly lines: readonly string[]
  /** Cuts every terminal; they may come back. */
  drop(): void
  /** Ends every terminal for good. */
  end(why: ConnectionEnd): void
  say(output: Omit<Output, 'id'>): void
  light(item: string, tiles: number): void
  /** While true, lines are done but their acknowledgements are lost. */
  loseAcks: boolean
  refuseGuests: { status: number; code: string } | undefined
  /** As if new: nobody there, nothing said. */
  reset(): void
  [Symbol.asyncDispose](): Promise<void>
}

class FakeZone extends Room<{ state: ZoneRoomState }> {
  override onCreate(): void {
    const state = new ZoneRoomState()
    state.zone = 'harbor'
    state.nameEn = 'First Light'
    state.nameRu = 'Первый Свет'
    for (const place of HARBOUR_PLACES) state.places.set(place.id, new PlaceState().assign(place))
    for (const [id, one] of Object.entries(HARBOUR_CHARACTERS))
      state.characters.set(id, new CharacterState().assign(one))
    for (const [id, item] of Object.entries(HARBOUR_ITEMS)) state.items.set(id, new ItemState().assign(item))
    for (const [id, door] of Object.entries(HARBOUR_DOORS)) state.doors.set(id, new DoorState().assign(door))
    this.setState(state)
    this.autoDispose = false
  }
  override onUncaughtException(error: Error): void {
    console.error(error)
  }
}

export async function startFakeNode(pageDir = PAGE): Promise<FakeNode> {
  const people = new Map<string, Person>()
  const lines: string[] = []
  const fake = { loseAcks: false, refuseGuests: undefined as FakeNode['refuseGuests'] }
  let made = 0

  const http = createServer()
  const game = new GameServer({
    transport: new WebSocketTransport({ noServer: true }) as never,
    greet: false,
    gracefullyShutdown: false,
  } as never)
  const transport = (game as unknown as { transport: { attachToServer(server: unknown, options: object): void } })
    .transport
  transport.attachToServer(http, { filter: (request: IncomingMessage) => !request.url?.startsWith('/socket.io/') })
  game.define('zone', FakeZone)
  await game.listen(0)
  // The game server would answer every request itself.
  http.removeAllListeners('request')
  http.on('request', (request, response) => void answer(request, response))
  const io = new Server<ClientToServer, ServerToClient>(http, { transports: ['websocket'], destroyUpgrade: false })
  const room = await matchMaker.createRoom('zone', {})
  const state = () => (matchMaker.getLocalRoomById(room.roomId) as FakeZone).state

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://node').pathname
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
      response.end(JSON.stringify(body))
    }
    const body = request.method === 'POST' ? JSON.parse((await textOf(request)) || '{}') : {}
    if (path === '/auth/guest') {
      if (fake.refuseGuests) return send(fake.refuseGuests.status, { code: fake.refuseGuests.code, detail: 'no' })
      return send(200, tokenFor(newPerson(`Guest-${++made}`, true)))
    }
    if (path === '/auth/refresh') {
      const person = people.get(String(body.refresh_token).slice(8))
      return person ? send(200, tokenFor(person)) : send(401, { code: 'invalid_grant', detail: 'no' })
    }
    const me = people.get((request.headers.authorization ?? '').slice(7))
    if (path === '/auth/register') {
      if (body.password.length < 8) return send(422, { code: 'weak_password', detail: 'At least 8 characters.' })
      const person = me ?? newPerson(body.name, false)
      Object.assign(person, { name: body.name, guest: false })
      return send(200, tokenFor(person))
    }
    if (path.startsWith('/auth/') || path.startsWith('/api/')) {
      if (!me) return send(401, { code: 'unauthorized', detail: 'no' })
      if (path === '/api/v1/visit') return send(200, { visit: null })
      if (path === '/api/v1/me')
        return send(200, {
          player: { id: me.id, name: me.name, roles: ['learner'], guest: me.guest, locale: me.locale },
        })
      if (path === '/api/v1/zones/enter')
        return send(200, { ...(await matchMaker.joinById(room.roomId, {})), zone: 'harbor', place: me.place })
      return send(404, { code: 'not_here' })
    }
    page(pageDir, path, response)
  }

  function newPerson(name: string, guest: boolean): Person {
    const person: Person = {
      id: `player_${people.size + 1}`,
      name,
      guest,
      place: HARBOUR_START.place,
      count: 0,
      outputs: [],
      seen: new Set(),
      locale: 'en',
    }
    people.set(person.id, person)
    return person
  }
  const tokenFor = ({ id, name, guest }: Person) => ({
    access_token: id,
    token_type: 'Bearer',
    expires_in: 900,
    refresh_token: `refresh-${id}`,
    player: { id, name, roles: ['learner'], guest },
  })

  const terminals = io.of('/terminal')
  terminals.use((socket, next) =>
    people.has(socket.handshake.auth.token)
      ? next()
      : next(Object.assign(new Error('no'), { data: { code: 'unauthorized' } })),
  )
  terminals.on('connection', (socket) => {
    const person = people.get(socket.handshake.auth.token)!
    const { after, locale } = socket.handshake.auth
    person.locale = locale ?? 'en'
    void socket.join(person.id)
    stand(person)
    if (after)
      for (const output of person.outputs) if (Number(output.id) > Number(after)) socket.emit('output', output)
    if (person.outputs.length === 0) arrive(person)
    socket.on('line', (line, ack) => void hear(person, line, ack))
  })

  const tell = (person: Person, kind: Output['kind'], text: string) => {
    const output: Output = { id: String(++person.count), kind, text }
    person.outputs.push(output)
    terminals.to(person.id).emit('output', output)
  }
  const ru = (person: Person) => person.locale === 'ru'
  const placeOf = (person: Person) => HARBOUR_PLACES.find((one) => one.id === person.place)!

  function arrive(person: Person): void {
    tell(
      person,
      'event',
      ru(person)
        ? 'Ты сходишь с парома. Фонарь рядом с тобой вот-вот погаснет.'
        : 'You step off the ferry. The lamp beside you is going out.',
    )
    look(person)
    tell(
      person,
      'speech',
      ru(person)
        ? 'Смотритель говорит: «Осмотрись. Потом иди на север. Потом скажи что-нибудь — здесь все слышат».'
        : 'The keeper says, “Look around. Then walk north. Then say something: everyone here listens.”',
    )
  }
  function look(person: Person): void {
    const place = placeOf(person)
    const exits = parseExits(place.exits).map((exit) => exit.direction)
    tell(
      person,
      'place',
      ru(person)
        ? `${place.nameRu}\nЧёрная вода плещет о сваи. Канаты, ящики, запах смолы и соли; один фонарь ещё держится, остальные погасли.\nВыходы: ${exits.join(', ')}.`
        : `${place.nameEn}\nBlack water slaps at the piles. Ropes, crates, a smell of tar and salt; one lamp still holds, the others have gone out.\nExits: ${exits.join(', ')}.`,
    )
  }
  function stand(person: Person): void {
    const place = placeOf(person)
    const one = state().characters.get(person.id) ?? new CharacterState()
    one.assign({
      name: person.name,
      kind: 'player',
      place: place.id,
      x: place.x + 4,
      y: place.y + Math.floor(PLACE_TILES.height / 2),
      glyph: '',
      awake: true,
    })
    if (!state().characters.has(person.id)) state().characters.set(person.id, one)
  }

  function hear(person: Person, line: LineMessage, ack?: (answer: { ok: boolean; code?: string }) => void): void {
    const { id, text } = typeof line === 'string' ? { id: '', text: line } : line
    if (!id || !person.seen.has(id)) {
      person.seen.add(id)
      lines.push(text)
      obey(person, text)
    }
    if (!fake.loseAcks) ack?.({ ok: true })
  }
  function obey(person: Person, text: string): void {
    const [verb = '', ...rest] = text.split(' ')
    const direction = DIRECTIONS.find((one) => one === verb) ?? RU_DIRECTIONS[verb]
    const say = (en: string, ru: string) => (person.locale === 'ru' ? ru : en)
    if (text.startsWith('config language ')) {
      person.locale = rest[1] ?? 'en'
      const output: Output = {
        id: String(++person.count),
        kind: 'system',
        text: say('English it is.', 'Теперь по-русски.'),
        data: { config: { locale: person.locale } },
      }
      person.outputs.push(output)
      terminals.to(person.id).emit('output', output)
    } else if (direction) walk(person, direction)
    else if (['look', 'смотреть'].includes(verb)) look(person)
    else if (verb === 'name') {
      person.name = rest.join(' ')
      stand(person)
      tell(person, 'system', `You are ${person.name} now.`)
    } else if (['say', 'сказать'].includes(verb)) {
      tell(person, 'speech', say(`You say, “${rest.join(' ')}”`, `Ты говоришь: «${rest.join(' ')}»`))
    } else {
      const unknown = `Такого слова остров не знает: ${verb}. Попробуй «помощь».`
      tell(person, 'refusal', say(`The island does not know the word ${verb}. Try help.`, unknown))
    }
  }
  function walk(person: Person, direction: Direction): void {
    const exit = parseExits(placeOf(person).exits).find((one) => one.direction === direction)
    if (!exit || exit.door) {
      const locked = ru(person)
        ? 'Ворота заперты; их открыл бы медный ключ.'
        : 'The gate is locked; the brass key would open it.'
      const none = ru(person) ? 'Туда пути нет.' : 'There is no way there.'
      tell(person, 'refusal', exit ? locked : none)
      return
    }
    person.place = exit.to
    stand(person)
    look(person)
  }

  await new Promise<void>((done) => (http.listening ? done() : http.listen(0, done)))
  return Object.assign(fake, {
    url: `http://localhost:${(http.address() as AddressInfo).port}`,
    people,
    lines,
    drop: () => terminals.sockets.forEach((socket: Socket) => void socket.conn.close()),
    end: (why: ConnectionEnd) =>
      terminals.sockets.forEach((socket) => {
        socket.emit('end', why)
        socket.disconnect()
      }),
    reset() {
      terminals.disconnectSockets(true)
      for (const id of people.keys()) state().characters.delete(id)
      people.clear()
      lines.length = 0
      made = 0
      Object.assign(fake, { loseAcks: false, refuseGuests: undefined })
    },
    say: ({ kind, text }: Omit<Output, 'id'>) => people.forEach((person) => void tell(person, kind, text)),
    light: (item: string, tiles: number) =>
      void state()
        .items.get(item)
        ?.assign({ light: tiles, state: tiles > 0 ? 'lit' : 'dark' }),
    async [Symbol.asyncDispose]() {
      await io.close()
      await game.gracefullyShutdown(false)
      http.closeAllConnections()
    },
  })
}

const RU_DIRECTIONS: Readonly<Record<string, Direction>> = {
  север: 'north',
  юг: 'south',
  запад: 'west',
  восток: 'east',
  внутрь: 'in',
  наружу: 'out',
  вверх: 'up',
  вниз: 'down',
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

function page(dir: string, path: string, response: ServerResponse): void {
  const file = join(dir, normalize(path === '/' ? '/index.html' : path))
  if (!file.startsWith(dir) || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
  createReadStream(file).pipe(response)
}
