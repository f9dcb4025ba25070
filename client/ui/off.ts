/** A button that cannot be pressed now keeps the focus: it is said to be off, and does nothing. */

export function setOff(button: HTMLButtonElement, off: boolean): void {
  if (off) button.setAttribute('aria-disabled', 'true')
  else button.removeAttribute('aria-disabled')
}

export const isOff = (button: HTMLButtonElement): boolean => button.getAttribute('aria-disabled') === 'true'
