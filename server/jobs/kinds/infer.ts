/**
 * Asks the model in a file, named by its SHA-256, on a node that has it. No two answers are alike, so nothing is compared by digest:
 * answers are sampled and scored again by the same model elsewhere, and old questions are slipped in (`inference/verify/`).
 */
import { z } from 'zod'
import type { InferAnswer, InferOrder } from '../../inference/types.ts'
import { INFER_JOB_FUEL_PER_BYTE, INFER_JOB_FUEL_PER_TOKEN, INFER_JOB_QUESTIONS_MAX } from '../../limits.ts'
import type { Json } from '../../protocol/ids.ts'
import type { Value } from '../types.ts'
import type { Checked, CheckServices, Done, WorkServices } from './kind.ts'
import { kind } from './kind.ts'
import { WorkerFailed } from './script.ts'

const message = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string().max(100_000) })
const messages = z.array(message).min(1).max(200)
const input = z
  .strictObject({
    /** A name promises nothing. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** One conversation. */
    messages: messages.optional(),
    /** Or many, each a part of its own. */
    questions: z.array(messages).min(1).max(INFER_JOB_QUESTIONS_MAX).optional(),
    maxTokens: z.int().min(1).max(8_192).default(256),
    temperature: z.number().min(0).max(2).default(0),
    seed: z.int().min(0).max(0xffff_ffff).optional(),
  })
  .refine((of) => (of.messages === undefined) !== (of.questions === undefined), {
    message: 'give either messages or questions',
    path: ['messages'],
  })
type Input = z.output<typeof input>

/** Failures of the question itself: every worker would have them. */
const ITS_OWN_FAULT: readonly string[] = ['bad_request', 'context_too_long', 'unsupported']

export const infer = kind<Input>({
  name: 'infer',
  input,
  verification: 'sample',
  live: true,
  parts({ messages: one, questions = [one!], ...rest }, stage): readonly Value[] {
    return stage > 0 ? [] : questions.map((each) => clean({ ...rest, messages: each }))
  },
  needsOf: (part) => [`model:${orderOf(part).sha256}`],
  has: (needs, { models }) => needs.every((need) => models?.has(need.replace(/^model:/, '')) ?? false),
  fuelOf(part) {
    const order = orderOf(part)
    return INFER_JOB_FUEL_PER_BYTE * bytesOf(order) + INFER_JOB_FUEL_PER_TOKEN * order.maxTokens
  },
  perform,
  check,
  join: ({ questions }, results) => (questions ? { answers: results } : results[0]!),
})

async function perform(part: Value, { models, signal, progress }: WorkServices): Promise<Done> {
  const order = orderOf(part)
  if (!models?.has(order.sha256)) throw new WorkerFailed('this node does not have the model')
  try {
    const answer = await models.run(order, signal, (tokens) => progress(Math.min(0.99, tokens / order.maxTokens)))
    return { outcome: { ok: true, value: clean(answer) }, fuel: fuelFor(order, answer) }
  } catch (error) {
    const { code = '', message: why } = error as { code?: string; message: string }
    if (!ITS_OWN_FAULT.includes(code)) throw new WorkerFailed(why)
    return { outcome: { ok: false, error: { code, message: why.slice(0, 500) } }, fuel: 1 }
  }
}

const answerOf = z.object({
  text: z.string(),
  finish: z.enum(['stop', 'length', 'tool_calls', 'content_filter']),
  inTokens: z.int().min(0),
  outTokens: z.int().min(0),
  ms: z.number().min(0),
})

async function check(part: Value, services: CheckServices): Promise<Checked> {
  const order = orderOf(part)
  const { answer, isSelf, models, known, owner, privacy, isSampled, tookMs, signal } = services
  if (!answer.ok) {
    // Only this node's own word is enough for a question that cannot be asked.
    const finding = isSelf ? 'unchecked' : 'doubted'
    return { share: isSelf ? 1e-6 : 0, finding, credibility: isSelf ? 1 : 0, why: answer.error.message }
  }
  const given = answerOf.safeParse(answer.value)
  if (!given.success) return { share: 0, finding: 'wrong', credibility: 0, why: 'it is no answer' }
  const share = fuelFor(order, given.data) / infer.fuelOf(part)
  if (isSelf) return { share, finding: 'unchecked', credibility: 1, why: 'this node’s own' }
  if (!models) return { share, finding: 'unchecked', credibility: 0.5, why: 'this node cannot score answers' }
  const before = known?.ok ? answerOf.safeParse(known.value) : undefined
  const found = await models.examine(order, {
    answer: given.data,
    owner,
    privacy,
    isSampled,
    ...(before?.success && { known: before.data.text }),
    ...(tookMs !== undefined && { tookMs }),
    signal,
  })
  const isPaid = found.finding === 'confirmed' || found.finding === 'unchecked'
  return {
    ...found,
    share: isPaid ? share : 0,
    isKnown: found.finding === 'confirmed' && order.temperature === 0 && before === undefined,
  }
}

const orderOf = (part: Value): InferOrder => part as unknown as InferOrder
const bytesOf = ({ messages: all }: InferOrder): number =>
  all.reduce((sum, { content }) => sum + Buffer.byteLength(content) + 16, 0)
/** The question is paid by its bytes, which nobody can make more of; an answer has at most a token to a byte. */
function fuelFor(order: InferOrder, { text, outTokens }: InferAnswer): number {
  const tokens = Math.min(outTokens, order.maxTokens, Buffer.byteLength(text) + 1)
  return INFER_JOB_FUEL_PER_BYTE * bytesOf(order) + INFER_JOB_FUEL_PER_TOKEN * tokens
}
/** Without what is undefined: that has no encoding. */
const clean = (value: object): Value => JSON.parse(JSON.stringify(value)) as Json as Value
