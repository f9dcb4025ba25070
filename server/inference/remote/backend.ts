/** Another node as a backend: many answers over one stream, each numbered so that nothing is heard twice and a gap is noticed. */
import { createHash, type Hash, randomUUID } from 'node:crypto'
import { INFER_REMOTE_CREDIT, INFER_REMOTE_PART_BYTES, INFER_REMOTE_RUNS_MAX } from '../../limits.ts'
import type { FrameStream, Wire } from '../../link/types.ts'
import type { Backend, BackendModel, BackendSink, Embedded, Score } from '../backend.ts'
import { InferError } from '../errors.ts'
import type { InferErrorCode, Run } from '../types.ts'
import { AnsweringFrame, type AskingFrame, type OpenBody } from './frames.ts'
import { digestOf, openMeter } from './meter.ts'

export type RemoteNode = {
  readonly node: string
  readonly owner?: string
  readonly isTrusted: boolean
  /** It is the initial node, or its owner is ours. */
  readonly isOwnGround: boolean
  readonly models: readonly BackendModel[]
  readonly slots: number
  /** Between 0 and 1. */
  readonly trust: number
}
/** `request`: SHA-256 of what was asked. */
type Asked = { readonly id: string; readonly request: string; leave(): void }
type Hearing = { hear(frame: AnsweringFrame): void; fail(error: InferError): void }
const CODES: readonly string[] = [
  'no_model',
  'model_loading',
  'model_not_found',
  'bad_request',
  'context_too_long',
  'unsupported',
  'overloaded',
  'backend_failed',
  'timeout',
] satisfies readonly InferErrorCode[]

