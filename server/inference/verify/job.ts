/** Models of this node as the kind of job `infer` uses them: it works with them, and finds out whether others did. */
import { INFER_VERIFY_REFEREES_MAX } from '../../limits.ts'
import type { Backend, BackendRequest } from '../backend.ts'
import { InferError } from '../errors.ts'
import type { AnswerFound, AnswerGiven, InferAnswer, InferOrder, JobModels } from '../types.ts'
import { canary, type Expected, plausibleCount, plausibleSpeed, rescore, type Verdict, verdictOf } from './verify.ts'

export type JobModelsParts = {
  /** This node's own models; server upstreams have no file that could be named. */
  readonly own: () => readonly Backend[]
  readonly others: () => readonly Backend[]
  readonly random: () => number
}
export function createJobModels({ own, others, random }: JobModelsParts): JobModels {
  const has = (sha256: string) => own().some((backend) => backend.state().why !== 'down' && modelOf(backend, sha256))

  /** This node's own model, which is believed; else nodes of other owners, by lot. */
  function refereesFor(sha256: string, { owner, privacy }: AnswerGiven): readonly Backend[] {
    const mine = own().find((backend) => backend.score && backend.state().ready && modelOf(backend, sha256))
    if (mine) return [mine]
    if (privacy === 'own') return []
    const owners = new Set([owner, ''])
    return [...others()]
      .map((backend) => ({ backend, lot: random() }))
      .sort((a, b) => a.lot - b.lot)
      .flatMap(({ backend }) => {
        const of = backend.owner ?? ''
        const isFit = backend.state().ready && backend.score && modelOf(backend, sha256)
        if (!isFit || owners.has(of) || (privacy === 'trusted' && !backend.isTrusted)) return []
        owners.add(of)
        return [backend]
      })
      .slice(0, INFER_VERIFY_REFEREES_MAX)
  }

  async function examine(order: InferOrder, given: AnswerGiven): Promise<AnswerFound> {
    const { answer, isSampled, known, tookMs, signal } = given
    const counted = plausibleCount({ answer: answer.text, outTokens: answer.outTokens })
    if (!counted.ok) return { finding: 'wrong', credibility: 0, why: counted.why }
    if (known !== undefined && known === answer.text)
      return { finding: 'confirmed', credibility: 1, why: 'the same as before' }
    if (!isSampled) return { finding: 'unchecked', credibility: UNCHECKED, why: 'not in the sample' }
    const against: string[] = []
    for (const referee of refereesFor(order.sha256, given)) {
      const verdict = await verifyAnswer(referee, order, answer, {
        tookMs,
        isKnown: known !== undefined,
        signal,
      }).catch(() => undefined)
      signal.throwIfAborted()
      if (!verdict) continue
      const why = `${referee.node}: ${verdict.findings.map((finding) => `${finding.kind}, ${finding.why}`).join('; ')}`
      if (verdict.isTooShort) return { finding: 'unchecked', credibility: UNCHECKED, why }
      if (verdict.ok && against.length > 0)
        return { finding: 'doubted', credibility: 0.5, why: `${against[0]}; but ${why}` }
      if (verdict.ok) return { finding: 'confirmed', credibility: 1, why }
      against.push(why)
      // Of one stranger alone nobody is found guilty: a second one must find the same.
      if (referee.node === 'here' || against.length === 2)
        return { finding: 'wrong', credibility: 0, why: against.join('; ') }
    }
    return against[0] === undefined
      ? { finding: 'unchecked', credibility: UNCHECKED, why: 'no other node has the model' }
      : { finding: 'doubted', credibility: 0.5, why: against[0] }
  }

  return { has, run: (order, signal, heard) => runOrder(own(), order, signal, heard), examine }
}

/** What is believed of an answer that nobody has looked at. */
const UNCHECKED = 0.8
const modelOf = (backend: Backend, sha256: string) => backend.models().find((model) => model.sha256 === sha256)

/** Throws `InferError`. */
export function runOrder(
  backends: readonly Backend[],
  order: InferOrder,
  signal: AbortSignal,
  heard: (tokens: number) => void = () => {},
): Promise<InferAnswer> {
  const backend = backends.find((each) => each.state().why !== 'down' && modelOf(each, order.sha256))
  if (!backend)
    throw new InferError('model_not_found', `No model with the file ${order.sha256.slice(0, 12)}… is loaded here.`)
  return new Promise((resolve, reject) => {
    let text = ''
    let tokens = 0
    const run = backend.run(requestOf(order, modelOf(backend, order.sha256)!.id), {
      started() {},
      text(piece, count) {
        text += piece
        tokens += count
        heard(tokens)
      },
      tool() {},
      end: (finish, { inTokens, outTokens, ms }) => done(() => resolve({ text, finish, inTokens, outTokens, ms })),
      fail: (error) => done(() => reject(error)),
    })
    const leave = () => {
      run.cancel()
      reject(new InferError('canceled', 'It was cancelled.'))
    }
    const done = (settle: () => void) => {
      signal.removeEventListener('abort', leave)
      settle()
    }
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
}

/** Scores an answer with a referee that has the same file, beside one of the referee's own; throws `InferError` when it cannot. */
export async function verifyAnswer(
  referee: Backend,
  order: InferOrder,
  answer: InferAnswer,
  {
    tookMs,
    isKnown,
    signal,
  }: { readonly tookMs?: number | undefined; readonly isKnown: boolean; readonly signal: AbortSignal },
): Promise<Verdict & { readonly isTooShort: boolean }> {
  const model = modelOf(referee, order.sha256)
  if (!model || !referee.score) throw new InferError('unsupported', 'The referee does not have this model.')
  const given = { request: requestOf(order, model.id), answer: answer.text, outTokens: answer.outTokens }
  const expected = await expectedOf(referee, order, signal)
  const scored = await (isKnown ? canary : rescore)(referee, given, expected, signal)
  const findings = [scored, ...(tookMs === undefined ? [] : [plausibleSpeed({ ...given, ms: tookMs }, expected)])]
  return { ...verdictOf(findings), isTooShort: scored.isTooShort }
}

/** What the model finds of an answer of its own to the same question, as warm as the other and drawn anew. */
async function expectedOf(backend: Backend, order: InferOrder, signal: AbortSignal): Promise<Expected> {
  const startedAt = performance.now()
  const { text, outTokens } = await runOrder([backend], { ...order, seed: ((order.seed ?? 0) + 1) >>> 0 }, signal)
  const seconds = (performance.now() - startedAt) / 1_000
  const score = await backend.score!(requestOf(order, modelOf(backend, order.sha256)!.id), text, signal)
  return { meanLogProb: score.meanLogProb, firstChoice: score.firstChoice, tokensPerS: outTokens / seconds }
}

const requestOf = ({ messages, maxTokens, temperature, seed }: InferOrder, model: string): BackendRequest => ({
  model,
  messages,
  maxTokens,
  temperature,
  tenant: 'job',
  ...(seed !== undefined && { seed }),
})
