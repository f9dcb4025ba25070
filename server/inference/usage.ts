/** Sums what was used, and writes the sums about once a second: no request waits for the database. */
import { INFER_KEY_CACHE_MAX, INFER_USAGE_EVERY_MS } from '../limits.ts'
import type { InferenceStore, UsageRow } from './store.ts'

export type UsageEntry = Omit<UsageRow, 'day' | 'requests'>
export type UsageBook = AsyncDisposable & {
  add(entry: UsageEntry): void
  /** What a key has used since `mark` was called for it: what the row that was read then does not hold. */
  since(keyId: string): { readonly micro: bigint; readonly tokens: number }
  mark(keyId: string): void
  flush(): Promise<void>
}

const NOTHING = { micro: 0n, tokens: 0 }
function count(
  into: { micro: bigint; tokens: number },
  { costMicro, inTokens, outTokens }: Omit<UsageEntry, 'tenant'>,
): void {
  into.micro += costMicro
  into.tokens += inTokens + outTokens
}

export function createUsageBook(
  store: Pick<InferenceStore, 'addUsage'>,
  now: () => number,
  log: { error(fields: object, message: string): void },
): UsageBook {
  type Sum = { -readonly [K in keyof UsageRow]: UsageRow[K] }
  let sums = new Map<string, Sum>()
  const sinceRead = new Map<string, { micro: bigint; tokens: number }>()
  let writing: Promise<void> | undefined
  const timer = setInterval(() => void flush(), INFER_USAGE_EVERY_MS)
  timer.unref()

  function add(entry: UsageEntry): void {
    const day = new Date(now()).toISOString().slice(0, 10)
    merge({ ...entry, day, requests: 1 })
    const since = sinceRead.get(entry.keyId)
    if (since) count(since, entry)
  }
  function merge(row: UsageRow): void {
    const key = `${row.day}\n${row.tenant}\n${row.keyId}\n${row.model}\n${row.node}`
    const sum = sums.get(key)
    if (!sum) {
      sums.set(key, { ...row })
      return
    }
    sum.requests += row.requests
    sum.inTokens += row.inTokens
    sum.outTokens += row.outTokens
    sum.costMicro += row.costMicro
  }
  function flush(): Promise<void> {
    writing ??= write().finally(() => {
      writing = undefined
    })
    return writing
  }
  async function write(): Promise<void> {
    if (sums.size === 0) return
    const rows = [...sums.values()]
    sums = new Map()
    try {
      await store.addUsage(rows, now())
    } catch (err) {
      // Nothing was written: they are tried again with what comes next.
      for (const row of rows) merge(row)
      log.error({ err }, 'usage of models could not be written; it is tried again')
    }
  }

  return {
    add,
    since: (keyId) => sinceRead.get(keyId) ?? NOTHING,
    mark(keyId) {
      const unwritten = { micro: 0n, tokens: 0 }
      for (const sum of sums.values()) if (sum.keyId === keyId) count(unwritten, sum)
      if (sinceRead.size >= INFER_KEY_CACHE_MAX) sinceRead.delete(sinceRead.keys().next().value!)
      sinceRead.set(keyId, unwritten)
    },
    flush,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await flush()
      await flush()
    },
  }
}
