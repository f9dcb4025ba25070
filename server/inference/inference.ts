/** Asks models on behalf of people: privacy, limits, credits and the cache around the router. */
import { INFER_ESCROW_ANSWER_TOKENS } from '../limits.ts'
import { createAnswerCache, type Kept } from './answer-cache.ts'
import { availabilityOf } from './availability.ts'
import type { Backend } from './backend.ts'
import { type Candidate, candidatesFor } from './candidates.ts'
import { InferError } from './errors.ts'
import type { Escrow, Held } from './escrow.ts'
import { completed, streamed } from './forms.ts'
import type { Limiter } from './limiter.ts'
import type { Measurements } from './measurements.ts'
import type { Receipts } from './receipts.ts'
import { type Part, route } from './route.ts'
import type {
  Embedding,
  Inference,
  InferPrincipal,
  InferRequest,
  InferSink,
  Privacy,
  Run,
  Served,
  ToolCall,
} from './types.ts'
import type { UsageBook } from './usage.ts'

export type InferenceParts = {
  readonly backends: () => readonly Backend[]
  readonly measured: Measurements
  readonly limiter: Limiter
  readonly escrow: Escrow
  readonly usage: UsageBook
  /** Keeps what other nodes signed for. */
  readonly receipts?: Pick<Receipts, 'add'>
  readonly now: () => number
  /** The account that is paid for what a backend does. */
  readonly payeeOf: (backend: Backend) => string
}

