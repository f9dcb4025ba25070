/** The workbench: tabs for the panes, each pane's code loaded when it is first opened. */

import { button, el, glyph } from './el.ts'
import { PANES, type Pane, type PaneContext } from './panes.ts'
import { scrollRow } from './scroll-row.ts'
import { tabByKey } from './tab-keys.ts'

export type Bench = { readonly node: HTMLElement; open(id: string): void }

export function createBench(context: PaneContext, panes: readonly Pane[] = PANES): Bench {
  const tabs = new Map(panes.map((pane) => [pane.id, tabOf(pane)]))
  const bodies = new Map(panes.map((pane) => [pane.id, bodyOf(pane)]))
  const loaded = new Set<string>()
  const list = el(
    'div',
    { class: 'bench-tabs', tLabel: 'ui.bench.label', attrs: { role: 'tablist' } },
    ...tabs.values(),
  )
  const row = scrollRow(list)
  const node = el(
    'section',
    { class: 'bench', tLabel: 'ui.bench.label', attrs: { id: 'bench' } },
    list,
    ...bodies.values(),
  )

  function tabOf(pane: Pane): HTMLElement {
    return button(
      {
        class: 'tab',
        attrs: {
          role: 'tab',
          id: `tab-${pane.id}`,
          'aria-controls': `pane-${pane.id}`,
          'aria-selected': 'false',
          tabindex: -1,
        },
        on: { click: () => open(pane.id) },
      },
      glyph(pane.icon),
      el('span', { t: pane.titleKey }),
    )
  }
  function bodyOf(pane: Pane): HTMLElement {
    return el('div', {
      class: 'pane',
      attrs: {
        role: 'tabpanel',
        id: `pane-${pane.id}`,
        'aria-labelledby': `tab-${pane.id}`,
        tabindex: 0,
        hidden: true,
      },
    })
  }

  async function load(pane: Pane, body: HTMLElement): Promise<void> {
    loaded.add(pane.id)
    body.replaceChildren(el('p', { class: 'pane-state', t: 'ui.pane.loading', attrs: { role: 'status' } }))
    try {
      const { mount } = await pane.load()
      body.replaceChildren()
      mount(body, context)
    } catch (error) {
      loaded.delete(pane.id)
      console.error(error)
      const again = button({ class: 'button', t: 'ui.notice.retry', on: { click: () => void load(pane, body) } })
      body.replaceChildren(
        el('div', { class: 'pane-state', attrs: { role: 'alert' } }, el('p', { t: 'ui.pane.failed' }), again),
      )
    }
  }

  function open(id: string): void {
    const pane = panes.find((one) => one.id === id)
    if (!pane) return
    for (const [key, tab] of tabs) {
      tab.setAttribute('aria-selected', String(key === id))
      tab.tabIndex = key === id ? 0 : -1
      bodies.get(key)!.hidden = key !== id
    }
    if (!loaded.has(id)) void load(pane, bodies.get(id)!)
    row.show(tabs.get(id)!)
    context.store.set({ pane: id })
  }

  list.addEventListener('keydown', (event) => {
    const ids = panes.map((pane) => pane.id)
    const at = ids.indexOf(context.store.get().pane)
    const to = tabByKey(event.key, at, ids.length)
    if (to === undefined) return
    event.preventDefault()
    const id = ids[to]!
    open(id)
    tabs.get(id)!.focus()
  })
  return { node, open }
}
