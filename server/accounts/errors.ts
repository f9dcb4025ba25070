/** Why the accounts part says no: a permanent code, the HTTP status it becomes, and words under `error.<code>` in the catalogue. */
import type { Params } from '../protocol/ids.ts'

export const ACCOUNT_ERRORS = {
  bad_name: 422,
  filtered: 422,
  name_taken: 409,
  weak_password: 422,
  bad_credentials: 401,
  wrong_password: 403,
  not_a_guest: 409,
  guest_only: 403,
  token_invalid: 401,
  token_expired: 401,
  session_ended: 401,
  token_reused: 401,
  banned: 403,
  forbidden: 403,
  no_such_person: 404,
  no_such_report: 404,
  too_many_blocks: 409,
  too_many_attempts: 429,
  rate_limited: 429,
  busy: 503,
} as const satisfies Readonly<Record<string, number>>

export type AccountErrorCode = keyof typeof ACCOUNT_ERRORS

export type AccountErrorDetails = {
  readonly retryAfterMs?: number
  readonly params?: Params
  readonly cause?: unknown
}

export class AccountError extends Error {
  readonly code: AccountErrorCode
  readonly status: number
  readonly retryAfterMs?: number
  /** What the words of the catalogue need: always enough to say them. */
  readonly params: Params

  constructor(code: AccountErrorCode, { retryAfterMs, params, cause }: AccountErrorDetails = {}) {
    super(code, { cause })
    this.name = 'AccountError'
    this.code = code
    this.status = ACCOUNT_ERRORS[code]
    this.retryAfterMs = retryAfterMs
    const isWait = this.status === 429 || this.status === 503
    this.params = { ...params, ...waitOf(retryAfterMs ?? (isWait ? 0 : undefined)) }
  }
}

const waitOf = (ms: number | undefined): Params =>
  ms === undefined ? {} : { seconds: Math.ceil(ms / 1_000), minutes: Math.ceil(ms / 60_000) }
