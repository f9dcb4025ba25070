/** What an agent wrote and what befell it, as a bounded list that a screen reader follows. */
import { LOG_ENTRIES_MAX } from '../limits.ts'
import { el, glyph } from './el.ts'
import type { LogEntry } from './workshop.ts'

export type AgentLog = {
  readonly node: HTMLElement
  show(entries: readonly LogEntry[]): void
  clear(): void
  lastId(): number
}

const MARKS: Readonly<Record<LogEntry['level'], string>> = { log: '', warn: '!', error: '×', system: '·' }

export function createAgentLog(): AgentLog {
  let lastId = 0
  const empty = el('p', { class: 'agent-log-empty', t: 'panels.log.empty' })
  const node = el(
    'div',
    { class: 'agent-log', tLabel: 'panels.log.label', attrs: { role: 'log', 'aria-live': 'polite', tabindex: 0 } },
    empty,
  )

  function line({ level, text, tick }: LogEntry): HTMLElement {
    return el(
      'p',
      { class: `agent-log-line agent-log-${level}` },
      el('span', { class: 'agent-log-tick', tTitle: 'panels.log.tide', attrs: { 'aria-hidden': 'true' } }, `${tick}`),
      glyph(MARKS[level]),
      level !== 'log' && el('span', { class: 'visually-hidden', t: `panels.log.${level}` }),
      el('span', { class: 'agent-log-text' }, text),
    )
  }

  return {
    node,
    lastId: () => lastId,
    show(entries) {
      const atEnd = node.scrollHeight - node.scrollTop - node.clientHeight < 8
      const fresh = entries.filter((entry) => entry.id > lastId)
      if (fresh.length === 0) return
      lastId = fresh.at(-1)!.id
      empty.remove()
      node.append(...fresh.slice(-LOG_ENTRIES_MAX).map(line))
      while (node.childElementCount > LOG_ENTRIES_MAX) node.firstElementChild!.remove()
      if (atEnd) node.scrollTop = node.scrollHeight
    },
    clear() {
      lastId = 0
      node.replaceChildren(empty)
    },
  }
}
