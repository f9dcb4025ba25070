/** Trust per owner and kind of task: verified outcomes in, figures with their reasons out. Rules in ../SPEC.md. */
import type { Clock } from '../../lib/clock.ts'
import { TRUST_DAYS_MAX, TRUST_KIND_MAX_CHARS, TRUST_WHY_OUTCOMES } from '../../limits.ts'
import { dayOf } from '../names.ts'
import { countedOf, creditOf, figureOf } from './score.ts'
import type { Credit, Figure, OwnerId, Trust, TrustStore } from './types.ts'

export type TrustParts = {
  readonly store: TrustStore
  /** What an owner promised, could not pay and has not repaid. */
  readonly owed: (owner: OwnerId) => Promise<bigint>
  readonly clock: Clock
}

export function createTrust({ store, owed, clock }: TrustParts): Trust {
  async function figuresOf(owner: OwnerId): Promise<readonly Figure[]> {
    const today = dayOf(clock.now())
    const days = await store.days(owner, today - TRUST_DAYS_MAX)
    const kinds = [...new Set(days.map(({ kind }) => kind))].sort()
    return kinds.map((kind) => figureOf(kind, days, today))
  }

  async function creditFor(owner: OwnerId, figures: readonly Figure[]): Promise<Credit> {
    const today = dayOf(clock.now())
    const [pairs, owedMicro] = await Promise.all([store.pairs(owner, today - TRUST_DAYS_MAX), owed(owner)])
    const towards = creditOf(pairs, figures, today)
    const limitMicro = towards.reduce((sum, one) => sum + one.limitMicro, 0n)
    return { limitMicro, towards, owedMicro, availableMicro: owedMicro > 0n ? 0n : limitMicro }
  }

  return {
    async record(outcome) {
      const { owner, counterparty, kind, valueMicro, feeMicro, atMs } = outcome
      if (owner === counterparty || kind.length > TRUST_KIND_MAX_CHARS || valueMicro <= 0n || feeMicro < 0n)
        return false
      return store.record(outcome, dayOf(atMs), (given) => countedOf(outcome, given))
    },
    async of(owner, kind) {
      const today = dayOf(clock.now())
      return figureOf(kind, await store.days(owner, today - TRUST_DAYS_MAX), today)
    },
    credit: async (owner) => creditFor(owner, await figuresOf(owner)),
    async creditWith(owner, creditor) {
      const { towards, owedMicro } = await creditFor(owner, await figuresOf(owner))
      const limitMicro = towards.find((one) => one.creditor === creditor)?.limitMicro ?? 0n
      return { limitMicro, owedMicro, availableMicro: owedMicro > 0n ? 0n : limitMicro }
    },
    async why(owner) {
      const [figures, outcomes] = await Promise.all([figuresOf(owner), store.outcomes(owner, TRUST_WHY_OUTCOMES)])
      return { owner, atMs: clock.now(), figures, credit: await creditFor(owner, figures), outcomes }
    },
  }
}
