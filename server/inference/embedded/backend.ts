/** A model of this node: requests wait in a bounded line for one of its sequences, and die with its process, to be tried again by the router. */
import { stat } from 'node:fs/promises'
import { INFER_ONE_THREAD_MAX_BYTES, INFER_QUEUE_MAX } from '../../limits.ts'
import type { Backend, BackendModel, BackendSink, Embedded, Score } from '../backend.ts'
import { InferError } from '../errors.ts'
import type { Run } from '../types.ts'
import type { FromHost, ToHost } from './messages.ts'
import { startModelProcess } from './process.ts'

export type EmbeddedModel = {
  readonly id: string
  readonly file: string
  readonly sha256: string
  readonly gpu: 'auto' | 'off'
  readonly sequences: number
  readonly contextTokens: number
  readonly priceInMicro: bigint
  readonly priceOutMicro: bigint
}
type Log = Parameters<typeof startModelProcess>[2]

/** What is asked of the process: who hears of it, and whether it has been sent. */
type Asked = {
  readonly message: ToHost & { readonly id: number }
  readonly hear: (message: FromHost) => void
  readonly fail: (error: InferError) => void
  sent: boolean
}

export async function createEmbeddedBackend(
  model: EmbeddedModel,
  log: Log,
): Promise<Backend & { readonly pid: number | undefined; readonly unusable: string | undefined }> {
  const { file, gpu, sequences, contextTokens } = model
  const { size } = await stat(file)
  const threads = size < INFER_ONE_THREAD_MAX_BYTES ? 1 : 0
  let ready: Extract<FromHost, { type: 'ready' }> | undefined
  let loaded = 0
  let unusable: string | undefined
  let nextId = 1
  let slots = model.sequences
  let inUse = 0
  const asked = new Map<number, Asked>()
  const line: Asked[] = []
  const host = startModelProcess({ file, gpu, sequences, contextTokens, threads }, { message, gone }, log)

  function message(heard: FromHost): void {
    switch (heard.type) {
      case 'progress':
        loaded = heard.loaded
        return
      case 'ready':
        ready = heard
        slots = heard.sequences
        log.info(
          { model: model.id, sequences: slots, contextTokens: heard.contextTokens, gpu: heard.gpu },
          'a model is loaded',
        )
        pump()
        return
      case 'unusable':
        unusable = heard.message
        return
      case 'text':
        for (const [id, text, tokens] of heard.said) asked.get(id)?.hear({ type: 'text', said: [[id, text, tokens]] })
        return
      default:
        asked.get(heard.id)?.hear(heard)
    }
  }

  function gone(willRestart: boolean): void {
    ready = undefined
    loaded = 0
    inUse = 0
    const lost = [...asked.values()].filter(({ sent }) => sent || !willRestart)
    for (const one of lost) {
      asked.delete(one.message.id)
      one.fail(
        new InferError(
          'backend_failed',
          willRestart
            ? 'The process of the model died; it is being started again.'
            : `The model ${model.id} cannot be loaded: ${unusable}`,
        ),
      )
    }
    if (!willRestart) line.length = 0
  }

  /** Sends on what waits, as far as there are sequences. */
  function pump(): void {
    while (ready && inUse < slots && line.length > 0) {
      const next = line.shift()!
      if (!asked.has(next.message.id)) continue
      next.sent = true
      inUse++
      host.send(next.message)
    }
  }

  function ask(message: Asked['message'], hear: Asked['hear'], fail: Asked['fail']): () => void {
    if (unusable !== undefined)
      fail(new InferError('backend_failed', `The model ${model.id} cannot be loaded: ${unusable}`))
    else if (line.length >= INFER_QUEUE_MAX)
      fail(
        new InferError(
          'overloaded',
          `${INFER_QUEUE_MAX} requests are waiting for this model. Try again in a moment.`,
          { retryAfterMs: 1_000 },
        ),
      )
    else {
      const one: Asked = { message, hear, fail, sent: false }
      asked.set(message.id, one)
      line.push(one)
      pump()
    }
    return () => {
      const one = asked.get(message.id)
      if (!one) return
      if (!one.sent) {
        asked.delete(message.id)
        line.splice(line.indexOf(one), 1)
        return
      }
      // It keeps its sequence until the process says that it has let go.
      asked.set(message.id, {
        ...one,
        hear: (last) =>
          last.type === 'end' || last.type === 'fail' || last.type === 'vectors' || last.type === 'score'
            ? done(message.id)
            : undefined,
        fail: () => {},
      })
      host.send({ type: 'cancel', id: message.id })
    }
  }

  function done(id: number): void {
    if (!asked.delete(id)) return
    inUse--
    pump()
  }

  function run({ textSoFar, tenant, ...request }: Parameters<Backend['run']>[0], sink: BackendSink): Run {
    const id = nextId++
    const cancel = ask(
      { type: 'run', id, request, tenant, ...(textSoFar !== undefined && { textSoFar }) },
      (heard) => {
        if (heard.type === 'text') sink.text(heard.said[0]![1], heard.said[0]![2])
        else if (heard.type === 'started') sink.started({ sha256: model.sha256, inTokens: heard.inTokens })
        else if (heard.type === 'tool') sink.tool(heard.call)
        else if (heard.type === 'end') {
          done(id)
          sink.end(heard.finish, heard)
        } else if (heard.type === 'fail') {
          done(id)
          sink.fail(new InferError(heard.code, heard.message, { ...(heard.param && { param: heard.param }) }))
        }
      },
      (error) => sink.fail(error),
    )
    // An answer is bounded by the context: what a slow listener has not read yet is small.
    return { cancel, pause() {}, resume() {} }
  }

  /** One question and its one answer. */
  function once<T>(
    message: Asked['message'],
    signal: AbortSignal | undefined,
    read: (heard: FromHost) => T | undefined,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new InferError('canceled', 'It was cancelled.'))
      const stop = ask(
        message,
        (heard) => {
          const value = read(heard)
          if (value === undefined && heard.type !== 'fail') return
          done(message.id)
          signal?.removeEventListener('abort', cancel)
          if (heard.type === 'fail') reject(new InferError(heard.code, heard.message))
          else resolve(value as T)
        },
        reject,
      )
      const cancel = () => {
        stop()
        reject(new InferError('canceled', 'It was cancelled.'))
      }
      signal?.addEventListener('abort', cancel, { once: true })
    })
  }

  const described = (): BackendModel => ({
    id: model.id,
    sha256: model.sha256,
    contextTokens: ready?.contextTokens ?? model.contextTokens,
    can: { chat: true, embed: true },
    resumes: true,
    priceInMicro: model.priceInMicro,
    priceOutMicro: model.priceOutMicro,
  })

  return {
    id: `embedded:${model.sha256}`,
    node: 'here',
    isOwnGround: true,
    get pid() {
      return host.pid
    },
    get unusable() {
      return unusable
    },
    models: () => [described()],
    state: () =>
      ready
        ? { ready: true, slots: slots - inUse - line.length }
        : unusable === undefined
          ? { ready: false, why: 'loading', progress: loaded, slots: 0 }
          : { ready: false, why: 'down', slots: 0 },
    run,
    embed: ({ texts }, signal) =>
      once<Embedded>({ type: 'embed', id: nextId++, texts }, signal, (heard) =>
        heard.type === 'vectors'
          ? { vectors: heard.vectors, usage: { inTokens: heard.inTokens, outTokens: 0, ms: heard.ms } }
          : undefined,
      ),
    score: (request, answer, signal) =>
      once<Score>({ type: 'score', id: nextId++, request, answer }, signal, (heard) =>
        heard.type === 'score' ? heard.score : undefined,
      ),
    [Symbol.asyncDispose]: async () => {
      for (const one of asked.values()) one.fail(new InferError('backend_failed', 'The model is being unloaded.'))
      asked.clear()
      line.length = 0
      await host[Symbol.asyncDispose]()
    },
  }
}
