/** The line below a pane that says how the last wish went: in words, again in another language, with one thing to do about it. */
import { onLocale, t } from '../i18n.ts'
import { button, el, glyph } from './el.ts'
import { problemText } from './problem-text.ts'

export type Tone = 'quiet' | 'good' | 'bad'
export type NoteAction = { readonly label: () => string; readonly run: () => void }
export type Note = {
  readonly node: HTMLElement
  say(words: () => string, tone?: Tone, action?: NoteAction): void
  /** Says why a wish could not be granted. */
  failed(error: unknown): void
  /** With `words`: only if they are what it says. */
  clear(words?: () => string): void
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
  const say: Note['say'] = (...said) => {
    last = said
    draw()
  }
  return {
    node,
    say,
    failed: (error) => say(() => t('panels.failed', { reason: problemText(error) }), 'bad'),
    clear(words) {
      if (words && words !== last?.[0]) return
      last = undefined
      draw()
    },
  }
}

export type Guarded = (action: () => Promise<unknown>) => Promise<void>

/** Does what somebody wished, and says why when it could not be done; what was said before is over when it could. */
export const guardedBy =
  (note: Note): Guarded =>
  async (action) => {
    try {
      await action()
      note.clear()
    } catch (error) {
      note.failed(error)
    }
  }
