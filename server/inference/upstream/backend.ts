/** A server upstream as a backend: asked with the host's key, listed anew now and then, its answers read as they come. */
import { createParser } from 'eventsource-parser'
import { z } from 'zod'
import { INFER_QUEUE_MAX, INFER_UPSTREAM_LIST_EVERY_MS, INFER_UPSTREAM_LIST_TIMEOUT_MS } from '../../limits.ts'
import type { Backend, BackendModel, BackendRequest, BackendSink, Embedded, EmbedRequest } from '../backend.ts'
import { InferError } from '../errors.ts'
import type { Run } from '../types.ts'
import { anthropic } from './anthropic.ts'
import { exchange } from './http.ts'
import { failureIn, openai } from './openai.ts'
import type { Dialect, Upstream } from './types.ts'

const DIALECTS: Readonly<Record<Upstream['kind'], Dialect>> = { openai, anthropic }
const Listed = z.object({ data: z.array(z.object({ id: z.string() })).max(10_000) })
const Vectors = z.object({
  data: z.array(z.object({ embedding: z.array(z.number()), index: z.number().optional() })),
  usage: z.object({ prompt_tokens: z.number() }).partial().optional(),
})

type Log = { warn(fields: object, message: string): void }

export function createUpstreamBackend(upstream: Upstream, log: Log): Backend & { refresh(): Promise<void> } {
  const dialect = DIALECTS[upstream.kind]
  const base = upstream.url.replace(/\/+$/, '')
  const chatUrl = new URL(`${base}${dialect.path}`)
  const headers = dialect.headers(upstream)
  let listed: readonly string[] = upstream.models ?? []
  let isUp = true
  let inUse = 0
  const line: (() => void)[] = []
  const timer = setInterval(() => void refresh(), INFER_UPSTREAM_LIST_EVERY_MS)
  timer.unref()

  /** Whether it answers, and what it has. */
  async function refresh(): Promise<void> {
    try {
      const answer = await fetch(`${base}/models`, {
        headers,
        signal: AbortSignal.timeout(INFER_UPSTREAM_LIST_TIMEOUT_MS),
      })
      const body = Listed.safeParse(await answer.json().catch(() => undefined))
      if (!upstream.models && body.success) listed = body.data.data.map(({ id }) => id)
      if (!isUp) log.warn({ upstream: upstream.name }, 'a server of models answers again')
      isUp = true
    } catch (err) {
      if (isUp) log.warn({ upstream: upstream.name, err }, 'a server of models does not answer')
      isUp = false
    }
  }

  const model = (id: string): BackendModel => ({
    id,
    can: { chat: true, embed: upstream.kind === 'openai' },
    resumes: upstream.resumes,
    priceInMicro: upstream.priceInMicro,
    priceOutMicro: upstream.priceOutMicro,
  })

  function release(): void {
    inUse--
    line.shift()?.()
  }

  function run(request: BackendRequest, sink: BackendSink): Run {
    let call: ReturnType<typeof exchange> | undefined
    let over = false
    const begin = () => {
      inUse++
      call = ask(request, {
        ...sink,
        end(finish, usage) {
          settle()
          sink.end(finish, usage)
        },
        fail(error) {
          settle()
          sink.fail(error)
        },
      })
    }
    const settle = () => {
      if (over) return
      over = true
      release()
    }
    if (inUse < upstream.slots) begin()
    else if (line.length < INFER_QUEUE_MAX) line.push(begin)
    else
      sink.fail(
        new InferError('overloaded', `${INFER_QUEUE_MAX} requests are waiting for this server of models.`, {
          retryAfterMs: 1_000,
        }),
      )
    return {
      cancel() {
        if (over) return
        if (call) {
          call.hangUp()
          settle()
        } else {
          over = true
          const waiting = line.indexOf(begin)
          if (waiting >= 0) line.splice(waiting, 1)
        }
      },
      pause: () => call?.pause(),
      resume: () => call?.resume(),
    }
  }

  function ask(request: BackendRequest, sink: BackendSink): ReturnType<typeof exchange> {
    const startedAt = performance.now()
    const reading = dialect.read(sink, startedAt)
    let failure: { status: number; retryAfterMs?: number } | undefined
    let body: string[] | undefined
    const parser = createParser({
      onEvent: ({ data }) => {
        reading.event(data)
      },
    })
    return exchange(
      { url: chatUrl, headers, body: JSON.stringify(dialect.body(request)) },
      {
        answered(status, heads) {
          if (status !== 200) {
            const seconds = Number(heads['retry-after'])
            failure = { status, ...(seconds > 0 && { retryAfterMs: seconds * 1_000 }) }
          }
          if (failure || request.whole || !heads['content-type']?.startsWith('text/event-stream')) body = []
        },
        data(chunk) {
          if (body) body.push(chunk)
          else parser.feed(chunk)
        },
        ended() {
          if (failure) sink.fail(failureIn(failure.status, body!.join(''), failure.retryAfterMs))
          else if (body) reading.whole(body.join(''))
          else reading.ended()
        },
        failed: (error) => {
          if (error.code === 'backend_failed' && !failure) isUp = isUp && !/cannot be reached/.test(error.message)
          sink.fail(error)
        },
      },
    )
  }

  async function embed({ model: id, texts }: EmbedRequest, signal?: AbortSignal): Promise<Embedded> {
    const startedAt = performance.now()
    const answer = await fetch(`${base}/embeddings`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ model: id, input: texts, encoding_format: 'float' }),
      signal: signal ?? null,
    }).catch((cause: Error) => {
      throw new InferError(signal?.aborted ? 'canceled' : 'backend_failed', "The model's server cannot be reached.", {
        cause,
      })
    })
    const text = await answer.text()
    if (!answer.ok) throw failureIn(answer.status, text)
    const { data, usage } = Vectors.parse(JSON.parse(text))
    return {
      vectors: data.map(({ embedding }) => embedding),
      usage: { inTokens: usage?.prompt_tokens ?? 0, outTokens: 0, ms: Math.round(performance.now() - startedAt) },
    }
  }

  return {
    id: `upstream:${upstream.name}`,
    node: 'here',
    isOwnGround: upstream.isOwnGround,
    models: () => listed.map(model),
    state: () =>
      isUp ? { ready: true, slots: upstream.slots - inUse - line.length } : { ready: false, why: 'down', slots: 0 },
    run,
    ...(upstream.kind === 'openai' && { embed }),
    refresh,
    [Symbol.asyncDispose]: async () => clearInterval(timer),
  }
}
