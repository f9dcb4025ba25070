/** Answers other nodes with this node's own models; never with a third node's, so that no request can go round in a circle. */
import { createHash } from 'node:crypto'
import type { SigningKey } from '../../lib/ed25519.ts'
import { INFER_BODY_MAX_BYTES, INFER_REMOTE_JOIN_MS, INFER_REMOTE_RUNS_MAX } from '../../limits.ts'
import type { FrameStream } from '../../link/types.ts'
import type { Backend, BackendRequest } from '../backend.ts'
import { candidatesFor } from '../candidates.ts'
import { InferError } from '../errors.ts'
import type { Measurements } from '../measurements.ts'
import { route } from '../route.ts'
import type { InferRequest, Run } from '../types.ts'
import { type AnsweringFrame, AskingFrame, OpenBody } from './frames.ts'
import { digestOf, signMeter } from './meter.ts'

export type ServeParts = {
  readonly backends: () => readonly Backend[]
  readonly measured: Measurements
  /** Signs what answers took. */
  readonly key: SigningKey
  readonly now: () => number
  /** What was done for another node, in tokens. */
  readonly done: (node: string, model: string, inTokens: number, outTokens: number) => void
}
type Answering = {
  readonly parts: Uint8Array[]
  bytes: number
  run?: Run
  credit: number
  paused: boolean
  cancel?: () => void
}

