/**
 * Who has had no turn for a while: each gives back, once, the memory that its turns have left behind. A collection holds up the
 * host's other programs for some milliseconds, so there is a pause after each.
 */
import { SANDBOX_REST_AFTER_MS, SANDBOX_REST_PAUSE_MS } from '../limits.ts'
import type { Slot } from './messages.ts'

export function createRests(rest: (slot: Slot) => void) {
  /** When each last moved, the longest ago first. */
  const since = new Map<Slot, number>()
  let timer: NodeJS.Timeout | undefined

  function later(afterMs: number): void {
    if (timer) return
    timer = setTimeout(look, Math.max(SANDBOX_REST_PAUSE_MS, afterMs))
    timer.unref()
  }

  function look(): void {
    timer = undefined
    const oldest = since.entries().next().value
    if (!oldest) return
    const leftMs = oldest[1] + SANDBOX_REST_AFTER_MS - performance.now()
    if (leftMs > 0) {
      later(leftMs)
      return
    }
    since.delete(oldest[0])
    try {
      rest(oldest[0])
    } catch {
      // Its next turn will tell what is wrong with it.
    }
    if (since.size > 0) later(0)
  }

  return {
    moved(slot: Slot): void {
      since.delete(slot)
      since.set(slot, performance.now())
      later(SANDBOX_REST_AFTER_MS)
    },
    gone: (slot: Slot): void => void since.delete(slot),
  }
}
