/** The beat of time: every so often, on the mark; a beat that could not be kept is skipped, never made up for in a burst. */

export type Tide = Disposable
export type TideParts = {
  readonly everyMs: number
  readonly beat: () => void
  /** A clock that never goes back. */
  readonly nowMs?: () => number
  readonly sleep?: (ms: number, wake: () => void) => Disposable
}

export function createTide({ everyMs, beat, nowMs = () => performance.now(), sleep = timer }: TideParts): Tide {
  let dueMs = nowMs() + everyMs
  let pending = sleep(everyMs, wake)
  return {
    [Symbol.dispose]() {
      pending[Symbol.dispose]()
    },
  }

  function wake(): void {
    const lateMs = Math.max(0, nowMs() - dueMs)
    dueMs += everyMs * (1 + Math.floor(lateMs / everyMs))
    pending = sleep(Math.max(0, dueMs - nowMs()), wake)
    beat()
  }
}

function timer(ms: number, wake: () => void): Disposable {
  const handle = setTimeout(wake, ms)
  return { [Symbol.dispose]: () => clearTimeout(handle) }
}
