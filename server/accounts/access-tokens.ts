/** Access tokens: signed statements (RFC 9068) of who and which session, good for minutes. */
import { errors, jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import { TOKEN_INPUT_MAX_CHARS } from '../limits.ts'
import { type PlayerId, ROLES, type Role } from '../protocol/ids.ts'
import { AccountError } from './errors.ts'
import type { Keyring } from './keyring.ts'
import type { Principal } from './types.ts'

export type AccessTokenOptions = { readonly issuer: string; readonly audience: string; readonly ttlS: number }

export type AccessTokens = {
  sign(principal: Principal): Promise<string>
  /** Throws `token_expired` or `token_invalid`. */
  read(token: string): Promise<Principal>
}

export function createAccessTokens(
  { keyring, clock }: { keyring: Keyring; clock: Clock },
  options: AccessTokenOptions,
): AccessTokens {
  return {
    async sign({ playerId, sessionId, roles }) {
      const { kid, key } = await keyring.signer()
      const nowS = Math.floor(clock.now() / 1000)
      return new SignJWT({ sid: sessionId, roles: [...roles] })
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid })
        .setIssuer(options.issuer)
        .setAudience(options.audience)
        .setSubject(playerId)
        .setJti(newId('jti', clock.now()))
        .setIssuedAt(nowS)
        .setExpirationTime(nowS + options.ttlS)
        .sign(key)
    },
    async read(token) {
      if (typeof token !== 'string' || token.length > TOKEN_INPUT_MAX_CHARS) throw new AccountError('token_invalid')
      try {
        const { payload } = await jwtVerify(token, ({ kid }) => keyOf(keyring, kid), {
          algorithms: ['RS256'],
          typ: 'at+jwt',
          issuer: options.issuer,
          audience: options.audience,
          requiredClaims: ['sub', 'sid', 'roles', 'exp'],
          currentDate: new Date(clock.now()),
        })
        return { playerId: payload.sub as PlayerId, sessionId: String(payload.sid), roles: rolesIn(payload.roles) }
      } catch (cause) {
        throw refusalOf(cause)
      }
    },
  }
}

async function keyOf(keyring: Keyring, kid: string | undefined) {
  const key = kid === undefined ? undefined : await keyring.verifier(kid)
  if (!key) throw new AccountError('token_invalid')
  return key
}

const rolesIn = (claim: unknown): readonly Role[] =>
  Array.isArray(claim) ? ROLES.filter((role) => claim.includes(role)) : []

/** Trouble of our own (a database that is away) must not read as a bad token. */
function refusalOf(cause: unknown): unknown {
  if (cause instanceof errors.JWTExpired) return new AccountError('token_expired', { cause })
  if (cause instanceof errors.JOSEError || cause instanceof TypeError)
    return new AccountError('token_invalid', { cause })
  return cause
}
