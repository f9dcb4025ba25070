/** People: guests, names and passwords, sessions and tokens, roles and sanctions, behind one interface (types.ts). */

import type { Clock } from '../lib/clock.ts'
import * as limits from '../limits.ts'
import type { PlayerId } from '../protocol/ids.ts'
import { createAccessTokens } from './access-tokens.ts'
import { createAudit } from './audit.ts'
import { type Core, toPerson } from './core.ts'
import { createKeyring, type KeyringOptions } from './keyring.ts'
import type { AccountsLog } from './log.ts'
import { createModeration } from './moderation.ts'
import { createModerationCache } from './moderation-cache.ts'
import { createPasswordChanges } from './password-changes.ts'
import { createPasswords, type PasswordOptions } from './passwords.ts'
import { createPeople } from './people.ts'
import { createRecord } from './record.ts'
import type { RefreshOptions } from './refresh-tokens.ts'
import { createSealer } from './seal.ts'
import { createSessions } from './sessions.ts'
import { createSignIn } from './sign-in.ts'
import { createStandingFeed } from './standing-feed.ts'
import { createStandings } from './standings.ts'
import { createThrottle, THROTTLE_DEFAULTS, type ThrottleOptions } from './throttle.ts'
import type { AccountStore, Accounts, AuditRow, StandingChange } from './types.ts'

export type AccountsDeps = {
  readonly store: AccountStore
  readonly clock: Clock
  readonly log: AccountsLog
  /** In [0, 1); for the names offered to guests. */
  readonly random?: () => number
}

export type AccountsOptions = {
  /** `iss` and `aud` of access tokens: the node's public URL, say. */
  readonly issuer: string
  readonly audience: string
  /** At least 32 bytes, the same for every process on one database: `loadKeySecret`. */
  readonly keySecret: Uint8Array
  /** Whether other processes use the same database; then their changes of standing are heard within a second. */
  readonly isShared?: boolean
  readonly accessTtlS?: number
  readonly refresh?: Partial<RefreshOptions>
  readonly keys?: Partial<Pick<KeyringOptions, 'ageMs' | 'aheadMs'>>
  readonly passwords?: PasswordOptions
  readonly throttle?: Partial<ThrottleOptions>
  readonly standingPollMs?: number
}

const PURGE_EVERY_MS = 3_600_000

export async function createAccounts(
  { store, clock, log, random = Math.random }: AccountsDeps,
  options: AccountsOptions,
): Promise<Accounts & AsyncDisposable> {
  const { issuer, audience } = options
  const accessTtlS = options.accessTtlS ?? limits.ACCESS_TOKEN_TTL_S
  const refresh = {
    idleMs: limits.SESSION_IDLE_MAX_MS,
    maxMs: limits.SESSION_MAX_MS,
    graceMs: limits.REFRESH_GRACE_MS,
    ...options.refresh,
  }
  const listeners = new Set<(id: PlayerId, change: StandingChange) => void>()
  const sealer = createSealer(options.keySecret)
  const keyring = createKeyring(
    { store, sealer, clock, log },
    {
      ageMs: limits.SIGNING_KEY_AGE_MS,
      aheadMs: limits.SIGNING_KEY_AHEAD_MS,
      ...options.keys,
      keepMs: accessTtlS * 1000,
    },
  )
  const standings = createStandings({ store, clock }, refresh)
  const sanctions = createModerationCache({ store, clock })
  // From before the first reading of what it keeps fresh, so that nothing falls between the two.
  const feed = await createStandingFeed(
    { store, log, apply: heard },
    { pollMs: options.isShared ? (options.standingPollMs ?? limits.STANDING_POLL_MS) : 0 },
  )
  const core: Core = {
    store,
    clock,
    random,
    sealer,
    standings,
    sanctions,
    refresh,
    accessTtlS,
    record: createRecord({ store, clock }, feed.ignore),
    passwords: await createPasswords(options.passwords),
    tokens: createAccessTokens({ keyring, clock }, { issuer, audience, ttlS: accessTtlS }),
    throttle: createThrottle(clock, { ...THROTTLE_DEFAULTS, ...options.throttle }),
    changed,
  }
  await sanctions.load()
  await keyring.signer()
  const purge = () =>
    store
      .purge(clock.now(), clock.now() - refresh.maxMs)
      .catch((error: unknown) => log.error({ err: error }, 'old sessions could not be purged'))
  await purge()
  const purging = setInterval(purge, PURGE_EVERY_MS)
  purging.unref()

  function changed(id: PlayerId, change: StandingChange): void {
    for (const listener of listeners) {
      try {
        listener(id, change)
      } catch (error) {
        log.error({ err: error, player: id }, 'a listener to changes of standing threw')
      }
    }
  }

  /** What another process did. */
  async function heard({ action, subject, actor, details }: AuditRow): Promise<void> {
    const said = JSON.parse(details) as { readonly reason?: string }
    switch (action) {
      case 'session.ended':
      case 'refresh.reused':
        return standings.forget(subject)
      case 'password.changed':
        return standings.forget(subject)
      case 'password.reset':
        standings.forget(subject)
        return changed(subject, { signedOut: true })
      case 'person.upgraded':
      case 'person.renamed':
      case 'roles.changed': {
        standings.forget(subject)
        const row = await store.person(subject)
        if (row) changed(subject, { person: toPerson(row) })
        return
      }
      case 'moderation.mute':
      case 'moderation.lift':
        return sanctions.reloadSanctions(subject)
      case 'moderation.ban':
        await sanctions.reloadSanctions(subject)
        standings.forget(subject)
        return changed(subject, { kick: said.reason ?? '' })
      case 'moderation.kick':
        return changed(subject, { kick: said.reason ?? '' })
      case 'moderation.block':
      case 'moderation.unblock':
        return sanctions.reloadBlocks(actor)
    }
  }

  const sessions = createSessions(core)
  const { refresh: exchange, logout, endSession, verify } = sessions
  return {
    ...createSignIn(core, sessions),
    ...createPeople(core),
    ...createPasswordChanges(core),
    refresh: exchange,
    logout,
    endSession,
    verify,
    jwks: async () => ({ keys: await keyring.published() }),
    moderation: createModeration({ ...core, cache: sanctions, forget: standings.forget }),
    audit: createAudit(store),
    onStanding(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async [Symbol.asyncDispose]() {
      clearInterval(purging)
      await feed[Symbol.asyncDispose]()
      listeners.clear()
    },
  }
}
