/** The terminal's connection: what the node says comes in once and in order, what is typed goes out once and in order. */
import { io, type Socket } from 'socket.io-client'
import type { ClientToServer, LineAck, Output, ServerToClient, TerminalAuth } from '../../server/protocol/terminal.ts'
import {
  COMPLETE_TIMEOUT_MS,
  LINE_ACK_TIMEOUT_MS,
  RECONNECT_FIRST_MS,
  RECONNECT_LONGEST_MS,
  TOKEN_SLACK_MS,
} from '../limits.ts'
import { newLineId } from './ids.ts'
import { createOutbox } from './outbox.ts'
import { type Session, SignedOut } from './session.ts'

export type TerminalStatus = 'online' | 'reconnecting' | 'kicked' | 'banned' | 'replaced' | 'signedOut'

type Deps = {
  /** Of another node than the page's own. */
  readonly url?: string
  readonly session: Pick<Session, 'access'> & { current(): { readonly expiresAtMs: number } | undefined }
  readonly locale: () => string
  /** Id of the last output this tab has shown. */
  readonly last: () => string | undefined
  readonly onOutput: (output: Output) => void
  readonly onStatus: (status: TerminalStatus, reason?: string) => void
  readonly onRefused: (code: string) => void
}

export type TerminalLink = {
  /** False when too many lines wait for the connection. */
  send(text: string): boolean
  /** The node's completions of a half-typed line, each a whole line; none when it does not answer in time. */
  complete(text: string): Promise<readonly string[]>
  /** Connects, or connects anew with the present language and person. */
  connect(): void
  close(): void
}

/** Codes with which the node ends a connection for good, and what they mean to the page. */
const ENDS: Readonly<Record<string, TerminalStatus>> = {
  kicked: 'kicked',
  flood: 'kicked',
  banned: 'banned',
  replaced: 'replaced',
  signed_out: 'signedOut',
}
/** Codes that another access token may answer. */
const STALE = ['unauthorized', 'token_expired', 'token_invalid', 'session_ended']

export function createTerminalLink({
  url = '',
  session,
  locale,
  last,
  onOutput,
  onStatus,
  onRefused,
}: Deps): TerminalLink {
  let staleToken: string | undefined
  let token = ''
  let wanted = false
  let renewal = 0

  const socket: Socket<ServerToClient, ClientToServer> = io(`${url}/terminal`, {
    transports: ['websocket'],
    autoConnect: false,
    reconnectionDelay: RECONNECT_FIRST_MS,
    reconnectionDelayMax: RECONNECT_LONGEST_MS,
    auth: (give) => void authorise().then(give, ended),
  })

  async function authorise(): Promise<TerminalAuth> {
    for (;;) {
      try {
        token = await session.access(staleToken)
        staleToken = undefined
        return { token, locale: locale(), after: last() }
      } catch (error) {
        if (error instanceof SignedOut) throw error
        onStatus('reconnecting')
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_FIRST_MS * 5))
      }
    }
  }

  function ended(): void {
    wanted = false
    socket.disconnect()
    onStatus('signedOut')
  }

  const outbox = createOutbox({
    send: (line): Promise<LineAck> => socket.timeout(LINE_ACK_TIMEOUT_MS).emitWithAck('line', line),
    connected: () => socket.connected,
    newId: newLineId,
    onAck: (_line, ack) => {
      if (!ack.ok && ack.code) onRefused(ack.code)
    },
  })

  /** A connection lives as long as its token: hand in a fresh one before the old one ends. */
  function renewInTime(): void {
    clearTimeout(renewal)
    const leftMs = (session.current()?.expiresAtMs ?? 0) - Date.now()
    renewal = window.setTimeout(
      async () => {
        token = await session.access().catch(() => token)
        if (socket.connected) socket.emit('renew', token)
        renewInTime()
      },
      Math.max(leftMs - TOKEN_SLACK_MS / 2, TOKEN_SLACK_MS / 2),
    )
  }

  socket.on('connect', () => {
    onStatus('online')
    renewInTime()
    outbox.flush()
  })
  socket.on('output', onOutput)
  socket.on('connect_error', (error) => {
    const { code = '', text } = (error as Error & { data?: { code?: string; text?: string } }).data ?? {}
    if (ENDS[code]) return finish(ENDS[code], text)
    if (STALE.includes(code)) staleToken = token
    onStatus('reconnecting')
    // A refusal by the node itself (not by the network) is not tried again by the library.
    if (!socket.active && wanted) setTimeout(() => wanted && socket.connect(), RECONNECT_FIRST_MS * 4)
  })
  socket.on('end', ({ code, text }) => finish(ENDS[code] ?? 'kicked', text))
  socket.on('disconnect', (why) => {
    if (!wanted) return
    onStatus('reconnecting')
    if (why === 'io server disconnect') setTimeout(() => wanted && socket.connect(), RECONNECT_FIRST_MS)
  })

  function finish(status: TerminalStatus, reason?: string): void {
    wanted = false
    socket.disconnect()
    onStatus(status, reason)
  }

  return {
    send: (text) => outbox.push(text),
    async complete(text) {
      if (!socket.connected) return []
      const answer = await socket
        .timeout(COMPLETE_TIMEOUT_MS)
        .emitWithAck('complete', text)
        .catch(() => [])
      return (answer as readonly { text?: unknown }[]).map((one) => one.text).filter((one) => typeof one === 'string')
    },
    connect() {
      // Also ends a wait between two attempts, which would otherwise go on.
      wanted = false
      socket.disconnect()
      wanted = true
      socket.connect()
    },
    close() {
      wanted = false
      socket.disconnect()
    },
  }
}
