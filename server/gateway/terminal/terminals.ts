/**
 * The namespace `/terminal`: who may connect, one session per person, and what all their pages show.
 * Several pages of one person mirror each other: each shows every output, any may type, and the lines are done in the order they come.
 */
import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { Server, type Socket } from 'socket.io'
import type { Person } from '../../accounts/types.ts'
import {
  TERMINAL_FRAME_MAX_BYTES,
  TERMINAL_JOIN_TIMEOUT_MS,
  TERMINAL_RESUME_MS,
  TERMINAL_SWEEP_MS,
  TERMINAL_TABS_MAX,
  TOKEN_EXPIRY_GRACE_MS,
} from '../../limits.ts'
import type { PlayerId } from '../../protocol/ids.ts'
import type { ConnectionEnd, LineAck } from '../../protocol/terminal.ts'
import { message } from '../../protocol/text/index.ts'
import { addressOf } from '../http/address.ts'
import type { Rates } from '../http/rates.ts'
import type { GatewayParts } from '../types.ts'
import { type Connection, createConnection } from './connection.ts'
import { expiryOf, type Handshake, HandshakeRefused, shake, verified } from './handshake.ts'
import { openSession, type PersonSession } from './person-session.ts'
import { terminalSocket } from './socket.ts'

export type Terminals = {
  /** Takes over an upgrade of the shared port. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  readonly count: number
  connections(id: PlayerId): number
  /** Ends a person's terminals for good and forgets their session. */
  remove(id: PlayerId, why: ConnectionEnd): void
  update(person: Person): void
  close(): Promise<void>
}

export type TerminalsParts = Pick<GatewayParts, 'config' | 'accounts' | 'terminal' | 'ops' | 'log'> & {
  readonly rates: Rates
  /** Wakes the person's character; awaited before the session opens. */
  readonly enter: (id: PlayerId) => Promise<void>
  /** Told when a person's terminals have changed in number. */
  readonly changed: (id: PlayerId) => void
  readonly draining: () => boolean
}
export type TerminalsOptions = {
  readonly resumeMs?: number
  readonly sweepMs?: number
  readonly now?: () => number
  readonly stallMaxMs?: number
  readonly floodMaxMs?: number
}

type Seat = {
  readonly session: Promise<PersonSession>
  readonly connections: Set<Connection>
  forget?: NodeJS.Timeout
}
type Ready = { readonly handshake: Handshake; readonly seat: Seat; readonly session: PersonSession }
const EVENTS = ['line', 'complete', 'renew']
const PATH = '/socket.io/'
/** Node's timers fire at once when asked for more. */
const TIMER_MAX_MS = 2 ** 31 - 1

