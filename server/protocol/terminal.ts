/** The terminal's messages over socket.io, namespace `/terminal`. */
import type { Json } from './ids.ts'

export const OUTPUT_KINDS = [
  'place',
  'event',
  'speech',
  'system',
  'error',
  'refusal',
  'echo',
  'lesson',
  'agent',
  'help',
] as const
export type OutputKind = (typeof OUTPUT_KINDS)[number]

/** One block of text for a person. `id` is a decimal counter per person: strictly increasing, so a client can resume after it. */
export type Output = { readonly id: string; readonly kind: OutputKind; readonly text: string; readonly data?: Json }
export type OutputDraft = Omit<Output, 'id'>

/**
 * `data` of words from another node. A node that was killed as it handed them over hands them over once more, as another output under the same mark:
 * whoever shows them keeps the marks with what it shows, and passes over what it has (M9).
 */
export type FromAfar = { readonly message: string }
export function markOf({ data }: Pick<Output, 'data'>): string | undefined {
  const mark = typeof data === 'object' && data !== null && 'message' in data ? data.message : undefined
  return typeof mark === 'string' ? mark : undefined
}

export type LineAck = { readonly ok: boolean; readonly code?: string }

export type TerminalAuth = {
  readonly token: string
  readonly locale?: string
  /** The last output id this page has shown; the server sends what came after it. */
  readonly after?: string
}

/** A client that wants exactly-once lines sends an id with each; the same id is done once. */
export type LineMessage = string | { readonly id: string; readonly text: string }

export type ClientToServer = {
  line: (line: LineMessage, ack?: (answer: LineAck) => void) => void
  /** Completions of the line as typed so far. */
  complete: (text: string, ack: (completions: readonly Json[]) => void) => void
  /** A fresh access token for this connection; without one it is closed a while after the old token's expiry, and the page comes back. */
  renew: (token: string, ack?: (answer: LineAck) => void) => void
}
/*
 * A refused connection is a `connect_error` whose `data.code` says why: `token_expired`, `token_invalid`, `session_ended` (get a fresh token),
 * `too_many_requests`, `draining` (come back later), `banned`. All of a person's terminals show the same outputs.
 */

/** Why the node ends a connection for good; sent just before it closes, or as `data` of a `connect_error`. */
export type ConnectionEnd = {
  readonly code: 'kicked' | 'banned' | 'replaced' | 'flood' | 'signed_out'
  readonly text?: string
}

export type ServerToClient = {
  output: (output: Output) => void
  /** The page does not come back by itself after this. */
  end: (why: ConnectionEnd) => void
}
