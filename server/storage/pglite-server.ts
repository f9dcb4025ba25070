/**
 * Speaks PostgreSQL's protocol (version 3, "Message Flow") for PGlite, to one connection after another. PGlite has a single
 * session, so a new connection waits until what the last one left behind is gone.
 */
import { createServer, type Server, type Socket } from 'node:net'
import type { PGlite } from '@electric-sql/pglite'

export type PgliteServer = { readonly server: Server; close(): Promise<void> }

/** `onBroken` is called when PGlite itself fails, which is not how it reports an error in SQL. */
export function createPgliteServer(db: PGlite, onBroken: (error: unknown) => void): PgliteServer {
  let last: Promise<void> = Promise.resolve()
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    last = last.then(() => serve(db, socket)).catch(onBroken)
  })
  return {
    server,
    async close() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await last
    },
  }
}

async function serve(db: PGlite, socket: Socket): Promise<void> {
  const onRawData = (data: Uint8Array) => void (socket.writable && socket.write(Buffer.from(data)))
  for await (const request of requestsOf(socket)) {
    await db.runExclusive(() => db.execProtocolRawStream(request, { onRawData }))
  }
  socket.destroy()
  await db.exec('ROLLBACK')
  await db.exec('DISCARD ALL')
}

/** `Query`, `Sync` and `Flush`: after these the client waits for an answer, so what came before goes in with them. */
const ENDS_REQUEST: ReadonlySet<number> = new Set([0x51, 0x53, 0x48])
const TERMINATE = 0x58
const HEADER_BYTES = 5

/** What a client sends, cut where it waits for an answer, until it leaves. */
async function* requestsOf(socket: Socket): AsyncGenerator<Uint8Array> {
  let chunks: Buffer[] = []
  let bytes = 0
  let wanted = 4
  let started = false
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes < wanted) continue
      let buffer = Buffer.concat(chunks)
      for (;;) {
        const cut = started ? cutRequest(buffer) : cutStartup(buffer)
        wanted = cut.wanted
        if (cut.end === 0) break
        started = true
        if (buffer[0] === TERMINATE && cut.end === HEADER_BYTES) return
        // A copy: the buffer it lies in is the socket's.
        yield Uint8Array.prototype.slice.call(buffer, 0, cut.end)
        buffer = buffer.subarray(cut.end)
      }
      chunks = buffer.length > 0 ? [buffer] : []
      bytes = buffer.length
    }
  } catch {
    // The connection broke: the same as leaving.
  }
}

/** `end`: length of what can be handed over; `wanted`: bytes to wait for when that is nothing. */
type Cut = { readonly end: number; readonly wanted: number }

/** The first message has no type: length, then version and parameters. */
function cutStartup(buffer: Buffer): Cut {
  const length = buffer.length < 4 ? 4 : buffer.readInt32BE(0)
  return { end: buffer.length < length || buffer.length < 4 ? 0 : length, wanted: length }
}

function cutRequest(buffer: Buffer): Cut {
  let start = 0
  while (start + HEADER_BYTES <= buffer.length) {
    const end = start + 1 + buffer.readInt32BE(start + 1)
    if (end > buffer.length) return { end: 0, wanted: end }
    const type = buffer[start]!
    if (ENDS_REQUEST.has(type) || (type === TERMINATE && start === 0)) return { end, wanted: 0 }
    start = end
  }
  return { end: 0, wanted: start + HEADER_BYTES }
}
