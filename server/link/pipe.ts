/** One libp2p stream as frames both ways: waits when the other side is slow, and makes it wait when we are. */
import type { Stream } from '@libp2p/interface'
import { SEND_TIMEOUT_MS } from '../limits.ts'
import { WireError } from './errors.ts'
import { encodeFrame, FrameReader, type SizedFrame } from './frames.ts'
import type { Frame } from './types.ts'

export type Pipe = {
  /** Resolves when there is room for more. Throws `E_CLOSED`, `E_TIMEOUT` or `E_TOO_LARGE`. */
  send(frame: Frame): Promise<void>
  /** The other side is made to wait, once what is under way has arrived. */
  pause(): void
  resume(): void
  close(): Promise<void>
  abort(error: Error): void
}

export type PipeEvents = {
  onFrame(sized: SizedFrame): void
  /** Nothing more will come: the other side closed (no error), or the stream broke. Called once. */
  onEnd(error?: WireError): void
}

export function createPipe(stream: Stream, { onFrame, onEnd }: PipeEvents): Pipe {
  const reader = new FrameReader()
  let ended = false
  const end = (error?: WireError) => {
    if (ended) return
    ended = true
    onEnd(error)
  }
  const closed = (cause?: unknown) => new WireError('E_CLOSED', 'The stream is gone.', { cause })

  stream.addEventListener('message', ({ data }) => {
    try {
      for (const sized of reader.read(data)) onFrame(sized)
    } catch (error) {
      const refused = error instanceof WireError ? error : closed(error)
      stream.abort(refused)
      end(refused)
    }
  })
  // 'end' comes when the other side has closed and all is read; 'close' comes whatever happened.
  stream.addEventListener('end', () => {
    if (stream.status === 'aborted' || stream.status === 'reset') end(closed())
    else end(reader.unfinishedBytes > 0 ? closed() : undefined)
  })
  stream.addEventListener('close', ({ error }) => {
    if (error) end(closed(error))
    else if (stream.readBufferLength === 0) end(reader.unfinishedBytes > 0 ? closed() : undefined)
  })

  /** Waits until the stream takes more. (`stream.onDrain` of libp2p 3.3 answers at once from the second time on.) */
  async function room(): Promise<void> {
    while (stream.writableNeedsDrain && stream.status === 'open') await drained()
    if (stream.status !== 'open') throw closed()
  }

  const drained = (): Promise<void> =>
    new Promise((done, fail) => {
      const over = () => {
        clearTimeout(patience)
        stream.removeEventListener('drain', over)
        stream.removeEventListener('close', over)
        done()
      }
      const patience = setTimeout(() => {
        stream.removeEventListener('drain', over)
        stream.removeEventListener('close', over)
        const late = new WireError('E_TIMEOUT', 'The other side takes nothing.')
        stream.abort(late)
        fail(late)
      }, SEND_TIMEOUT_MS)
      stream.addEventListener('drain', over)
      stream.addEventListener('close', over)
    })

  return {
    async send(frame) {
      const bytes = encodeFrame(frame)
      await room()
      if (stream.writeStatus !== 'writable') throw closed()
      try {
        stream.send(bytes)
      } catch (cause) {
        throw closed(cause)
      }
      await room()
    },
    pause() {
      if (stream.readStatus === 'readable') stream.pause()
    },
    resume() {
      if (stream.readStatus === 'paused') stream.resume()
    },
    async close() {
      try {
        await stream.close({ signal: AbortSignal.timeout(SEND_TIMEOUT_MS) })
      } catch (error) {
        stream.abort(closed(error))
      }
    },
    abort(error) {
      stream.abort(error)
      end(closed(error))
    },
  }
}
