/** A modal dialog on the browser's own `<dialog>`: focus kept inside, Escape closes, focus goes back to where it was. */
import { button, el, glyph } from './el.ts'

export function openDialog(
  titleKey: string,
  ...content: Node[]
): { readonly node: HTMLDialogElement; close(): void } {
  const titleId = `dialog-${titleKey.replaceAll('.', '-')}`
  const before = document.activeElement
  const node = el(
    'dialog',
    { class: 'dialog', attrs: { 'aria-labelledby': titleId } },
    el(
      'div',
      { class: 'dialog-head' },
      el('h2', { t: titleKey, attrs: { id: titleId } }),
      button({ class: 'icon-button', tLabel: 'ui.dialog.close', on: { click: () => node.close() } }, glyph('\u00d7')),
    ),
    el('div', { class: 'dialog-body' }, ...content),
  )
  node.addEventListener('close', () => {
    node.remove()
    if (before instanceof HTMLElement) before.focus()
  })
  // A press on the dimmed page around it closes it too.
  node.addEventListener('pointerdown', (event) => {
    if (event.target === node) node.close()
  })
  document.body.append(node)
  node.showModal()
  return { node, close: () => node.close() }
}