export function serveInference({
  backends,
  measured,
  key,
  now,
  done,
}: ServeParts): (stream: FrameStream) => Promise<void> {
  return async (stream) => {
    const answers = new Map<string, Answering>()
    let sending: Promise<void> = Promise.resolve()
    const send = (frame: AnsweringFrame): void => {
      sending = sending.then(() => stream.send(frame)).catch(() => stopAll())
    }
    const fail = (id: string, error: unknown): void => {
      answers.delete(id)
      const { code, message, param, retryAfterMs } =
        error instanceof InferError ? error : new InferError('backend_failed', 'The other node failed at it.')
      send({
        t: 'fail',
        id,
        code,
        msg: message,
        ...(param !== undefined && { param }),
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      })
    }
    function stopAll(): void {
      for (const { run, cancel } of answers.values()) {
        run?.cancel()
        cancel?.()
      }
      answers.clear()
    }

    function take(frame: AskingFrame): void {
      const known = answers.get(frame.id)
      if (frame.t === 'open') {
        open(frame, known)
        return
      }
      if (!known) return
      if (frame.t === 'cancel') {
        known.run?.cancel()
        known.cancel?.()
        answers.delete(frame.id)
        return
      }
      known.credit += frame.n
      if (known.paused && known.credit > 0) {
        known.paused = false
        known.run?.resume()
      }
    }

    function open(frame: Extract<AskingFrame, { t: 'open' }>, known: Answering | undefined): void {
      if (known?.run) return
      if (!known && answers.size >= INFER_REMOTE_RUNS_MAX) {
        const message = `${INFER_REMOTE_RUNS_MAX} answers at once are given to one node.`
        fail(frame.id, new InferError('overloaded', message, { retryAfterMs: 1_000 }))
        return
      }
      const answering = known ?? { parts: [], bytes: 0, credit: frame.credit, paused: false }
      answers.set(frame.id, answering)
      answering.parts.push(frame.body)
      answering.bytes += frame.body.length
      if (answering.bytes > INFER_BODY_MAX_BYTES) {
        fail(frame.id, new InferError('bad_request', 'The request is too long.'))
        return
      }
      if (frame.more) return
      try {
        const bytes = Buffer.concat(answering.parts)
        const body = OpenBody.parse(JSON.parse(bytes.toString()))
        answering.parts.length = 0
        if (body.do === 'chat') chat(frame.id, frame.seq, body, answering, digestOf(bytes))
        else void other(frame.id, body, answering).catch((error) => fail(frame.id, error))
      } catch (error) {
        fail(
          frame.id,
          error instanceof InferError ? error : new InferError('bad_request', 'The request cannot be read.'),
        )
      }
    }

    const find = (model: string, use: 'chat' | 'embed') =>
      candidatesFor(backends(), { model, privacy: 'open', use }, measured)

    function chat(
      id: string,
      firstSeq: number,
      body: Extract<OpenBody, { do: 'chat' }>,
      answering: Answering,
      asked: string,
    ): void {
      const candidates = find(body.model, 'chat')
      const digest = createHash('sha256')
      let seq = firstSeq
      let text = ''
      let tokens = 0
      let timer: NodeJS.Timeout | undefined
      /** The first piece at once, then joined: a frame for each token would cost more than the token. */
      const flush = () => {
        clearTimeout(timer)
        timer = undefined
        if (text === '') return
        send({ t: 'tokens', id, seq: seq++, text, n: tokens })
        text = ''
        tokens = 0
        if (--answering.credit <= 0 && !answering.paused) {
          answering.paused = true
          answering.run?.pause()
        }
      }
      const over = () => {
        clearTimeout(timer)
        answers.delete(id)
      }
      answering.cancel = () => clearTimeout(timer)
      const request = body.request as unknown as InferRequest
      answering.run = route(
        { measured, hold: () => undefined },
        candidates,
        {
          ...request,
          tenant: `node:${stream.peer.node}`,
          ...(body.textSoFar !== undefined && { textSoFar: body.textSoFar }),
        },
        {
          started: ({ model }) =>
            send({ t: 'started', id, ...(model.sha256 !== undefined && { sha256: model.sha256 }) }),
          text(piece, count) {
            digest.update(piece)
            text += piece
            tokens += count
            if (seq === firstSeq) flush()
            else timer ??= setTimeout(flush, INFER_REMOTE_JOIN_MS)
          },
          tool(call) {
            flush()
            send({ t: 'tool', id, call })
          },
          end(finish, parts) {
            flush()
            over()
            const inTokens = parts.at(-1)?.inTokens ?? 0
            const outTokens = parts.reduce((sum, part) => sum + part.outTokens, 0)
            done(stream.peer.node, body.model, inTokens, outTokens)
            const heard = digest.digest('hex')
            const meter = {
              v: 1,
              id,
              asker: stream.peer.node,
              model: body.model,
              request: asked,
              text: heard,
            } as const
            send({
              t: 'end',
              id,
              finish,
              inTokens,
              outTokens,
              ms: parts.at(-1)?.ms ?? 0,
              digest: heard,
              signed: signMeter({ ...meter, inTokens, outTokens, atMs: now() }, key),
            })
          },
          fail(error) {
            flush()
            over()
            fail(id, error)
          },
        },
      )
      if (answering.paused) answering.run.pause()
    }

    async function other(id: string, body: Exclude<OpenBody, { do: 'chat' }>, answering: Answering): Promise<void> {
      const abort = new AbortController()
      answering.cancel = () => abort.abort()
      const [{ backend, model }] = find(body.model, body.do === 'embed' ? 'embed' : 'chat')
      if (body.do === 'embed') {
        if (!backend.embed) throw new InferError('unsupported', 'This model makes no vectors.')
        const { vectors, usage } = await backend.embed(
          { model: model.id, texts: body.texts, tenant: `node:${stream.peer.node}` },
          abort.signal,
        )
        done(stream.peer.node, model.id, usage.inTokens, 0)
        send({
          t: 'vectors',
          id,
          vectors: vectors.map((vector) => [...vector]),
          inTokens: usage.inTokens,
          ms: usage.ms,
        })
      } else {
        if (!backend.score) throw new InferError('unsupported', 'This model scores nothing.')
        const request: BackendRequest = {
          model: model.id,
          messages: body.messages as BackendRequest['messages'],
          tenant: `node:${stream.peer.node}`,
        }
        send({ t: 'score', id, ...(await backend.score(request, body.answer, abort.signal)) })
      }
      answers.delete(id)
    }

    try {
      for await (const raw of stream.frames) {
        const frame = AskingFrame.safeParse(raw)
        // What is not known is passed over: a newer node may say more.
        if (frame.success) take(frame.data)
      }
    } finally {
      stopAll()
      await sending
    }
  }
}
