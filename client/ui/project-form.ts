/** The row below the project's choice where a new project is named. */
import { button, el, glyph } from './el.ts'

export type ProjectForm = { readonly plus: HTMLElement; readonly node: HTMLElement }

export function createProjectForm(make: (name: string) => void): ProjectForm {
  const name = el('input', {
    class: 'input',
    attrs: { id: 'new-project', type: 'text', maxlength: 64, autocomplete: 'off', required: true },
  })
  const form = el(
    'form',
    { class: 'file-form', attrs: { hidden: true }, on: { submit: made } },
    el('label', { t: 'panels.project.name', attrs: { for: 'new-project' } }),
    name,
    el('button', { class: 'button', t: 'panels.project.create', attrs: { type: 'submit' } }),
    button({ class: 'button', t: 'panels.files.cancel', on: { click: () => show(false) } }),
  )
  form.addEventListener('keydown', (event) => event.key === 'Escape' && show(false))
  const plus = button(
    {
      class: 'button',
      tLabel: 'panels.project.add',
      tTitle: 'panels.project.add',
      attrs: { 'aria-expanded': 'false' },
      on: { click: () => show(form.hasAttribute('hidden')) },
    },
    glyph('+'),
  )

  function made(event: Event): void {
    event.preventDefault()
    const wanted = name.value.trim()
    if (wanted === '') return
    show(false)
    name.value = ''
    make(wanted)
  }
  function show(shown: boolean): void {
    form.toggleAttribute('hidden', !shown)
    plus.setAttribute('aria-expanded', String(shown))
    if (shown) name.focus()
    else plus.focus()
  }
  return { plus, node: form }
}
