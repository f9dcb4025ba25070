/** The node's HTTP surface: JSON in and out, a bearer token added and renewed, problem documents turned into `ApiError`. */
import type { Locale } from '../../server/protocol/ids.ts'
import { REQUEST_TIMEOUT_MS } from '../limits.ts'
import { eventsOf } from './events.ts'
import { type Session, SignedOut, type TokenAnswer, type Tokens } from './session.ts'

/** The node said no (`status` above 0), or could not be reached (`status` 0, code `unreachable`). */
export class ApiError extends Error {
  readonly code: string
  readonly status: number
  readonly params: Readonly<Record<string, string | number | boolean>>
  readonly retryAfterMs: number | undefined
  constructor(code: string, status: number, detail: string, params: ApiError['params'] = {}, retryAfterMs?: number) {
    super(detail)
    this.code = code
    this.status = status
    this.params = params
    this.retryAfterMs = retryAfterMs
  }
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>
type Call = {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly token?: string
  /** The answer is text and is wanted as it stands. */
  readonly plain?: boolean
}

/** One request, without any token of its own. */
export async function request<T>(fetch: Fetch, { method, path, body, token, plain }: Call): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (token) headers.authorization = `Bearer ${token}`
  let response: Response
  try {
    const payload = body === undefined ? undefined : JSON.stringify(body)
    response = await fetch(path, { method, headers, body: payload, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })
  } catch {
    throw new ApiError('unreachable', 0, 'the node cannot be reached')
  }
  const text = await response.text().catch(() => '')
  if (response.ok && plain) return text as T
  const value = parse(text)
  if (response.ok && value !== undefined) return value as T
  if (response.ok && text === '') return undefined as T
  throw problem(response, value)
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function problem(response: Response, value: unknown): ApiError {
  const body = (value ?? {}) as { code?: string; detail?: string; title?: string; params?: ApiError['params'] }
  const seconds = Number(response.headers.get('retry-after'))
  const code = body.code ?? (response.status >= 500 ? 'unavailable' : 'internal')
  return new ApiError(
    code,
    response.status,
    body.detail ?? body.title ?? '',
    body.params,
    seconds > 0 ? seconds * 1000 : undefined,
  )
}

/** Hands in a refresh token; a refusal by the node means that this session is over. */
export async function renewBy(fetch: Fetch, refreshToken: string): Promise<TokenAnswer> {
  try {
    return await request<TokenAnswer>(fetch, {
      method: 'POST',
      path: '/auth/refresh',
      body: { refresh_token: refreshToken },
    })
  } catch (error) {
    if (error instanceof ApiError && (error.status === 400 || error.status === 401))
      throw new SignedOut(error.message)
    throw error
  }
}

/** The same for an answer that is a stream: resolves when its head is there. */
async function open(fetch: Fetch, { path, body, token, signal }: Call & { signal: AbortSignal }): Promise<Response> {
  const headers = {
    accept: 'text/event-stream',
    'content-type': 'application/json',
    ...(token && { authorization: `Bearer ${token}` }),
  }
  let response: Response
  try {
    response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body), signal })
  } catch {
    throw new ApiError('unreachable', 0, 'the node cannot be reached')
  }
  if (response.ok && response.body) return response
  throw problem(response, parse(await response.text().catch(() => '')))
}

export type Api = ReturnType<typeof createApi>

export function createApi({ fetch, session }: { readonly fetch: Fetch; readonly session: Session }) {
  /** With a token; once more with a new one when the node finds it stale. */
  async function call<T>(method: string, path: string, body?: unknown, plain = false): Promise<T> {
    const token = await session.access()
    try {
      return await request<T>(fetch, { method, path, body, token, plain })
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error
      return request<T>(fetch, { method, path, body, plain, token: await session.access(token) })
    }
  }
  async function* events<T>(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<T> {
    const call = { method: 'POST', path, body, signal }
    const token = await session.access()
    const response = await open(fetch, { ...call, token }).catch(async (error: unknown) => {
      if (!(error instanceof ApiError) || error.status !== 401) throw error
      return open(fetch, { ...call, token: await session.access(token) })
    })
    yield* eventsOf<T>(response.body!)
  }
  const sign = async (path: string, body: unknown, token?: string): Promise<Tokens> =>
    session.adopt(await request<TokenAnswer>(fetch, { method: 'POST', path, body, token }))

  return {
    get: <T>(path: string) => call<T>('GET', path),
    /** An answer that is not JSON. */
    text: (path: string) => call<string>('GET', path, undefined, true),
    /** Posts and reads the events of the answer as they come; leaving the loop, or `signal`, hangs up. */
    events,
    post: <T>(path: string, body: unknown = {}) => call<T>('POST', path, body),
    patch: <T>(path: string, body: unknown) => call<T>('PATCH', path, body),
    put: <T>(path: string, body: unknown) => call<T>('PUT', path, body),
    remove: <T>(path: string) => call<T>('DELETE', path),
    guest: (locale: Locale) => sign('/auth/guest', { locale }),
    changePassword: (password: string, next: string) =>
      call<void>('POST', '/auth/password', { password, new_password: next }),
    login: (name: string, password: string) => sign('/auth/login', { name, password }),
    /** Turns the guest of this browser into a person with a name and a password; everything stays theirs. */
    register: async (name: string, password: string, locale: Locale) =>
      sign('/auth/register', { name, password, locale }, session.current() ? await session.access() : undefined),
    /** Ends the session on the node too, where it can be reached. */
    async logout(): Promise<void> {
      const tokens = session.current()
      session.forget()
      if (!tokens) return
      await request(fetch, { method: 'POST', path: '/auth/logout', body: { refresh_token: tokens.refresh } }).catch(
        () => undefined,
      )
    },
  }
}
