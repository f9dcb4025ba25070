/** Sums of days into figures: pure, in whole numbers. */
import {
  TRUST_CREDIT_DIVISOR,
  TRUST_CREDIT_MAX_MICRO,
  TRUST_LATE_WEIGHT,
  TRUST_OUTCOME_MAX_MICRO,
  TRUST_PAIR_DAY_MAX_MICRO,
  TRUST_PRIOR_MICRO,
  TRUST_WRONG_WEIGHT,
} from '../../limits.ts'
import { decayed } from './decay.ts'
import type { Counted, CreditTowards, DaySum, Figure, Outcome, OwnerId, PairDay, Sum } from './types.ts'

/** What counts of an outcome: of its value, no more than the caps leave; of its fee, the same share. What is bad counts whole. */
export function countedOf({ result, valueMicro, feeMicro }: Outcome, given: Counted): Counted {
  const capped = min(valueMicro, TRUST_OUTCOME_MAX_MICRO)
  if (result !== 'right') return { countedMicro: capped, creditMicro: 0n }
  const left = TRUST_PAIR_DAY_MAX_MICRO - given.countedMicro
  const countedMicro = left > 0n ? min(capped, left) : 0n
  const share = valueMicro > 0n ? (feeMicro * countedMicro) / valueMicro : 0n
  return { countedMicro, creditMicro: share }
}

const NOTHING: Sum = { count: 0, countedMicro: 0n, creditMicro: 0n }

export function figureOf(kind: string, days: readonly DaySum[], today: number): Figure {
  const sums = { right: NOTHING, wrong: NOTHING, late: NOTHING }
  for (const one of days) if (one.kind === kind) sums[one.result] = plus(sums[one.result], one, today - one.day)
  const right = sums.right.countedMicro
  const against = TRUST_WRONG_WEIGHT * sums.wrong.countedMicro + TRUST_LATE_WEIGHT * sums.late.countedMicro
  const scorePermille = Number((1000n * right) / (right + against + TRUST_PRIOR_MICRO))
  return { kind, scorePermille, ...sums }
}

const plus = (sum: Sum, { count, countedMicro, creditMicro }: Sum, days: number): Sum => ({
  count: sum.count + count,
  countedMicro: sum.countedMicro + decayed(countedMicro, days),
  creditMicro: sum.creditMicro + decayed(creditMicro, days),
})

/** With each creditor, the largest first. Whoever wants credit has given up twice as much in fees as a default could bring. */
export function creditOf(
  pairs: readonly PairDay[],
  figures: readonly Figure[],
  today: number,
): readonly CreditTowards[] {
  const wrong = figures.reduce((sum, figure) => sum + figure.wrong.countedMicro, 0n)
  const fees = new Map<OwnerId, bigint>()
  for (const { counterparty, day, creditMicro } of pairs)
    fees.set(counterparty, (fees.get(counterparty) ?? 0n) + decayed(creditMicro, today - day))
  return [...fees]
    .map(([creditor, micro]) => ({
      creditor,
      limitMicro: min((micro - wrong) / TRUST_CREDIT_DIVISOR, TRUST_CREDIT_MAX_MICRO),
    }))
    .filter(({ limitMicro }) => limitMicro > 0n)
    .sort((a, b) =>
      a.limitMicro === b.limitMicro ? (a.creditor < b.creditor ? -1 : 1) : a.limitMicro > b.limitMicro ? -1 : 1,
    )
}

const min = (a: bigint, b: bigint) => (a < b ? a : b)
