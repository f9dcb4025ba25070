/** A node as the author's tools speak with it: over HTTP, as one person, in words when it does not go. */
import type { z } from 'zod'
import { BodyTooLong, boundedText } from '../lib/bounded-body.ts'
import { AUTHOR_FILE_MAX_BYTES, AUTHOR_HTTP_TIMEOUT_MS } from '../limits.ts'
import * as api from '../protocol/api.ts'
import type { Credentials, Kept } from './credentials.ts'
import { AuthorProblem } from './problem.ts'

export type Hub = {
  readonly url: string
  readonly player: { readonly id: string; readonly name: string }
  get<S extends z.ZodType>(path: string, answer: S): Promise<z.output<S>>
  send<S extends z.ZodType>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    answer: S,
    body?: unknown,
  ): Promise<z.output<S>>
}
export type SignIn = {
  /** Whom to sign in as; without it whoever was last signed in there, or a new guest. */
  readonly as?: string
  readonly password?: () => Promise<string>
}

/** Renewed this long before it ends, so that it does not end on the way. */
const RENEW_AHEAD_MS = 30_000

export async function openHub(given: string, credentials: Credentials, signIn: SignIn = {}): Promise<Hub> {
  const url = originOf(given)
  let kept = await enter(url, credentials, signIn)

  async function authorized<S extends z.ZodType>(
    method: string,
    path: string,
    answer: S,
    body?: unknown,
  ): Promise<z.output<S>> {
    if (kept.expiresAtMs - RENEW_AHEAD_MS < Date.now()) kept = await renew(url, credentials, kept)
    return ask(url, method, path, answer, { body, token: kept.accessToken })
  }

  return {
    url,
    player: kept.player,
    get: (path, answer) => authorized('GET', path, answer),
    send: authorized,
  }
}

export function originOf(given: string): string {
  const text = /^https?:\/\//.test(given) ? given : `http://${given}`
  if (!URL.canParse(text)) throw new AuthorProblem('bad_hub', `${given} is not the address of a node.`)
  return new URL(text).origin
}

async function enter(url: string, credentials: Credentials, { as, password }: SignIn): Promise<Kept> {
  const known = await credentials.read(url)
  const isOther = as !== undefined && known?.player.name.toLowerCase() !== as.toLowerCase()
  if (known && !isOther) {
    if (known.expiresAtMs - RENEW_AHEAD_MS > Date.now()) return known
    const renewed = await renew(url, credentials, known).catch((error: unknown) => {
      if (error instanceof HubRefused && error.status === 401) return undefined
      throw error
    })
    if (renewed) return renewed
    if (as === undefined)
      throw new AuthorProblem(
        'signed_out',
        `You are signed out at ${url}. Sign in with --as ${known.player.guest ? 'NAME' : JSON.stringify(known.player.name)}, or forget that session with "npx academy agent logout --hub ${url}".`,
      )
  }
  if (known?.player.guest && isOther)
    throw new AuthorProblem(
      'guest_would_be_lost',
      `You are the guest ${known.player.name} at ${url}; as somebody else you would never come back to their agents. If that is well, forget them first: npx academy agent logout --hub ${url}`,
    )
  const answer =
    as === undefined
      ? await ask(url, 'POST', '/auth/guest', api.TokenAnswer, { body: {} })
      : await ask(url, 'POST', '/auth/login', api.TokenAnswer, { body: { name: as, password: await password?.() } })
  return keep(url, credentials, answer)
}

/** A refresh token is spent by being used: its successor is on disk before anything else is asked. */
async function renew(url: string, credentials: Credentials, kept: Kept): Promise<Kept> {
  const answer = await ask(url, 'POST', '/auth/refresh', api.TokenAnswer, {
    body: { refresh_token: kept.refreshToken },
  })
  return keep(url, credentials, answer)
}

async function keep(url: string, credentials: Credentials, answer: api.TokenAnswer): Promise<Kept> {
  const { id, name, guest = false } = answer.player
  const kept: Kept = {
    player: { id, name, guest },
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    expiresAtMs: Date.now() + answer.expires_in * 1000,
  }
  await credentials.write(url, kept)
  return kept
}

/** The node said no: its own words, and its stable code. */
export class HubRefused extends AuthorProblem {
  readonly status: number
  constructor(status: number, code: string, message: string) {
    super(code, message)
    this.status = status
  }
}

/** Problem documents of the web carry a title; a refusal of a program carries where it stands. */
function refused(url: string, status: number, body: unknown): HubRefused {
  const problem = api.Problem.safeParse(body)
  if (!problem.success)
    return new HubRefused(status, 'bad_answer', `${url} answered ${status}, and not as a node of the academy does.`)
  const { code, title, detail, params } = problem.data
  const where = params?.file === undefined ? '' : `${params.file}:${params.line}:${params.column} `
  return new HubRefused(status, code, `${url} says no: ${where}${detail ?? title}`)
}

export async function ask<S extends z.ZodType>(
  url: string,
  method: string,
  path: string,
  answer: S,
  { body, token }: { readonly body?: unknown; readonly token?: string } = {},
): Promise<z.output<S>> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    // What is meant for this node is told to no other.
    redirect: 'error',
    signal: AbortSignal.timeout(AUTHOR_HTTP_TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw away(url, error)
  })
  const text = await boundedText(response, AUTHOR_FILE_MAX_BYTES).catch((error: unknown) => {
    throw error instanceof BodyTooLong ? tooLong(url, error) : away(url, error)
  })
  const value = parseJson(text)
  if (!response.ok) throw refused(url, response.status, value)
  const parsed = answer.safeParse(value)
  if (!parsed.success)
    throw new HubRefused(
      response.status,
      'bad_answer',
      `${url} answered what this program does not understand. Is it a node of another version?`,
    )
  return parsed.data
}

const tooLong = (url: string, cause: BodyTooLong): AuthorProblem =>
  new AuthorProblem(
    'answer_too_long',
    `${url} answered more than ${cause.maxBytes / 1024 / 1024} MiB, which is more than any node of the academy has to say.`,
    { cause },
  )

function away(url: string, error: unknown): AuthorProblem {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause
  const why =
    (error as Error).name === 'TimeoutError'
      ? `it did not answer within ${AUTHOR_HTTP_TIMEOUT_MS / 1000} s`
      : cause?.code === 'ECONNREFUSED'
        ? 'nobody listens there'
        : cause?.code === 'ENOTFOUND'
          ? 'there is no such name'
          : (cause?.message ?? (error as Error).message)
  return new AuthorProblem('hub_away', `${url} cannot be reached: ${why}.`, { cause: error })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
