/**
 * A model over several nodes as a backend: agreements with those that lend, `llama-server` on loopback with their rpc-servers behind
 * it, and the upstream backend in front. What dies is started again with growing pauses; one that rested is loaded at the next request.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  INFER_QUEUE_MAX,
  INFER_RESTART_MAX_MS,
  INFER_RESTART_MIN_MS,
  SHARD_HEALTH_EVERY_MS,
  SHARD_LOAD_SILENCE_MAX_MS,
} from '../../limits.ts'
import type { Backend, BackendModel, BackendRequest, BackendSink } from '../backend.ts'
import { InferError } from '../errors.ts'
import type { Run } from '../types.ts'
import { createUpstreamBackend } from '../upstream/backend.ts'
import { type Borrowed, type BorrowParts, borrow } from './borrow.ts'
import type { LlamaServers } from './build.ts'
import { freePort, startServer } from './child.ts'
import { readLayers, type Split, splitOf } from './split.ts'
import { ShardError, type ShardedModel } from './types.ts'

export type ShardedParts = Omit<BorrowParts, 'build' | 'maxPriceMicroPerMinute' | 'signal'> & {
  readonly servers: () => LlamaServers | undefined
  /** All nodes of this model are of this node's owner. */
  readonly isOwnGround: () => boolean
  readonly restartMinMs?: number
}
export type ShardState = {
  readonly is: 'loading' | 'ready' | 'resting' | 'failed'
  /** Of what goes to other nodes. */
  readonly progress?: number
  readonly why?: string
  readonly reason?: string
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly pid?: number
}
export type ShardedBackend = Backend & { readonly model: ShardedModel; shardState(): ShardState }

