/** Errors in the forms of the APIs that the door speaks. What they say is for the asker; what they are caused by stays in the log. */
import type { z } from 'zod'
import type { Params } from '../../protocol/ids.ts'
import { titleOf } from '../http/problem.ts'

/** What the door shows of an error. */
export type InferErrorView = {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly param?: string
  readonly retryAfterMs?: number
  /** Our mistake: it is logged. */
  readonly ours?: boolean
}

const CODES: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'request_too_large',
  415: 'unsupported_media_type',
}
/** The request cannot be read, or is not allowed; the status says which, unless `code` does. */
export class BadBody extends Error {
  readonly code: string
  readonly status: number
  readonly param?: string
  constructor(
    message: string,
    { status = 400, param, code }: { status?: number; param?: string; code?: string } = {},
  ) {
    super(message)
    this.status = status
    this.code = code ?? CODES[status] ?? 'bad_request'
    if (param !== undefined) this.param = param
  }
}

/** The first thing that is wrong with a body, by its path; what stands there is not repeated. */
export function readBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  const path = issue.path.join('.')
  throw new BadBody(
    `${path === '' ? 'The body' : path}: ${issue.message.slice(0, 300)}`,
    path === '' ? {} : { param: path },
  )
}

/** Ours carry a permanent `code` and a `status`; anything else is internal and says nothing of itself. */
export function viewOf(error: unknown): InferErrorView {
  const { code, status, message, param, retryAfterMs, params } = (error ?? {}) as Partial<InferErrorView> & {
    readonly params?: Params
  }
  if (typeof code === 'string' && typeof status === 'number' && /^[a-z][a-z_]*$/.test(code))
    return {
      status: status === 499 ? 400 : status,
      code,
      // Errors of other parts are named by their code alone: what it says stands in the catalogue.
      message: message === undefined || message === code ? titleOf(code, 'en', params) : message,
      ...(typeof param === 'string' && { param }),
      ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    }
  return { status: 500, code: 'internal', message: 'The node failed at this request; its log says why.', ours: true }
}

/** OpenAI's own names where they have one. */
const OPENAI_CODES: Readonly<Record<string, string>> = {
  context_too_long: 'context_length_exceeded',
  rate_limited: 'rate_limit_exceeded',
  too_many_requests: 'rate_limit_exceeded',
  budget_exhausted: 'insufficient_quota',
  insufficient_funds: 'insufficient_quota',
}
/** As the API has them: a key that is not known is an invalid request there, too. */
const openaiType = (status: number, code: string) =>
  code === 'insufficient_quota'
    ? code
    : status === 403
      ? 'permission_error'
      : status === 429
        ? 'rate_limit_error'
        : status >= 500
          ? 'server_error'
          : 'invalid_request_error'

export const openaiError = ({ status, code: ours, message, param }: InferErrorView) => {
  const code = status === 401 ? 'invalid_api_key' : (OPENAI_CODES[ours] ?? ours)
  return { error: { message, type: openaiType(status, code), param: param ?? null, code } }
}

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
}
export const anthropicError = ({ status, message, code }: InferErrorView) => ({
  type: 'error',
  error: { type: ANTHROPIC_TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error'), message, code },
})
