/** Heartbeats of many nodes in one statement: what comes while the database writes goes with the next. */
import { LEASE_TTL_MS, RENEWALS_PER_STATEMENT, RENEWALS_WAITING_MAX } from '../../limits.ts'
import { WireError } from '../errors.ts'
import type { NodeStore, Proven, Renewal } from './types.ts'

type Renewed = { readonly proven?: Proven; readonly expiresAtMs: number } | undefined
type Waiting = { readonly renewal: Renewal; settle(renewed: Renewed): void; fail(error: unknown): void }

export function createRenewals(store: Pick<NodeStore, 'renew'>) {
  let waiting: Waiting[] = []
  let writing = false

  async function write(): Promise<void> {
    writing = true
    while (waiting.length > 0) {
      // One statement touches a row once: a second beat of the same node goes with the next.
      const batch = new Map<string, Waiting>()
      const rest: Waiting[] = []
      for (const each of waiting) {
        if (batch.size < RENEWALS_PER_STATEMENT && !batch.has(each.renewal.node)) batch.set(each.renewal.node, each)
        else rest.push(each)
      }
      waiting = rest
      try {
        const renewed = await store.renew(
          [...batch.values()].map(({ renewal }) => renewal),
          LEASE_TTL_MS,
        )
        for (const [node, { settle }] of batch) settle(renewed.get(node))
      } catch (error) {
        for (const { fail } of batch.values()) fail(error)
      }
    }
    writing = false
  }

  return {
    /** Undefined when the lease is gone. */
    renew: (renewal: Renewal): Promise<Renewed> =>
      new Promise((settle, fail) => {
        if (waiting.length >= RENEWALS_WAITING_MAX)
          return fail(new WireError('E_LIMITED', 'The registry is busy.', { retryAfterMs: 2_000 }))
        waiting.push({ renewal, settle, fail })
        if (!writing) void write()
      }),
  }
}
