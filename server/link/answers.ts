/** The answering side of a request stream: quotas first, each id done once, a bounded number at a time. */
import type { Stream } from '@libp2p/interface'
import { NODE_REQUESTS_MAX, NODE_REQUESTS_MAX_BYTES, STREAM_REQUESTS_MAX } from '../limits.ts'
import type { Admission } from './admission/types.ts'
import { WireError } from './errors.ts'
import type { SizedFrame } from './frames.ts'
import { createKeptAnswers } from './kept-answers.ts'
import { createPipe } from './pipe.ts'
import type { Caller, Frame, Served } from './types.ts'

export type Answer = (request: Frame, caller: Caller, signal: AbortSignal) => Promise<Frame>
/** Who is calling now: what is known of them may grow while the stream is open. */
export type Answering = { readonly served: Served; readonly answer: Answer; readonly caller: () => Caller }

export type AnswersParts = {
  readonly admission: Admission
  readonly now: () => number
  /** An answer failed through a fault of ours. */
  readonly report: (error: unknown, protocol: string) => void
}

export function createAnswers({ admission, now, report }: AnswersParts) {
  const kept = createKeptAnswers(now)
  let running = 0
  let runningBytes = 0

  /** Serves one stream until it ends. */
  function serve(stream: Stream, { served, answer, caller }: Answering): void {
    const under = new Map<string, AbortController>()
    /** Ids seen on this very stream: a caller repeats itself only on another. */
    const seen = new Set<string>()

    const pipe = createPipe(stream, {
      onFrame: (sized) => void take(sized),
      onEnd(error) {
        if (error && error.code !== 'E_CLOSED') admission.offence(caller(), 'malformed', served.protocol)
        for (const each of under.values()) each.abort(new WireError('E_CLOSED', 'The caller is gone.'))
      },
    })

    const say = (id: Uint8Array, what: Frame) => pipe.send({ v: 1, id, ...what }).catch(() => {})

    async function take({ frame, bytes }: SizedFrame): Promise<void> {
      const { id, body } = frame
      if (!(id instanceof Uint8Array) || id.length !== 16) {
        admission.offence(caller(), 'malformed', served.protocol)
        return pipe.abort(new WireError('E_MALFORMED', 'A request must have an id of 16 bytes.'))
      }
      const key = Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1')
      if (frame.cancel === true) return under.get(key)?.abort(new WireError('E_CLOSED', 'The caller gave up.'))
      const isRepeated = seen.has(key)
      seen.add(key)
      if (seen.size > 2 * STREAM_REQUESTS_MAX) seen.delete(seen.values().next().value!)
      if (isRepeated) return admission.offence(caller(), 'replay', served.protocol)

      if (typeof body !== 'object' || body === null) {
        admission.offence(caller(), 'malformed', served.protocol)
        return void say(id, errorOf(new WireError('E_MALFORMED', 'A request must have a body.')))
      }
      const refused = admission.refusal(caller(), served, bytes) ?? overload(bytes)
      if (refused) return void say(id, errorOf(refused))

      const stop = new AbortController()
      under.set(key, stop)
      running++
      runningBytes += bytes
      if (under.size >= STREAM_REQUESTS_MAX) pipe.pause()
      try {
        const from = caller()
        await say(id, await kept.once(`${from.node} ${served.protocol} ${key}`, () => run(body as Frame, from, stop)))
      } finally {
        running--
        runningBytes -= bytes
        under.delete(key)
        if (under.size < STREAM_REQUESTS_MAX / 2) pipe.resume()
      }
    }

    async function run(body: Frame, from: Caller, stop: AbortController): Promise<Frame> {
      try {
        return { ok: await answer(body, from, stop.signal) }
      } catch (error) {
        if (!(error instanceof WireError)) report(error, served.protocol)
        return errorOf(error)
      }
    }
  }

  const overload = (bytes: number): WireError | undefined =>
    running >= NODE_REQUESTS_MAX || runningBytes + bytes > NODE_REQUESTS_MAX_BYTES
      ? new WireError('E_LIMITED', 'This node is busy.', { retryAfterMs: 1_000 })
      : undefined

  return { serve, running: () => ({ requests: running, bytes: runningBytes }) }
}

function errorOf(error: unknown): Frame {
  if (!(error instanceof WireError)) return { err: { code: 'E_INTERNAL', msg: 'The other node failed at it.' } }
  const { code, message: msg, retryAfterMs } = error
  return { err: { code, msg, ...(retryAfterMs !== undefined && { retryAfterMs }) } }
}
