/** A table whose rows stay the same elements while their figures change, so that focus and a reader's place are kept; narrow, each row is a card. */
import { onLocale, t } from '../i18n.ts'
import { button, el } from './el.ts'

/** A button in a cell; `label` says what `text` leaves to the row around it. */
export type Press = { readonly text: string; readonly label?: string; readonly press: () => void }
export type Cell = string | Press
export type Row = { readonly key: string; readonly cells: readonly Cell[] }
export type KeyedTable = { readonly node: HTMLElement; show(rows: readonly Row[]): void; focus(key: string): void }

type Options = {
  readonly captionKey: string
  /** Keys of the column heads; the first column names the row. */
  readonly heads: readonly string[]
  /** Key of what is said when there is no row. */
  readonly emptyKey: string
}

/** Roles are written out: a browser forgets them when a table is laid out as cards. */
export function createTable({ captionKey, heads, emptyKey }: Options): KeyedTable {
  const caption = el('caption', { t: captionKey })
  const body = el('tbody', { attrs: { role: 'rowgroup' } })
  const table = el(
    'table',
    { class: 'net-table', attrs: { role: 'table' } },
    caption,
    el(
      'thead',
      { attrs: { role: 'rowgroup' } },
      el(
        'tr',
        { attrs: { role: 'row' } },
        ...heads.map((key) => el('th', { t: key, attrs: { scope: 'col', role: 'columnheader' } })),
      ),
    ),
    body,
  )
  const empty = el('p', { class: 'net-quiet', t: emptyKey })
  const node = el('div', { class: 'net-table-frame' }, table, empty)
  const kept = new Map<string, HTMLTableRowElement>()

  function rowOf(key: string): HTMLTableRowElement {
    let row = kept.get(key)
    if (row) return row
    row = el('tr', { attrs: { role: 'row', 'data-row': key } })
    row.append(
      el('th', { attrs: { scope: 'row', role: 'rowheader' } }),
      ...heads.slice(1).map(() => el('td', { attrs: { role: 'cell' } })),
    )
    kept.set(key, row)
    return row
  }
  function label(): void {
    for (const row of kept.values())
      [...row.cells].forEach((cell, i) => {
        if (i > 0) cell.dataset.label = t(heads[i]!)
      })
  }
  onLocale(label)

  return {
    node,
    show(rows) {
      const listed = new Set(rows.map(({ key }) => key))
      for (const [key, row] of kept)
        if (!listed.has(key)) {
          row.remove()
          kept.delete(key)
        }
      rows.forEach(({ key, cells }, at) => {
        const row = rowOf(key)
        if (body.rows[at] !== row) body.insertBefore(row, body.rows[at] ?? null)
        for (const [i, content] of cells.entries()) fill(row.cells[i]!, content)
      })
      label()
      table.hidden = rows.length === 0
      empty.hidden = rows.length > 0
    },
    focus: (key) => kept.get(key)?.querySelector('button')?.focus(),
  }
}

function fill(cell: HTMLElement, content: Cell): void {
  if (typeof content === 'string') {
    if (cell.textContent !== content) cell.textContent = content
    return
  }
  const press = cell.querySelector('button') ?? button({ class: 'link' })
  if (press.parentElement !== cell) cell.replaceChildren(press)
  if (press.textContent !== content.text) press.textContent = content.text
  if (content.label) press.setAttribute('aria-label', content.label)
  press.onclick = content.press
}
