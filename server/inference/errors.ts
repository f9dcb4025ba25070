/** Why a model did not answer. The code is permanent, the message names the cause and the way out, and holds no secret. */
import type { InferErrorCode } from './types.ts'

/** HTTP status of each code, as the APIs we speak use them; 499 is never sent: whoever cancelled is gone. */
const STATUS: Readonly<Record<InferErrorCode, number>> = {
  no_model: 503,
  model_loading: 503,
  model_not_found: 404,
  privacy_no_node: 503,
  bad_request: 400,
  context_too_long: 400,
  unsupported: 400,
  unauthorized: 401,
  forbidden: 403,
  rate_limited: 429,
  budget_exhausted: 429,
  insufficient_funds: 402,
  overloaded: 503,
  backend_failed: 502,
  timeout: 504,
  canceled: 499,
}

export class InferError extends Error {
  readonly code: InferErrorCode
  readonly status: number
  /** Try again no earlier. */
  readonly retryAfterMs?: number
  /** The field of the request that is wrong. */
  readonly param?: string
  constructor(
    code: InferErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number; param?: string } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.status = STATUS[code]
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs
    if (options.param !== undefined) this.param = options.param
  }
}

/** Whether another node may do better with the same request. */
export const isWorthRetrying = (error: unknown): boolean =>
  !(error instanceof InferError) ||
  ['backend_failed', 'overloaded', 'timeout', 'no_model', 'model_loading', 'model_not_found'].includes(error.code)
