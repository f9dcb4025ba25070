/** Asks the node every few seconds while the pane is in sight, at once when it comes into sight, and less and less often while it fails. */

export type Poll = { now(): void; stop(): void }

export type PollOptions = {
  readonly pane: HTMLElement
  readonly everyMs: number
  readonly longestMs: number
  readonly ask: () => Promise<void>
  /** After each try; `error` is absent when it went well. */
  readonly told: (error?: unknown) => void
}

export function createPoll({ pane, everyMs, longestMs, ask, told }: PollOptions): Poll {
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let busy = false
  let again = false
  let isStopped = false
  const inSight = () => !document.hidden && pane.isConnected && pane.offsetParent !== null

  async function run(): Promise<void> {
    clearTimeout(timer)
    if (busy) {
      again = true
      return
    }
    if (inSight()) {
      busy = true
      try {
        await ask()
        failures = 0
        told()
      } catch (error) {
        failures++
        told(error)
      }
      busy = false
    }
    if (isStopped) return
    const wait = again ? 0 : Math.min(longestMs, everyMs * 2 ** Math.min(failures, 10))
    again = false
    timer = setTimeout(run, wait)
  }
  const look = () => {
    if (!document.hidden) void run()
  }
  document.addEventListener('visibilitychange', look)
  timer = setTimeout(run, everyMs)
  return {
    now: () => void run(),
    stop() {
      isStopped = true
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', look)
    },
  }
}
