/** The node's one port: express for requests, rooms and terminals for upgrades. Bytes in, a known person's valid message out. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Principal, StandingChange } from '../accounts/types.ts'
import {
  HTTP_CONNECTIONS_MAX,
  HTTP_DRAIN_MS,
  HTTP_HEADERS_MAX_BYTES,
  HTTP_HEADERS_TIMEOUT_MS,
  HTTP_KEEP_ALIVE_MS,
  HTTP_REQUEST_TIMEOUT_MS,
} from '../limits.ts'
import type { PlayerId } from '../protocol/ids.ts'
import { PROBLEMS, type ProblemCode } from '../protocol/problems.ts'
import { addressOf } from './http/address.ts'
import { createApp } from './http/app.ts'
import { isOwnMachineRequest } from './http/own-machine.ts'
import { HttpProblem, titleOf } from './http/problem.ts'
import { createRates, type RateLimits } from './http/rates.ts'
import { allRoutes } from './http/routes/index.ts'
import { createDoor, isForDoor } from './openai/door.ts'
import { createPresence } from './presence.ts'
import { createTerminals, type Terminals, type TerminalsOptions } from './terminal/terminals.ts'
import type { Gateway, GatewayParts } from './types.ts'

export type GatewayOptions = TerminalsOptions & {
  readonly rateLimits?: RateLimits
  readonly presenceGraceMs?: number
  readonly drainMs?: number
}

export function createGateway(parts: GatewayParts, options: GatewayOptions = {}): Gateway {
  const { config, accounts, zones, log } = parts
  const clock = parts.clock ?? { now: Date.now }
  let draining = false
  let url = ''
  const rates = createRates(options.rateLimits)
  const presence = createPresence({
    accounts,
    zones,
    log,
    terminals: (id) => terminals.connections(id),
    graceMs: options.presenceGraceMs,
  })
  const terminals: Terminals = createTerminals(
    { ...parts, rates, enter: presence.enter, changed: presence.changed, draining: () => draining },
    { now: clock.now, ...options },
  )
  const routes = allRoutes(parts, { enter: presence.enter, draining: () => draining, startedAtMs: clock.now() })
  const door =
    parts.models &&
    createDoor({
      ...parts.models,
      verify: verifyOwn,
      stranger: (request) => rates.anonymous(addressOf(request, config.trustProxy)),
      ...(parts.ops?.observeRequest && { observe: parts.ops.observeRequest }),
      ...(config.ownMachineOnly && { mayEnter: isOwnMachineRequest }),
      now: clock.now,
      log,
    })
  const app = createApp({ ...parts, rates, routes })
  const server = createHttpServer((req, res) => (door && isForDoor(req.url) ? door.handle(req, res) : app(req, res)))
  server.on('upgrade', (request, socket, head) => upgrade(request, socket, head))
  const unsubscribe = [
    zones.seats.onConnections(presence.changed),
    accounts.onStanding((id, change) => void follow(id, change)),
    ...(parts.visits ? [parts.visits.onEnd(visitorGoes), parts.visits.onBack(presence.changed)] : []),
  ]
  const upgraded = new Set<Duplex>()
  let closing: Promise<void> | undefined
  const close = () => (closing ??= shut())

  return {
    get url() {
      return url
    },
    terminals: () => terminals.count,
    connections: (id) => terminals.connections(id) + zones.seats.connections(id),
    async listen() {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(config.port, config.host, resolve)
      })
      const { port } = server.address() as AddressInfo
      url = `http://${config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : config.host}:${port}`
      server.removeAllListeners('error')
      server.on('error', (error) => log.error({ err: error }, 'the server failed'))
      presence.settle()
      return url
    },
    close,
    [Symbol.asyncDispose]: close,
  }

  /** Models are not for visitors: they are nobody's customers here. */
  async function verifyOwn(token: string): Promise<Principal> {
    const principal = await accounts.verify(token)
    if (principal.visitor) throw new HttpProblem('forbidden')
    return principal
  }

  function visitorGoes(id: PlayerId, text: string): void {
    terminals.remove(id, { code: 'kicked', text })
    zones.seats.remove(id, text)
  }

  /** Each path has one owner; whatever nobody owns is closed at once instead of hanging. */
  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
    if (draining) refuseUpgrade(socket, 503)
    else if ((request.url ?? '').startsWith('/socket.io/')) terminals.upgrade(request, socket, head)
    else if (!zones.seats.upgrade(request, socket, head)) refuseUpgrade(socket, 404)
  }

  /** A kick or ban ends what is open; a new name, role or language reaches it. */
  async function follow(id: PlayerId, { kick, signedOut, person, sanction }: StandingChange): Promise<void> {
    door?.forget(id)
    try {
      if (kick !== undefined) {
        terminals.remove(id, { code: sanction?.kind === 'ban' ? 'banned' : 'kicked', text: kick })
        zones.seats.remove(id, kick)
      }
      if (signedOut) {
        terminals.remove(id, { code: 'signed_out' })
        zones.seats.remove(id, '')
      }
      if (!person) return
      terminals.update(person)
      const { name, roles, locale } = person
      if (zones.whereIs(id)) await zones.change(id, { name, roles, locale })
    } catch (error) {
      log.error({ err: error, player: id }, 'a change of standing could not be followed')
    }
  }

  async function shut(): Promise<void> {
    draining = true
    for (const stop of unsubscribe) stop()
    presence[Symbol.dispose]()
    const closed = new Promise<void>((resolve) => (server.listening ? server.close(() => resolve()) : resolve()))
    server.closeIdleConnections()
    await terminals.close()
    const cut = setTimeout(() => {
      server.closeAllConnections()
      // Not counted among those: whoever does not answer a good-bye would hold the node open.
      for (const socket of upgraded) socket.destroy()
    }, options.drainMs ?? HTTP_DRAIN_MS)
    await closed
    clearTimeout(cut)
  }
}

function createHttpServer(app: RequestListener): Server {
  const server = createServer(
    {
      noDelay: true,
      maxHeaderSize: HTTP_HEADERS_MAX_BYTES,
      headersTimeout: HTTP_HEADERS_TIMEOUT_MS,
      requestTimeout: HTTP_REQUEST_TIMEOUT_MS,
      keepAliveTimeout: HTTP_KEEP_ALIVE_MS,
    },
    app,
  )
  server.maxConnections = HTTP_CONNECTIONS_MAX
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseBytes(error, socket))
  return server
}

/** What was not even HTTP gets its document too, where it can still be sent. */
function refuseBytes({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || code === 'ECONNRESET') return void socket.destroy()
  const problem: ProblemCode = code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_large' : 'bad_request'
  const status = PROBLEMS[problem]
  const body = JSON.stringify({
    type: `about:blank#${problem}`,
    title: titleOf(problem, 'en'),
    status,
    code: problem,
  })
  socket.end(
    `HTTP/1.1 ${status} ${status === 431 ? 'Request Header Fields Too Large' : 'Bad Request'}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

function refuseUpgrade(socket: Duplex, status: 404 | 503): void {
  const reason = status === 404 ? 'Not Found' : 'Service Unavailable'
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
