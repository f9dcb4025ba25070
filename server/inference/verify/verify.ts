/**
 * Whether an answer came from the model that was promised. Answers are not bit-stable, so nothing is compared by digest: a sample of
 * answers is scored again by the same model on another owner's node, canaries are asked whose likelihood is known beforehand, and
 * a speed that the promised model cannot have counts against it. One oddity proves little; evidence is summed up.
 */
import {
  INFER_VERIFY_DOUBT_MAX,
  INFER_VERIFY_FIRST_CHOICE_MIN,
  INFER_VERIFY_LOG_PROB_MARGIN,
  INFER_VERIFY_SPEED_FACTOR_MAX,
  INFER_VERIFY_TOKENS_MIN,
} from '../../limits.ts'
import type { Backend, BackendRequest, Score } from '../backend.ts'

/** An answer as a node gave it, with what it was asked. */
export type Given = {
  readonly request: BackendRequest
  readonly answer: string
  readonly outTokens: number
  /** From the first token to the last, as the asker saw it. */
  readonly ms: number
}
export type Finding = {
  readonly kind: 'rescored' | 'canary' | 'speed' | 'count'
  readonly ok: boolean
  /** How much it weighs: what a verdict adds up. */
  readonly doubt: number
  readonly why: string
}
export type Verdict = { readonly ok: boolean; readonly doubt: number; readonly findings: readonly Finding[] }

/** What the promised model finds of an answer of its own: measured on the referee's node. */
export type Expected = { readonly meanLogProb: number; readonly firstChoice: number; readonly tokensPerS: number }

type Scored = Finding & { readonly isTooShort: boolean }
type Asked = Pick<Given, 'request' | 'answer'>

/** Scores an answer again on another owner's node. Throws `InferError` when that node cannot. */
export async function rescore(
  referee: Backend,
  given: Asked,
  expected: Expected,
  signal?: AbortSignal,
): Promise<Scored> {
  return judge('rescored', await referee.score!(given.request, given.answer, signal), given, expected)
}

/** The answer to a question that was asked before, of somebody who cannot tell it from an ordinary one. */
export async function canary(
  referee: Backend,
  given: Asked,
  expected: Expected,
  signal?: AbortSignal,
): Promise<Scored> {
  return judge('canary', await referee.score!(given.request, given.answer, signal), given, expected)
}

function judge(
  kind: 'rescored' | 'canary',
  { meanLogProb, firstChoice, tokens }: Score,
  { request }: Asked,
  expected: Expected,
): Scored {
  if (tokens < INFER_VERIFY_TOKENS_MIN)
    return { kind, ok: true, doubt: 0, isTooShort: true, why: `${tokens} tokens are too few to judge by` }
  const gap = expected.meanLogProb - meanLogProb
  const isUnlikely = gap > INFER_VERIFY_LOG_PROB_MARGIN
  // At temperature 0 nearly every token is the model's own first choice; rounding moves a few.
  const isForeign = request.temperature === 0 && firstChoice < expected.firstChoice * INFER_VERIFY_FIRST_CHOICE_MIN
  const shown = `mean log-probability ${meanLogProb.toFixed(2)}, expected ${expected.meanLogProb.toFixed(2)}; ${Math.round(firstChoice * 100)} % first choices`
  if (!isUnlikely && !isForeign) return { kind, ok: true, doubt: 0, isTooShort: false, why: shown }
  return {
    kind,
    ok: false,
    isTooShort: false,
    doubt: isForeign ? 1 : Math.min(1, gap / (2 * INFER_VERIFY_LOG_PROB_MARGIN)),
    why: shown,
  }
}

/** A node that answers several times as fast as the model runs on the machines that are known has hardly run it. */
export function plausibleSpeed({ outTokens, ms }: Pick<Given, 'outTokens' | 'ms'>, expected: Expected): Finding {
  if (outTokens < INFER_VERIFY_TOKENS_MIN || ms <= 0)
    return { kind: 'speed', ok: true, doubt: 0, why: 'too short to judge by' }
  const perS = (outTokens * 1_000) / ms
  const times = perS / expected.tokensPerS
  const ok = times <= INFER_VERIFY_SPEED_FACTOR_MAX
  return {
    kind: 'speed',
    ok,
    doubt: ok ? 0 : 0.5,
    why: `${perS.toFixed(1)} tokens a second, ${times.toFixed(1)} times the expected`,
  }
}

/** Tokens are what is paid for: a text of so few letters cannot have had so many. */
export function plausibleCount({ answer, outTokens }: Pick<Given, 'answer' | 'outTokens'>): Finding {
  // Every token is a byte at least; one more ends the answer.
  const most = Buffer.byteLength(answer) + 1
  const ok = outTokens <= most
  return { kind: 'count', ok, doubt: ok ? 0 : 1, why: `${outTokens} tokens for ${most - 1} bytes` }
}

export function verdictOf(findings: readonly Finding[]): Verdict {
  const doubt = findings.reduce((sum, finding) => sum + finding.doubt, 0)
  return { ok: doubt < INFER_VERIFY_DOUBT_MAX, doubt, findings }
}
