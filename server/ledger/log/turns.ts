/** One turn after another: at once when the ledger has grown, once a second anyway, and later after a failure. */
import { createInTurn } from '../../lib/in-turn.ts'
import { TLOG_RETRY_MAX_MS, TLOG_RETRY_MIN_MS } from '../../limits.ts'
import type { EntrySource, LogLog } from './types.ts'

export type TurnsParts = {
  readonly source: Pick<EntrySource, 'onCommitted'>
  readonly turn: () => Promise<void>
  readonly isRunning: () => boolean
  readonly everyMs: number
  readonly log: LogLog
}
export type Turns = {
  /** Resolves after the first one, however it went. */
  readonly first: Promise<void>
  /** One more, now. */
  turn(): Promise<void>
  close(): Promise<void>
}

export function createTurns({ source, turn, isRunning, everyMs, log }: TurnsParts): Turns {
  const inTurn = createInTurn<'turn'>()
  const closing = new AbortController()
  let wake = () => {}
  const unsubscribe = source.onCommitted(() => wake())
  let retryMs = TLOG_RETRY_MIN_MS
  let first = () => {}
  const firstDone = new Promise<void>((resolve) => (first = resolve))
  const next = () => inTurn('turn', turn)

  async function run(): Promise<void> {
    while (!closing.signal.aborted && isRunning()) {
      const startedAt = performance.now()
      let committed = new Promise<void>((resolve) => (wake = resolve))
      try {
        await next()
        retryMs = TLOG_RETRY_MIN_MS
      } catch (error) {
        log.error({ err: error }, 'the log could not go on; it tries again')
        retryMs = Math.min(retryMs * 2, TLOG_RETRY_MAX_MS)
        committed = new Promise(() => {})
      }
      first()
      // Others on the same database commit too, unheard: so it looks once a second anyway.
      await pause(
        Math.max(retryMs > TLOG_RETRY_MIN_MS ? retryMs : 0, everyMs - (performance.now() - startedAt)),
        closing.signal,
      )
      await Promise.race([committed, pause(everyMs, closing.signal)])
    }
    first()
  }
  const running = run()
  return {
    first: firstDone,
    turn: next,
    async close() {
      unsubscribe()
      closing.abort()
      await running
    },
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
