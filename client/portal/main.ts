/**
 * The frame of a visit: its policy lets it connect to the visited node and to nothing else, so the page's own need not. It holds the connections
 * there and passes on what comes; it knows no token of the home.
 */
import type { Admitted } from '../../server/protocol/api-visits.ts'
import { type Api, request } from '../net/api.ts'
import { createRoomLink, type RoomLink } from '../net/room.ts'
import { SignedOut } from '../net/session.ts'
import { createTerminalLink, type TerminalLink } from '../net/terminal.ts'
import type { FromFrame, ToFrame } from './messages.ts'

/** A visit's token lives as long as the visit; it is never renewed. */
const DAY_MS = 86_400_000

let terminal: TerminalLink | undefined
let room: RoomLink | undefined
let last: string | undefined

addEventListener('message', ({ source, origin, data, ports: [port] }) => {
  if (source !== parent || origin !== location.origin || data !== 'academy.portal' || !port) return
  const say = (message: FromFrame) => port.postMessage(message)
  port.onmessage = ({ data: message }: MessageEvent<ToFrame>) => void hear(message, say)
  say({ type: 'ready' })
})

async function hear(message: ToFrame, say: (message: FromFrame) => void): Promise<void> {
  switch (message.type) {
    case 'open':
      return open(message, say).catch(() => say({ type: 'failed' }))
    case 'line':
      if (terminal?.send(message.text) === false) say({ type: 'full' })
      return
    case 'complete':
      say({ type: 'completed', id: message.id, lines: (await terminal?.complete(message.text)) ?? [] })
      return
    case 'close':
      terminal?.close()
      room?.close()
  }
}

async function open(
  { url, ticket, locale }: Extract<ToFrame, { type: 'open' }>,
  say: (message: FromFrame) => void,
): Promise<void> {
  const there = (path: string, init: RequestInit) =>
    fetch(`${url}${path}`, { ...init, credentials: 'omit', headers: { ...init.headers, 'accept-language': locale } })
  const { token, player } = await request<Admitted>(there, { method: 'POST', path: '/visit/enter', body: { ticket } })
  say({ type: 'entered', player: player.id })
  const expiresAtMs = Date.now() + DAY_MS
  terminal = createTerminalLink({
    url,
    session: {
      current: () => ({ expiresAtMs }),
      access: async (stale) => {
        if (stale !== undefined) throw new SignedOut('the visit is over')
        return token
      },
    },
    locale: () => locale,
    last: () => last,
    onOutput(output) {
      last = output.id
      say({ type: 'output', output })
    },
    onStatus(status) {
      say({ type: 'status', status })
      if (status === 'online') room?.open()
      else if (status !== 'reconnecting') room?.close()
    },
    onRefused: (code) => say({ type: 'refused', code }),
  })
  const api: Pick<Api, 'post'> = {
    post: (path, body = {}) => request(there, { method: 'POST', path, body, token }),
  }
  room = createRoomLink({
    api,
    url,
    onPicture: (picture) => say({ type: 'picture', picture }),
    onStatus: (status) => say({ type: 'map', status }),
    onSpeech: () => {},
  })
  terminal.connect()
}
