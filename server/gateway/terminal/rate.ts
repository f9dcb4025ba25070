/** A token bucket that lets a burst through and then tells how long to wait. */

export type Bucket = {
  /** Takes one; 0, or the milliseconds until there would have been one. */
  take(nowMs: number): number
}

export function createBucket(perSecond: number, burst: number): Bucket {
  let tokens = burst
  let atMs: number | undefined
  return {
    take(nowMs) {
      tokens = Math.min(burst, tokens + ((nowMs - (atMs ?? nowMs)) * perSecond) / 1000)
      atMs = nowMs
      tokens -= 1
      return tokens >= 0 ? 0 : (-tokens * 1000) / perSecond
    },
  }
}
