/** Who may answer a request, best first: by privacy, then by what it will cost in time, credits and trust. */
import { INFER_ANSWER_GUESS_TOKENS, INFER_MICRO_PER_MS } from '../limits.ts'
import type { Backend, BackendModel } from './backend.ts'
import { InferError } from './errors.ts'
import type { Measurements } from './measurements.ts'
import type { Privacy } from './types.ts'

export type Candidate = { readonly backend: Backend; readonly model: BackendModel }
export type Wish = {
  readonly model?: string | undefined
  readonly privacy: Privacy
  readonly use: 'chat' | 'embed'
}

/** Throws `InferError` when there is none, saying why. */
export function candidatesFor(
  backends: readonly Backend[],
  wish: Wish,
  measured: Measurements,
): readonly [Candidate, ...Candidate[]] {
  const fitting = backends.flatMap((backend) =>
    backend
      .models()
      .filter((model) => model.can[wish.use] && (wish.model === undefined || isCalled(model, wish.model)))
      .map((model) => ({ backend, model })),
  )
  const allowed = wish.privacy === 'personal' ? fitting.filter(({ backend }) => backend.isOwnGround) : fitting
  const [first, ...rest] = allowed
    .filter(({ backend }) => backend.state().why !== 'down')
    .map((candidate) => ({ candidate, cost: costOf(candidate, measured) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ candidate }) => candidate)
  if (first) return [first, ...rest]
  throw whyNone(backends, wish, { fitting: fitting.length, allowed: allowed.length })
}

/** By its name, or by the hash of its file. */
const isCalled = (model: BackendModel, name: string) =>
  model.id === name || (model.sha256 !== undefined && `sha256:${model.sha256}` === name)

/** Milliseconds until a usual answer is there, with credits and doubts turned into time. */
function costOf({ backend, model }: Candidate, measured: Measurements): number {
  const { ready, slots } = backend.state()
  const seen = measured.of(backend.id, model.id)
  const speed = seen.tokensPerS ?? model.tokensPerS ?? 20
  const answerMs = (INFER_ANSWER_GUESS_TOKENS / speed) * 1_000
  const waitingMs = slots > 0 ? 0 : (1 - slots) * answerMs
  const loadingMs = ready ? 0 : 10_000
  const priceMicro = Number((model.priceOutMicro * BigInt(INFER_ANSWER_GUESS_TOKENS)) / 1_000_000n)
  const doubt = 1 - (backend.trust?.() ?? 1) + seen.failures
  return (seen.firstTokenMs ?? 0) + answerMs + waitingMs + loadingMs + priceMicro / INFER_MICRO_PER_MS + doubt * 2_000
}

function whyNone(
  backends: readonly Backend[],
  { model, privacy, use }: Wish,
  found: { fitting: number; allowed: number },
): InferError {
  if (found.allowed > 0)
    return new InferError(
      'no_model',
      'Every node that has this model is out of reach just now. Try again in a moment.',
      { retryAfterMs: 5_000 },
    )
  if (found.fitting > 0)
    return new InferError(
      'privacy_no_node',
      `This prompt is ${privacy} and stays on the node of its owner, but only other people's nodes have ${model ?? 'a model'}. Load a model here ("academy model add FILE"), or ask with privacy "open" where that is allowed.`,
    )
  if (backends.some((backend) => backend.state().why === 'loading') && model === undefined)
    return new InferError('model_loading', 'A model is being loaded. Try again in a moment.', { retryAfterMs: 2_000 })
  const any = backends.some((backend) => backend.models().some(({ can }) => can[use]))
  if (model !== undefined && any)
    return new InferError(
      'model_not_found',
      `The model ${JSON.stringify(model.slice(0, 100))} is not offered here. GET /v1/models lists those that are.`,
      { param: 'model' },
    )
  return new InferError(
    'no_model',
    'No model is in reach. A host makes one available with "academy node --model FILE.gguf", or points the node at a server of models with "academy model upstream NAME URL".',
    { retryAfterMs: 30_000 },
  )
}
