/**
 * How often one may try: by account first, then by address.
 *
 * - One name takes ten wrong passwords a day, whatever the addresses. From then on each further wrong one closes it for
 *   a quarter of an hour to networks where the person has never signed in.
 * - One name from one address takes ten as well; then the lockout starts at a quarter of an hour and doubles with
 *   each further wrong one, up to six hours. A right one between them takes nothing off the count.
 * - Whoever has signed in from their network before meets only the second of these, so that a stranger elsewhere cannot
 *   lock them out; and an open session is never touched by either.
 * - An address has room for several schools, and less for wrong passwords.
 *
 * Counted in memory, per process: a restart forgets, and two processes count apart.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Clock } from '../lib/clock.ts'
import * as limits from '../limits.ts'
import { AccountError } from './errors.ts'
import { createLockout } from './lockout.ts'
import { limitKeyOf } from './network.ts'

export const THROTTLE_DEFAULTS = {
  loginFailures: limits.LOGIN_FAILURES_MAX,
  lockoutS: limits.LOGIN_LOCKOUT_S,
  lockoutMaxS: limits.LOGIN_LOCKOUT_MAX_S,
  addressGuests: limits.ADDRESS_GUESTS_MAX,
  addressRegistrations: limits.ADDRESS_REGISTRATIONS_MAX,
  addressLogins: limits.ADDRESS_LOGINS_MAX,
  addressLoginFailures: limits.ADDRESS_LOGIN_FAILURES_MAX,
  addressRefreshes: limits.ADDRESS_REFRESHES_MAX,
}
export type ThrottleOptions = typeof THROTTLE_DEFAULTS

export type Throttle = {
  /** Runs a try at a password, unless there have been too many; `locked` when this one was wrong once too often. */
  guess(
    account: string,
    address: string,
    isKnownNetwork: boolean,
    work: () => Promise<boolean>,
  ): Promise<{ right: boolean; locked: boolean }>
  /** What was tried at an account's former password counts no more. */
  forgive(account: string): void
  guest(address: string): Promise<void>
  registration(address: string): Promise<void>
  refreshOf(tokenHash: string): Promise<void>
  refresh(address: string): Promise<void>
  rename(player: string): Promise<void>
  report(player: string): Promise<void>
}

export function createThrottle(clock: Clock, options: ThrottleOptions): Throttle {
  const limiter = (points: number, durationS: number) => new RateLimiterMemory({ points, duration: durationS })
  const perAddress = (points: number) => limiter(points, limits.ADDRESS_WINDOW_S)
  const lockout = (longestS: number) =>
    createLockout(clock, {
      max: options.loginFailures,
      windowMs: limits.LOGIN_FAILURES_WINDOW_S * 1000,
      firstMs: options.lockoutS * 1000,
      longestMs: longestS * 1000,
    })
  const byAccount = lockout(options.lockoutS)
  const byPair = lockout(options.lockoutMaxS)
  const logins = perAddress(options.addressLogins)
  const failures = perAddress(options.addressLoginFailures)
  const guests = perAddress(options.addressGuests)
  const registrations = perAddress(options.addressRegistrations)
  const refreshes = perAddress(options.addressRefreshes)
  const tokenRefreshes = limiter(limits.TOKEN_REFRESHES_PER_MINUTE_MAX, 60)
  const renames = limiter(limits.RENAMES_PER_HOUR_MAX, 3_600)
  const reports = limiter(limits.REPORTS_PER_HOUR_MAX, 3_600)

  return {
    async guess(account, address, isKnownNetwork, work) {
      const from = limitKeyOf(address)
      const locks = [
        { lock: byPair, key: `${account} ${from}` },
        ...(isKnownNetwork ? [] : [{ lock: byAccount, key: account }]),
      ]
      for (const { lock, key } of locks) lock.require(key)
      // Counted while the answer is not known yet, so that many at once are not more tries than one after another.
      for (const { lock, key } of locks) lock.begin(key)
      let right: boolean | undefined
      let locked = false
      try {
        await take(logins, from)
        await requireRoom(failures, from)
        right = await work()
      } finally {
        const began = locks.map(({ lock, key }) => lock.end(key, right))
        if (right === false) await failures.penalty(from)
        locked = began.includes(true)
      }
      return { right, locked }
    },
    forgive(account) {
      byAccount.forget((key) => key === account)
      byPair.forget((key) => key.startsWith(`${account} `))
    },
    guest: (address) => take(guests, limitKeyOf(address)),
    registration: (address) => take(registrations, limitKeyOf(address)),
    refreshOf: (tokenHash) => take(tokenRefreshes, tokenHash),
    refresh: (address) => take(refreshes, limitKeyOf(address)),
    rename: (player) => take(renames, player),
    report: (player) => take(reports, player),
  }
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (cause) {
    throw cause instanceof RateLimiterRes ? refused(cause) : cause
  }
}

async function requireRoom(limiter: RateLimiterMemory, key: string): Promise<void> {
  const taken = await limiter.get(key)
  if (taken && taken.consumedPoints >= limiter.points) throw refused(taken)
}

const refused = ({ msBeforeNext }: RateLimiterRes) =>
  new AccountError('rate_limited', { retryAfterMs: Math.max(msBeforeNext, 1_000) })
