/** Answers to requests that were asked before by the same tenant, word for word, where the answer is meant to be the same again. */
import { createHash } from 'node:crypto'
import { INFER_CACHE_ANSWER_MAX_CHARS, INFER_CACHE_MAX_CHARS, INFER_CACHE_TTL_MS } from '../limits.ts'
import type { Finish, InferRequest, Served, ToolCall } from './types.ts'

export type Kept = {
  readonly text: string
  readonly toolCalls: readonly ToolCall[]
  readonly finish: Finish
  readonly inTokens: number
  readonly outTokens: number
  readonly served: Served
}

export function createAnswerCache(now: () => number) {
  const kept = new Map<string, { readonly answer: Kept; readonly untilMs: number }>()
  let chars = 0
  const sizeOf = ({ text, toolCalls }: Kept) => text.length + JSON.stringify(toolCalls).length + 200
  const drop = (key: string) => {
    const entry = kept.get(key)
    if (entry && kept.delete(key)) chars -= sizeOf(entry.answer)
  }
  return {
    /** Undefined where the same question may get another answer: chance decides unless temperature is 0 or a seed is given. */
    keyOf(tenant: string, request: InferRequest): string | undefined {
      if (request.temperature !== 0 && request.seed === undefined) return undefined
      return createHash('sha256')
        .update(JSON.stringify([tenant, request]))
        .digest('base64')
    },
    get(key: string): Kept | undefined {
      const entry = kept.get(key)
      if (!entry) return undefined
      if (entry.untilMs <= now()) {
        drop(key)
        return undefined
      }
      // The latest used stand last.
      kept.delete(key)
      kept.set(key, entry)
      return entry.answer
    },
    keep(key: string, answer: Kept): void {
      const size = sizeOf(answer)
      if (size > INFER_CACHE_ANSWER_MAX_CHARS) return
      drop(key)
      kept.set(key, { answer, untilMs: now() + INFER_CACHE_TTL_MS })
      chars += size
      for (const oldest of kept.keys()) {
        if (chars <= INFER_CACHE_MAX_CHARS) break
        drop(oldest)
      }
    },
  }
}
