/** The editor in the page's own colours: every one is a token of client/styles. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const chrome = EditorView.theme(
  {
    '&': {
      height: '100%',
      backgroundColor: 'var(--raised)',
      color: 'var(--text)',
      fontSize: '0.95rem',
    },
    '.cm-content, .cm-gutters': { fontFamily: 'var(--mono)' },
    '.cm-content': { caretColor: 'var(--lamp)' },
    '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--muted)', border: 'none' },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'rgb(255 255 255 / 5%)' },
    '&.cm-focused': { outline: '2px solid var(--lamp)', outlineOffset: '-2px' },
    '.cm-cursor': { borderLeftColor: 'var(--lamp)', borderLeftWidth: '2px' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
      backgroundColor: 'var(--select)',
    },
    '.cm-tooltip': {
      backgroundColor: 'var(--lifted)',
      color: 'var(--text)',
      border: '1px solid var(--line-strong)',
    },
    '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--select)', color: '#fff' },
    '.cm-tooltip.explanation': { maxWidth: '36rem', padding: '0.4rem 0.6rem', whiteSpace: 'pre-wrap' },
    '.cm-lintRange-error': { textDecoration: 'underline wavy var(--bad)' },
    '.cm-lintRange-warning': { textDecoration: 'underline wavy var(--refusal)' },
    '.cm-lintRange': { backgroundImage: 'none', textUnderlineOffset: '0.2em' },
    '.cm-line-error': { backgroundColor: 'rgb(255 158 143 / 14%)', boxShadow: 'inset 3px 0 0 var(--bad)' },
    '.cm-line-warning': { boxShadow: 'inset 3px 0 0 var(--refusal)' },
    '.cm-diagnostic': { fontFamily: 'inherit', padding: '0.375rem 0.75rem', maxWidth: '32rem' },
    '.cm-diagnostic-error': { borderLeft: '4px solid var(--bad)' },
    '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)' },
    '.cm-completionInfo': { padding: '0.4rem 0.6rem', maxWidth: '24rem', whiteSpace: 'pre-wrap' },
    '.explanation code': { color: 'var(--voice)' },
    '.cm-panels': { backgroundColor: 'var(--ground)', color: 'var(--text)', borderColor: 'var(--line)' },
    '.cm-panels input, .cm-panels button': {
      backgroundColor: 'var(--deep)',
      backgroundImage: 'none',
      color: 'var(--text)',
      border: '1px solid var(--line-strong)',
      borderRadius: 'var(--radius)',
    },
    '.cm-foldPlaceholder': { backgroundColor: 'var(--lifted)', color: 'var(--muted)', border: 'none' },
    '.cm-gutter-lint': { width: '1rem' },
  },
  { dark: true },
)

const syntax = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.moduleKeyword, tags.operatorKeyword], color: '#8cc6ff' },
  { tag: [tags.string, tags.special(tags.string)], color: '#ffd08a' },
  { tag: [tags.number, tags.bool, tags.null], color: '#ffb38a' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: '#a8e6c1' },
  { tag: [tags.typeName, tags.className], color: '#c9bdff' },
  { tag: tags.comment, color: '#9fb2c3', fontStyle: 'italic' },
  { tag: tags.invalid, color: '#ff8f7a' },
])

export const theme = [chrome, syntaxHighlighting(syntax)]
