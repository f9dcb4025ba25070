/**
 * A visit to another node, without leaving the page: the home's word opens a frame that connects there, and until the home says that it is
 * over, what is typed goes there, and what is said and seen comes from there.
 */
import type { Claimed } from '../../server/protocol/api-visits.ts'
import type { Output } from '../../server/protocol/terminal.ts'
import { COMPLETE_TIMEOUT_MS, PORTAL_FRAME_TIMEOUT_MS, PORTAL_LOST_MS } from '../limits.ts'
import type { FromFrame, ToFrame } from '../portal/messages.ts'
import type { Picture } from '../state.ts'
import type { Api } from './api.ts'

type Deps = {
  readonly api: Pick<Api, 'get' | 'post'>
  readonly locale: () => string
  /** The id by which the page knows its person. */
  readonly me: () => string | undefined
  /** Shown among what the home has said. */
  readonly onOutput: (output: Output) => void
  readonly onPicture: (picture: Picture | undefined) => void
  readonly onMap: (status: 'live' | 'lost') => void
  readonly onFull: () => void
  readonly onRefused: (code: string) => void
  /** The home's own map: away, there is nothing to see of it. */
  readonly onAway: (isAway: boolean) => void
}

export type Portal = {
  readonly isOpen: boolean
  /** Shown everything that the home says: it begins visits and ends them. */
  follow(output: Output): void
  /** A page that has just opened knows nothing of a visit that stands: its person comes home. */
  settle(): Promise<void>
  send(line: string): void
  complete(text: string): Promise<readonly string[]>
  close(): void
}

type Word = { readonly visit?: string; readonly back?: string }
type Visit = { readonly id: string; frame?: HTMLIFrameElement; port?: MessagePort; me?: string; lost?: number }

let shown = 0

export function createPortal(deps: Deps): Portal {
  const { api } = deps
  const asked = new Map<number, (lines: readonly string[]) => void>()
  let visit: Visit | undefined
  let questions = 0

  const say = (message: ToFrame) => visit?.port?.postMessage(message)
  const goHome = () => api.post('/api/v1/visit/return').catch(() => undefined)

  async function begin(id: string): Promise<void> {
    if (visit?.id === id) return
    const mine: Visit = { id }
    visit = mine
    try {
      const claimed = await api.post<Claimed>('/api/v1/visit/claim', { visit: id })
      const port = await frameFor(claimed.frame, mine)
      if (visit !== mine) return drop(mine)
      mine.port = port
      port.onmessage = ({ data }: MessageEvent<FromFrame>) => visit === mine && hear(data, mine)
      say({ type: 'open', url: claimed.url, ticket: claimed.ticket, locale: deps.locale() })
    } catch {
      // Another page has it, or it is over already; else the home is asked to end it, and says so.
      drop(mine)
      if (visit === mine) visit = undefined
      await goHome()
    }
  }

  function hear(message: FromFrame, mine: Visit): void {
    switch (message.type) {
      case 'entered':
        mine.me = message.player
        deps.onAway(true)
        deps.onPicture(undefined)
        break
      case 'output':
        deps.onOutput({ ...message.output, id: `~visit${++shown}` })
        break
      case 'picture':
        deps.onPicture(asSeenByMe(message.picture, mine.me, deps.me()))
        break
      case 'map':
        deps.onMap(message.status)
        break
      case 'completed':
        asked.get(message.id)?.(message.lines)
        break
      case 'full':
        deps.onFull()
        break
      case 'refused':
        deps.onRefused(message.code)
        break
      case 'status':
        followStatus(message.status, mine)
        break
      case 'failed':
        void goHome()
    }
  }

  /** A break is mended by itself, for a while; what is ended over there ends here. */
  function followStatus(status: Extract<FromFrame, { type: 'status' }>['status'], mine: Visit): void {
    if (status === 'reconnecting') {
      mine.lost ??= window.setTimeout(() => visit === mine && void goHome(), PORTAL_LOST_MS)
      return
    }
    clearTimeout(mine.lost)
    delete mine.lost
    if (status === 'online') return
    end()
    void goHome()
  }

  function end(): void {
    if (!visit) return
    const over = visit
    visit = undefined
    clearTimeout(over.lost)
    over.port?.postMessage({ type: 'close' } satisfies ToFrame)
    drop(over)
    deps.onPicture(undefined)
    deps.onAway(false)
  }

  return {
    get isOpen() {
      return visit?.me !== undefined
    },
    follow({ data }) {
      const { visit: begun, back } = ((data ?? {}) as { portal?: Word }).portal ?? {}
      if (begun !== undefined) void begin(begun)
      if (back !== undefined) end()
    },
    async settle() {
      const now = await api.get<{ visit: { visit: string } | null }>('/api/v1/visit').catch(() => undefined)
      if (now?.visit && now.visit.visit !== visit?.id) await goHome()
    },
    send: (text) => say({ type: 'line', text }),
    complete(text) {
      const id = ++questions
      return new Promise((resolve) => {
        const done = (lines: readonly string[]) => {
          clearTimeout(timer)
          asked.delete(id)
          resolve(lines)
        }
        const timer = setTimeout(() => done([]), COMPLETE_TIMEOUT_MS)
        asked.set(id, done)
        say({ type: 'complete', id, text })
      })
    },
    close: end,
  }
}

/** The frame with its own policy, and a port into it. */
async function frameFor(key: string, visit: Visit): Promise<MessagePort> {
  const frame = document.createElement('iframe')
  frame.hidden = true
  frame.title = ''
  frame.src = `/portal/${key}`
  visit.frame = frame
  const { port1, port2 } = new MessageChannel()
  const ready = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the frame of a visit did not come')), PORTAL_FRAME_TIMEOUT_MS)
    frame.onload = () => frame.contentWindow?.postMessage('academy.portal', location.origin, [port2])
    port1.onmessage = () => {
      clearTimeout(timer)
      resolve()
    }
  })
  document.body.append(frame)
  await ready
  return port1
}

function drop({ frame, port }: Visit): void {
  // What was said last is on its way into it.
  setTimeout(() => {
    port?.close()
    frame?.remove()
  })
}

/** Over there the person has another id; the page knows them by their own. */
function asSeenByMe(picture: Picture, there: string | undefined, here: string | undefined): Picture {
  const mine = there === undefined ? undefined : picture.characters.get(there)
  if (!mine || here === undefined) return picture
  const characters = new Map(picture.characters)
  characters.delete(there!)
  characters.set(here, { ...mine, id: here })
  return { ...picture, characters }
}
