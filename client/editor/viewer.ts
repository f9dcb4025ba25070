/** Source that is only looked at, with one line lit: where a program was. */
import { javascript } from '@codemirror/lang-javascript'
import { Compartment, EditorState, StateEffect, StateField } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, lineNumbers } from '@codemirror/view'
import { theme } from './theme.ts'

export type Viewer = {
  show(text: string, line: number | undefined, waits: boolean): void
  relabel(text: string): void
  destroy(): void
}

type Lit = { readonly line: number; readonly waits: boolean } | undefined
const light = StateEffect.define<Lit>()

const lit = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { effects, state }) {
    for (const effect of effects) {
      if (!effect.is(light)) continue
      const at = effect.value
      if (!at || at.line < 1 || at.line > state.doc.lines) return Decoration.none
      const mark = Decoration.line({
        class: at.waits ? 'cm-line-now cm-line-waits' : 'cm-line-now',
        attributes: { 'aria-current': 'step' },
      })
      return Decoration.set([mark.range(state.doc.line(at.line).from)])
    }
    return marks
  },
  provide: (field) => EditorView.decorations.from(field),
})

const colours = EditorView.theme({
  '.cm-line-now': { backgroundColor: 'rgb(255 198 109 / 20%)', boxShadow: 'inset 3px 0 0 var(--lamp)' },
  '.cm-line-waits': { boxShadow: 'inset 3px 0 0 var(--voice)' },
})

export function createViewer(parent: HTMLElement, label: string): Viewer {
  const words = new Compartment()
  const spoken = (text: string) =>
    EditorView.contentAttributes.of({ 'aria-label': text, 'aria-readonly': 'true', tabindex: '0' })
  const view = new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        lineNumbers(),
        javascript({ typescript: true }),
        EditorState.readOnly.of(true),
        EditorState.tabSize.of(2),
        EditorView.lineWrapping,
        theme,
        colours,
        lit,
        words.of(spoken(label)),
      ],
    }),
  })
  return {
    show(text, line, waits) {
      if (view.state.doc.toString() !== text)
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
      const there = line !== undefined && line >= 1 && line <= view.state.doc.lines
      view.dispatch({
        effects: [
          light.of(line === undefined ? undefined : { line, waits }),
          ...(there
            ? [EditorView.scrollIntoView(view.state.doc.line(line).from, { y: 'nearest', yMargin: 40 })]
            : []),
        ],
      })
    },
    relabel: (text) => view.dispatch({ effects: words.reconfigure(spoken(text)) }),
    destroy: () => view.destroy(),
  }
}
