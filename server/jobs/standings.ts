/** What is known of each owner's work, read once and kept in step: the verification asks for it with every part. */

import type { Trust } from '../ledger/trust/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { OwnerId } from '../link/types.ts'
import type { JobStore, Standing, Standings } from './types.ts'

const KEPT_MAX = 10_000
const RESULTS = { confirmed: 'right', wrong: 'wrong', lost: 'late' } as const

export type StandingsParts = {
  readonly store: JobStore
  readonly clock: Clock
  /** The academy's trust hears of every verdict, and of who paid. */
  readonly trust?: { readonly book: Pick<Trust, 'record'>; readonly payer: OwnerId }
}

export function createStandings({ store, clock, trust }: StandingsParts): Standings {
  const kept = new Map<string, Standing>()
  return {
    async of(owner, kind) {
      const key = `${owner}/${kind}`
      const there = kept.get(key)
      if (there) return there
      const standing = await store.standing(owner, kind)
      if (kept.size >= KEPT_MAX) kept.clear()
      kept.set(key, standing)
      return standing
    },
    async record(outcomes) {
      if (outcomes.length === 0) return
      await store.addOutcomes(outcomes, clock.now())
      for (const { owner, kind } of outcomes) kept.delete(`${owner}/${kind}`)
      for (const { owner, kind, outcome, valueMicro, feeMicro, why } of trust ? outcomes : [])
        await trust!.book.record({
          id: `${why} ${owner.slice(0, 16)}`,
          owner,
          counterparty: trust!.payer,
          kind,
          result: RESULTS[outcome],
          valueMicro,
          feeMicro,
          evidence: why,
          atMs: clock.now(),
        })
    },
  }
}
