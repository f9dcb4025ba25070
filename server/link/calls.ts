/** Requests to one node over one long-lived stream of a protocol: many at once, told apart by id. */
import { randomFillSync } from 'node:crypto'
import type { Stream } from '@libp2p/interface'
import { REQUESTS_WAITING_MAX } from '../limits.ts'
import { type WireCode, WireError } from './errors.ts'
import { createPipe } from './pipe.ts'
import type { Frame } from './types.ts'

/** Random bytes for the next requests, drawn together. */
const POOL = new Uint8Array(16 * 256)
let drawn = 0

/** UUIDv7 (RFC 9562 section 5.7), 16 bytes. */
export function newRequestId(nowMs: number): Uint8Array {
  if (drawn === POOL.length) drawn = 0
  if (drawn === 0) randomFillSync(POOL)
  const bytes = new Uint8Array(POOL.subarray(drawn, drawn + 16))
  drawn += 16
  new DataView(bytes.buffer).setUint16(0, Math.floor(nowMs / 2 ** 32))
  new DataView(bytes.buffer).setUint32(2, nowMs % 2 ** 32)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes
}

export type Envelope = { readonly id: Uint8Array; readonly ts: number; readonly body: Frame }

export type CallStream = {
  /** The answer to a request. Throws `WireError`. */
  call(envelope: Envelope, timeoutMs: number, signal?: AbortSignal): Promise<Frame>
  /** Closes as soon as no answer is waited for. */
  retire(): void
}

type Waiting = { readonly settle: (answer: Frame | Error) => void }

const keyOf = (id: Uint8Array) => Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1')

/** @param onEnd the stream is of no use any more */
export function createCallStream(stream: Stream, onEnd: () => void): CallStream {
  const waiting = new Map<string, Waiting>()
  let isOpen = true
  let isRetired = false

  const pipe = createPipe(stream, {
    onFrame({ frame }) {
      if (!(frame.id instanceof Uint8Array)) return
      waiting.get(keyOf(frame.id))?.settle(answerOf(frame))
    },
    onEnd(error) {
      isOpen = false
      onEnd()
      const gone = error ?? new WireError('E_CLOSED', 'The other node closed the stream.')
      for (const { settle } of waiting.values()) settle(gone)
    },
  })

  return {
    retire() {
      isRetired = true
      if (waiting.size === 0) void pipe.close()
    },
    call: ({ id, ts, body }, timeoutMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        if (!isOpen) return reject(new WireError('E_CLOSED', 'The stream is gone.'))
        if (waiting.size >= REQUESTS_WAITING_MAX)
          return reject(new WireError('E_LIMITED', 'Too many requests wait for that node.', { retryAfterMs: 1_000 }))
        const key = keyOf(id)
        const settle = (answer: Frame | Error) => {
          if (!waiting.delete(key)) return
          if (isRetired && waiting.size === 0) void pipe.close()
          clearTimeout(timer)
          signal?.removeEventListener('abort', cancel)
          if (answer instanceof Error) reject(answer)
          else resolve(answer)
        }
        const giveUp = (why: Error) => {
          if (isOpen) pipe.send({ v: 1, id, cancel: true }).catch(() => {})
          settle(why)
        }
        const cancel = () => giveUp(signal!.reason)
        const timer = setTimeout(
          () => giveUp(new WireError('E_TIMEOUT', 'The other node did not answer in time.')),
          timeoutMs,
        )
        signal?.addEventListener('abort', cancel)
        waiting.set(key, { settle })
        pipe.send({ v: 1, id, ts, body }).catch(settle)
      }),
  }
}

function answerOf({ ok, err }: Frame): Frame | WireError {
  if (isMap(ok)) return ok
  if (!isMap(err) || typeof err.code !== 'string') return new WireError('E_MALFORMED', 'The answer cannot be read.')
  return new WireError(err.code as WireCode, String(err.msg), {
    ...(typeof err.retryAfterMs === 'number' && { retryAfterMs: err.retryAfterMs }),
  })
}

const isMap = (value: unknown): value is Frame =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
