/**
 * Who this browser is: the token pair, kept over visits and renewed before it runs out. Refresh tokens rotate, so
 * only one renewal may be under way in all tabs together: a Web Lock sees to that, and whoever waited for it finds the new pair.
 */
import type { Role } from '../../server/protocol/ids.ts'
import { TOKEN_SLACK_MS } from '../limits.ts'
import type { Keep } from './storage.ts'

export type TokenAnswer = {
  readonly access_token: string
  readonly expires_in: number
  readonly refresh_token: string
  readonly player: {
    readonly id: string
    readonly name: string
    readonly roles: readonly Role[]
    readonly guest?: boolean
  }
}
export type Tokens = {
  readonly access: string
  readonly refresh: string
  readonly expiresAtMs: number
  readonly player: TokenAnswer['player']
}

/** The refresh token no longer counts: only signing in again, or a new guest, helps. */
export class SignedOut extends Error {
  readonly code = 'signed_out'
}

type Deps = {
  readonly keep: Keep
  readonly now: () => number
  /** Runs one piece of work at a time over all tabs of this browser. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>
  /** POST /auth/refresh; throws `SignedOut` when the node refuses the token. */
  readonly renew: (refreshToken: string) => Promise<TokenAnswer>
}

const KEY = 'academy.session'

export type Session = {
  current(): Tokens | undefined
  adopt(answer: TokenAnswer): Tokens
  forget(): void
  /** An access token that will hold for a while; renewed when `stale` names the one that did not work. */
  access(stale?: string): Promise<string>
}

export function createSession({ keep, now, exclusively, renew }: Deps): Session {
  let underWay: Promise<string> | undefined
  const current = () => keep.read<Tokens>(KEY)
  const good = (tokens: Tokens, stale?: string) =>
    tokens.access !== stale && tokens.expiresAtMs - now() > TOKEN_SLACK_MS

  const adopt = (answer: TokenAnswer): Tokens => {
    const tokens: Tokens = {
      access: answer.access_token,
      refresh: answer.refresh_token,
      expiresAtMs: now() + answer.expires_in * 1000,
      player: answer.player,
    }
    keep.write(KEY, tokens)
    return tokens
  }

  const renewOnce = (stale?: string) =>
    exclusively(async () => {
      const tokens = current()
      if (!tokens) throw new SignedOut('no session')
      if (good(tokens, stale)) return tokens.access
      return adopt(await renew(tokens.refresh)).access
    })

  return {
    current,
    adopt,
    forget: () => keep.remove(KEY),
    async access(stale) {
      const tokens = current()
      if (!tokens) throw new SignedOut('no session')
      if (good(tokens, stale)) return tokens.access
      underWay ??= renewOnce(stale).finally(() => {
        underWay = undefined
      })
      return underWay
    },
  }
}

/** Web Locks where the browser has them; else in turn within this tab. */
export function tabLock(name: string): Deps['exclusively'] {
  let tail: Promise<unknown> = Promise.resolve()
  return (work) => {
    if (globalThis.navigator?.locks) return navigator.locks.request(name, work) as ReturnType<typeof work>
    const turn = tail.then(work, work)
    tail = turn.catch(() => undefined)
    return turn
  }
}
