/** Keeps what other nodes signed for: written about once a second, and dropped after some weeks. */
import {
  INFER_RECEIPTS_DROP_EVERY_MS,
  INFER_RECEIPTS_KEPT_MS,
  INFER_RECEIPTS_WAITING_MAX,
  INFER_USAGE_EVERY_MS,
} from '../limits.ts'
import type { InferenceStore, ReceiptRow } from './store.ts'

export type Receipts = AsyncDisposable & {
  add(row: ReceiptRow): void
  flush(): Promise<void>
}

export function createReceipts(
  store: Pick<InferenceStore, 'addReceipts' | 'dropReceipts'>,
  now: () => number,
  log: { error(fields: object, message: string): void },
): Receipts {
  const waiting: ReceiptRow[] = []
  let writing: Promise<void> | undefined
  let droppedAt = 0
  const timer = setInterval(() => void flush(), INFER_USAGE_EVERY_MS)
  timer.unref()

  function flush(): Promise<void> {
    writing ??= write().finally(() => {
      writing = undefined
    })
    return writing
  }
  async function write(): Promise<void> {
    const rows = waiting.slice()
    try {
      await store.addReceipts(rows)
      waiting.splice(0, rows.length)
      if (rows.length === 0 || now() - droppedAt < INFER_RECEIPTS_DROP_EVERY_MS) return
      droppedAt = now()
      await store.dropReceipts(now() - INFER_RECEIPTS_KEPT_MS)
    } catch (err) {
      log.error({ err }, 'receipts of models could not be written; it is tried again')
    }
  }

  return {
    add(row) {
      if (waiting.length < INFER_RECEIPTS_WAITING_MAX) waiting.push(row)
      else log.error({ node: row.node }, 'a receipt was left out: too many wait to be written')
    },
    flush,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await flush()
      await flush()
    },
  }
}
