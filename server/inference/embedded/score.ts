/** How likely the model finds an answer that another gave: what verification rests on, for answers are not bit-stable. */
import { type ControlledEvaluateInputItem, LlamaChat, type LlamaContextSequence } from 'node-llama-cpp'
import { INFER_SCORE_MAX_TOKENS } from '../../limits.ts'
import type { Score } from '../backend.ts'
import { InferError } from '../errors.ts'
import type { InferRequest } from '../types.ts'
import type { LoadedModel } from './generate.ts'
import { historyOf } from './history.ts'

export async function score(
  { model, chatWrapper }: LoadedModel,
  sequence: LlamaContextSequence,
  request: InferRequest,
  answer: string,
): Promise<Score> {
  const chat = new LlamaChat({ contextSequence: sequence, chatWrapper })
  try {
    const context = (text: string) =>
      chat.chatWrapper
        .generateContextState({ chatHistory: historyOf(request, text) })
        .contextText.tokenize(model.tokenizer)
    const prompt = context('')
    const whole = context(answer)
    const start = commonStart(prompt, whole)
    const tokens = whole.slice(0, Math.min(whole.length, start + INFER_SCORE_MAX_TOKENS))
    if (tokens.length > sequence.contextSize)
      throw new InferError('context_too_long', 'The conversation and the answer are longer than this model reads.')
    if (tokens.length <= start) return { meanLogProb: 0, firstChoice: 1, tokens: 0 }
    await sequence.clearHistory()
    const input: ControlledEvaluateInputItem[] = tokens.map((token, i) =>
      i >= start - 1 && i < tokens.length - 1 ? [token, { generateNext: { probabilities: true } }] : token,
    )
    const results = await sequence.controlledEvaluate(input)
    let sum = 0
    let first = 0
    for (let i = start; i < tokens.length; i++) {
      const probabilities = results[i - 1]?.next.probabilities
      sum += Math.log(Math.max(probabilities?.get(tokens[i]!) ?? 0, 1e-12))
      // The map comes with the likeliest first.
      if (probabilities?.keys().next().value === tokens[i]) first++
    }
    const counted = tokens.length - start
    return { meanLogProb: sum / counted, firstChoice: first / counted, tokens: counted }
  } finally {
    chat.dispose({ disposeSequence: false })
  }
}

function commonStart(a: readonly number[], b: readonly number[]): number {
  let i = 0
  while (i < a.length && i < b.length && a[i] === b[i]) i++
  return i
}
