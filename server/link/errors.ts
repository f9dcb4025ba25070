/** Why a call to another node came to nothing. The code is what crosses the wire. */
export type WireCode =
  | 'E_UNREACHABLE'
  | 'E_TIMEOUT'
  | 'E_CLOSED'
  | 'E_UNSUPPORTED'
  | 'E_MALFORMED'
  | 'E_TOO_LARGE'
  | 'E_LIMITED'
  | 'E_BANNED'
  | 'E_NOT_ADMITTED'
  | 'E_FORBIDDEN'
  | 'E_NOT_FOUND'
  | 'E_CONFLICT'
  | 'E_REJECTED'
  | 'E_INTERNAL'

export class WireError extends Error {
  readonly code: WireCode
  /** Try again no earlier. */
  readonly retryAfterMs?: number
  constructor(code: WireCode, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs
  }
}
