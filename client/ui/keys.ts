/** Keys of the whole page: help, the prompt, the next part; and a letter typed anywhere lands in the prompt. */

type Actions = { readonly help: () => void; readonly prompt: () => void }

const PARTS = ['prompt', 'here', 'map-canvas', 'bench']

export function listenForKeys({ help, prompt }: Actions): void {
  const focusPart = (id: string) => {
    const part = document.getElementById(id)
    const control = part?.matches('input, [tabindex]')
      ? part
      : part?.querySelector<HTMLElement>('button, [tabindex="0"]')
    control?.focus()
    return Boolean(control)
  }
  const nextPart = (step: number) => {
    const at = PARTS.findIndex((id) => document.getElementById(id)?.contains(document.activeElement))
    for (let tried = 1; tried <= PARTS.length; tried++) {
      if (focusPart(PARTS[(at + step * tried + PARTS.length * tried) % PARTS.length]!)) return
    }
  }
  const keys: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    F1: help,
    F2: prompt,
    F4: () => focusPart('map-canvas'),
    F6: (event) => nextPart(event.shiftKey ? -1 : 1),
  }
  document.addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open]')) return
    const run = keys[event.key]
    if (run && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault()
      return run(event)
    }
    const letter = event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.altKey && !event.metaKey
    if (letter && document.activeElement === document.body) prompt()
  })
}
