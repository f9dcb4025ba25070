/** Turns whatever went wrong into an RFC 9457 problem document with a stable code. */
import type { Response } from 'express'
import { isDiskFull } from '../../lib/disk-full.ts'
import type { Locale, Params } from '../../protocol/ids.ts'
import { PROBLEMS, type ProblemCode, refusalStatus } from '../../protocol/problems.ts'
import type { Refusal } from '../../protocol/refusals.ts'
import { CATALOGUE, message } from '../../protocol/text/index.ts'

export type Issue = { readonly path: string; readonly message: string }
type Details = {
  readonly detail?: string
  readonly params?: Params
  readonly issues?: readonly Issue[]
  readonly retryAfterMs?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Thrown by handlers of the surface; becomes the document as it is. */
export class HttpProblem extends Error {
  readonly code: string
  readonly status: number
  readonly details: Details
  constructor(code: ProblemCode, details: Details = {}) {
    super(code)
    this.code = code
    this.status = PROBLEMS[code]
    this.details = details
  }
}

/** A part said no: its code stays, its words come from the catalogue. */
export class RefusalProblem extends Error {
  readonly code: string
  readonly status: number
  readonly details: Details
  constructor(refusal: Refusal) {
    super(refusal.code)
    this.code = refusal.code
    this.status = refusalStatus(refusal.code)
    this.details = { params: refusal.params }
  }
}

export type ProblemView = {
  readonly status: number
  readonly code: string
  readonly details: Details
  readonly ours: boolean
}

/** What a thrown value is to a client. Anything unknown is `internal`, and says nothing of itself. */
export function viewOf(error: unknown): ProblemView {
  if (error instanceof HttpProblem || error instanceof RefusalProblem) {
    return { status: error.status, code: error.code, details: error.details, ours: false }
  }
  const thrown = (typeof error === 'object' && error !== null ? error : {}) as Thrown
  if (isDiskFull(error)) return known('unavailable', {}, true)
  return ofBodyParser(thrown) ?? ofPart(thrown) ?? known('internal', {}, true)
}

type Thrown = {
  readonly type?: unknown
  readonly code?: unknown
  readonly status?: unknown
  readonly retryAfterMs?: unknown
  readonly params?: unknown
  readonly expose?: unknown
}

const known = (code: ProblemCode, details: Details = {}, ours = false): ProblemView => ({
  status: PROBLEMS[code],
  code,
  details,
  ours,
})

const BODY_ERRORS: Readonly<Record<string, ProblemCode>> = {
  'entity.parse.failed': 'malformed_json',
  'entity.verify.failed': 'malformed_json',
  'entity.too.large': 'body_too_large',
  'encoding.unsupported': 'unsupported_encoding',
  'charset.unsupported': 'unsupported_encoding',
  'request.aborted': 'bad_request',
  'request.size.invalid': 'bad_request',
}

/** Errors of express' body parsers have a `type`; its own, such as a path that cannot be decoded, a 4xx `status`. */
function ofBodyParser(thrown: Thrown): ProblemView | undefined {
  const code = typeof thrown.type === 'string' ? BODY_ERRORS[thrown.type] : undefined
  if (code) return known(code)
  if (typeof thrown.code === 'string' || typeof thrown.status !== 'number') return undefined
  if (thrown.status === 404) return known('not_found')
  if (thrown.status === 413) return known('body_too_large')
  return thrown.status >= 400 && thrown.status < 500 ? known('bad_request') : undefined
}

/** Errors of our own parts carry a permanent lower-case `code` and the `status` it becomes. */
function ofPart(thrown: Thrown): ProblemView | undefined {
  if (typeof thrown.code !== 'string' || !/^[a-z][a-z_]*$/.test(thrown.code)) return undefined
  if (thrown.code === 'zone_unavailable') return known('unavailable')
  if (typeof thrown.status !== 'number' || thrown.status < 400 || thrown.status > 599) return undefined
  const retryAfterMs = typeof thrown.retryAfterMs === 'number' ? thrown.retryAfterMs : undefined
  const params = typeof thrown.params === 'object' && thrown.params !== null ? (thrown.params as Params) : undefined
  return { status: thrown.status, code: thrown.code, details: { retryAfterMs, params }, ours: thrown.status >= 500 }
}

/** The words of a code, from the surface or from the part that said no. */
export function titleOf(code: string, locale: Locale, params?: Params): string {
  const key = [`problem.${code}`, `error.${code}`, `refusal.${code}`].find((each) => CATALOGUE.en[each] !== undefined)
  return key === undefined ? code : worded(locale, key, params)
}

function worded(locale: Locale, key: string, params: Params | undefined): string {
  try {
    return message(locale, key, params as Record<string, string | number | boolean> | undefined)
  } catch {
    return CATALOGUE[locale][key] ?? key
  }
}

/** Writes the document. An answer already begun can only be cut off. */
export function sendProblem(res: Response, view: ProblemView, locale: Locale, requestId: string): void {
  if (res.headersSent) {
    res.destroy()
    return
  }
  const { detail, params, issues, retryAfterMs, headers } = view.details
  for (const [name, value] of Object.entries(headers ?? {})) res.setHeader(name, value)
  if (view.status === 401) res.setHeader('www-authenticate', `Bearer error="${bearerError(view.code)}"`)
  if (view.status === 429 || view.status === 503)
    res.setHeader('retry-after', String(Math.max(1, Math.ceil((retryAfterMs ?? 1000) / 1000))))
  res.setHeader('cache-control', 'no-store')
  const title = titleOf(view.code, locale, params)
  const document = {
    type: `about:blank#${view.code}`,
    title,
    status: view.status,
    code: view.code,
    detail,
    instance: requestId,
    params,
    issues,
  }
  res.status(view.status).type('application/problem+json').send(JSON.stringify(document))
}

/** RFC 6750 section 3.1 */
const bearerError = (code: string): string => (code === 'unauthorized' ? 'invalid_request' : 'invalid_token')