export function createShardedBackend(model: ShardedModel, parts: ShardedParts): ShardedBackend {
  const { log, restartMinMs = INFER_RESTART_MIN_MS } = parts
  const line: { begin(): void; fail(error: InferError): void }[] = []
  let is: ShardState['is'] = 'loading'
  let failure: Error | undefined
  let answering: Backend | undefined
  let borrowed: readonly Borrowed[] = []
  let split: Split | undefined
  let pid: number | undefined
  let pauseMs = restartMinMs
  const stopped = new AbortController()
  let wake = () => {}
  const living = live()

  /** Loads it, and loads it again, until the node stops it. */
  async function live(): Promise<void> {
    while (!stopped.signal.aborted) {
      failure = await serve().then(
        () => undefined,
        (error: Error) => error,
      )
      if (stopped.signal.aborted) return
      const reason = failure instanceof ShardError ? failure.reason : 'server'
      is = reason === 'idle' ? 'resting' : 'failed'
      for (const one of line.splice(0)) one.fail(unavailable())
      if (is === 'resting') {
        log.info({ model: model.id }, 'a sharded model rests: nobody asked it for long')
        await new Promise<void>((done) => (wake = done))
      } else {
        log.warn({ model: model.id, reason, err: failure, pauseMs }, 'a sharded model is down; it is started again')
        await sleep(pauseMs, undefined, { signal: stopped.signal }).catch(() => {})
        pauseMs = Math.min(INFER_RESTART_MAX_MS, pauseMs * 2)
      }
      is = 'loading'
    }
  }

  /** One life of it: throws what ended it. */
  async function serve(): Promise<void> {
    const servers = parts.servers()
    if (!servers)
      throw new ShardError(
        'no_servers',
        'llama.cpp\'s servers are not built here. Run "npx academy shard build", then add the model anew.',
      )
    await using stack = new AsyncDisposableStack()
    const { maxPriceMicroPerMinute } = model
    const { signal } = stopped
    borrowed = []
    for (const node of model.nodes) {
      const one = stack.use(await borrow(node, { ...parts, build: servers.build, maxPriceMicroPerMinute, signal }))
      borrowed = [...borrowed, one]
    }
    split = splitOf(
      await readLayers(model.file),
      model.localMb,
      borrowed.map(({ memoryMb }) => memoryMb),
    )
    const port = await freePort()
    const key = randomBytes(24).toString('base64url')
    const server = stack.use(
      // The key is not in the arguments: those are seen by everybody on the machine.
      startServer({ program: servers.llamaServer, args: argumentsOf(port, split), env: { LLAMA_API_KEY: key } }),
    )
    pid = server.pid
    /** Nothing more is asked of it from then on. */
    const fail = (error: Error) => {
      answering = undefined
      is = 'failed'
      failure = error
    }
    const died = server.exited.then(async ({ how, said }) => {
      fail(new InferError('backend_failed', `llama-server ended (${how}).`))
      // A tunnel that broke is why; it may be heard of a moment later.
      await Promise.race([...borrowed.map(({ lost }) => lost), sleep(500)])
      throw new InferError(
        'backend_failed',
        `llama-server ended (${how}): ${said.trim().split('\n').slice(-3).join(' ')}`,
      )
    })
    const over = Promise.race([died, aborted(stopped.signal), ...borrowed.map(({ lost }) => lost)])
    over.catch(fail)
    died.catch(() => {})
    const life = new AbortController()
    stack.defer(() => {
      life.abort()
      pid = undefined
    })
    await Promise.race([over, untilHealthy(port, life.signal)])
    const upstream = createUpstreamBackend(
      {
        name: model.id,
        kind: 'openai',
        url: `http://127.0.0.1:${port}/v1`,
        key,
        models: [model.id],
        resumes: true,
        isOwnGround: true,
        priceInMicro: model.priceInMicro,
        priceOutMicro: model.priceOutMicro,
        slots: model.sequences,
      },
      log,
    )
    stack.defer(async () => {
      answering = undefined
      await upstream[Symbol.asyncDispose]()
    })
    answering = upstream
    is = 'ready'
    pauseMs = restartMinMs
    log.info({ model: model.id, nodes: model.nodes, ...split }, 'a sharded model is loaded')
    for (const one of line.splice(0)) one.begin()
    await over
  }

  function argumentsOf(port: number, { remoteLayers, shares }: Split): readonly string[] {
    const options: Readonly<Record<string, string>> = {
      '--model': model.file,
      '--alias': model.id,
      '--host': '127.0.0.1',
      '--port': String(port),
      '--rpc': borrowed.map((one) => `127.0.0.1:${one.port}`).join(','),
      '--gpu-layers': String(remoteLayers),
      '--split-mode': 'layer',
      '--tensor-split': shares.join(','),
      '--fit': 'off',
      '--ctx-size': String(model.contextTokens * model.sequences),
      '--parallel': String(model.sequences),
      // Nothing computed for one tenant is reused for another.
      '--cache-ram': '0',
      '--slot-prompt-similarity': '0',
    }
    return [...Object.entries(options).flat(), '--no-cache-prompt', '--no-ui', '--no-slots', '--offline', '--jinja']
  }

  /** llama-server says 503 until the model is loaded. Throws when nothing goes on. */
  async function untilHealthy(port: number, life: AbortSignal): Promise<void> {
    let lastBytes = -1
    let lastMs = performance.now()
    while (!life.aborted) {
      const status = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(5_000) }).then(
        async (answer) => {
          await answer.arrayBuffer()
          return answer.status
        },
        () => 0,
      )
      if (status === 200) return
      const { sent, received } = total()
      if (sent + received !== lastBytes) {
        lastBytes = sent + received
        lastMs = performance.now()
      } else if (performance.now() - lastMs > SHARD_LOAD_SILENCE_MAX_MS)
        throw new InferError(
          'timeout',
          `Nothing went on for ${SHARD_LOAD_SILENCE_MAX_MS / 1_000} s while it was loaded.`,
        )
      await sleep(SHARD_HEALTH_EVERY_MS)
    }
  }

  const total = () => ({
    sent: borrowed.reduce((sum, { bytes }) => sum + bytes.sent, 0),
    received: borrowed.reduce((sum, { bytes }) => sum + bytes.received, 0),
  })
  const progress = () => (split ? Math.min(0.99, total().sent / split.remoteBytes) : 0)

  const unavailable = () => {
    const reason = failure instanceof ShardError ? ` (${failure.reason})` : ''
    return new InferError(
      'backend_failed',
      `The model ${model.id} is not available${reason}: ${failure?.message ?? 'it is being stopped.'}`,
      {
        retryAfterMs: pauseMs,
      },
    )
  }

  /** While it is loaded requests wait, so that one that rested wakes at a question. */
  function run(request: BackendRequest, sink: BackendSink): Run {
    if (answering) return answering.run(request, sink)
    let inner: Run | undefined
    let paused = false
    const waiting = {
      begin() {
        inner = answering!.run(request, sink)
        if (paused) inner.pause()
      },
      fail: (error: InferError) => sink.fail(error),
    }
    if (is === 'failed' || stopped.signal.aborted) queueMicrotask(() => sink.fail(unavailable()))
    else if (line.length >= INFER_QUEUE_MAX)
      sink.fail(
        new InferError('overloaded', `${INFER_QUEUE_MAX} requests are waiting for this model.`, {
          retryAfterMs: 1_000,
        }),
      )
    else {
      line.push(waiting)
      if (is === 'resting') wake()
    }
    return {
      cancel() {
        const place = line.indexOf(waiting)
        if (place >= 0) line.splice(place, 1)
        inner?.cancel()
      },
      pause() {
        paused = true
        inner?.pause()
      },
      resume() {
        paused = false
        inner?.resume()
      },
    }
  }

  const described = (): BackendModel => ({
    id: model.id,
    sha256: model.sha256,
    contextTokens: model.contextTokens,
    can: { chat: true, embed: false },
    resumes: true,
    priceInMicro: model.priceInMicro,
    priceOutMicro: model.priceOutMicro,
  })

  return {
    id: `sharded:${model.sha256}`,
    node: 'here',
    get isOwnGround() {
      return parts.isOwnGround()
    },
    model,
    models: () => [described()],
    state() {
      if (answering) return answering.state()
      if (is === 'failed') return { ready: false, why: 'down', slots: 0 }
      // One that rests is no worse than one that is being loaded: a question wakes it.
      return {
        ready: false,
        why: 'loading',
        progress: is === 'resting' ? 0 : progress(),
        slots: model.sequences - line.length,
      }
    },
    shardState: () => ({
      is,
      ...(is === 'loading' && { progress: progress() }),
      ...(failure && is !== 'ready' && { why: failure.message }),
      ...(failure instanceof ShardError && is !== 'ready' && { reason: failure.reason }),
      ...(pid !== undefined && { pid }),
      bytesSent: total().sent,
      bytesReceived: total().received,
    }),
    run,
    async [Symbol.asyncDispose]() {
      stopped.abort()
      wake()
      await living
      for (const one of line.splice(0)) one.fail(unavailable())
    },
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, fail) => {
    const stop = () => fail(new Error('stopped'))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
