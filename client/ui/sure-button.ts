/** A button for what cannot be undone: the first press asks, the second does it; looking away calls it off. */
import { words } from '../i18n.ts'
import { button } from './el.ts'
import { isOff } from './off.ts'

type Props = {
  /** Keys of the words before and after the first press. */
  readonly t: string
  readonly sure: string
  readonly run: () => void
}

export function sureButton({ t: asks, sure, run }: Props): HTMLButtonElement {
  const node: HTMLButtonElement = button({ class: 'button', t: asks, on: { click: press, blur: calm } })
  let asked = false
  function press(): void {
    if (isOff(node)) return
    if (asked) {
      calm()
      run()
      return
    }
    asked = true
    node.classList.add('button-sure')
    words(node, sure)
    // Not every browser gives a pressed button the focus, and without it there is no blur.
    node.focus()
  }
  function calm(): void {
    asked = false
    node.classList.remove('button-sure')
    words(node, asks)
  }
  return node
}
