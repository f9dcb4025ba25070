/** The network's page: nodes, peers, the DHT, the log and the settings, each asked again while it is looked at. */

import { onLocale, t } from '../i18n.ts'
import { NETWORK_REFRESH_LONGEST_MS, NETWORK_REFRESH_MS } from '../limits.ts'
import { ApiError } from '../net/api.ts'
import { button, el } from './el.ts'
import { createDhtSection } from './network-dht.ts'
import { createLogSection } from './network-log.ts'
import { createNodesSection } from './network-nodes.ts'
import { createPeersSection } from './network-peers.ts'
import { createPoll } from './network-poll.ts'
import type { Section } from './network-section.ts'
import { createSettingsSection } from './network-settings.ts'
import { createNote } from './note.ts'
import type { PaneContext } from './panes.ts'
import { problemText } from './problem-text.ts'
import { tabByKey } from './tab-keys.ts'
import { whenPlaying } from './when-playing.ts'

type Entry = {
  readonly id: string
  readonly isStaffs?: boolean
  /** Makes no sense on a node that has joined none. */
  readonly needsNetwork?: boolean
  readonly section: Section
}

export function mount(element: HTMLElement, context: PaneContext): () => void {
  const { api, store } = context
  const roles = () => store.get().player?.roles ?? []
  const isAdmin = () => roles().includes('admin')
  const isStaff = () => isAdmin() || roles().includes('moderator')
  const nodes = createNodesSection(api)
  const entries: readonly Entry[] = [
    { id: 'nodes', section: nodes },
    { id: 'peers', isStaffs: true, needsNetwork: true, section: createPeersSection(api, isAdmin) },
    { id: 'dht', needsNetwork: true, section: createDhtSection(api, isAdmin) },
    { id: 'log', isStaffs: true, section: createLogSection(api) },
    { id: 'settings', isStaffs: true, section: createSettingsSection(api) },
  ]
  let open = entries[0]!
  const note = createNote()
  const tabs = new Map(entries.map((entry) => [entry.id, tabOf(entry)]))
  const list = el(
    'div',
    { class: 'net-tabs', tLabel: 'network.page.tabs', attrs: { role: 'tablist' } },
    ...tabs.values(),
  )
  for (const { id, section } of entries) {
    section.node.id = `net-${id}`
    section.node.setAttribute('role', 'tabpanel')
    section.node.setAttribute('aria-labelledby', `net-tab-${id}`)
  }
  const body = el('div', { class: 'net-pane' }, list, note.node, ...entries.map(({ section }) => section.node))
  element.append(el('h2', { class: 'visually-hidden', t: 'network.page.title' }), body)

  function tabOf(entry: Entry): HTMLElement {
    return button({
      class: 'net-tab',
      t: `network.page.tab-${entry.id}`,
      attrs: { role: 'tab', id: `net-tab-${entry.id}`, 'aria-controls': `net-${entry.id}` },
      on: { click: () => choose(entry) },
    })
  }
  const offered = () =>
    entries.filter(({ isStaffs, needsNetwork }) => (!isStaffs || isStaff()) && (!needsNetwork || nodes.hasNetwork()))

  function choose(entry: Entry): void {
    open = entry
    note.clear()
    draw()
    poll.now()
  }
  function draw(): void {
    if (!offered().includes(open)) open = entries[0]!
    for (const entry of entries) {
      const tab = tabs.get(entry.id)!
      const isOpen = entry === open
      tab.hidden = !offered().includes(entry)
      tab.setAttribute('aria-selected', String(isOpen))
      tab.tabIndex = isOpen ? 0 : -1
      entry.section.node.hidden = !isOpen
    }
  }
  list.addEventListener('keydown', (event) => {
    const all = offered()
    const at = all.indexOf(open)
    const to = tabByKey(event.key, at, all.length)
    if (to === undefined) return
    event.preventDefault()
    const entry = all[to]!
    choose(entry)
    tabs.get(entry.id)!.focus()
  })

  const poll = createPoll({
    pane: body,
    everyMs: NETWORK_REFRESH_MS,
    longestMs: NETWORK_REFRESH_LONGEST_MS,
    ask: () => (store.get().player ? open.section.ask() : Promise.resolve()),
    told(error) {
      draw()
      if (error === undefined) return note.clear()
      const isAbsent = error instanceof ApiError && error.status === 404
      note.say(
        () => (isAbsent ? t('network.page.no-network') : t('network.page.failed', { reason: problemText(error) })),
        isAbsent ? 'quiet' : 'bad',
      )
    },
  })
  draw()
  const stops = [
    poll.stop,
    nodes.stop,
    onLocale(() => {
      for (const { section } of entries) section.draw()
    }),
    whenPlaying(context, () => {
      draw()
      poll.now()
    }),
    store.watch(
      ({ pane }) => pane,
      (pane) => pane === 'network' && poll.now(),
    ),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
