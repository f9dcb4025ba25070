/** Waiting: for many things, so many at once, and for a while. */

/** All of them, so many at once; the first failure ends it when those under way have ended. */
export async function inTurn<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values()
  let failure: { readonly error: unknown } | undefined
  const hands = Array.from({ length: Math.min(atOnce, all.length) }, async () => {
    for (const one of left) {
      if (failure) return
      await work(one).catch((error: unknown) => {
        failure ??= { error }
      })
    }
  })
  await Promise.all(hands)
  if (failure) throw failure.error
}

export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const timer = setTimeout(done, ms)
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    function done(): void {
      signal.removeEventListener('abort', stop)
      resolve()
    }
    signal.addEventListener('abort', stop, { once: true })
  })
