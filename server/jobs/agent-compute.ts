/** `me.compute`: a job of an agent, paid by its owner. What comes back is an input of the program, so a replay needs no market. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  JOB_AGENT_PRICE_MAX_MICRO,
  JOB_AGENT_PRICE_MICRO,
  JOB_AGENT_RESULT_MAX_CHARS,
  JOB_REPLICAS_MAX,
} from '../limits.ts'
import type { Json } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import { type Jobs, PRIVACY } from './types.ts'

const Terms = z.object({
  maxPrice: z.number().positive().optional(),
  replicas: z.int().min(1).max(JOB_REPLICAS_MAX).optional(),
  strict: z.boolean().optional(),
  privacy: z.enum(PRIVACY).optional(),
})

export type AgentWish = {
  /** Made from the agent and its call: the same again is the same job. */
  readonly id: string
  readonly owner: string
  readonly kind: string
  /** JSON. */
  readonly input: string
  /** JSON: `maxPrice` in credits; `replicas`, `strict` and `privacy` as in `JobRequest`. */
  readonly terms: string | undefined
}
type Answer = { readonly value?: Json; readonly refusal?: Refusal }

const failed = (reason: string, why = ''): Answer => ({ refusal: { code: 'job_failed', params: { reason, why } } })

export const createAgentCompute =
  (jobs: Pick<Jobs, 'submit' | 'ended'>) =>
  async (wish: AgentWish): Promise<Answer> => {
    const { owner, kind } = wish
    const terms = Terms.safeParse(jsonOf(wish.terms ?? '{}'))
    const input = jsonOf(wish.input)
    if (!terms.success || input === undefined)
      return {
        refusal: {
          code: 'bad_job_input',
          params: { kind, path: terms.success ? 'input' : 'terms', why: 'cannot be read' },
        },
      }
    const id = `agent-${createHash('sha256').update(wish.id).digest('hex').slice(0, 24)}`
    try {
      const asker = { id: owner, account: `player:${owner}` }
      const { maxPrice, ...rest } = terms.data
      const handed = await jobs.submit(asker, { ...rest, id, kind, input, maxPriceMicro: mostOf(maxPrice) })
      if (!handed.ok) return { refusal: handed.refusal }
      const ended = await jobs.ended(owner, id)
      if (!ended.ok) return { refusal: ended.refusal }
      const { status, error, result } = ended.value
      if (status !== 'done') return failed(error?.code ?? status, error?.message)
      if (result === undefined || JSON.stringify(result).length > JOB_AGENT_RESULT_MAX_CHARS)
        return failed('too_long')
      return { value: result }
    } catch {
      return { refusal: { code: 'no_market' } }
    }
  }

/** Of credits as a program counts them. */
function mostOf(credits: number | undefined): bigint {
  if (credits === undefined) return JOB_AGENT_PRICE_MICRO
  const most = Number(JOB_AGENT_PRICE_MAX_MICRO)
  return BigInt(Math.max(1, Math.floor(Math.min(most, credits * 1_000_000))))
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
