/** Counts wrong tries per key and, from the `max`th on, locks the key: once, or for longer and longer. */
import type { Clock } from '../lib/clock.ts'
import { AccountError } from './errors.ts'

export type LockoutOptions = {
  readonly max: number
  /** Wrong tries are forgotten this long after the first of them, or with the last lockout that they caused. */
  readonly windowMs: number
  readonly firstMs: number
  /** Each further wrong try doubles the lockout up to this. */
  readonly longestMs: number
}

export type Lockout = {
  /** Throws `too_many_attempts` while the key is locked, or while as many tries are under way as are left. */
  require(key: string): void
  begin(key: string): void
  /** Ends a try that was begun; `undefined` when nothing was learned from it. True when this one began a lockout. */
  end(key: string, wasRight: boolean | undefined): boolean
  /** Forgets what was tried at some keys; a try that is under way is still counted as one. */
  forget(which: (key: string) => boolean): void
  readonly size: number
}

type State = { wrong: number; endsMs: number; lockedUntilMs: number; underWay: number }

/** Keys are swept of what is over when their number has doubled since the last sweep. */
const SWEEP_MIN = 10_000

export function createLockout(clock: Clock, { max, windowMs, firstMs, longestMs }: LockoutOptions): Lockout {
  const states = new Map<string, State>()
  let sweepAt = SWEEP_MIN

  const isOver = (state: State) => state.underWay === 0 && Math.max(state.endsMs, state.lockedUntilMs) <= clock.now()
  function sweep(): void {
    if (states.size < sweepAt) return
    for (const [key, state] of states) if (isOver(state)) states.delete(key)
    sweepAt = Math.max(SWEEP_MIN, states.size * 2)
  }
  function live(key: string): State | undefined {
    const state = states.get(key)
    if (!state || !isOver(state)) return state
    states.delete(key)
    return undefined
  }

  return {
    require(key) {
      const state = live(key)
      if (!state) return
      const lockedMs = state.lockedUntilMs - clock.now()
      if (lockedMs > 0) throw new AccountError('too_many_attempts', { retryAfterMs: lockedMs })
      const left = Math.max(max - state.wrong, 1)
      if (state.underWay >= left) throw new AccountError('too_many_attempts', { retryAfterMs: 1_000 })
    },
    begin(key) {
      sweep()
      const state = live(key) ?? { wrong: 0, endsMs: clock.now() + windowMs, lockedUntilMs: 0, underWay: 0 }
      state.underWay++
      states.set(key, state)
    },
    end(key, wasRight) {
      const state = states.get(key)!
      state.underWay--
      if (wasRight !== false) return false
      state.wrong++
      if (state.wrong < max) return false
      state.lockedUntilMs = clock.now() + Math.min(firstMs * 2 ** Math.min(state.wrong - max, 30), longestMs)
      return true
    },
    forget(which) {
      for (const [key, state] of states) {
        if (!which(key)) continue
        state.wrong = 0
        state.lockedUntilMs = 0
      }
    },
    get size() {
      return states.size
    },
  }
}
