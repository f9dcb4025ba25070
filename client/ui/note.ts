/** The line below a pane that says how the last wish went: in words, again in another language, with one thing to do about it. */
import { onLocale } from '../i18n.ts'
import { button, el, glyph } from './el.ts'

export type Tone = 'quiet' | 'good' | 'bad'
export type NoteAction = { readonly label: () => string; readonly run: () => void }
export type Note = {
  readonly node: HTMLElement
  say(words: () => string, tone?: Tone, action?: NoteAction): void
  clear(): void
}

const MARKS: Readonly<Record<Tone, string>> = { quiet: '', good: '✓', bad: '!' }

export function createNote(): Note {
  let last: Parameters<Note['say']> | undefined
  const text = el('span', { attrs: { role: 'status' } })
  const node = el('div', { class: 'note' }, text)

  function draw(): void {
    const [words, tone = 'quiet', action] = last ?? []
    node.dataset.tone = tone
    text.replaceChildren(...(words ? [...(MARKS[tone] ? [glyph(MARKS[tone])] : []), ` ${words()} `] : []))
    const press = action && button({ class: 'link', on: { click: action.run } }, action.label())
    node.replaceChildren(text, ...(press ? [press] : []))
  }
  onLocale(draw)
  return {
    node,
    say(...said) {
      last = said
      draw()
    },
    clear() {
      last = undefined
      draw()
    },
  }
}
