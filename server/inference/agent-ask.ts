/** `me.ask`: a question of an agent, paid by its owner. What comes back is an input of the program, so a replay asks nobody. */
import { z } from 'zod'
import { INFER_ASK_ANSWER_MAX_CHARS, INFER_ASK_ANSWER_MAX_TOKENS } from '../limits.ts'
import type { Json, PlayerId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import { InferError } from './errors.ts'
import type { Callers, Inference, JsonSchema } from './types.ts'

const Options = z.object({ schema: z.record(z.string(), z.json()).optional() })
type Asked = { readonly value?: Json; readonly refusal?: Refusal }

export function createAgentAsk(inference: Inference, callers: Callers, cleanTalk: (text: string) => string) {
  return async (owner: PlayerId, agent: string, prompt: string, options: string | undefined): Promise<Asked> => {
    const parsed =
      options === undefined
        ? { success: true as const, data: {} as z.output<typeof Options> }
        : Options.safeParse(jsonOf(options))
    if (!parsed.success) return { refusal: { code: 'model_refused', params: { reason: 'schema' } } }
    const { schema } = parsed.data
    try {
      const { principal } = await callers.ofPerson(owner)
      const { text } = await inference.complete(
        {
          messages: [
            {
              role: 'system',
              content: `You answer a program in a world of learners, briefly. The program is the agent ${agent}.`,
            },
            { role: 'user', content: prompt },
          ],
          maxTokens: INFER_ASK_ANSWER_MAX_TOKENS,
          // Data is wanted the same again; talk may vary.
          ...(schema && { schema: { name: 'answer', schema: schema as JsonSchema }, temperature: 0 }),
        },
        principal,
      )
      const clean = cleanTalk(text.slice(0, INFER_ASK_ANSWER_MAX_CHARS))
      if (!schema) return { value: clean }
      const value = jsonOf(clean)
      return value === undefined ? { refusal: { code: 'model_refused', params: { reason: 'cut' } } } : { value }
    } catch (error) {
      return { refusal: refusalOf(error) }
    }
  }
}

function refusalOf(error: unknown): Refusal {
  const code = error instanceof InferError ? error.code : 'backend_failed'
  if (code === 'no_model' || code === 'privacy_no_node' || code === 'model_loading' || code === 'model_not_found')
    return { code: 'no_model' }
  if (code === 'rate_limited' || code === 'budget_exhausted')
    return { code: 'rate_limited', params: { seconds: 'none' } }
  return { code: 'model_refused', params: { reason: code === 'insufficient_funds' ? 'funds' : 'failed' } }
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
