/**
 * Refresh tokens: opaque, kept as hashes, each good for one successor (RFC 9700 section 4.14).
 *
 * The successor is an HMAC of the token under the node's secret: whoever asks again within the grace gets the same one,
 * in whichever process, and nothing that could be used as a token is at rest.
 */
import { createHash } from 'node:crypto'
import type { Sealer } from './seal.ts'
import type { AccountOperations, RefreshRow, SessionRow } from './types.ts'

export type RefreshOptions = { readonly idleMs: number; readonly maxMs: number; readonly graceMs: number }

export type Spent =
  | { readonly kind: 'fresh' | 'again'; readonly token: string; readonly session: SessionRow }
  | { readonly kind: 'unknown' | 'expired' }
  /** `reused`: spent before the grace began; somebody else has it, so its family must end. */
  | { readonly kind: 'ended' | 'reused'; readonly session: SessionRow }

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

export const tokenRow = (
  token: string,
  session: SessionRow,
  nowMs: number,
  { idleMs, maxMs }: RefreshOptions,
): RefreshRow => ({
  tokenHash: hashToken(token),
  sessionId: session.id,
  issuedAtMs: nowMs,
  expiresAtMs: Math.min(nowMs + idleMs, session.createdAtMs + maxMs),
})

/** Exchanges a token for its successor. Of any number of callers at once exactly one is `fresh`. */
export async function spend(
  store: Pick<AccountOperations, 'refreshToken' | 'spendToken'>,
  sealer: Sealer,
  token: string,
  nowMs: number,
  options: RefreshOptions,
): Promise<Spent> {
  const found = await store.refreshToken(hashToken(token))
  if (!found) return { kind: 'unknown' }
  const { session } = found
  if (session.revokedAtMs !== undefined) return { kind: 'ended', session }
  const successor = sealer.derive(`refresh ${token}`).toString('base64url')
  if (found.token.usedAtMs === undefined) {
    if (found.token.expiresAtMs <= nowMs) return { kind: 'expired' }
    if (await store.spendToken(found.token.tokenHash, tokenRow(successor, session, nowMs, options), nowMs)) {
      return { kind: 'fresh', token: successor, session }
    }
    return afterRace(store, token, successor, nowMs, options)
  }
  return isWithinGrace(found.token, nowMs, options)
    ? { kind: 'again', token: successor, session }
    : { kind: 'reused', session }
}

/** Somebody else spent it, or ended the session, between our reading and our writing. */
async function afterRace(
  store: Pick<AccountOperations, 'refreshToken'>,
  token: string,
  successor: string,
  nowMs: number,
  options: RefreshOptions,
): Promise<Spent> {
  const found = await store.refreshToken(hashToken(token))
  if (!found) return { kind: 'unknown' }
  if (found.session.revokedAtMs !== undefined) return { kind: 'ended', session: found.session }
  if (!isWithinGrace(found.token, nowMs, options)) return { kind: 'reused', session: found.session }
  return { kind: 'again', token: successor, session: found.session }
}

const isWithinGrace = ({ usedAtMs }: RefreshRow, nowMs: number, { graceMs }: RefreshOptions): boolean =>
  usedAtMs !== undefined && nowMs - usedAtMs <= graceMs
