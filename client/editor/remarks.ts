/** What the node said of a file, kept on its lines while they stay as they are: a changed line loses its remark. */
import type { Diagnostic } from '@codemirror/lint'
import { type EditorState, RangeSetBuilder, StateEffect, StateField } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view'

export type Remark = {
  readonly line: number
  readonly column?: number
  readonly message: string
  readonly severity?: 'error' | 'warning' | 'hint'
}

export const setRemarks = StateEffect.define<readonly Diagnostic[]>()

export const remarks = StateField.define<readonly Diagnostic[]>({
  create: () => [],
  update(found, { changes, effects, docChanged }) {
    const kept = docChanged
      ? found
          .filter(({ from, to }) => !changes.touchesRange(from, to))
          .map((one) => ({ ...one, from: changes.mapPos(one.from), to: changes.mapPos(one.to) }))
      : found
    return effects.reduce((last, effect) => (effect.is(setRemarks) ? effect.value : last), kept)
  },
  provide: (field) => EditorView.decorations.from(field, () => (view) => marked(view.state)),
})

const LINES = {
  error: Decoration.line({ class: 'cm-line-error' }),
  warning: Decoration.line({ class: 'cm-line-warning' }),
}

function marked(state: EditorState): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>()
  const lines = new Map<number, Decoration>()
  for (const { from, severity } of state.field(remarks)) {
    if (severity !== 'error' && severity !== 'warning') continue
    lines.set(state.doc.lineAt(Math.min(from, state.doc.length)).from, LINES[severity])
  }
  for (const [at, decoration] of [...lines].sort(([a], [b]) => a - b)) builder.add(at, at, decoration)
  return builder.finish()
}

/** A line and a column, counted from 1, as positions in the text; the whole rest of the line is meant. */
export function located({ doc }: EditorState, { line, column = 1, message, severity = 'error' }: Remark): Diagnostic {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines))
  const indent = at.text.length - at.text.trimStart().length
  const from = Math.min(at.from + Math.max(column - 1, indent), at.to)
  return { from, to: at.to, severity, message }
}
