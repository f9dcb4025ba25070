/** Makes leaves of what the ledger has committed, by index, in batches; and goes on where it was cut off. */
import type { Step } from '../../lib/durable.ts'
import { TLOG_APPEND_MAX } from '../../limits.ts'
import { type Edge, grow, loadEdge } from './edge.ts'
import type { EntrySource, LogStore } from './types.ts'

export type Tail = {
  edge(): Edge
  /** Appends until the ledger has no more; how many leaves this process added. */
  catchUp(): Promise<number>
}

export async function createTail(parts: {
  readonly source: Pick<EntrySource, 'read'>
  readonly store: LogStore
  readonly step?: Step
}): Promise<Tail> {
  const { source, store, step } = parts
  let edge = await reload()

  async function reload(): Promise<Edge> {
    return loadEdge(store, (await store.standing()).size)
  }

  return {
    edge: () => edge,
    async catchUp() {
      let added = 0
      while (true) {
        const entries = await source.read(edge.size, TLOG_APPEND_MAX)
        if (entries.length === 0) return added
        const grown = grow(edge, entries)
        await step?.('before append')
        if (await store.append(edge.size, grown.change)) {
          edge = grown.edge
          added += entries.length
          await step?.('after append')
        } else edge = await reload()
        if (entries.length < TLOG_APPEND_MAX) return added
      }
    },
  }
}
