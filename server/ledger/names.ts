/** Accounts of the academy's own, and what each kind of account may do. */
import type { AccountId, Way } from './types.ts'

/** Fees of the market are gathered here; it spends only what it has. */
export const FEES: AccountId = 'academy:fees'
/** What is paid here is gone: it is never debited. */
export const BURNT: AccountId = 'academy:burnt'
/** The other side of entries that move nothing. */
export const DESK: AccountId = 'academy:desk'
/** Ids of expiries: this, and the id of the pending entry. */
export const EXPIRE = 'expire:'

/** The academy issues credits: only its accounts may owe, and of those not the ones that gather. */
export const issues = (account: AccountId): boolean =>
  account.startsWith('academy:') && account !== FEES && account !== BURNT

export function wayOf(from: AccountId, to: AccountId): Way {
  if (issues(from)) return issues(to) ? 'inside' : 'minted'
  if (issues(to)) return 'returned'
  return to === BURNT ? 'burnt' : 'moved'
}

/** Days since 1970 in UTC: what the limits of issuing count by. */
export const dayOf = (atMs: number): number => Math.floor(atMs / 86_400_000)
