/** Words over the map, as elements: sharp at every zoom and in every script. Names of places, talk above heads, the hint under the pointer. */
import { el } from '../ui/el.ts'

export type Label = {
  readonly id: string
  readonly text: string
  readonly x: number
  readonly y: number
  readonly tone: 'place' | 'here' | 'talk' | 'hint' | 'past' | 'mark'
}

const LABELS_MAX_COUNT = 40

export type Labels = { readonly node: HTMLElement; draw(labels: readonly Label[]): void }

/** Positions are in pixels of the window; a label stands above its point, centred. */
export function createLabels(): Labels {
  const node = el('div', { class: 'map-labels', attrs: { 'aria-hidden': 'true' } })
  const made = new Map<string, HTMLElement>()
  return {
    node,
    draw(labels) {
      const now = labels.slice(0, LABELS_MAX_COUNT)
      const keep = new Set(now.map(({ id }) => id))
      for (const [id, element] of made) {
        if (keep.has(id)) continue
        element.remove()
        made.delete(id)
      }
      for (const { id, text, x, y, tone } of now) {
        let element = made.get(id)
        if (!element) made.set(id, node.appendChild((element = el('span'))))
        if (element.textContent !== text) element.textContent = text
        const name = `map-label map-label-${tone}`
        if (element.className !== name) element.className = name
        element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px) translate(-50%, -100%)`
      }
    },
  }
}
