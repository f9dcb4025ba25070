/**
 * The library's process-wide half: matchmaking inside this process, no HTTP of its own. Clients cannot list, create or join rooms:
 * the routes for that are never bound, and seats are reserved here, by the server, for one room id.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { matchMaker, Server } from '@colyseus/core'
import { WebSocketTransport } from '@colyseus/ws-transport'
import { ROOM_FRAME_MAX_BYTES, ROOM_PING_EVERY_MS } from '../limits.ts'
import type { SeatHolder } from './types.ts'
import { announceHost, type RoomHost, ZoneRoom } from './zone-room.ts'

export const ROOM_NAME = 'zone'
let started: Promise<void> | undefined

/** Once per process; several nodes in one process, as in tests, share it. */
export function startColyseus(): Promise<void> {
  started ??= start()
  return started
}

async function start(): Promise<void> {
  // The constructor sets the library up; it is never told to listen, which would bind its open matchmaking routes to the port.
  new Server({
    transport: new WebSocketTransport({ noServer: true }),
    greet: false,
    gracefullyShutdown: false,
    logger: silent,
  })
  matchMaker.controller.exposedMethods = ['reconnect']
  matchMaker.controller.getCorsHeaders = () => ({})
  matchMaker.setHealthChecksEnabled(false)
  await matchMaker.accept()
  matchMaker.defineRoomType(ROOM_NAME, ZoneRoom)
}

/** The library writes a stack trace for every client that breaks off; what matters is logged by the rooms themselves. */
const quiet = () => {}
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet, trace: quiet } as never

/** Makes the room; it lives until the returned function is called. */
export async function openRoom(host: RoomHost): Promise<AsyncDisposable> {
  const announced = announceHost(host)
  await matchMaker.createRoom(ROOM_NAME, { roomId: host.roomId })
  return {
    async [Symbol.asyncDispose]() {
      await matchMaker.getLocalRoomById(host.roomId)?.disconnect(SHUTDOWN)
      announced[Symbol.dispose]()
    },
  }
}

const SHUTDOWN = 4001

export type Reserved = {
  readonly roomId: string
  readonly sessionId: string
  readonly processId: string
}

export async function reserveSeat(roomId: string, holder: SeatHolder): Promise<Reserved> {
  return reservedOf(await matchMaker.joinById(roomId, holder))
}

export async function reclaimSeat(roomId: string, reconnectionToken: string): Promise<Reserved | undefined> {
  const seat = await matchMaker.reconnect(roomId, { reconnectionToken }).catch(() => undefined)
  return seat && reservedOf(seat)
}

type Seat = Awaited<ReturnType<typeof matchMaker.joinById>>
const reservedOf = ({ roomId, sessionId, processId = '' }: Seat): Reserved => ({ roomId, sessionId, processId })

export type Upgrades = Disposable & { handle(request: IncomingMessage, socket: Duplex, head: Buffer): void }

/** Turns upgrades into room connections. The server given to the transport never listens: the gateway owns the port. */
export function createUpgrades(): Upgrades {
  const carrier = createServer()
  const transport = new WebSocketTransport({
    noServer: true,
    maxPayload: ROOM_FRAME_MAX_BYTES,
    pingInterval: ROOM_PING_EVERY_MS,
  })
  transport.attachToServer(carrier)
  return {
    handle: (request, socket, head) => void carrier.emit('upgrade', request, socket, head),
    [Symbol.dispose]() {
      transport.shutdown()
      carrier.emit('close')
    },
  }
}
