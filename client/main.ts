/** The page's parts list: made in order, joined here and nowhere else. */
import { locale, preferredLocale, setLocale } from './i18n.ts'
import { followMarks } from './marks.ts'
import { createApi, renewBy } from './net/api.ts'
import { createSession, tabLock } from './net/session.ts'
import { createKeep } from './net/storage.ts'
import { createPlay } from './play.ts'
import { applySettings, stillMotion } from './settings.ts'
import { createStore, DEFAULT_SETTINGS, initialState, type Settings } from './state.ts'
import { createPrompt } from './terminal/prompt.ts'
import { createTerminalView } from './terminal/view.ts'
import { type AccountActions, openAccount, openKnownAccount } from './ui/account-dialog.ts'
import { createBench } from './ui/bench.ts'
import { openHelp } from './ui/help-dialog.ts'
import { createHere } from './ui/here.ts'
import { listenForKeys } from './ui/keys.ts'
import { createMapFrame } from './ui/map-frame.ts'
import { createNotice } from './ui/notice.ts'
import { createOutputBus } from './ui/output-bus.ts'
import { PANES } from './ui/panes.ts'
import { createPhoneBar } from './ui/phone-bar.ts'
import { createPurse } from './ui/purse.ts'
import { openSettings } from './ui/settings-dialog.ts'
import { mountShell } from './ui/shell.ts'
import { createTopbar } from './ui/topbar.ts'
import { vocabularyOf } from './vocabulary.ts'

const keep = createKeep(() => localStorage)
const tabKeep = createKeep(() => sessionStorage)
const browserFetch = (url: string, init: RequestInit) =>
  fetch(url, { ...init, headers: { ...init.headers, 'accept-language': locale() } })

setLocale(preferredLocale(keep.read<string>('academy.locale') ?? null, navigator.languages))
const store = createStore(initialState(locale(), { ...DEFAULT_SETTINGS, ...keep.read<Settings>('academy.settings') }))
const session = createSession({
  keep,
  now: Date.now,
  exclusively: tabLock('academy.refresh'),
  renew: (token) => renewBy(browserFetch, token),
})
const api = createApi({ fetch: browserFetch, session })
const bus = createOutputBus()
const play = createPlay({ store, api, session, tabKeep, onOutput: bus.emit })

followMarks({ store, api, onOutput: bus.listen })

const prompt = createPrompt({
  keep,
  vocabulary: () => vocabularyOf(store.get()),
  ask: play.complete,
  onLine: play.send,
  onPage: (step) => terminal.page(step),
  stillMotion: () => stillMotion(store.get().settings),
})
const terminal = createTerminalView({ store, prompt })
const bench = createBench({
  store,
  api,
  send: play.send,
  type: prompt.type,
  offer,
  open: openTab,
  onOutput: bus.listen,
})

function offer(line: string): void {
  store.set({ tab: 'terminal' })
  prompt.offer(line)
}
function openTab(id: string): void {
  store.set({ tab: id })
  if (PANES.some((pane) => pane.id === id)) bench.open(id)
  if (id === 'terminal') prompt.focus()
}
const account = (mode: 'register' | 'login') => {
  const { player, connection } = store.get()
  if (mode === 'login' && player && !player.guest && connection !== 'signedOut')
    return openKnownAccount(player.name, {
      logout: play.logout,
      login: () => signIn('login'),
      changePassword: api.changePassword,
    })
  signIn(mode)
}
const signIn = (mode: 'register' | 'login') => {
  const actions: AccountActions = { register: play.register, login: play.login }
  openAccount(actions, mode, store.get().player?.guest ? store.get().player?.name : '')
}

applySettings(store, keep)
mountShell(document.getElementById('app')!, {
  store,
  keep,
  topbar: createTopbar(store, createPurse({ store, api, onOutput: bus.listen }), {
    help: openHelp,
    settings: () => openSettings(store),
    keepProgress: () => account('register'),
    account: () => (PANES.some((pane) => pane.id === 'account') ? openTab('account') : account('login')),
  }),
  map: createMapFrame({ store, keep, api, play, type: prompt.type }),
  here: createHere({ store, type: prompt.type }),
  terminal: terminal.node,
  notice: createNotice(store, {
    retry: () => void play.start(),
    playHere: () => void play.start(),
    signIn: () => account('login'),
    newGuest: () => void play.newGuest(),
  }),
  bench,
  phoneBar: createPhoneBar(store, openTab),
})
listenForKeys({ help: openHelp, prompt: prompt.focus })
if (PANES[0]) bench.open(PANES[0].id)
if (matchMedia('(pointer: fine)').matches) prompt.focus()
await play.start()
