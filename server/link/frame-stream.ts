/** A stream of its own between two nodes, as the rest of the node sees it: frames in order, as fast as they are read. */
import type { Stream } from '@libp2p/interface'
import { STREAM_WAITING_MAX_BYTES } from '../limits.ts'
import { type WireCode, WireError } from './errors.ts'
import type { SizedFrame } from './frames.ts'
import { createPipe } from './pipe.ts'
import type { Caller, Frame, FrameStream } from './types.ts'

export type FrameStreamOptions = {
  readonly peer: Caller
  /** Waited for before a frame is handed over: quotas. A refusal ends the stream. */
  readonly admit?: (bytes: number) => void | Promise<void>
  /** The other side sent what is no frame. */
  readonly onMalformed?: (error: WireError) => void
}

/** The first and only frame of a stream that was not taken: why. */
const REFUSED = '$refused'

export function createFrameStream(
  stream: Stream,
  { peer, admit, onMalformed }: FrameStreamOptions,
): FrameStream & { refuse(error: WireError): Promise<void> } {
  const waiting: SizedFrame[] = []
  let waitingBytes = 0
  let over: { readonly error?: WireError } | undefined
  let refusal: WireError | undefined
  let wake = () => {}

  const pipe = createPipe(stream, {
    onFrame(sized) {
      if (REFUSED in sized.frame) {
        refusal = refusalIn(sized.frame)
        return pipe.abort(refusal)
      }
      waiting.push(sized)
      waitingBytes += sized.bytes
      if (waitingBytes >= STREAM_WAITING_MAX_BYTES) pipe.pause()
      wake()
    },
    onEnd(error) {
      over = refusal ? { error: refusal } : { ...(error && { error }) }
      if (error && error.code !== 'E_CLOSED') onMalformed?.(error)
      wake()
    },
  })

  async function* frames(): AsyncGenerator<Frame> {
    while (true) {
      const next = waiting.shift()
      if (next) {
        waitingBytes -= next.bytes
        if (waitingBytes < STREAM_WAITING_MAX_BYTES / 2) pipe.resume()
        await admit?.(next.bytes)
        yield next.frame
      } else if (over?.error) throw over.error
      else if (over) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  }

  return {
    peer,
    async send(frame) {
      try {
        await pipe.send(frame)
      } catch (error) {
        throw refusal ?? error
      }
    },
    frames: frames(),
    close: pipe.close,
    abort: pipe.abort,
    async refuse({ code, message, retryAfterMs }) {
      const why = { code, msg: message, ...(retryAfterMs !== undefined && { retryAfterMs }) }
      await pipe.send({ [REFUSED]: why }).catch(() => {})
      await pipe.close()
    },
  }
}

function refusalIn(frame: Frame): WireError {
  const { code, msg, retryAfterMs } = frame[REFUSED] as { code: WireCode; msg: string; retryAfterMs?: number }
  return new WireError(code, String(msg), { ...(typeof retryAfterMs === 'number' && { retryAfterMs }) })
}
