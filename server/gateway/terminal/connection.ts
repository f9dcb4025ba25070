/** One open terminal: reads its messages, hands lines to the person's session, and slows or drops whoever sends too much or does not read. */
import { z } from 'zod'
import {
  TERMINAL_FLOOD_FORGIVEN_MS,
  TERMINAL_FLOOD_MAX_MS,
  TERMINAL_LINE_ID_MAX_CHARS,
  TERMINAL_LINE_MAX_CHARS,
  TERMINAL_LINES_BURST,
  TERMINAL_LINES_PER_S,
  TERMINAL_QUEUE_SOFT_LINES,
  TERMINAL_RUBBISH_MAX,
  TERMINAL_STALL_MAX_MS,
} from '../../limits.ts'
import type { Json } from '../../protocol/ids.ts'
import type { ConnectionEnd, LineAck } from '../../protocol/terminal.ts'
import type { Line } from './lines.ts'
import type { PersonSession, Viewer } from './person-session.ts'
import { createBucket } from './rate.ts'
import type { TerminalSocket } from './socket.ts'
import { createWriter } from './writer.ts'

const message = z.union([
  z.string(),
  z.object({ id: z.string().min(1).max(TERMINAL_LINE_ID_MAX_CHARS), text: z.string() }),
])

export type Connection = Viewer & {
  readonly session: PersonSession
  /** Ends it for good, with the reason. */
  end(why: ConnectionEnd): void
  /** Breaks it off; the page comes back by itself. */
  cut(): void
  /** Looked at now and then: a write that does not go out, a flood that does not stop. */
  sweep(): void
}

export type ConnectionOptions = {
  readonly session: PersonSession
  readonly after: number
  readonly gap: (id: number) => string
  readonly renew: (token: string) => Promise<LineAck>
  readonly nowMs?: () => number
  readonly stallMaxMs?: number
  readonly floodMaxMs?: number
}

export function createConnection(socket: TerminalSocket, options: ConnectionOptions): Connection {
  const { session, nowMs = () => performance.now() } = options
  const { stallMaxMs = TERMINAL_STALL_MAX_MS, floodMaxMs = TERMINAL_FLOOD_MAX_MS } = options
  const writer = createWriter(socket.wire, { ring: session.ring, after: options.after, gap: options.gap })
  const bucket = createBucket(TERMINAL_LINES_PER_S, TERMINAL_LINES_BURST)
  let rubbish = 0
  let slowedMs = 0
  let resumeTimer: NodeJS.Timeout | undefined
  let held = false
  socket.takeOver((packet) => writer.control(packet))

  const connection: Connection = {
    session,
    wake: () => writer.wake(),
    lineDone: release,
    end(why) {
      socket.emit('end', why)
      socket.leave()
      writer.flush()
      socket.cut()
    },
    cut: () => socket.cut(),
    sweep() {
      slowedMs = Math.max(0, slowedMs - TERMINAL_FLOOD_FORGIVEN_MS)
      const since = writer.waitingSinceMs
      if (since !== undefined && nowMs() - since > stallMaxMs) socket.destroy()
    },
  }
  socket.on('line', (given, ack) => receive(() => onLine(given, ackOf(ack))))
  socket.on('complete', (text, ack) => receive(() => onComplete(text, ack)))
  socket.on('renew', (token, ack) => receive(() => void onRenew(token, ackOf(ack))))
  socket.onOther(() => receive(() => spoilt()))
  writer.wake()
  return connection

  /** Nothing a client sends may throw into socket.io, which would end the process. */
  function receive(handle: () => void): void {
    try {
      const waitMs = bucket.take(nowMs())
      if (waitMs > 0) slow(waitMs)
      handle()
    } catch {
      spoilt()
    }
  }

  function onLine(given: unknown, ack: (answer: LineAck) => void): void {
    const line = lineOf(given)
    if (!line) {
      ack({ ok: false, code: 'bad_arguments' })
      spoilt()
      return
    }
    session.lines.push(line, ack)
    if (session.lines.waiting > TERMINAL_QUEUE_SOFT_LINES) hold()
  }

  function onComplete(text: unknown, ack: unknown): void {
    if (typeof ack !== 'function') spoilt()
    else if (typeof text === 'string')
      ack(session.complete(text.slice(0, TERMINAL_LINE_MAX_CHARS)) as readonly Json[])
    else {
      ack([])
      spoilt()
    }
  }

  async function onRenew(token: unknown, ack: (answer: LineAck) => void): Promise<void> {
    if (typeof token === 'string') ack(await options.renew(token).catch(() => ({ ok: false, code: 'internal' })))
    else {
      ack({ ok: false, code: 'bad_arguments' })
      spoilt()
    }
  }

  function spoilt(): void {
    if (++rubbish >= TERMINAL_RUBBISH_MAX) connection.end({ code: 'flood' })
  }

  /** Too fast: the socket is not read until the rate is met again, so the sender feels it and nobody else does. */
  function slow(waitMs: number): void {
    if (resumeTimer) return
    slowedMs += waitMs
    socket.pause()
    if (slowedMs > floodMaxMs) connection.end({ code: 'flood' })
    resumeTimer = setTimeout(() => {
      resumeTimer = undefined
      if (!held) socket.resume()
    }, waitMs)
    resumeTimer.unref()
  }

  /** Too many lines waiting: read on when they are done. */
  function hold(): void {
    if (held) return
    held = true
    socket.pause()
  }

  function release(): void {
    if (!held || session.lines.waiting > TERMINAL_QUEUE_SOFT_LINES / 2) return
    held = false
    if (!resumeTimer) socket.resume()
  }
}

function lineOf(given: unknown): Line | undefined {
  if (typeof given === 'string') return { text: given }
  const parsed = message.safeParse(given)
  return parsed.success && typeof parsed.data === 'object' ? parsed.data : undefined
}

const ackOf = (ack: unknown): ((answer: LineAck) => void) =>
  typeof ack === 'function' ? (ack as (answer: LineAck) => void) : () => {}
