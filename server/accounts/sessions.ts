/** A sign-in on one device, from its first tokens through each exchange to its end. */
import { randomBytes } from 'node:crypto'
import { newId } from '../lib/ids.ts'
import { TOKEN_INPUT_MAX_CHARS } from '../limits.ts'
import type { Core } from './core.ts'
import { AccountError } from './errors.ts'
import { networkOf } from './network.ts'
import { hashToken, spend, tokenRow } from './refresh-tokens.ts'
import type {
  AccountOperations,
  Accounts,
  Origin,
  PersonRow,
  Principal,
  Sanction,
  SessionRow,
  TokenBody,
} from './types.ts'

export type Sessions = Pick<Accounts, 'refresh' | 'logout' | 'endSession' | 'verify'> & {
  /** Adds a session in the caller's transaction. */
  open(
    operations: AccountOperations,
    person: PersonRow,
    from: Origin,
  ): Promise<{ sessionId: string; refreshToken: string }>
  body(person: PersonRow, sessionId: string, refreshToken: string): Promise<TokenBody>
}

export function createSessions(core: Core): Sessions {
  const { store, clock, record, tokens, standings, throttle } = core

  async function body(person: PersonRow, sessionId: string, refreshToken: string): Promise<TokenBody> {
    const { id, name, roles, guest, locale } = person
    return {
      access_token: await tokens.sign({ playerId: id, sessionId, roles }),
      token_type: 'Bearer',
      expires_in: core.accessTtlS,
      refresh_token: refreshToken,
      player: { id, name, roles, guest, locale },
    }
  }

  async function end({ id, playerId }: SessionRow, why: 'signed_out' | 'token_reused', from: Origin): Promise<void> {
    await record(async (operations, note) => {
      if (!(await operations.revokeSession(id, why, clock.now()))) return
      const details = { session: id, network: networkOf(from.address) }
      if (why === 'token_reused') note({ actor: 'nobody', action: 'refresh.reused', subject: playerId, details })
      else note({ actor: playerId, action: 'session.ended', subject: playerId, details })
    })
    standings.forgetSession(id)
  }

  async function endKnown(session: SessionRow | undefined, from: Origin): Promise<void> {
    if (session && session.revokedAtMs === undefined) await end(session, 'signed_out', from)
  }

  return {
    body,
    async open(operations, person, from) {
      const nowMs = clock.now()
      const refreshToken = randomBytes(32).toString('base64url')
      const session: SessionRow = {
        id: newId('session', nowMs),
        playerId: person.id,
        createdAtMs: nowMs,
        network: networkOf(from.address),
      }
      await operations.addSession(session, tokenRow(refreshToken, session, nowMs, core.refresh))
      return { sessionId: session.id, refreshToken }
    },
    async refresh(refreshToken, from) {
      if (refreshToken.length > TOKEN_INPUT_MAX_CHARS) throw new AccountError('token_invalid')
      // By token before the session is known; never after it is spent, or a refusal would lose the successor.
      await throttle.refreshOf(hashToken(refreshToken))
      await throttle.refresh(from.address)
      const spent = await spend(store, core.sealer, refreshToken, clock.now(), core.refresh)
      switch (spent.kind) {
        case 'unknown':
          throw new AccountError('token_invalid')
        case 'expired':
          throw new AccountError('token_expired')
        case 'ended':
          // A ban ends sessions too, and it is the ban that the person should hear of.
          requireNotBanned(core.sanctions.inForce(spent.session.playerId, 'ban'))
          throw new AccountError('session_ended')
        case 'reused':
          await end(spent.session, 'token_reused', from)
          throw new AccountError('token_reused')
      }
      const person = await store.person(spent.session.playerId)
      if (!person) throw new AccountError('session_ended')
      requireNotBanned(core.sanctions.inForce(person.id, 'ban'))
      if (spent.kind === 'fresh') await store.changePerson(person.id, { lastSeenMs: clock.now() })
      return body(person, spent.session.id, spent.token)
    },
    async logout(refreshToken, from) {
      const found = await store.refreshToken(hashToken(refreshToken))
      await endKnown(found?.session, from)
    },
    async endSession(sessionId, from) {
      await endKnown(await store.session(sessionId), from)
    },
    async verify(accessToken): Promise<Principal> {
      const said = await tokens.read(accessToken)
      const standing = await standings.of(said.sessionId)
      requireNotBanned(core.sanctions.inForce(said.playerId, 'ban'))
      if (!standing || standing.playerId !== said.playerId) throw new AccountError('session_ended')
      return standing
    },
  }
}

export function requireNotBanned(ban: Sanction | undefined): void {
  if (!ban) return
  const until = ban.untilMs === undefined ? '' : new Date(ban.untilMs).toISOString()
  throw new AccountError('banned', {
    params: { reason: ban.reason, until, untilMs: ban.untilMs ?? 0, hasUntil: until === '' ? 'no' : 'yes' },
  })
}
