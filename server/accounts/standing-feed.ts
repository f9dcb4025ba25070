/** Hears what other processes on the same database did to people's standing, by reading on in the audit log. */
import { AUDIT_PAGE, STANDING_OWN_ENTRIES_MAX } from '../limits.ts'
import type { AccountsLog } from './log.ts'
import type { AccountOperations, AuditRow } from './types.ts'

export type StandingFeed = AsyncDisposable & {
  /** Entries of this process, which it need not hear about. */
  ignore(hash: string): void
  /** Reads on now; what the timer does. */
  poll(): Promise<void>
}

type Store = Pick<AccountOperations, 'auditAfter' | 'lastAuditIndex'>

/** `pollMs` 0: this process has the database to itself, and nothing is read. */
export async function createStandingFeed(
  { store, log, apply }: { store: Store; log: AccountsLog; apply: (entry: AuditRow) => Promise<void> },
  { pollMs }: { readonly pollMs: number },
): Promise<StandingFeed> {
  const isShared = pollMs > 0
  const own = new Set<string>()
  let lastIndex = isShared ? await store.lastAuditIndex() : -1
  let reading: Promise<void> = Promise.resolve()

  async function read(): Promise<void> {
    for (;;) {
      const page = await store.auditAfter(lastIndex, AUDIT_PAGE)
      for (const entry of page) {
        if (!own.delete(entry.hash)) await apply(entry)
        lastIndex = entry.index
      }
      if (page.length < AUDIT_PAGE) return
    }
  }
  const poll = () => {
    const next = reading.then(read)
    reading = next.catch(() => {})
    return next
  }
  let isReading = false
  const timer = isShared
    ? setInterval(() => {
        if (isReading) return
        isReading = true
        poll()
          .catch((error: unknown) => log.error({ err: error }, 'changes of standing could not be read'))
          .finally(() => {
            isReading = false
          })
      }, pollMs)
    : undefined
  timer?.unref()

  return {
    ignore(hash) {
      if (!isShared) return
      own.add(hash)
      // A transaction that was begun anew leaves the hash of its first try behind.
      if (own.size > STANDING_OWN_ENTRIES_MAX) own.delete(own.values().next().value!)
    },
    poll: () => (isShared ? poll() : Promise.resolve()),
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await reading
    },
  }
}
