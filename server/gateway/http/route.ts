/** A route as data: who may call it, what it takes and answers, and what it does. The server and the OpenAPI document are made from it. */
import type { z } from 'zod'
import type { Origin, Principal } from '../../accounts/types.ts'
import type { Locale } from '../../protocol/ids.ts'

/** `person`: a valid token; `staff`: a moderator or admin; `optional`: a token is used when there is one. */
export type Access = 'public' | 'optional' | 'person' | 'staff' | 'admin'

export type Call<B = unknown, Q = unknown> = {
  /** Empty for `public` and for `optional` without a token. */
  readonly principal: Principal | undefined
  /** The caller; there is one on every route that asks for it. */
  readonly me: Principal
  readonly params: Readonly<Record<string, string>>
  readonly body: B
  readonly query: Q
  /** The body as it came, of a route with `rawBody`. */
  readonly raw: Uint8Array | undefined
  readonly from: Origin
  readonly locale: Locale
}

export type Answer = {
  readonly status: number
  readonly body?: unknown
  readonly text?: { readonly type: string; readonly value: string }
  readonly bytes?: { readonly type: string; readonly value: Uint8Array }
  /** Written as it comes, in a `text/event-stream`; `signal` fires when the client is gone. */
  readonly events?: (signal: AbortSignal) => AsyncIterable<StreamEvent>
  /** In place of those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>
}

/** One server-sent event (html.spec.whatwg.org/multipage/server-sent-events.html); `type` is its name. */
export type StreamEvent = { readonly type: string }

export type Route = {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** Express 5 path: `:id`, and `*path` for the rest. */
  readonly path: string
  readonly summary: string
  readonly access: Access
  readonly body?: z.ZodType
  /** The body may be left out. */
  readonly bodyOptional?: boolean
  /** Takes `text/plain` as `{ text }` too. */
  readonly plainText?: boolean
  /** Takes a body of whatever media type as bytes, at most so many. */
  readonly rawBody?: number
  readonly query?: z.ZodType
  /** Status -> schema of its JSON body, or a media type for text. */
  readonly answers: Readonly<Record<number, z.ZodType | string>>
  /** Not counted against the caller: health and keys. */
  readonly unlimited?: boolean
  /** Also for other nodes' people who visit this one. */
  readonly visitors?: boolean
  readonly run: (call: Call) => Answer | Promise<Answer>
}

type Typed<B extends z.ZodType | undefined, Q extends z.ZodType | undefined> = Omit<
  Route,
  'body' | 'query' | 'run'
> & {
  readonly body?: B
  readonly query?: Q
  readonly run: (
    call: Call<B extends z.ZodType ? z.output<B> : undefined, Q extends z.ZodType ? z.output<Q> : undefined>,
  ) => Answer | Promise<Answer>
}

/** Gives a route's handler the types of its schemas. */
export const route = <B extends z.ZodType | undefined = undefined, Q extends z.ZodType | undefined = undefined>(
  definition: Typed<B, Q>,
): Route => definition as unknown as Route

export const ok = (body: unknown): Answer => ({ status: 200, body })
export const created = (body: unknown): Answer => ({ status: 201, body })
export const none: Answer = { status: 204 }
