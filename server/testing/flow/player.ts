/** A person at a real terminal, for whole-flow tests: signs in over HTTP, types over socket.io, remembers what was said. */
import { once } from 'node:events'
import { io, type Socket } from 'socket.io-client'
import type { LineAck, Output } from '../../protocol/terminal.ts'

/** How long a very busy machine may take to answer. */
const PATIENCE_MS = 60_000

export type Player = {
  readonly id: string
  readonly name: string
  readonly tokens: { access_token: string; refresh_token: string }
  readonly outputs: Output[]
  readonly socket: Socket
  /** Types a line; resolves with the acknowledgement. */
  line(text: string, id?: string): Promise<LineAck>
  /** Resolves with the first output, past or future, whose text fits. */
  hear(pattern: RegExp): Promise<Output>
  api<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }>
  close(): void
}

export async function json<T>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<{ status: number; body: T }> {
  const headers: Record<string, string> = {}
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (token) headers.authorization = `Bearer ${token}`
  const response = await fetch(new URL(path, url), {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T }
}

type Tokens = { access_token: string; refresh_token: string; player: { id: string; name: string } }

/** A new guest, or somebody who comes back with their tokens. */
export async function join(
  url: string,
  options: { locale?: string; tokens?: { refresh_token: string } } = {},
): Promise<Player> {
  const { locale = 'en', tokens } = options
  const answer = tokens
    ? await json<Tokens>(url, 'POST', '/auth/refresh', { refresh_token: tokens.refresh_token })
    : await json<Tokens>(url, 'POST', '/auth/guest', { locale })
  if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
  const { access_token, player } = answer.body
  const outputs: Output[] = []
  const waiting = new Set<() => void>()
  const socket = io(`${url}/terminal`, {
    transports: ['websocket'],
    auth: { token: access_token, locale },
    forceNew: true,
    reconnection: false,
  })
  socket.on('output', (output: Output) => {
    outputs.push(output)
    for (const check of waiting) check()
  })
  await Promise.race([
    once(socket as never, 'output'),
    once(socket as never, 'connect_error').then(([error]) => Promise.reject(error as Error)),
  ])
  const token = () => access_token
  return {
    id: player.id,
    name: player.name,
    tokens: answer.body,
    outputs,
    socket,
    line: (text, id) =>
      new Promise((done, fail) => {
        socket
          .timeout(PATIENCE_MS)
          .emit('line', id === undefined ? text : { id, text }, (error: Error | null, ack: LineAck) =>
            error ? fail(new Error(`no answer to ${JSON.stringify(text)}`)) : done(ack),
          )
      }),
    hear: (pattern) =>
      new Promise((done, fail) => {
        const timer = setTimeout(() => {
          waiting.delete(check)
          fail(
            new Error(
              `nothing like ${pattern} was heard; last: ${JSON.stringify(outputs.slice(-5).map((o) => o.text))}`,
            ),
          )
        }, PATIENCE_MS)
        const check = (): void => {
          const found = outputs.find((output) => pattern.test(output.text))
          if (!found) return
          clearTimeout(timer)
          waiting.delete(check)
          done(found)
        }
        waiting.add(check)
        check()
      }),
    api: (method, path, body) => json(url, method, path, body, token()),
    close: () => void socket.close(),
  }
}
