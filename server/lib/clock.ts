/** Time as something handed in, so that tests and replays can own it. */

export type Clock = {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
}

export const systemClock: Clock = { now: () => Date.now() }

/** A clock that moves only when told. */
export function createFakeClock(startMs = 1_700_000_000_000): Clock & { advance(ms: number): void } {
  let nowMs = startMs
  return {
    now: () => nowMs,
    advance(ms) {
      nowMs += ms
    },
  }
}
