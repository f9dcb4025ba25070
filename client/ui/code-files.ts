/** The open project's files as tabs, with a way to add one and to remove one. */
import { isEntry } from './desk.ts'
import { button, el, glyph } from './el.ts'

export type FileTabs = { readonly node: HTMLElement; show(paths: readonly string[], open: string): void }
type Deps = {
  readonly open: (path: string) => void
  readonly add: (path: string) => void
  readonly remove: (path: string) => void
}

export function createFileTabs({ open, add, remove }: Deps): FileTabs {
  const list = el('div', { class: 'file-tabs', tLabel: 'panels.files.label', attrs: { role: 'group' } })
  const name = el('input', {
    class: 'input',
    attrs: {
      id: 'new-file',
      type: 'text',
      maxlength: 64,
      spellcheck: 'false',
      autocomplete: 'off',
      autocapitalize: 'off',
      placeholder: 'helpers.ts',
      required: true,
    },
  })
  const form = el(
    'form',
    { class: 'file-form', attrs: { hidden: true }, on: { submit: (event) => made(event) } },
    el('label', { t: 'panels.files.name', attrs: { for: 'new-file' } }),
    name,
    el('button', { class: 'button', t: 'panels.files.create', attrs: { type: 'submit' } }),
    button({ class: 'button', t: 'panels.files.cancel', on: { click: () => showForm(false) } }),
  )
  form.addEventListener('keydown', (event) => event.key === 'Escape' && showForm(false))
  const plus = button(
    {
      class: 'file-tab',
      tLabel: 'panels.files.add',
      tTitle: 'panels.files.add',
      attrs: { 'aria-expanded': 'false' },
      on: { click: () => showForm(form.hasAttribute('hidden')) },
    },
    glyph('+'),
  )
  const node = el('div', { class: 'files' }, el('div', { class: 'file-row' }, list, plus), form)

  function made(event: Event): void {
    event.preventDefault()
    const path = name.value.trim().replaceAll(/\s+/g, '-')
    if (path === '') return
    showForm(false)
    name.value = ''
    add(/\.[a-z]+$/.test(path) ? path : `${path}.ts`)
  }
  function showForm(shown: boolean): void {
    form.toggleAttribute('hidden', !shown)
    plus.setAttribute('aria-expanded', String(shown))
    if (shown) name.focus()
    else plus.focus()
  }

  const tab = (path: string, current: string): HTMLElement =>
    button(
      { class: 'file-tab', attrs: { 'aria-pressed': String(path === current) }, on: { click: () => open(path) } },
      path,
    )

  return {
    node,
    show(paths, current) {
      const focused = list.contains(document.activeElement)
      const minus =
        !isEntry(current) &&
        button(
          {
            class: 'file-tab file-remove',
            tLabel: 'panels.files.remove',
            tTitle: 'panels.files.remove',
            params: { path: current },
            on: { click: () => remove(current) },
          },
          glyph('×'),
        )
      list.replaceChildren(
        ...paths.flatMap((path) => (path === current && minus ? [tab(path, current), minus] : [tab(path, current)])),
      )
      if (focused) list.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus()
    },
  }
}
