/** From an opened page to a person in the world, and everything that can come between: who plays, connected how, in which language. */
import { isLocale, type Locale } from '../server/protocol/ids.ts'
import type { Output } from '../server/protocol/terminal.ts'
import { setLocale, t } from './i18n.ts'
import { RECONNECT_LONGEST_MS, RELOAD_KEPT_COUNT } from './limits.ts'
import { type Api, ApiError } from './net/api.ts'
import { createPortal } from './net/portal.ts'
import type { RoomLink } from './net/room.ts'
import type { Session, Tokens } from './net/session.ts'
import type { Keep } from './net/storage.ts'
import { createTabClaim } from './net/tab.ts'
import { createTerminalLink, type TerminalStatus } from './net/terminal.ts'
import { appendOutput, lastServerId, localOutput } from './outputs.ts'
import type { Connection, Player, Store } from './state.ts'

type Deps = {
  readonly store: Store
  readonly api: Api
  readonly session: Session
  /** Kept for this tab only. */
  readonly tabKeep: Keep
  readonly onOutput: (output: Output) => void
}

export type Play = {
  start(): Promise<void>
  /** Sends a line and shows it as typed. */
  send(line: string): void
  /** How the node would go on with a half-typed line: whole lines, or nothing. */
  complete(text: string): Promise<readonly string[]>
  register(name: string, password: string): Promise<void>
  login(name: string, password: string): Promise<void>
  /** Ends the session, here and on the node; what was said is put away. */
  logout(): Promise<void>
  /** Leaves whoever plays here and begins as somebody new. */
  newGuest(): Promise<void>
  /** The map's connection joins once its code has loaded. */
  attachRoom(room: RoomLink): void
}

const KEY = 'academy.outputs'
type Kept = { readonly player: string; readonly outputs: readonly Output[] }

