/** A Colyseus room that no client and no bug of ours can use to end the process, that copies what it sends, and that drops who does not keep up. */
import { type Client, ClientState, CloseCode, Room, type RoomException } from '@colyseus/core'
import type { Schema, StateView } from '@colyseus/schema'
import {
  ROOM_CAUGHT_UP_BYTES,
  ROOM_CLIENTS_MAX,
  ROOM_MESSAGES_PER_S_MAX,
  ROOM_SEAT_WAIT_S,
  ROOM_SLOW_BYTES,
  ROOM_STALL_MAX_MS,
} from '../limits.ts'
import type { RoomsLog } from './parts.ts'
import { CopyingSerializer } from './serializer.ts'

export type RoomClient = Client & { view?: StateView }
/** The part of `ws` that is used. */
type Raw = { readonly bufferedAmount: number; terminate(): void }
/** What the library keeps to itself. */
type Inside = {
  _onMessage(client: Client, bytes: Buffer): void
  sendFullState(client: Client): void
}

/** Only what breaks off by itself may come back to its seat (the codes on which the SDK reconnects). */
const HELD_AFTER: readonly number[] = [
  CloseCode.GOING_AWAY,
  CloseCode.NO_STATUS_RECEIVED,
  CloseCode.ABNORMAL_CLOSURE,
  CloseCode.MAY_TRY_RECONNECT,
]

export abstract class BaseRoom<S extends Schema> extends Room<{ state: S }> {
  override autoDispose = false
  override maxMessagesPerSecond = ROOM_MESSAGES_PER_S_MAX
  override maxClients = ROOM_CLIENTS_MAX
  override seatReservationTimeout = ROOM_SEAT_WAIT_S
  private serializer: CopyingSerializer<S> | undefined
  /** Clients that are behind, and since when. */
  private readonly slowSinceMs = new Map<Client, number>()
  private readonly joiningSinceMs = new Map<Client, number>()
  /** Connections whose owner has come back by another before they were seen to be broken. */
  private readonly reclaimed = new WeakSet<Client>()

  protected abstract readonly log: RoomsLog
  protected abstract readonly seatHeldS: number

  /** Called from `onCreate`. */
  protected start(state: S): void {
    this.state = state
    this.guardMessages()
    this.onMessage('*', (client) => client.leave(CloseCode.WITH_ERROR))
  }

  /** Called when the state is set. Replaced here and not afterwards: a second encoder over one state would number its parts anew. */
  override setSerializer(_theirs: unknown): void {
    this.serializer = new CopyingSerializer<S>()
    super.setSerializer(this.serializer as never)
  }

  /** Its presence is what makes the library catch: without it one throwing handler ends the process. */
  override onUncaughtException(error: RoomException, method: string): void {
    this.log.error({ err: error.cause ?? error, room: this.roomId, method }, 'a room handler failed')
  }

  override onDrop(client: Client, code?: number): void {
    const isHeld = code !== undefined && HELD_AFTER.includes(code)
    if (!this.reclaimed.delete(client) && !isHeld) return
    // Rejects when nobody comes back in time, which is not our concern; the library then calls `onLeave`.
    void Promise.resolve(this.allowReconnection(client, this.seatHeldS)).catch(() => {})
  }

  /** Somebody holds the token of a connection that still seems to stand: the old one is dead, and its seat is theirs. */
  override checkReconnectionToken(token: string): string {
    const stale = this.clients.find((client) => client.reconnectionToken === token)
    if (stale) this.reclaimed.add(stale)
    return super.checkReconnectionToken(token)
  }

  /** Ends the connection that has this token as if it had broken off, without waiting for the next missed ping. */
  breakOff(token: string): void {
    const stale = this.clients.find((client) => client.reconnectionToken === token)
    if (stale) this.drop(stale)
  }

  override broadcastPatch(): boolean {
    this.holdBackSlow()
    const changed = super.broadcastPatch()
    this.bringBackCaughtUp()
    return changed
  }

  /** Ends a connection at once, read or not. */
  protected drop(client: Client): void {
    rawOf(client).terminate()
  }

  protected watchJoining(client: Client): void {
    this.joiningSinceMs.set(client, performance.now())
  }

  /** A frame that cannot be decoded, or a refusal whose text is too long for a close frame, throws inside the library. */
  private guardMessages(): void {
    const inside = this as unknown as Inside
    const original = inside._onMessage.bind(this)
    inside._onMessage = (client, bytes) => {
      try {
        if (bytes.length > 0) original(client, bytes)
        else client.leave(CloseCode.WITH_ERROR)
      } catch {
        this.drop(client)
      }
    }
  }

  private holdBackSlow(): void {
    const nowMs = performance.now()
    for (const client of this.clients) {
      const since = this.slowSinceMs.get(client)
      if (since === undefined && rawOf(client).bufferedAmount > ROOM_SLOW_BYTES) {
        this.slowSinceMs.set(client, nowMs)
        this.serializer?.skipped.add(client)
      } else if (since !== undefined && nowMs - since > ROOM_STALL_MAX_MS) this.drop(client)
    }
    for (const [client, since] of this.joiningSinceMs) {
      if (client.state !== ClientState.JOINING) this.joiningSinceMs.delete(client)
      else if (nowMs - since > ROOM_STALL_MAX_MS) this.drop(client)
    }
  }

  /** After the patch, so that the full state is the last word. */
  private bringBackCaughtUp(): void {
    for (const client of [...this.slowSinceMs.keys()]) {
      const isHere = this.clients.includes(client)
      if (isHere && rawOf(client).bufferedAmount > ROOM_CAUGHT_UP_BYTES) continue
      this.slowSinceMs.delete(client)
      this.serializer?.skipped.delete(client)
      if (isHere) (this as unknown as Inside).sendFullState(client)
    }
  }
}

const rawOf = (client: Client): Raw => client.ref as unknown as Raw
