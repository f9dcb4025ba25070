/** Pauses before a host that does not come up is started again, longer each time it fails. */

import type { Clock } from '../lib/clock.ts'
import { SANDBOX_RESPAWN_MAX_MS, SANDBOX_RESPAWN_MIN_MS } from '../limits.ts'

export function createBackoff(clock: Clock) {
  let failures = 0
  let failedMs = 0
  const waiting = new Map<NodeJS.Timeout, () => void>()
  function leftMs(): number {
    if (failures === 0) return 0
    const pauseMs = Math.min(SANDBOX_RESPAWN_MAX_MS, SANDBOX_RESPAWN_MIN_MS * 2 ** Math.min(failures - 1, 10))
    return Math.max(0, failedMs + pauseMs - clock.now())
  }

  return {
    failed() {
      failures++
      failedMs = clock.now()
    },
    succeeded() {
      failures = 0
    },
    leftMs,
    async pause(): Promise<void> {
      const restMs = leftMs()
      if (restMs <= 0) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(timer)
          resolve()
        }, restMs)
        waiting.set(timer, resolve)
      })
    },
    /** Lets everybody go on at once. */
    cancel() {
      for (const [timer, resolve] of waiting) {
        clearTimeout(timer)
        resolve()
      }
      waiting.clear()
    },
  }
}
