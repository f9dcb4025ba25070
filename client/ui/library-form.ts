/** Pieces that the forms of the library share. */
import { button, el } from './el.ts'

export function labelled(key: string, id: string, field: HTMLElement): HTMLElement {
  return el('div', { class: 'job-field' }, el('label', { t: key, attrs: { for: id } }), field)
}

/** Fields beside each other, where there is room. */
export const beside = (...fields: readonly HTMLElement[]): HTMLElement => el('div', { class: 'job-terms' }, ...fields)

/** The button that sends a form. */
export const sends = (key: string): HTMLElement =>
  el('div', { class: 'job-actions' }, button({ class: 'button button-main', t: key, attrs: { type: 'submit' } }))

export const input = (
  id: string,
  attrs: Readonly<Record<string, string | boolean | number>> = {},
): HTMLInputElement =>
  el('input', { class: 'input', attrs: { id, spellcheck: 'false', autocomplete: 'off', ...attrs } })

export const chooser = (id: string): HTMLSelectElement => el('select', { class: 'input', attrs: { id } })

/** Keeps what was chosen while the choices are drawn again. */
export function offer(select: HTMLSelectElement, choices: readonly (readonly [value: string, text: string])[]): void {
  const before = select.value
  select.replaceChildren(...choices.map(([value, text]) => el('option', { attrs: { value } }, text)))
  if (choices.some(([value]) => value === before)) select.value = before
}

/** Draws again what is in there; the focus stays on whatever has its id, and is left alone when it is elsewhere. */
export function keepingFocus(root: HTMLElement, draw: () => void): void {
  const focused = root.contains(document.activeElement) ? document.activeElement?.id : undefined
  draw()
  if (focused) document.getElementById(focused)?.focus()
}

/** What the sections of the pane do with the node: a failure is said, and nothing else happens. */
export type Deed = <T>(action: () => Promise<T>, done?: (answer: T) => () => string) => Promise<T | undefined>
