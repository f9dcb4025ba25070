/** The code editor: CodeMirror with TypeScript's remarks, suggestions and explanations. It knows files by path, and no server. */
import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { indentWithTab } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { indentUnit } from '@codemirror/language'
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint'
import { Compartment, EditorState, Prec, StateEffect } from '@codemirror/state'
import { EditorView, hoverTooltip, keymap } from '@codemirror/view'
import { basicSetup } from 'codemirror'
import { TAB_RELEASE_MS } from '../limits.ts'
import type { Language } from './language.ts'
import type { Explanation, Finding } from './language-messages.ts'
import { located, type Remark, remarks, setRemarks } from './remarks.ts'
import { theme } from './theme.ts'

export type EditorOptions = {
  readonly language?: Language
  readonly label: string
  readonly onChange: (path: string, text: string) => void
  /** Ctrl+Enter. */
  readonly onRun: () => void
  /** CodeMirror's own phrases in the reader's language, asked anew by `relabel`. */
  readonly phrases: () => Readonly<Record<string, string>>
  /** The finding in words of the reader's language; `source` is the text it marks. */
  readonly sentence: (finding: Finding, source: string) => string
}

export type Editor = {
  /** Shows a file; each keeps its own history of changes. */
  open(path: string, text: string): void
  /** Replaces a file's text as one change that can be undone. */
  replace(path: string, text: string): void
  close(path: string): void
  /** Marks what the node said of the open file, in place of what it said before; `go` moves the cursor to the first. */
  remark(found: readonly Remark[], go?: boolean): void
  goTo(line: number): void
  /** Words that have changed: the label, the phrases, the sentences of the marks. */
  relabel(text: string): void
  focus(): void
  destroy(): void
}

const KINDS: Readonly<Record<string, string>> = {
  method: 'method',
  function: 'function',
  property: 'property',
  const: 'constant',
  let: 'variable',
  var: 'variable',
  class: 'class',
  interface: 'interface',
  keyword: 'keyword',
  type: 'type',
  module: 'namespace',
}

/** The sentences of the marks are to be said anew. */
const reworded = StateEffect.define<null>()

export function createEditor(parent: HTMLElement, options: EditorOptions): Editor {
  const { language } = options
  const states = new Map<string, EditorState>()
  const words = new Compartment()
  let path = ''
  let labelText = options.label

  const lint = linter(
    async (view): Promise<Diagnostic[]> => {
      const { doc } = view.state
      const found = (await language?.diagnose(path)) ?? []
      if (view.state.doc !== doc) return []
      const own = found.map((finding): Diagnostic => {
        const from = Math.min(finding.from, doc.length)
        const to = Math.min(finding.to, doc.length)
        return { from, to, severity: finding.severity, message: options.sentence(finding, doc.sliceString(from, to)) }
      })
      return [...own, ...view.state.field(remarks).filter((one) => !own.some((other) => overlap(one, other)))]
    },
    {
      delay: 350,
      needsRefresh: ({ transactions }) =>
        transactions.some(({ effects }) => effects.some((one) => one.is(setRemarks) || one.is(reworded))),
    },
  )

  async function suggest(context: CompletionContext): Promise<CompletionResult | null> {
    const word = context.matchBefore(/[\w$]*/)
    const afterDot = context.matchBefore(/\.[\w$]*/)
    if (!language || (!context.explicit && !afterDot && (!word || word.from === word.to))) return null
    const found = await language.complete(path, context.pos)
    if (found.length === 0) return null
    return {
      from: word?.from ?? context.pos,
      options: found.map(({ name, kind }, i) => ({
        label: name,
        type: KINDS[kind] ?? 'text',
        boost: -i / 100,
        info: async () => shown(await language.describe(path, context.pos, name)),
      })),
      validFor: /^[\w$]*$/,
    }
  }

  const explain = hoverTooltip(async (_view, position) => {
    const found = await language?.explain(path, position)
    if (!found) return null
    return { pos: found.from, end: found.to, create: () => ({ dom: shown(found)! }) }
  })

  const runNow = (): boolean => {
    options.onRun()
    return true
  }
  /** After Escape the next Tab leaves the editor, whatever else Escape closes. */
  const releaseTab = (editor: EditorView): boolean => {
    editor.setTabFocusMode(TAB_RELEASE_MS)
    return false
  }
  const spoken = () => [
    EditorView.contentAttributes.of({ 'aria-label': labelText, tabindex: '0' }),
    EditorState.phrases.of(options.phrases()),
  ]
  const respeak = () => view.dispatch({ effects: [words.reconfigure(spoken()), reworded.of(null)] })
  const extensions = [
    Prec.highest(
      keymap.of([
        { key: 'Mod-Enter', run: runNow },
        { key: 'Escape', run: releaseTab },
      ]),
    ),
    basicSetup,
    keymap.of([indentWithTab]),
    javascript({ typescript: true }),
    indentUnit.of('  '),
    EditorState.tabSize.of(2),
    theme,
    remarks,
    lint,
    lintGutter(),
    autocompletion({ override: [suggest] }),
    explain,
    EditorView.lineWrapping,
    EditorView.updateListener.of((update) => {
      if (!update.docChanged) return
      const text = update.state.doc.toString()
      language?.write(path, text)
      options.onChange(path, text)
    }),
    words.of(spoken()),
  ]
  const view = new EditorView({ parent, state: EditorState.create({ extensions }) })
  const goTo = (anchor: number) =>
    view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })

  return {
    open(next, text) {
      if (path) states.set(path, view.state)
      path = next
      const kept = states.get(next)
      view.setState(kept && kept.doc.toString() === text ? kept : EditorState.create({ doc: text, extensions }))
      respeak()
      language?.write(next, text)
    },
    replace(target, text) {
      if (target !== path) states.delete(target)
      else if (view.state.doc.toString() !== text)
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
      language?.write(target, text)
    },
    close(target) {
      if (target === path) path = ''
      states.delete(target)
      language?.write(target, undefined)
    },
    remark(found, go = false) {
      const marks = found.map((one) => located(view.state, one))
      view.dispatch({ effects: setRemarks.of(marks) })
      if (go && found[0]) goTo(marks[0]!.from)
    },
    goTo(line) {
      goTo(located(view.state, { line, message: '' }).from)
      view.focus()
    },
    relabel(text) {
      labelText = text
      respeak()
    },
    focus: () => view.focus(),
    destroy() {
      view.destroy()
      language?.close()
    },
  }
}

const overlap = (a: Diagnostic, b: Diagnostic): boolean => a.from <= b.to && b.from <= a.to

/** What a name is, and what is said of it. */
function shown(found: Pick<Explanation, 'signature' | 'text'> | undefined): HTMLElement | null {
  if (!found) return null
  const dom = document.createElement('div')
  dom.className = 'explanation'
  const signature = document.createElement('code')
  signature.textContent = found.signature
  dom.append(signature, found.text ? `\n${found.text}` : '')
  return dom
}
