/** Joins a socket on this machine with a stream to another node: each side waits for the other, and ends with it. */
import type { Socket } from 'node:net'
import type { FrameStream } from '../../link/types.ts'
import { type NoFrame, TunnelFrame } from './frames.ts'
import { ShardError } from './types.ts'

export type TunnelEvents = {
  /** Called before bytes go on, with what goes which way. What it throws ends the tunnel. */
  passed(bytes: number, way: 'in' | 'out'): void
}

/**
 * Resolves when one side has closed in good order and all that was under way has arrived. Throws what broke it, a `ShardError` where the
 * other side said why.
 */
export async function joinTunnel(
  socket: Socket,
  stream: FrameStream,
  frames: AsyncIterator<unknown>,
  { passed }: TunnelEvents,
): Promise<void> {
  // A token takes several short exchanges: none may wait for a full packet.
  socket.setNoDelay(true)
  const gone = new Promise<void>((done) => socket.once('close', done))
  const out = (async () => {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      passed(chunk.length, 'out')
      await stream.send({ t: 'data', b: chunk })
    }
    await stream.close()
  })()
  const back = (async () => {
    for (let next = await frames.next(); !next.done; next = await frames.next()) {
      const frame = TunnelFrame.safeParse(next.value)
      if (!frame.success) continue
      if (frame.data.t === 'no') throw errorOf(frame.data)
      if (frame.data.t !== 'data') continue
      passed(frame.data.b.length, 'in')
      if (socket.destroyed) return
      if (!socket.write(frame.data.b)) await Promise.race([drained(socket), gone])
    }
    socket.end()
  })()
  try {
    // Whoever ends first ends both; a half-open connection means nothing to llama.cpp.
    await Promise.race([out, back])
  } catch (error) {
    stream.abort(error as Error)
    throw error
  } finally {
    socket.destroySoon()
    await stream.close().catch(() => {})
    await Promise.allSettled([out, gone])
    back.catch(() => {})
  }
}

const drained = (socket: Socket) => new Promise<void>((done) => socket.once('drain', done))

export const errorOf = ({ reason, msg }: NoFrame): ShardError => new ShardError(reason, msg)
