/** A terminal's first words: a token, a language, and the last output the page has shown. */
import { z } from 'zod'
import type { Accounts, Person, Principal } from '../../accounts/types.ts'
import { TOKEN_INPUT_MAX_CHARS } from '../../limits.ts'
import { isLocale, type Locale } from '../../protocol/ids.ts'
import { titleOf, viewOf } from '../http/problem.ts'

const auth = z.object({
  token: z.string().min(1).max(TOKEN_INPUT_MAX_CHARS),
  locale: z.string().max(16).optional(),
  after: z
    .string()
    .regex(/^\d{1,16}$/)
    .optional(),
})

export type Handshake = {
  readonly principal: Principal
  readonly person: Person
  readonly locale: Locale
  readonly after: number | undefined
  readonly expiresAtMs: number
}

/** Sent as a `connect_error`; `data` reaches the page. */
export class HandshakeRefused extends Error {
  readonly code: string
  readonly data: { readonly code: string; readonly text: string }
  constructor(code: string, locale: Locale) {
    super(code)
    this.code = code
    this.data = { code, text: titleOf(code, locale) }
  }
}

export async function shake(accounts: Pick<Accounts, 'verify' | 'person'>, given: unknown): Promise<Handshake> {
  const parsed = auth.safeParse(given)
  if (!parsed.success) throw new HandshakeRefused('unauthorized', 'en')
  const { token, after } = parsed.data
  const asked = isLocale(parsed.data.locale) ? parsed.data.locale : undefined
  const principal = await verified(accounts, token, asked ?? 'en')
  const person = await accounts.person(principal.playerId)
  if (!person) throw new HandshakeRefused('unauthorized', asked ?? 'en')
  return {
    principal,
    person,
    locale: asked ?? person.locale,
    after: after === undefined ? undefined : Number(after),
    expiresAtMs: expiryOf(token),
  }
}

export async function verified(
  accounts: Pick<Accounts, 'verify'>,
  token: string,
  locale: Locale,
): Promise<Principal> {
  try {
    return await accounts.verify(token)
  } catch (error) {
    const { code } = viewOf(error)
    throw new HandshakeRefused(code, locale)
  }
}

/** `exp` of a JWT that has been verified already (RFC 7519 section 4.1.4); tokens of another form say no end. */
export function expiryOf(token: string): number {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      exp?: unknown
    }
    return typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
