/** Whether a session still stands and what its person may do: read once, kept until somebody changes it. */

import type { Clock } from '../lib/clock.ts'
import { SESSION_CACHE_MAX, SESSION_CACHE_TTL_MS } from '../limits.ts'
import type { PlayerId } from '../protocol/ids.ts'
import type { AccountOperations, Principal } from './types.ts'

export type Standings = {
  /** Undefined when the session is unknown, has ended or is too old. */
  of(sessionId: string): Promise<Principal | undefined>
  forget(player: PlayerId): void
  forgetSession(sessionId: string): void
}

export function createStandings(
  { store, clock }: { store: Pick<AccountOperations, 'session' | 'person'>; clock: Clock },
  { maxMs }: { readonly maxMs: number },
): Standings {
  const cache = new Map<string, { readonly principal: Principal; readonly untilMs: number }>()
  let changes = 0

  async function read(sessionId: string): Promise<Principal | undefined> {
    const before = changes
    const nowMs = clock.now()
    const session = await store.session(sessionId)
    if (!session || session.revokedAtMs !== undefined || session.createdAtMs + maxMs <= nowMs) return undefined
    const person = await store.person(session.playerId)
    if (!person) return undefined
    const principal: Principal = { playerId: person.id, sessionId, roles: person.roles }
    // What was read while something changed may be out of date already: good for this once, not for keeping.
    if (before === changes) {
      cache.set(sessionId, {
        principal,
        untilMs: Math.min(nowMs + SESSION_CACHE_TTL_MS, session.createdAtMs + maxMs),
      })
      if (cache.size > SESSION_CACHE_MAX) cache.delete(cache.keys().next().value!)
    }
    return principal
  }

  return {
    async of(sessionId) {
      const known = cache.get(sessionId)
      if (known && known.untilMs > clock.now()) return known.principal
      cache.delete(sessionId)
      return read(sessionId)
    },
    forget(player) {
      changes++
      for (const [id, { principal }] of cache) if (principal.playerId === player) cache.delete(id)
    },
    forgetSession(sessionId) {
      changes++
      cache.delete(sessionId)
    },
  }
}
