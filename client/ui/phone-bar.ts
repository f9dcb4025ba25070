/** On a phone: the terminal's last line, always in sight, and the bar that picks the one column. */
import type { Store } from '../state.ts'
import { button, el, glyph } from './el.ts'
import { PANES, type Pane } from './panes.ts'
import { scrollRow } from './scroll-row.ts'

export function createPhoneBar(
  store: Store,
  open: (tab: string) => void,
  panes: readonly Pane[] = PANES,
): HTMLElement {
  const lastLine = button({
    class: 'last-line',
    tTitle: 'ui.phone.toTerminal',
    on: { click: () => open('terminal') },
  })
  const entries = [
    { id: 'terminal', titleKey: 'ui.phone.terminal', icon: '>_' },
    { id: 'map', titleKey: 'ui.phone.map', icon: '#' },
    ...panes,
  ]
  const tabs = entries.map(({ id, titleKey, icon }) =>
    button(
      { class: 'phone-tab', attrs: { 'data-tab': id }, on: { click: () => open(id) } },
      glyph(icon),
      el('span', { t: titleKey }),
    ),
  )
  const list = el('div', { class: 'phone-tabs' }, ...tabs)
  const row = scrollRow(list)
  store.watch(
    (state) => state.tab,
    (tab) => {
      for (const node of tabs) {
        if (node.dataset.tab === tab) {
          node.setAttribute('aria-current', 'page')
          row.show(node)
        } else node.removeAttribute('aria-current')
      }
    },
  )
  store.watch(
    (state) => state.outputs.at(-1),
    (output) => {
      lastLine.textContent = output?.text.split('\n').findLast((line) => line.trim() !== '') ?? ''
    },
  )
  return el('nav', { class: 'phone-bar', tLabel: 'ui.phone.label' }, lastLine, list)
}
