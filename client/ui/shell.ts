/** How the page is laid out: bar, map, terminal, workbench; side by side on a wide screen, one at a time on a phone. */
import type { Keep } from '../net/storage.ts'
import type { Store } from '../state.ts'
import type { Bench } from './bench.ts'
import { el } from './el.ts'
import { CARDS } from './notice.ts'
import { PANES } from './panes.ts'
import { createSplitter } from './splitter.ts'

type Parts = {
  readonly store: Store
  readonly keep: Keep
  readonly topbar: HTMLElement
  readonly map: HTMLElement
  readonly here: HTMLElement
  readonly terminal: HTMLElement
  readonly notice: HTMLElement
  readonly bench: Bench
  readonly phoneBar: HTMLElement
}

export function mountShell(
  root: HTMLElement,
  { store, keep, topbar, map, here, terminal, notice, bench, phoneBar }: Parts,
): void {
  const mapPane = el('section', { class: 'map-pane', tLabel: 'ui.map.label', attrs: { id: 'map' } }, map, here)
  const terminalPane = el(
    'section',
    { class: 'terminal-pane', tLabel: 'ui.terminal.label', attrs: { id: 'terminal' } },
    notice,
    terminal,
  )
  const between = createSplitter({
    keep,
    name: 'y',
    axis: 'y',
    labelKey: 'ui.split.map',
    controls: 'map',
    start: 56,
    min: 15,
    max: 80,
  })
  const stage = el('div', { class: 'stage', attrs: { id: 'stage' } }, mapPane, between, terminalPane)
  const main = el('main', { class: 'main' }, stage)
  if (PANES.length > 0) {
    const beside = createSplitter({
      keep,
      name: 'x',
      axis: 'x',
      labelKey: 'ui.split.bench',
      controls: 'stage',
      start: 60,
      min: 30,
      max: 80,
    })
    main.append(beside, bench.node)
  }
  const skip = (target: string, key: string) => el('a', { class: 'skip', t: key, attrs: { href: `#${target}` } })
  const skips = el(
    'nav',
    { class: 'skips', tLabel: 'ui.skip.label' },
    skip('prompt', 'ui.skip.prompt'),
    skip('here', 'ui.skip.here'),
    PANES.length > 0 && skip('bench', 'ui.skip.bench'),
  )
  skips.addEventListener('click', focusTarget)
  store.watch(
    (state) => CARDS.includes(state.connection),
    (closed) => {
      terminal.inert = closed
    },
  )
  root.className = 'app'
  root.replaceChildren(skips, topbar, main, phoneBar)
  store.watch(
    (state) => state.tab,
    (tab) => {
      root.dataset.tab = tab === 'terminal' || tab === 'map' ? tab : 'bench'
    },
  )
}

/** A skip link moves the focus itself, also to what is no control. */
function focusTarget(event: MouseEvent): void {
  const link = event.target instanceof HTMLAnchorElement ? event.target : undefined
  const target = link && document.getElementById(link.hash.slice(1))
  if (!target) return
  event.preventDefault()
  const control = target.matches('input')
    ? target
    : (target.querySelector<HTMLElement>('button, [tabindex="0"]') ?? target)
  control.focus()
}
