/** One small helper that makes elements. */
import { type Params, words } from '../i18n.ts'

type Child = Node | string | undefined | false
type Props = {
  readonly class?: string
  /** Key of the words inside, and of those in attributes. */
  readonly t?: string
  readonly tLabel?: string
  readonly tTitle?: string
  readonly tPlaceholder?: string
  readonly params?: Params
  readonly on?: { readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void }
  readonly attrs?: Readonly<Record<string, string | boolean | number | undefined>>
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag)
  if (props.class) node.className = props.class
  for (const [name, value] of Object.entries(props.attrs ?? {})) {
    if (value === true) node.setAttribute(name, '')
    else if (value !== false && value !== undefined) node.setAttribute(name, String(value))
  }
  if (props.t) words(node, props.t, 'text', props.params)
  if (props.tLabel) words(node, props.tLabel, 'aria-label', props.params)
  if (props.tTitle) words(node, props.tTitle, 'title', props.params)
  if (props.tPlaceholder) words(node, props.tPlaceholder, 'placeholder')
  for (const [name, run] of Object.entries(props.on ?? {})) node.addEventListener(name, run as EventListener)
  for (const child of children) if (child) node.append(child)
  return node
}

/** A button that does not submit the form it may stand in. */
export const button = (props: Props, ...children: Child[]): HTMLButtonElement =>
  el('button', { ...props, attrs: { type: 'button', ...props.attrs } }, ...children)

/** A glyph that is only ornament; the words beside it say the same. */
export const glyph = (text: string, name = ''): HTMLElement =>
  el('span', { class: `glyph ${name}`, attrs: { 'aria-hidden': 'true' } }, text)
