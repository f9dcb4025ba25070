/**
 * Sequences take turns at the context. node-llama-cpp (3.22) computes one batch after another under one lock for as long as any
 * sequence has asked for its next token, and the earlier ones ask before the last has its own: so that a request that comes
 * meanwhile, which needs that lock to begin, waits until the others have ended, and batches fall apart. Here each one asks only
 * when that loop has ended. All then stand in the next batch, newcomers too.
 */
import type { LlamaContext, LlamaContextSequence } from 'node-llama-cpp'

/** What each request for a token goes through; internal to the library, whose version is pinned. `embedded.test.ts` shows what depends on it. */
type Decoding = { _decodeTokens?: (...args: readonly unknown[]) => Promise<unknown> }

export function takeTurns(context: LlamaContext, any: LlamaContextSequence): void {
  const inner = context as unknown as Decoding
  const decode = inner._decodeTokens?.bind(context)
  if (!decode) return
  inner._decodeTokens = async (...args) => {
    // It erases nothing: it waits for the context's lock, in line with newcomers, and lets go of it.
    await any.eraseContextTokenRanges([])
    return decode(...args)
  }
}