export function createTerminals(parts: TerminalsParts, options: TerminalsOptions = {}): Terminals {
  const { config, accounts, log, rates, enter, changed, draining } = parts
  const { resumeMs = TERMINAL_RESUME_MS, sweepMs = TERMINAL_SWEEP_MS, now = Date.now } = options
  const seats = new Map<PlayerId, Seat>()
  const { io, carrier } = createSocketServer()
  const space = io.of('/terminal')
  space.use(
    (socket, next) =>
      void greet(socket).then(
        () => next(),
        (error: unknown) => next(refusalOf(error)),
      ),
  )
  space.on('connection', settle)
  const sweep = setInterval(() => {
    for (const seat of seats.values()) for (const connection of seat.connections) connection.sweep()
  }, sweepMs).unref()

  return {
    upgrade: (request, socket, head) => void io.engine.handleUpgrade(request, socket, head),
    get count() {
      return space.sockets.size
    },
    connections: (id) => seats.get(id)?.connections.size ?? 0,
    remove(id, why) {
      const seat = seats.get(id)
      if (!seat) return
      forget(id, seat)
      for (const connection of seat.connections) connection.end(why)
    },
    update: (person) =>
      void seats.get(person.id)?.session.then(
        (session) => session.update(person),
        () => {},
      ),
    async close() {
      clearInterval(sweep)
      for (const seat of seats.values()) for (const connection of seat.connections) connection.cut()
      const sessions = [...seats].map(([id, seat]) => forget(id, seat))
      await io.close()
      carrier.close()
      await Promise.all(sessions)
    },
  }

  /**
   * Before the connection stands: who is it, and is everything ready for their first line? (What a client sends before somebody listens is lost.)
   * A refused one is closed, so that it cannot go on guessing.
   */
  async function greet(socket: Socket): Promise<void> {
    const address = addressOf(socket.request, config.trustProxy)
    try {
      if (draining()) throw new HandshakeRefused('draining', 'en')
      await rates.watch(address)
      const handshake = await shake(accounts, socket.handshake.auth)
      const seat = seatOf(handshake)
      const session = await seat.session
      await enter(handshake.person.id)
      socket.data.ready = { handshake, seat, session } satisfies Ready
    } catch (error) {
      await rates.anonymous(address).catch(() => {})
      setImmediate(() => socket.conn.close())
      throw error
    }
  }

  function refusalOf(error: unknown): Error {
    if (error instanceof HandshakeRefused) return error
    const { code } = error as { code?: unknown }
    if (code === 'too_many_requests') return new HandshakeRefused(code, 'en')
    log.error({ err: error }, 'a terminal could not be greeted')
    return new HandshakeRefused('internal', 'en')
  }

  function settle(socket: Socket): void {
    const { handshake, seat, session } = socket.data.ready as Ready
    // The person may have been kicked while the door was being opened.
    if (seats.get(handshake.person.id) === seat) attach(socket, seat, session, handshake)
    else socket.conn.close()
  }

  /** The person's session, opened by the first of their pages; a failed opening is not kept. */
  function seatOf({ person, locale }: Handshake): Seat {
    const standing = seats.get(person.id)
    if (standing) {
      keepAWhile(person.id, standing)
      return standing
    }
    const onLine = (outcome: 'ok' | 'refused' | 'failed') => parts.ops?.observeLine?.(outcome)
    // Above every id an earlier session of this person has used, before a restart too: a thousand outputs a millisecond.
    const session = enter(person.id).then(() => openSession({ ...parts, onLine }, person, locale, now() * 1000))
    const seat: Seat = { session, connections: new Set() }
    seats.set(person.id, seat)
    session.catch(() => seats.get(person.id) === seat && seats.delete(person.id))
    keepAWhile(person.id, seat)
    return seat
  }

  /** A session without a page is kept for those who come back, and then forgotten. */
  function keepAWhile(id: PlayerId, seat: Seat): void {
    clearTimeout(seat.forget)
    if (seat.connections.size === 0) seat.forget = setTimeout(() => forget(id, seat), resumeMs).unref()
  }

  function attach(socket: Socket, seat: Seat, session: PersonSession, handshake: Handshake): void {
    const { locale, person } = handshake
    let expiresAtMs = handshake.expiresAtMs
    let expiry: NodeJS.Timeout | undefined
    const armExpiry = () => {
      clearTimeout(expiry)
      if (expiresAtMs !== Number.POSITIVE_INFINITY)
        expiry = setTimeout(
          () => connection.cut(),
          Math.min(expiresAtMs + TOKEN_EXPIRY_GRACE_MS - now(), TIMER_MAX_MS),
        ).unref()
    }
    const renew = async (token: string): Promise<LineAck> => {
      const principal = await verified(accounts, token, locale).catch((error: HandshakeRefused) => error)
      if (principal instanceof Error) return { ok: false, code: principal.code }
      if (principal.playerId !== person.id) return { ok: false, code: 'forbidden' }
      expiresAtMs = expiryOf(token)
      armExpiry()
      return { ok: true }
    }
    const gap = (id: number) =>
      `42/terminal,["output",${JSON.stringify({ id: String(id), kind: 'system', text: message(locale, 'net.gap'), data: { gap: true } })}]`
    const after = startOf(session, handshake.after)
    const connection = createConnection(terminalSocket(socket, EVENTS), { ...options, session, after, gap, renew })
    makeRoom(seat)
    seat.connections.add(connection)
    clearTimeout(seat.forget)
    session.viewers.add(connection)
    armExpiry()
    socket.on('disconnect', () => {
      clearTimeout(expiry)
      seat.connections.delete(connection)
      session.viewers.delete(connection)
      if (seats.get(person.id) === seat) keepAWhile(person.id, seat)
      changed(person.id)
    })
    changed(person.id)
  }

  /** The oldest page makes room for the newest. */
  function makeRoom(seat: Seat): void {
    const [oldest] = seat.connections
    if (seat.connections.size >= TERMINAL_TABS_MAX) oldest?.end({ code: 'replaced' })
  }

  async function forget(id: PlayerId, seat: Seat): Promise<void> {
    clearTimeout(seat.forget)
    if (seats.get(id) === seat) seats.delete(id)
    await seat.session
      .then((session) => session.close())
      .catch((error: unknown) => log.warn({ err: error, player: id }, 'a terminal did not close well'))
  }
}

/** A page that has shown nothing gets what the session still has; one that is ahead of it (its outputs are gone) is told of the gap. */
function startOf({ ring }: PersonSession, after: number | undefined): number {
  if (!after) return ring.oldest - 1
  return after > ring.last ? ring.oldest - 1 : after
}

function createSocketServer(): { readonly io: Server; readonly carrier: HttpServer } {
  // Never listens: upgrades of the shared port are handed to the engine by the gateway, which knows all paths.
  const carrier = createServer()
  const io = new Server({
    serveClient: false,
    transports: ['websocket'],
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: TERMINAL_FRAME_MAX_BYTES,
    connectTimeout: TERMINAL_JOIN_TIMEOUT_MS,
    allowUpgrades: false,
    path: PATH,
  })
  io.attach(carrier)
  io.use((_socket, next) => next(new HandshakeRefused('not_found', 'en')))
  return { io, carrier }
}