export function createInference(parts: InferenceParts): Inference {
  const { backends, measured, limiter, escrow, usage, receipts, now, payeeOf } = parts
  const cache = createAnswerCache(now)

  const run: Inference['run'] = (request, principal, sink, options = {}) => {
    const startedAt = performance.now()
    let leave: ((tokens: number) => void) | undefined
    try {
      const privacy = privacyOf(request.privacy, principal)
      mayAsk(principal, request.model)
      const promptTokens = guessTokens(request)
      leave = limiter.enter(
        principal.keyId ?? principal.tenant,
        principal.limits,
        promptTokens + (request.maxTokens ?? 0),
      )
      const key = options.noCache ? undefined : cache.keyOf(principal.tenant, request)
      const kept = key === undefined ? undefined : cache.get(key)
      if (kept && (privacy === 'open' || kept.served.privacy === 'personal')) {
        leave(0)
        return replay(kept, principal, sink, startedAt)
      }
      checkBudget(principal)
      const candidates = candidatesFor(backends(), { model: request.model, privacy, use: 'chat' }, measured).filter(
        ({ model }) => !principal.models || principal.models.includes(model.id),
      )
      if (candidates.length === 0) throw notAllowed(request.model ?? '')
      return answer({ request, principal, sink, options, privacy, candidates, key, promptTokens, leave, startedAt })
    } catch (error) {
      leave?.(0)
      return failing(sink, error)
    }
  }

  function answer(call: Call): Run {
    const { request, principal, sink, options, privacy, candidates, promptTokens, leave, startedAt } = call
    /** One for each time that it was asked. */
    const held = new Map<Candidate, Held[]>()
    const texts: string[] = []
    const tools: ToolCall[] = []
    let served: Served | undefined
    let settled = false

    /** Pays each node for its part, and gives back the rest; what the answer cost in all. */
    function settle(done: readonly Part[]): bigint {
      if (settled) return 0n
      settled = true
      let total = 0n
      let tokens = 0
      for (const part of done) {
        const cost = costOf(part)
        const hold = held.get(part.candidate)?.shift()
        hold?.settle(cost)
        const paid = hold && cost > hold.micro ? hold.micro : cost
        total += paid
        tokens += part.inTokens + part.outTokens
        const { backend, model } = part.candidate
        const { inTokens, outTokens, receipt } = part
        if (receipt)
          receipts?.add({
            ...receipt,
            tenant: principal.tenant,
            node: backend.node,
            model: model.id,
            costMicro: paid,
            atMs: now(),
          })
        usage.add({
          tenant: principal.tenant,
          keyId: principal.keyId ?? '',
          model: model.id,
          node: backend.node,
          inTokens,
          outTokens,
          costMicro: paid,
        })
      }
      for (const holds of held.values()) for (const hold of holds) hold.settle(0n)
      leave(tokens)
      return total
    }
    /** A part that broke off was not counted by its backend. */
    const counted = (done: readonly Part[]) => {
      for (const part of done) if (part.inTokens === 0) part.inTokens = promptTokens
      return done
    }

    const running = route(
      {
        measured,
        hold(candidate) {
          const micro = estimate(candidate, promptTokens, request.maxTokens)
          const hold = escrow.hold(principal.tenant, payeeOf(candidate.backend), micro)
          const keep = (one: Held) => {
            // It left while the ledger was asked.
            if (settled) one.settle(0n)
            else held.set(candidate, [...(held.get(candidate) ?? []), one])
          }
          if (hold instanceof Promise) return hold.then(keep)
          keep(hold)
          return undefined
        },
      },
      candidates,
      { ...request, tenant: principal.tenant, ...(options.whole && candidates.length === 1 && { whole: true }) },
      {
        started(candidate) {
          served ??= servedBy(candidate, privacy)
          if (texts.length === 0 && tools.length === 0) sink.started(served)
        },
        text(text) {
          texts.push(text)
          sink.text(text)
        },
        tool(toolCall) {
          tools.push(toolCall)
          sink.tool(toolCall)
        },
        end(finish, done) {
          unlisten()
          const cost = settle(done)
          const inTokens = done.at(-1)?.inTokens ?? 0
          const outTokens = done.reduce((sum, part) => sum + part.outTokens, 0)
          if (call.key !== undefined && (finish === 'stop' || finish === 'tool_calls'))
            cache.keep(call.key, {
              text: texts.join(''),
              toolCalls: tools,
              finish,
              inTokens,
              outTokens,
              served: served!,
            })
          sink.end(finish, { inTokens, outTokens, ms: Math.round(performance.now() - startedAt) }, cost)
        },
        fail(error, done) {
          unlisten()
          settle(counted(done))
          sink.fail(error)
        },
      },
    )
    function stop(): void {
      unlisten()
      running.cancel()
      settle(counted(running.parts()))
    }
    function aborted(): void {
      stop()
      sink.fail(new InferError('canceled', 'It was cancelled.'))
    }
    function unlisten(): void {
      options.signal?.removeEventListener('abort', aborted)
    }
    if (options.signal?.aborted) queueMicrotask(() => void (settled || aborted()))
    else if (!settled) options.signal?.addEventListener('abort', aborted, { once: true })
    return { cancel: () => void (settled || stop()), pause: running.pause, resume: running.resume }
  }

  function replay(kept: Kept, principal: InferPrincipal, sink: InferSink, startedAt: number): Run {
    let over = false
    queueMicrotask(() => {
      if (over) return
      over = true
      sink.started(kept.served)
      if (kept.text !== '') sink.text(kept.text)
      for (const call of kept.toolCalls) sink.tool(call)
      const { inTokens, outTokens } = kept
      usage.add({
        tenant: principal.tenant,
        keyId: principal.keyId ?? '',
        model: kept.served.model,
        node: 'cache',
        inTokens: 0,
        outTokens: 0,
        costMicro: 0n,
      })
      sink.end(kept.finish, { inTokens, outTokens, ms: Math.round(performance.now() - startedAt), cached: true }, 0n)
    })
    return { cancel: () => void (over = true), pause() {}, resume() {} }
  }

  async function embed(
    request: Parameters<Inference['embed']>[0],
    principal: InferPrincipal,
    options: Parameters<Inference['embed']>[2] = {},
  ): Promise<Embedding> {
    const privacy = privacyOf(request.privacy, principal)
    mayAsk(principal, request.model)
    const guess = Math.ceil(request.texts.reduce((sum, text) => sum + text.length, 0) / 4)
    const leave = limiter.enter(principal.keyId ?? principal.tenant, principal.limits, guess)
    let used = 0
    try {
      checkBudget(principal)
      const candidates = candidatesFor(backends(), { model: request.model, privacy, use: 'embed' }, measured).filter(
        ({ backend }) => backend.embed,
      )
      let failure: unknown = new InferError('unsupported', 'No model here makes vectors.')
      for (const candidate of candidates) {
        const { backend, model } = candidate
        const hold = await escrow.hold(principal.tenant, payeeOf(backend), estimate(candidate, guess, 0))
        try {
          const { vectors, usage: counted } = await backend.embed!(
            { model: model.id, texts: request.texts, tenant: principal.tenant },
            options.signal,
          )
          used = counted.inTokens
          const costMicro = costOf({ candidate, inTokens: counted.inTokens, outTokens: 0 })
          hold.settle(costMicro)
          usage.add({
            tenant: principal.tenant,
            keyId: principal.keyId ?? '',
            model: model.id,
            node: backend.node,
            inTokens: used,
            outTokens: 0,
            costMicro,
          })
          return { vectors, usage: counted, served: servedBy(candidate, privacy), costMicro }
        } catch (error) {
          hold.settle(0n)
          failure = error
          if (options.signal?.aborted) break
        }
      }
      throw failure
    } finally {
      leave(used)
    }
  }

  return {
    run,
    complete: (request, principal, options) =>
      completed((sink) => run(request, principal, sink, { whole: true, ...options })),
    stream: (request, principal, options) => streamed((sink) => run(request, principal, sink, options)),
    embed,
    availability: (principal, privacy) => availabilityOf(backends(), principal, privacyOf(privacy, principal)),
  }
}

