/** One answer on its way out of the door: written once per turn of the loop, with the reader's pace made known to the backend. */
import type { ServerResponse } from 'node:http'
import type { InferSink, Run, Served } from '../../inference/types.ts'
import { INFER_WRITE_BUFFER_MAX_BYTES } from '../../limits.ts'
import type { InferErrorView } from './errors.ts'
import type { EventWriter } from './speaker.ts'

export const servedHeaders = (served: Served): Record<string, string> => ({
  'x-academy-node': served.node,
  'x-academy-privacy': served.privacy,
  ...(served.sha256 !== undefined && { 'x-academy-model-sha256': served.sha256 }),
})

export function sendJson(
  res: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body)
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...headers,
  })
  res.end(text)
}

/** What the host should know of; that there is no model, or that it is busy, whoever asks knows best. */
export const isNews = ({ code }: InferErrorView): boolean => ['backend_failed', 'timeout', 'internal'].includes(code)

/** Errors before the first event keep their status; later ones are typed events. */
export function streamReply(
  res: ServerResponse,
  events: EventWriter,
  failed: (error: unknown) => InferErrorView,
  refuse: (view: InferErrorView) => void,
  run: () => Run | undefined,
): InferSink {
  let pending = ''
  let scheduled = false
  let paused = false

  function write(text: string): void {
    pending += text
    if (scheduled) return
    scheduled = true
    process.nextTick(flush)
  }
  function flush(): void {
    scheduled = false
    if (pending === '' || res.destroyed) return
    const text = pending
    pending = ''
    res.write(text)
    if (res.writableLength > INFER_WRITE_BUFFER_MAX_BYTES && !paused) {
      paused = true
      run()?.pause()
      res.once('drain', () => {
        paused = false
        run()?.resume()
      })
    }
  }
  function end(text: string): void {
    const last = pending + text
    pending = ''
    res.end(last)
  }

  return {
    started(served) {
      res.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        ...servedHeaders(served),
      })
      write(events.started(served))
    },
    text: (text) => write(events.text(text)),
    tool: (call) => write(events.tool(call)),
    end: (finish, usage) => end(events.end(finish, usage)),
    fail(error) {
      const view = failed(error)
      if (res.headersSent) end(events.fail(view))
      else refuse(view)
    },
  }
}
