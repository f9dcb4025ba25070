/** Request limits: a known person by account, everyone else by address; a school of thirty behind one address gets in. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import {
  HTTP_ACCOUNT_REQUESTS_MAX,
  HTTP_ADDRESS_REQUESTS_MAX,
  HTTP_KNOWN_ADDRESS_REQUESTS_MAX,
  HTTP_RATE_WINDOW_S,
} from '../../limits.ts'
import { limitKeyOf } from './address.ts'
import { HttpProblem } from './problem.ts'

export type Rates = {
  /** Throws `too_many_requests`. */
  anonymous(address: string): Promise<void>
  /** Throws when the address has used up its anonymous requests, without counting one. */
  watch(address: string): Promise<void>
  account(id: string, address: string): Promise<void>
}

export type RateLimits = {
  readonly perAccount: number
  readonly perAddress: number
  readonly perKnownAddress: number
  readonly windowS: number
}

export const RATE_LIMITS: RateLimits = {
  perAccount: HTTP_ACCOUNT_REQUESTS_MAX,
  perAddress: HTTP_ADDRESS_REQUESTS_MAX,
  perKnownAddress: HTTP_KNOWN_ADDRESS_REQUESTS_MAX,
  windowS: HTTP_RATE_WINDOW_S,
}

export function createRates(limits: RateLimits = RATE_LIMITS): Rates {
  const bucket = (keyPrefix: string, points: number) =>
    new RateLimiterMemory({ keyPrefix, points, duration: limits.windowS })
  const accounts = bucket('account', limits.perAccount)
  const addresses = bucket('address', limits.perAddress)
  const knownAddresses = bucket('known', limits.perKnownAddress)
  return {
    anonymous: (address) => take(addresses, limitKeyOf(address)),
    async watch(address) {
      const used = await addresses.get(limitKeyOf(address))
      if (used !== null && used.remainingPoints <= 0)
        throw new HttpProblem('too_many_requests', { retryAfterMs: used.msBeforeNext })
    },
    async account(id, address) {
      await take(accounts, id)
      await take(knownAddresses, limitKeyOf(address))
    },
  }
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (refused) {
    if (refused instanceof RateLimiterRes)
      throw new HttpProblem('too_many_requests', { retryAfterMs: refused.msBeforeNext })
    throw refused
  }
}