type Call = {
  readonly request: InferRequest
  readonly principal: InferPrincipal
  readonly sink: InferSink
  readonly options: NonNullable<Parameters<Inference['run']>[3]>
  readonly privacy: Privacy
  readonly candidates: readonly Candidate[]
  readonly key: string | undefined
  readonly promptTokens: number
  readonly leave: (tokens: number) => void
  readonly startedAt: number
}

const privacyOf = (asked: Privacy | undefined, { minor }: InferPrincipal): Privacy =>
  minor ? 'personal' : (asked ?? 'open')

const notAllowed = (model: string) =>
  new InferError('forbidden', `This key may not ask the model ${JSON.stringify(model)}.`, { param: 'model' })

function mayAsk({ models }: InferPrincipal, model: string | undefined): void {
  if (models && model !== undefined && !models.includes(model)) throw notAllowed(model)
}

function checkBudget({ limits }: InferPrincipal): void {
  if ((limits?.leftMicro && limits.leftMicro() <= 0n) || (limits?.leftTokens && limits.leftTokens() <= 0))
    throw new InferError(
      'budget_exhausted',
      'The budget of this key is used up. Make another key, or give it a larger budget.',
    )
}

/** Four letters to a token: near enough to count by until the backend has counted. */
function guessTokens({ messages }: InferRequest): number {
  let chars = 0
  for (const { content } of messages) chars += content.length + 8
  return Math.ceil(chars / 4)
}

const PER = 1_000_000n
const costOf = ({
  candidate: { model },
  inTokens,
  outTokens,
}: Pick<Part, 'candidate' | 'inTokens' | 'outTokens'>): bigint =>
  (model.priceInMicro * BigInt(inTokens) + model.priceOutMicro * BigInt(outTokens) + PER - 1n) / PER

/** The most it can cost; a prompt in letters that take a token each is four times the guess. */
const estimate = (candidate: Candidate, promptTokens: number, maxTokens = INFER_ESCROW_ANSWER_TOKENS): bigint =>
  costOf({ candidate, inTokens: promptTokens * 4, outTokens: maxTokens })

const servedBy = ({ backend, model }: Candidate, privacy: Privacy): Served => ({
  model: model.id,
  ...(model.sha256 !== undefined && { sha256: model.sha256 }),
  node: backend.node,
  privacy,
})

function failing(sink: InferSink, error: unknown): Run {
  let over = false
  queueMicrotask(() => {
    if (!over)
      sink.fail(
        error instanceof InferError
          ? error
          : new InferError('backend_failed', 'The request failed here.', { cause: error }),
      )
  })
  return { cancel: () => void (over = true), pause() {}, resume() {} }
}
