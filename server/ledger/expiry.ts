/** Lets pending transfers expire while nobody posts: looks now and then whether the time of one is over. */
import { PENDING_SWEEP_MS } from '../limits.ts'
import type { Ledger } from './types.ts'

export type ExpiryParts = {
  readonly ledger: Pick<Ledger, 'expireDue'>
  readonly log: { error(fields: object, message: string): void }
}

export function createExpiry({ ledger, log }: ExpiryParts, everyMs = PENDING_SWEEP_MS): AsyncDisposable {
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let failing = false
  let round: Promise<void> = Promise.resolve()

  async function sweep(): Promise<void> {
    try {
      await ledger.expireDue()
      failing = false
    } catch (error) {
      // Said once, however long it lasts; the next round tries again.
      if (!failing && !closed) log.error({ err: error }, 'pending transfers could not be looked through')
      failing = true
    }
    if (!closed) plan()
  }
  function plan(): void {
    timer = setTimeout(() => {
      round = sweep()
    }, everyMs)
    timer.unref()
  }

  plan()
  return {
    async [Symbol.asyncDispose]() {
      closed = true
      clearTimeout(timer)
      await round
    },
  }
}
