/** Names of a vote's money, and what is owed. */
import type { JobRecord, Vote } from '../types.ts'
import { feeOf } from './price.ts'

export const holdOf = (vote: Pick<Vote, 'work'>): string => `job:${vote.work}:hold`
/** What a payee lets go of again is called. */
export const releaseOf = (vote: Pick<Vote, 'work'>): string => `job:${vote.work}:let`
export const paymentOf = (vote: Pick<Vote, 'work'>): string => `job:${vote.work}:pay`

export const chargeOf = (vote: Pick<Vote, 'work'>): string => `job:${vote.work}:fee`

/** What is set aside for a vote: its price and the fee on it. */
export const heldFor = ({ priceMicro }: Pick<Vote, 'priceMicro'>): bigint =>
  BigInt(priceMicro) + feeOf(BigInt(priceMicro))

export const isOwed = ({ settled }: Vote): boolean => settled === undefined || settled === 'held'

/** Paid, and set aside and not yet given back. */
export const spent = (job: Pick<JobRecord, 'parts'>): bigint =>
  job.parts.reduce(
    (sum, part) =>
      sum +
      part.votes.reduce(
        (total, vote) =>
          total + (isOwed(vote) ? heldFor(vote) : BigInt(vote.paidMicro ?? '0') + BigInt(vote.feeMicro ?? '0')),
        0n,
      ),
    0n,
  )
