/** Waiting as something handed in, so that a simulator can own it. */

export type Timers = {
  /** Runs something later; answers how to call it off. */
  after(ms: number, run: () => void): () => void
}

/** The process's own; none of them keeps it alive. */
export const systemTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Again and again, each time after the one before has ended; a failure is told and does not end it. */
export function repeat(
  timers: Timers,
  everyMs: () => number,
  run: () => Promise<unknown>,
  report: (error: unknown) => void,
): () => void {
  let isStopped = false
  let cancel = () => {}
  const next = () => {
    cancel = timers.after(everyMs(), async () => {
      await run().catch(report)
      if (!isStopped) next()
    })
  }
  next()
  return () => {
    isStopped = true
    cancel()
  }
}

/** Exponential back-off with full jitter over the upper half: `failures` 0 gives the first pause. */
export const pauseMs = (failures: number, minMs: number, maxMs: number, random: () => number): number => {
  const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(failures, 20))
  return Math.round(ceiling / 2 + (ceiling / 2) * random())
}
