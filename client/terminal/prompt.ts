/** The one line where everything is typed: a real field (so that input methods, phones and screen readers just work) with history and completion. */

import { t } from '../i18n.ts'
import { COMPLETE_PAUSE_MS, LINE_MAX_CHARS, TYPING_STEP_MS } from '../limits.ts'
import type { Keep } from '../net/storage.ts'
import { button, el, glyph } from '../ui/el.ts'
import { type Completion, complete, fromLines, type Vocabulary } from './complete.ts'
import { completed, dismissed, type Editor, newEditor, newer, older, submitted, typed } from './line-editor.ts'

type Deps = {
  readonly keep: Keep
  readonly vocabulary: () => Vocabulary
  /** The node's own completions, each a whole line; it knows the cases of names. */
  readonly ask: (text: string) => Promise<readonly string[]>
  readonly onLine: (line: string) => void
  readonly onPage: (step: 1 | -1) => void
  readonly stillMotion: () => boolean
}

export type Prompt = {
  readonly node: HTMLElement
  focus(): void
  /** Types a command letter by letter, as a hand would, and sends it. */
  type(line: string): void
  /** Puts text into the field and leaves sending to the person. */
  offer(text: string): void
}

const KEY = 'academy.history'

export function createPrompt({ keep, vocabulary, ask, onLine, onPage, stillMotion }: Deps): Prompt {
  let editor: Editor = newEditor(keep.read<string[]>(KEY) ?? [])
  let typing = 0
  let asking = 0
  let told: { readonly text: string; readonly lines: readonly string[] } = { text: '', lines: [] }

  const input = el('input', {
    class: 'prompt-input',
    tPlaceholder: 'ui.prompt.placeholder',
    attrs: {
      id: 'prompt',
      type: 'text',
      autocomplete: 'off',
      autocapitalize: 'off',
      autocorrect: 'off',
      spellcheck: 'false',
      enterkeyhint: 'send',
      maxlength: LINE_MAX_CHARS,
      'aria-describedby': 'prompt-options',
    },
  })
  const options = el('div', { class: 'options' })
  const heard = el('p', { class: 'visually-hidden', attrs: { id: 'prompt-options', role: 'status' } })
  const form = el(
    'form',
    { class: 'prompt', on: { submit: instead(submit) } },
    el('label', { class: 'visually-hidden', t: 'ui.prompt.label', attrs: { for: 'prompt' } }),
    glyph('\u203a', 'prompt-mark'),
    input,
    el('button', { class: 'prompt-send', tLabel: 'ui.prompt.send', attrs: { type: 'submit' } }, glyph('\u21b5')),
  )
  const node = el('div', { class: 'prompt-area' }, options, form, heard)

  function show(next: Editor): void {
    editor = next
    if (input.value !== next.text) input.value = next.text
    if (document.activeElement === input) input.setSelectionRange(next.cursor, next.cursor)
    renderOptions()
  }

  function renderOptions(): void {
    const { completion, index } = editor.cycle ?? { completion: undefined, index: -1 }
    const list = completion?.options ?? []
    options.replaceChildren(...list.map((option, at) => choice(option, at === index)))
    const said = list.length > 0 ? t('ui.prompt.suggestions', { count: list.length, list: list.join(', ') }) : ''
    if (heard.textContent !== said) heard.textContent = said
  }

  const choice = (option: string, current: boolean) =>
    button(
      {
        class: current ? 'option option-current' : 'option',
        attrs: { tabindex: -1 },
        on: {
          mousedown: (event) => event.preventDefault(),
          click: () => {
            const start = editor.cycle?.completion.start ?? 0
            const text = `${editor.text.slice(0, start)}${option} `
            show(typed(editor, text, text.length))
            input.focus()
          },
        },
      },
      option,
    )

  function submit(): void {
    clearTimeout(typing)
    const { line, editor: next } = submitted(editor)
    show(next)
    keep.write(KEY, next.history)
    if (line !== '') onLine(line)
  }

  function tab(event: KeyboardEvent): void {
    const step = event.shiftKey ? -1 : 1
    if (event.shiftKey && !editor.cycle) return
    // An empty field, or one that nothing fits, lets the focus move on: no keyboard trap.
    const next = completed(editor, suggestions(), step)
    if (next === editor || editor.text === '') return
    event.preventDefault()
    show(next)
  }

  const keys: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ArrowUp: instead(() => show(older(editor))),
    ArrowDown: instead(() => show(newer(editor))),
    PageUp: instead(() => onPage(-1)),
    PageDown: instead(() => onPage(1)),
    Escape: () => show(dismissed(editor)),
    Tab: tab,
  }

  /** What the node said of this very line, else what the page knows itself. */
  function suggestions(): Completion {
    const text = editor.text.slice(0, editor.cursor)
    return (told.text === text && fromLines(text, told.lines)) || complete(editor.text, editor.cursor, vocabulary())
  }

  /** Asks ahead in a pause of typing, so that Tab has its answer at once. */
  function askAhead(): void {
    clearTimeout(asking)
    const text = editor.text.slice(0, editor.cursor)
    if (!/\S\s/.test(text)) return
    asking = window.setTimeout(async () => {
      told = { text, lines: await ask(text) }
    }, COMPLETE_PAUSE_MS)
  }

  const sync = () => {
    clearTimeout(typing)
    show(typed(editor, input.value, input.selectionStart ?? input.value.length))
    askAhead()
  }
  input.addEventListener('input', sync)
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    if (editor.cursor !== input.selectionStart && !editor.cycle)
      editor = { ...editor, cursor: input.selectionStart ?? editor.cursor }
    keys[event.key]?.(event)
  })

  return {
    node,
    focus: () => input.focus({ preventScroll: true }),
    offer(text) {
      clearTimeout(typing)
      show(typed(editor, text, text.length))
      input.focus()
    },
    type(line) {
      clearTimeout(typing)
      if (stillMotion()) {
        show(typed(editor, line, line.length))
        return submit()
      }
      const step = (length: number): void => {
        show(typed(editor, line.slice(0, length), length))
        typing = window.setTimeout(() => (length < line.length ? step(length + 1) : submit()), TYPING_STEP_MS)
      }
      step(1)
    },
  }
}

/** Does this and not what the browser would. */
const instead = (run: () => void) => (event: Event) => {
  event.preventDefault()
  run()
}
