/** Writes server-sent events as they come, no faster than the client reads, and stops whoever makes them when it is gone. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { STREAM_BEAT_MS } from '../../limits.ts'
import type { StreamEvent } from './route.ts'

/** What fails in mid-stream cannot become a status any more: `failed` makes the last event of it. */
export async function sendEvents(
  res: ServerResponse,
  make: (signal: AbortSignal) => AsyncIterable<StreamEvent>,
  failed: (error: unknown) => StreamEvent,
): Promise<void> {
  // They may have left while it was found out who they are: then nothing closes any more.
  if (res.destroyed) return
  const gone = new AbortController()
  res.on('close', () => gone.abort())
  res.on('error', () => gone.abort())
  // `no-transform` keeps whatever compresses from holding pieces back.
  res.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })
  res.flushHeaders()
  const write = async (text: string) => {
    if (!gone.signal.aborted && !res.write(text)) await once(res, 'drain', { signal: gone.signal }).catch(() => {})
  }
  const beat = setInterval(() => void res.write(': \n\n'), STREAM_BEAT_MS)
  try {
    for await (const event of make(gone.signal)) {
      if (gone.signal.aborted) return
      await write(frame(event))
    }
  } catch (error) {
    if (!gone.signal.aborted) await write(frame(failed(error)))
  } finally {
    clearInterval(beat)
    res.end()
  }
}

const frame = (event: StreamEvent): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
