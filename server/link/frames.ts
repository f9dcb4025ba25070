/** Frames on a stream: an unsigned varint length (multiformats) and that many bytes of deterministic CBOR. */
import { decode, encode } from '@ipld/dag-cbor'
import * as varint from 'uint8-varint'
import { Uint8ArrayList } from 'uint8arraylist'
import { ENVELOPE_MAX_BYTES, FRAME_MAX_BYTES } from '../limits.ts'
import { WireError } from './errors.ts'
import type { Frame } from './types.ts'

/** Longest length that is read: 2^28 - 1 is far beyond any frame. */
const LENGTH_MAX_BYTES = 4
const ENCODED_MAX_BYTES = FRAME_MAX_BYTES + ENVELOPE_MAX_BYTES

/** A frame as it goes onto a stream. Throws `E_TOO_LARGE`. */
export function encodeFrame(frame: Frame): Uint8Array {
  const body = encode(frame)
  if (body.length > ENCODED_MAX_BYTES)
    throw new WireError('E_TOO_LARGE', `A frame holds ${FRAME_MAX_BYTES} bytes; this one has ${body.length}.`)
  const head = varint.encodingLength(body.length)
  const bytes = new Uint8Array(head + body.length)
  varint.encodeUint8Array(body.length, bytes)
  bytes.set(body, head)
  return bytes
}

export type SizedFrame = { readonly frame: Frame; readonly bytes: number }

/** Puts arriving bytes together into frames. */
export class FrameReader {
  private readonly held = new Uint8ArrayList()

  /** Bytes of a frame that has not ended. */
  get unfinishedBytes(): number {
    return this.held.byteLength
  }

  /** The frames that are whole now. Throws `WireError` for what cannot become one; the stream is then of no use. */
  *read(chunk: Uint8Array | Uint8ArrayList): Generator<SizedFrame> {
    this.held.append(chunk)
    for (let next = this.next(); next; next = this.next()) yield next
  }

  private next(): SizedFrame | undefined {
    const length = this.length()
    if (length === undefined) return undefined
    const { head, body } = length
    if (this.held.byteLength < head + body) return undefined
    const bytes = this.held.subarray(head, head + body)
    this.held.consume(head + body)
    return { frame: parseFrame(bytes), bytes: body }
  }

  private length(): { readonly head: number; readonly body: number } | undefined {
    let body = 0
    for (let i = 0; i < LENGTH_MAX_BYTES; i++) {
      if (i >= this.held.byteLength) return undefined
      const byte = this.held.get(i)
      body |= (byte & 0x7f) << (7 * i)
      if (byte & 0x80) continue
      if (body > ENCODED_MAX_BYTES)
        throw new WireError('E_TOO_LARGE', `A frame holds ${FRAME_MAX_BYTES} bytes; ${body} were announced.`)
      return { head: i + 1, body }
    }
    throw new WireError('E_MALFORMED', 'A frame must begin with its length.')
  }
}

function parseFrame(bytes: Uint8Array): Frame {
  let value: unknown
  try {
    value = decode(bytes)
  } catch (cause) {
    throw new WireError('E_MALFORMED', 'A frame must be deterministic CBOR.', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    throw new WireError('E_MALFORMED', 'A frame must be a map.')
  return value as Frame
}
