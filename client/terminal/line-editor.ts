/** What happens to the line being typed: history and completion, as pure steps over a small state. */
import { HISTORY_KEPT_COUNT } from '../limits.ts'
import type { Completion } from './complete.ts'

export type Editor = {
  readonly text: string
  readonly cursor: number
  /** Lines typed before, oldest first. */
  readonly history: readonly string[]
  /** Where in the history one stands; `history.length` is the line of one's own. */
  readonly at: number
  /** One's own line, put aside while walking through the history. */
  readonly draft: string
  /** Suggestions being gone through; `index` -1 while none has been put into the line. */
  readonly cycle?: { readonly completion: Completion; readonly index: number }
}

export const newEditor = (history: readonly string[] = []): Editor => ({
  text: '',
  cursor: 0,
  history: history.slice(-HISTORY_KEPT_COUNT),
  at: Math.min(history.length, HISTORY_KEPT_COUNT),
  draft: '',
})

const withText = (editor: Editor, text: string, cursor = text.length): Editor => ({
  ...editor,
  text,
  cursor,
  cycle: undefined,
})

/** The person edited the field itself. */
export const typed = (editor: Editor, text: string, cursor: number): Editor => ({
  ...withText(editor, text, cursor),
  at: editor.history.length,
  draft: text,
})

/** One line back; only through lines that begin with what one had typed oneself. */
export function older(editor: Editor): Editor {
  for (let at = editor.at - 1; at >= 0; at--) {
    const line = editor.history[at]!
    if (line.startsWith(editor.draft) && line !== editor.text) return { ...withText(editor, line), at }
  }
  return editor
}

/** One line forward, in the end back to one's own. */
export function newer(editor: Editor): Editor {
  for (let at = editor.at + 1; at < editor.history.length; at++) {
    const line = editor.history[at]!
    if (line.startsWith(editor.draft) && line !== editor.text) return { ...withText(editor, line), at }
  }
  if (editor.at === editor.history.length) return editor
  return { ...withText(editor, editor.draft), at: editor.history.length }
}

/** Takes the line out: what is to be sent, and an empty field whose history ends with it. */
export function submitted(editor: Editor): { readonly line: string; readonly editor: Editor } {
  const line = editor.text.trim()
  const repeated = line === '' || editor.history.at(-1) === line
  return { line, editor: newEditor(repeated ? editor.history : [...editor.history, line]) }
}

/**
 * Tab: with one suggestion it is put in; with several, first what they have in common, then one after another.
 * `step` -1 goes through them backwards.
 */
export function completed(editor: Editor, fresh: Completion, step: 1 | -1 = 1): Editor {
  if (editor.cycle) {
    const { completion, index } = editor.cycle
    const next = (index + step + completion.options.length) % completion.options.length
    return putIn(editor, completion, completion.options[next]!, { completion, index: next })
  }
  if (fresh.options.length === 0) return editor
  if (fresh.options.length === 1) return putIn(editor, fresh, `${fresh.options[0]} `)
  const shared = sharedStart(fresh.options)
  const already = editor.text.slice(fresh.start, editor.cursor)
  const cycle = { completion: fresh, index: -1 }
  return shared.length > already.length ? putIn(editor, fresh, shared, cycle) : { ...editor, cycle }
}

/** Escape: puts the suggestions away, then the line. */
export const dismissed = (editor: Editor): Editor =>
  editor.cycle ? { ...editor, cycle: undefined } : typed(editor, '', 0)

function putIn(editor: Editor, { start }: Completion, option: string, cycle?: Editor['cycle']): Editor {
  const after = editor.text.slice(editor.cursor).trimStart()
  const text = editor.text.slice(0, start) + option + after
  return { ...editor, text, cursor: start + option.length, at: editor.history.length, draft: text, cycle }
}

export function sharedStart(options: readonly string[]): string {
  const [first = '', ...others] = options
  let length = first.length
  for (const other of others) {
    while (!other.toLowerCase().startsWith(first.slice(0, length).toLowerCase())) length--
  }
  return first.slice(0, length)
}
