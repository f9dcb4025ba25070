/** The terminal pane: output above (as a screen or as a list), the prompt below. */
import type { Store } from '../state.ts'
import { el } from '../ui/el.ts'
import { createLogView } from './log.ts'
import type { Prompt } from './prompt.ts'
import type { Screen } from './screen.ts'

const BASE_FONT_PX = 14

/** Touch devices get the list: it scrolls, zooms and selects the way their owners expect. */
export const prefersList = (choice: 'auto' | 'screen' | 'list'): boolean =>
  choice === 'list' ||
  (choice === 'auto' && (matchMedia('(pointer: coarse)').matches || matchMedia('(max-width: 760px)').matches))

export type TerminalView = { readonly node: HTMLElement; page(step: 1 | -1): void }

export function createTerminalView({
  store,
  prompt,
}: {
  readonly store: Store
  readonly prompt: Prompt
}): TerminalView {
  const log = createLogView()
  const glass = el('div', { class: 'glass', attrs: { 'aria-hidden': 'true' } })
  const node = el('div', { class: 'terminal' }, glass, log.node, prompt.node)
  let screen: Screen | undefined
  let loading = false

  const fontPx = () => Math.round(BASE_FONT_PX * store.get().settings.textSize)
  const redirect = (event: KeyboardEvent) => {
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) prompt.focus()
  }

  async function openScreen(): Promise<void> {
    if (screen || loading) return
    loading = true
    const [{ createScreen }] = await Promise.all([
      import('./screen.ts'),
      document.fonts.load('14px "JetBrains Mono"'),
    ])
    loading = false
    if (node.classList.contains('as-list')) return
    screen = createScreen(glass, { fontSizePx: fontPx(), onKey: redirect, onClick: prompt.focus })
    screen.fit()
    screen.render(store.get().outputs)
  }

  function choose(): void {
    const list = prefersList(store.get().settings.terminal)
    node.classList.toggle('as-list', list)
    log.node.classList.toggle('visually-hidden', !list)
    log.node.tabIndex = list ? 0 : -1
    if (list) {
      screen?.close()
      screen = undefined
      glass.replaceChildren()
      log.toEnd()
    } else void openScreen()
  }

  store.watch((state) => state.settings.terminal, choose)
  store.watch(
    (state) => state.settings.textSize,
    () => screen?.resize(fontPx()),
  )
  store.watch(
    (state) => state.outputs,
    (outputs) => {
      log.render(outputs)
      screen?.render(outputs)
    },
  )
  matchMedia('(max-width: 760px)').addEventListener('change', choose)
  let frame = 0
  new ResizeObserver(() => {
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(() => {
      if (glass.clientHeight > 0) screen?.fit()
    })
  }).observe(glass)

  return { node, page: (step) => (screen ?? log).page(step) }
}
