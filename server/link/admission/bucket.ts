/** Token buckets by key, bounded in number: the one not used for longest is forgotten first, and starts full again. */

export type Rate = {
  /** Tokens a full bucket holds. */
  readonly size: number
  /** In which an empty bucket fills up. */
  readonly perMs: number
}

export type Buckets = {
  /** Takes tokens. 0 when they were there; else nothing is taken, and how long until they are, in ms. */
  take(key: string, rate: Rate, tokens?: number): number
  /** Takes tokens into debt; how long until the debt is paid, in ms. */
  owe(key: string, rate: Rate, tokens: number): number
  /** Tokens that are there now; nothing is taken. */
  left(key: string, rate: Rate): number
}

export function createBuckets(now: () => number, maxKeys: number): Buckets {
  const levels = new Map<string, { tokens: number; atMs: number }>()

  function level(key: string, { size, perMs }: Rate) {
    const nowMs = now()
    const known = levels.get(key)
    const at = known ?? { tokens: size, atMs: nowMs }
    at.tokens = Math.min(size, at.tokens + ((nowMs - at.atMs) * size) / perMs)
    at.atMs = nowMs
    levels.delete(key)
    levels.set(key, at)
    if (levels.size > maxKeys) levels.delete(levels.keys().next().value!)
    return at
  }

  return {
    take(key, rate, tokens = 1) {
      const at = level(key, rate)
      const missing = tokens - at.tokens
      if (missing > 1e-9) return Math.ceil((missing * rate.perMs) / rate.size)
      at.tokens -= tokens
      return 0
    },
    owe(key, rate, tokens) {
      const at = level(key, rate)
      at.tokens -= tokens
      return at.tokens >= 0 ? 0 : Math.ceil((-at.tokens * rate.perMs) / rate.size)
    },
    left(key, { size, perMs }) {
      const at = levels.get(key)
      return at ? Math.floor(Math.min(size, at.tokens + ((now() - at.atMs) * size) / perMs)) : size
    },
  }
}
