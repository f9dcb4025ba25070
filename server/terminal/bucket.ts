/** A token bucket: so many at once, so many a second after that. */

export type Bucket = {
  /** Takes one; false when there is none. */
  take(nowMs: number): boolean
  /** Milliseconds until there is one again. */
  waitMs(nowMs: number): number
}

export function createBucket(perSecond: number, burst: number, startMs: number): Bucket {
  let tokens = burst
  let atMs = startMs
  const refill = (nowMs: number) => {
    tokens = Math.min(burst, tokens + (Math.max(0, nowMs - atMs) * perSecond) / 1000)
    atMs = Math.max(atMs, nowMs)
  }
  return {
    take(nowMs) {
      refill(nowMs)
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
    waitMs(nowMs) {
      refill(nowMs)
      return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * 1000) / perSecond)
    },
  }
}