export function createPlay({ store, api, session, tabKeep, onOutput }: Deps): Play {
  let room: RoomLink | undefined
  /** The language the node speaks to this person, as far as the page knows. */
  let nodeLocale: Locale | undefined

  const link = createTerminalLink({
    session,
    locale: () => store.get().locale,
    last: () => lastServerId(store.get().outputs),
    onOutput(output) {
      const before = store.get().outputs
      const outputs = appendOutput(before, output)
      if (outputs === before) return
      store.set({ outputs })
      followSettings(output)
      onOutput(output)
      portal.follow(output)
    },
    onStatus,
    onRefused: (code) => void say(refusalText(code)),
  })

  /** While it is open the page is over there: home's map is closed, home's words come all the same. */
  const portal = createPortal({
    api,
    locale: () => store.get().locale,
    me: () => store.get().player?.id,
    onOutput: (output) => store.set({ outputs: appendOutput(store.get().outputs, output) }),
    onPicture: (picture) => store.set({ picture, ...(!picture && { mapStatus: 'waiting' }) }),
    onMap: (mapStatus) => store.set({ mapStatus }),
    onFull: () => void say(t('ui.prompt.tooMany')),
    onRefused: (code) => void say(refusalText(code)),
    onAway: (isAway) => (isAway ? room?.close() : store.get().connection === 'online' && room?.open()),
  })

  const tab = createTabClaim(() => {
    portal.close()
    link.close()
    room?.close()
    store.set({ connection: 'elsewhere' })
  })

  const say = (text: string) =>
    text !== '' && store.set({ outputs: appendOutput(store.get().outputs, localOutput('error', text)) })

  function onStatus(status: TerminalStatus, reason = ''): void {
    const connection: Connection =
      status === 'replaced' ? 'elsewhere' : status === 'reconnecting' && !navigator.onLine ? 'offline' : status
    if (status === 'signedOut' && store.get().player?.guest) return void newGuest()
    store.set({ connection, reason })
    if (status === 'online') {
      if (!portal.isOpen) room?.open()
      void refreshPlayer()
    } else if (status !== 'reconnecting') room?.close()
  }

  /** What the token does not say: whether this is a guest, and the name as it is now. */
  async function refreshPlayer(): Promise<void> {
    const me = await api.get<{ player: Player & { locale: Locale } }>('/api/v1/me').catch(() => undefined)
    if (!me || me.player.id !== store.get().player?.id) return
    store.set({ player: me.player })
    if (me.player.locale !== store.get().locale) speak(store.get().locale)
  }

  /** Tells the node which language to speak from now on; it keeps that for the next visit too. */
  function speak(locale: Locale): void {
    nodeLocale = locale
    link.send(`config language ${locale}`)
  }

  /** Settings changed by typing hold for the page too. */
  function followSettings({ data }: Output): void {
    const { locale } = ((data ?? {}) as { config?: { locale?: unknown } }).config ?? {}
    if (!isLocale(locale)) return
    nodeLocale = locale
    store.set({ locale })
  }

  function take({ player }: Tokens): void {
    const kept = tabKeep.read<Kept>(KEY)
    const same = store.get().player?.id === player.id
    if (!same) store.set({ picture: undefined, mapStatus: 'waiting' })
    const outputs = same ? store.get().outputs : kept?.player === player.id ? kept.outputs : []
    store.set({ player: { ...player, guest: player.guest ?? false }, outputs })
  }

  async function start(): Promise<void> {
    store.set({ connection: 'starting', reason: '' })
    try {
      take(session.current() ?? (await api.guest(store.get().locale)))
    } catch (error) {
      const banned = error instanceof ApiError && error.code === 'banned'
      const away = error instanceof ApiError && error.status === 0
      store.set({
        connection: banned ? 'banned' : away ? 'offline' : 'failed',
        reason: error instanceof ApiError && !away ? error.message : '',
      })
      if (away) setTimeout(retry, RECONNECT_LONGEST_MS)
      return
    }
    tab.claim()
    link.connect()
    void portal.settle()
  }

  /** Somebody else plays from here on: everything of the one before is put away. */
  async function become(tokens: Tokens): Promise<void> {
    const other = tokens.player.id !== store.get().player?.id
    if (other) {
      portal.close()
      link.close()
      room?.close()
      store.set({ player: undefined, outputs: [], picture: undefined, mapStatus: 'waiting' })
      tabKeep.remove(KEY)
    }
    take(tokens)
    if (other || store.get().connection === 'signedOut') await start()
    else void refreshPlayer()
  }

  /** Also when a guest's session has ended: nobody can sign in as a guest again, so the page goes on as a new one. */
  async function newGuest(): Promise<void> {
    session.forget()
    portal.close()
    link.close()
    room?.close()
    store.set({ player: undefined, outputs: [], picture: undefined, mapStatus: 'waiting' })
    tabKeep.remove(KEY)
    await start()
  }

  store.watch(
    (state) => state.locale,
    (locale) => {
      setLocale(locale)
      if (store.get().connection !== 'starting' && locale !== nodeLocale) speak(locale)
    },
  )
  // The world's own name for one's character is the newest: it changes when a name is typed in the terminal.
  store.watch(
    (state) => state.picture?.characters.get(state.player?.id ?? '')?.name.en,
    (name) => {
      const { player } = store.get()
      if (player && name && name !== player.name) store.set({ player: { ...player, name } })
    },
  )
  const retry = () => {
    if (['offline', 'reconnecting'].includes(store.get().connection)) void start()
  }
  addEventListener('online', retry)
  addEventListener('offline', () => {
    if (store.get().connection === 'reconnecting') store.set({ connection: 'offline' })
  })
  addEventListener('pagehide', () => {
    const { player, outputs } = store.get()
    if (player) tabKeep.write(KEY, { player: player.id, outputs: outputs.slice(-RELOAD_KEPT_COUNT) } satisfies Kept)
  })

  return {
    start,
    send(line) {
      store.set({ outputs: appendOutput(store.get().outputs, localOutput('echo', line)) })
      if (portal.isOpen) portal.send(line)
      else if (!link.send(line)) say(t('ui.prompt.tooMany'))
    },
    complete: (text) => (portal.isOpen ? portal.complete(text) : link.complete(text)),
    register: async (name, password) => become(await api.register(name, password, store.get().locale)),
    login: async (name, password) => become(await api.login(name, password)),
    async logout() {
      portal.close()
      link.close()
      room?.close()
      await api.logout()
      tabKeep.remove(KEY)
      store.set({
        player: undefined,
        outputs: [],
        picture: undefined,
        mapStatus: 'waiting',
        connection: 'signedOut',
        reason: '',
      })
    },
    newGuest,
    attachRoom(next) {
      room = next
      if (store.get().connection === 'online' && !portal.isOpen) next.open()
    },
  }
}

/** Only what the connection itself refuses: the world's refusals come as output, in its own words. */
const LINK_REFUSALS = ['rate_limited', 'line_too_long', 'busy', 'draining', 'internal']

function refusalText(code: string): string {
  return LINK_REFUSALS.includes(code) ? t(`ui.refused.${code}`) : ''
}
