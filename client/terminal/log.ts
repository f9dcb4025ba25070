/** The terminal as a list of paragraphs (`role="log"`): what screen readers read and phones show. Bounded, each block once. */
import type { Output } from '../../server/protocol/terminal.ts'
import { LOG_KEPT_COUNT } from '../limits.ts'
import { el } from '../ui/el.ts'
import { unbroken } from '../ui/unbroken.ts'
import { indentOf, linesOf, type ToneLine } from './lines.ts'

/** What a phone has room for. */
const NARROW_COLUMNS = 36

export type LogView = {
  readonly node: HTMLElement
  render(outputs: readonly Output[]): void
  toEnd(): void
  page(step: 1 | -1): void
}

export function createLogView(): LogView {
  const node = el('div', {
    class: 'log',
    tLabel: 'ui.terminal.log',
    attrs: { role: 'log', 'aria-live': 'polite', tabindex: 0 },
  })
  let shown: readonly Output[] = []

  const atEnd = () => node.scrollHeight - node.scrollTop - node.clientHeight < 40
  const toEnd = () => {
    node.scrollTop = node.scrollHeight
  }

  return {
    node,
    toEnd,
    page: (step) => node.scrollBy({ top: step * node.clientHeight * 0.8 }),
    render(outputs) {
      const next = outputs.slice(-LOG_KEPT_COUNT)
      const keep = new Set(next.map((output) => output.id))
      const had = new Set(shown.map((output) => output.id))
      const follow = atEnd()
      for (const child of [...node.children]) if (!keep.has((child as HTMLElement).dataset.id ?? '')) child.remove()
      for (const output of next) if (!had.has(output.id)) node.append(block(output))
      shown = next
      if (follow) toEnd()
    },
  }
}

function block(output: Output): HTMLElement {
  return el(
    'div',
    { class: `block kind-${output.kind}`, attrs: { 'data-id': output.id } },
    ...linesOf(output).map(paragraph),
  )
}

/** Where it goes on, it keeps its indent. */
function paragraph({ tone, text }: ToneLine): HTMLElement {
  const node = el('p', { class: `line tone-${tone}` })
  node.append(...(text === '' ? ['\u00a0'] : unbroken(text)))
  node.style.setProperty('--indent', `${indentOf(text, NARROW_COLUMNS)}ch`)
  return node
}
