/** How much one person or key may ask: requests and tokens a minute as leaking buckets, and requests at once. In memory, by process. */
import {
  INFER_CONCURRENCY,
  INFER_REQUESTS_PER_MINUTE,
  INFER_TENANTS_MAX,
  INFER_TOKENS_PER_MINUTE,
} from '../limits.ts'
import { InferError } from './errors.ts'
import type { CallerLimits } from './types.ts'

type Bucket = { requests: number; tokens: number; at: number; active: number }
export type Limits = {
  readonly requestsPerMinute: number
  readonly tokensPerMinute: number
  readonly concurrency: number
}
export const USUAL_LIMITS: Limits = {
  requestsPerMinute: INFER_REQUESTS_PER_MINUTE,
  tokensPerMinute: INFER_TOKENS_PER_MINUTE,
  concurrency: INFER_CONCURRENCY,
}

export type Limiter = {
  /** Counts a request of about so many tokens; throws `InferError`. Call what it returns once, with the tokens it came to. */
  enter(who: string, limits: CallerLimits | undefined, tokens: number): (tokens: number) => void
}

export function createLimiter(now: () => number, usual: Limits = USUAL_LIMITS): Limiter {
  const buckets = new Map<string, Bucket>()

  function bucketOf(who: string, limits: Limits, atMs: number): Bucket {
    let bucket = buckets.get(who)
    if (!bucket) {
      if (buckets.size >= INFER_TENANTS_MAX) forgetIdle(atMs)
      bucket = { requests: 0, tokens: 0, at: atMs, active: 0 }
      buckets.set(who, bucket)
    }
    const minutes = Math.max(0, atMs - bucket.at) / 60_000
    bucket.requests = Math.max(0, bucket.requests - minutes * limits.requestsPerMinute)
    bucket.tokens = Math.max(0, bucket.tokens - minutes * limits.tokensPerMinute)
    bucket.at = atMs
    return bucket
  }

  function forgetIdle(atMs: number): void {
    for (const [who, { active, at }] of buckets) if (active === 0 && atMs - at > 60_000) buckets.delete(who)
  }

  return {
    enter(who, own, tokens) {
      const limits: Limits = { ...usual, ...defined(own) }
      const bucket = bucketOf(who, limits, now())
      if (bucket.active >= limits.concurrency)
        throw new InferError(
          'rate_limited',
          `${limits.concurrency} requests at once are allowed; wait for one to end.`,
          {
            retryAfterMs: 1_000,
          },
        )
      if (bucket.requests + 1 > limits.requestsPerMinute)
        throw tooMany('requests', limits.requestsPerMinute, bucket.requests + 1)
      // A request larger than the whole bucket passes when the bucket is empty.
      if (bucket.tokens > 0 && bucket.tokens + tokens > limits.tokensPerMinute)
        throw tooMany(
          'tokens',
          limits.tokensPerMinute,
          Math.min(bucket.tokens + tokens, limits.tokensPerMinute + bucket.tokens),
        )
      bucket.active++
      bucket.requests++
      bucket.tokens += tokens
      let left = false
      return (came) => {
        if (left) return
        left = true
        bucket.active--
        bucket.tokens = Math.max(0, bucket.tokens + came - tokens)
      }
    },
  }
}

function tooMany(what: string, perMinute: number, level: number): InferError {
  return new InferError('rate_limited', `${perMinute} ${what} a minute are allowed.`, {
    retryAfterMs: Math.ceil(((level - perMinute) / perMinute) * 60_000) + 1,
  })
}

const defined = (limits: CallerLimits | undefined): Partial<Limits> =>
  Object.fromEntries(Object.entries(limits ?? {}).filter(([, value]) => typeof value === 'number')) as Partial<Limits>
