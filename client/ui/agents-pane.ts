/** Every agent of one's own: how it is, what it remembers, what it wrote; started and stopped from here. */
import type { Agent } from '../../server/protocol/api.ts'
import { onLocale } from '../i18n.ts'
import { AGENT_REFRESH_MS } from '../limits.ts'
import { createAgentLive } from './agent-live.ts'
import { type AgentLog, createAgentLog } from './agent-log.ts'
import { createAgentStatus, isGoing } from './agent-status.ts'
import { button, el, glyph } from './el.ts'
import { whileLookedAt } from './looked-at.ts'
import { createNote, guardedBy } from './note.ts'
import { isOff, setOff } from './off.ts'
import { openFile } from './open-file.ts'
import type { PaneContext } from './panes.ts'
import { sureButton } from './sure-button.ts'
import { whenPlaying } from './when-playing.ts'
import { workshopOf } from './workshop.ts'

type Card = { readonly node: HTMLElement; readonly log: AgentLog; show(agent: Agent): void; close(): void }

export function mount(element: HTMLElement, context: PaneContext): () => void {
  const shop = workshopOf(context)
  const cards = new Map<string, Card>()
  const note = createNote()
  const guarded = guardedBy(note)
  const list = el('div', { class: 'agents' })
  const empty = el(
    'div',
    { class: 'pane-empty', attrs: { hidden: true } },
    glyph('◊', 'pane-empty-mark'),
    el('p', { t: 'panels.agents.empty' }),
    button({ class: 'button button-main', t: 'panels.agents.begin', on: { click: () => context.open('code') } }),
  )
  element.append(el('h2', { class: 'visually-hidden', t: 'panels.agents.title' }), empty, list, note.node)

  function card(first: Agent): Card {
    const status = createAgentStatus(context.store, {
      onLine: (path, line) => openFile(context, { project: first.projectId, path, line }),
    })
    const log = createAgentLog()
    const memory = el('dl', { class: 'agent-memory' })
    const start = button(
      { class: 'button', on: { click: () => void guarded(() => shop.start(first.id)) } },
      glyph('▶'),
      el('span', { t: 'panels.code.run' }),
    )
    const stop = button(
      { class: 'button', on: { click: () => isOff(stop) || void guarded(() => shop.stop(first.id)) } },
      glyph('■'),
      el('span', { t: 'panels.code.stop' }),
    )
    const edit = button({
      class: 'button',
      t: 'panels.agent.edit',
      on: { click: () => openFile(context, { project: first.projectId }) },
    })
    const discard = sureButton({
      t: 'panels.agent.delete',
      sure: 'panels.agent.delete-sure',
      run: () => void guarded(() => shop.discard(first.id)),
    })
    const live = createAgentLive(context, first.id, guarded)
    const titleId = `agent-name-${first.id}`
    const node = el(
      'section',
      { class: 'agent-card', attrs: { 'aria-labelledby': titleId } },
      el('h3', { attrs: { id: titleId } }, first.name),
      status.node,
      el('div', { class: 'code-tools' }, start, stop, edit, discard),
      live.controls,
      el('details', { class: 'agent-details' }, el('summary', { t: 'panels.agent.memory' }), memory),
      log.node,
      live.console,
    )
    return {
      node,
      log,
      close: status.close,
      show(agent) {
        status.show(agent)
        showMemory(memory, agent.memory)
        setOff(stop, !isGoing(agent) && !agent.held)
        live.show(agent)
      },
    }
  }

  function show(agent: Agent): Card {
    let one = cards.get(agent.id)
    if (!one) {
      cards.set(agent.id, (one = card(agent)))
      list.append(one.node)
      empty.hidden = true
    }
    one.show(agent)
    return one
  }

  function forget(id: string): void {
    const one = cards.get(id)
    one?.close()
    one?.node.remove()
    cards.delete(id)
    going.delete(id)
    empty.hidden = cards.size > 0
  }

  async function reload(): Promise<void> {
    const agents = await shop.agents()
    const mine = new Set(agents.map((agent) => agent.id))
    for (const id of [...cards.keys()]) if (!mine.has(id)) forget(id)
    empty.hidden = agents.length > 0
    for (const agent of agents) {
      const { log } = show(agent)
      log.show(await shop.log(agent.id, log.lastId()))
    }
  }

  const going = new Set<string>()
  const stops = [
    shop.onAgent(({ agent, log, gone }) => {
      if (gone) return forget(agent.id)
      const one = show(agent)
      if (isGoing(agent)) going.add(agent.id)
      else going.delete(agent.id)
      if (log) one.log.show(log)
    }),
    onLocale(() => void guarded(reload)),
    whileLookedAt(element, AGENT_REFRESH_MS, async () => {
      if (going.size > 0) await shop.refresh()
    }),
    whenPlaying(context, () => void guarded(reload)),
  ]
  return () => {
    for (const stop of stops) stop()
    for (const one of cards.values()) one.close()
  }
}

/** `me.memory` key by key; deeper things as JSON. */
function showMemory(node: HTMLElement, memory: Agent['memory']): void {
  const entries = memory && typeof memory === 'object' ? Object.entries(memory) : []
  const signature = JSON.stringify(entries)
  if (node.dataset.shown === signature) return
  node.dataset.shown = signature
  node.replaceChildren(
    ...(entries.length === 0 ? [el('div', {}, el('dt', { t: 'panels.memory.empty' }), el('dd'))] : []),
    ...entries.map(([key, value]) =>
      el(
        'div',
        {},
        el('dt', {}, key),
        el('dd', {}, typeof value === 'string' ? value : JSON.stringify(value, null, 1)),
      ),
    ),
  )
}