/** `describe` says what is known of the node now; undefined when it is gone. */
export function createRemoteBackend(
  wire: Pick<Wire, 'open'>,
  node: string,
  describe: () => RemoteNode | undefined,
): Backend {
  const hearings = new Map<string, Hearing>()
  let opening: Promise<FrameStream> | undefined
  let sending: Promise<unknown> = Promise.resolve()
  let closed = false

  function connection(): Promise<FrameStream> {
    opening ??= wire.open(node, 'infer').then(
      (stream) => {
        void read(stream)
        return stream
      },
      (error) => {
        opening = undefined
        throw error
      },
    )
    return opening
  }

  async function read(stream: FrameStream): Promise<void> {
    let cause: unknown
    try {
      for await (const raw of stream.frames) {
        const frame = AnsweringFrame.safeParse(raw)
        if (frame.success) hearings.get(frame.data.id)?.hear(frame.data)
      }
    } catch (error) {
      cause = error
    }
    opening = undefined
    const lost = [...hearings.values()]
    hearings.clear()
    for (const hearing of lost)
      hearing.fail(new InferError('backend_failed', 'The link to the node that answered is gone.', { cause }))
  }

  function send(frames: readonly AskingFrame[], fail: (error: InferError) => void): void {
    sending = sending
      .then(async () => {
        const stream = await connection()
        for (const frame of frames) await stream.send(frame)
      })
      .catch((cause: Error) =>
        fail(new InferError('backend_failed', `The node ${node} cannot be reached.`, { cause })),
      )
  }

  /** Opens it; what comes back ends it early. */
  function ask(body: OpenBody, seq: number, hearing: Hearing): Asked {
    const id = randomUUID()
    const bytes = Buffer.from(JSON.stringify(body))
    const drop = () => hearings.delete(id)
    const fail = (error: InferError) => {
      if (drop()) hearing.fail(error)
    }
    hearings.set(id, { ...hearing, fail: hearing.fail })
    send(partsOf(id, seq, bytes), fail)
    return {
      id,
      request: digestOf(bytes),
      leave() {
        if (drop()) send([{ t: 'cancel', id }], () => {})
      },
    }
  }

  const failureOf = ({ code, msg, param, retryAfterMs }: Extract<AnsweringFrame, { t: 'fail' }>) =>
    new InferError(CODES.includes(code) ? (code as InferErrorCode) : 'backend_failed', msg.slice(0, 500), {
      ...(param !== undefined && { param }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    })

  function run({ model, textSoFar, tenant: _, ...request }: Parameters<Backend['run']>[0], sink: BackendSink): Run {
    const digest: Hash = createHash('sha256')
    let next = 0
    let heardSinceCredit = 0
    let paused = false
    const body: OpenBody = {
      do: 'chat',
      model,
      request: JSON.parse(JSON.stringify({ ...request, model })),
      ...(textSoFar !== undefined && { textSoFar }),
    }
    const stop = (error: InferError) => {
      asked.leave()
      sink.fail(error)
    }
    const asked = ask(body, 0, {
      hear(frame) {
        switch (frame.t) {
          case 'started':
            sink.started({
              ...(frame.sha256 !== undefined && { sha256: frame.sha256 }),
              ...(frame.inTokens !== undefined && { inTokens: frame.inTokens }),
            })
            return
          case 'tokens':
            // Heard already; a repeat does no harm.
            if (frame.seq < next) return
            if (frame.seq > next) {
              stop(new InferError('backend_failed', 'A part of the answer was lost on the way.'))
              return
            }
            next++
            digest.update(frame.text)
            sink.text(frame.text, frame.n)
            heardSinceCredit++
            grant()
            return
          case 'tool':
            sink.tool(frame.call)
            return
          case 'end':
            hearings.delete(asked.id)
            if (frame.digest !== digest.digest('hex'))
              sink.fail(new InferError('backend_failed', 'The answer that came is not the one that was sent.'))
            else if (!isMetered(frame, asked))
              sink.fail(new InferError('backend_failed', 'The node did not sign for what it says the answer took.'))
            else {
              const { finish, inTokens, outTokens, ms, signed } = frame
              sink.end(finish, { inTokens, outTokens, ms, receipt: { id: asked.id, ...signed! } })
            }
            return
          case 'fail':
            hearings.delete(asked.id)
            sink.fail(failureOf(frame))
        }
      },
      fail: (error) => sink.fail(error),
    })
    /** It signed for this question, this answer and these tokens, and for no other. */
    function isMetered(
      { signed, digest: text, inTokens, outTokens }: Extract<AnsweringFrame, { t: 'end' }>,
      { id, request: sent }: typeof asked,
    ): boolean {
      const meter = signed && openMeter(node, signed)
      const isSame = meter?.id === id && meter.model === model && meter.request === sent && meter.text === text
      return isSame && meter.inTokens === inTokens && meter.outTokens === outTokens
    }
    /** Lets the node send on, a half of the window at a time. */
    function grant(): void {
      if (paused || heardSinceCredit < INFER_REMOTE_CREDIT / 2) return
      send([{ t: 'credit', id: asked.id, n: heardSinceCredit }], () => {})
      heardSinceCredit = 0
    }
    return {
      cancel: () => asked.leave(),
      pause() {
        paused = true
      },
      resume() {
        paused = false
        grant()
      },
    }
  }

  function once<T>(
    body: OpenBody,
    signal: AbortSignal | undefined,
    read: (frame: AnsweringFrame) => T | undefined,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const asked = ask(body, 0, {
        hear(frame) {
          hearings.delete(asked.id)
          const value = read(frame)
          if (frame.t === 'fail') reject(failureOf(frame))
          else if (value === undefined) reject(new InferError('backend_failed', 'The node answered something else.'))
          else resolve(value)
        },
        fail: reject,
      })
      signal?.addEventListener('abort', () => {
        asked.leave()
        reject(new InferError('canceled', 'It was cancelled.'))
      })
    })
  }

  return {
    id: `node:${node}`,
    node,
    get owner() {
      return describe()?.owner ?? ''
    },
    get isTrusted() {
      return describe()?.isTrusted ?? false
    },
    get isOwnGround() {
      return describe()?.isOwnGround ?? false
    },
    trust: () => describe()?.trust ?? 0,
    models: () => describe()?.models ?? [],
    state() {
      const known = closed ? undefined : describe()
      return known
        ? { ready: true, slots: Math.min(known.slots, INFER_REMOTE_RUNS_MAX) - hearings.size }
        : { ready: false, why: 'down', slots: 0 }
    },
    run,
    embed: ({ model, texts }, signal) =>
      once<Embedded>({ do: 'embed', model, texts: [...texts] }, signal, (frame) =>
        frame.t === 'vectors'
          ? { vectors: frame.vectors, usage: { inTokens: frame.inTokens, outTokens: 0, ms: frame.ms } }
          : undefined,
      ),
    score: ({ model, messages }, answer, signal) =>
      once<Score>(
        {
          do: 'score',
          model,
          messages: messages.filter((each) => each.role !== 'tool').map(({ role, content }) => ({ role, content })),
          answer,
        },
        signal,
        (frame) =>
          frame.t === 'score'
            ? { meanLogProb: frame.meanLogProb, firstChoice: frame.firstChoice, tokens: frame.tokens }
            : undefined,
      ),
    async [Symbol.asyncDispose]() {
      closed = true
      const stream = await opening?.catch(() => undefined)
      stream?.abort(new Error('the node is closing'))
    },
  }
}

function partsOf(id: string, seq: number, bytes: Buffer): readonly AskingFrame[] {
  const parts: AskingFrame[] = []
  for (let at = 0; at < bytes.length; at += INFER_REMOTE_PART_BYTES)
    parts.push({
      t: 'open',
      id,
      seq,
      credit: INFER_REMOTE_CREDIT,
      more: at + INFER_REMOTE_PART_BYTES < bytes.length,
      body: new Uint8Array(bytes.subarray(at, at + INFER_REMOTE_PART_BYTES)),
    })
  return parts
}
