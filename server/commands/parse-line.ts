/** A person's line to a command and its input; both languages are heard whatever the locale. */

import type { Locale } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import type { AnyCommand, ParseContext } from './types.ts'
import type { VerbTable } from './verb-table.ts'
import { firstWord, otherLayout } from './words.ts'

export type ParsedLine =
  | { readonly kind: 'empty' }
  | { readonly kind: 'command'; readonly command: AnyCommand; readonly input: unknown }
  /** A verb of the table that is no world command: the session answers it. */
  | { readonly kind: 'other'; readonly name: string; readonly verb: string; readonly args: string }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }

export type LineContext = Omit<ParseContext, 'verb' | 'locale'>

const refusal = (code: Refusal['code'], params: Refusal['params']): ParsedLine => ({
  kind: 'refusal',
  refusal: { code, params },
})

/** `'hello`, `"hello"`, `«привет»` are speech; `:waves` is an act. */
function shorthand(line: string): readonly [verb: string, args: string] | undefined {
  const first = line[0]!
  if (`'"“«`.includes(first))
    return [
      'say',
      line
        .slice(1)
        .replace(/["”»]$/, '')
        .trim(),
    ]
  return first === ':' ? ['emote', line.slice(1).trim()] : undefined
}

export function createLineParser(commands: ReadonlyMap<string, AnyCommand>) {
  return function parseLine(line: string, locale: Locale, ctx: LineContext, table: VerbTable): ParsedLine {
    const text = line.trim()
    if (text === '') return { kind: 'empty' }
    const [word, args] = shorthand(text) ?? firstWord(text)
    const hit = table.find(word)
    if (hit.kind === 'ambiguous') return refusal('ambiguous_verb', { word, verbs: [...hit.verbs] })
    if (hit.kind === 'unknown') return refusal('unknown_command', unknownParams(word, hit.suggestions))
    const command = commands.get(hit.name)
    if (!command) return { kind: 'other', name: hit.name, verb: hit.verb, args }
    const result = command.parse(args, { ...ctx, locale, verb: hit.verb })
    return 'refusal' in result
      ? { kind: 'refusal', refusal: result.refusal }
      : { kind: 'command', command, input: result.input }
  }
}

const unknownParams = (word: string, suggestions: readonly string[]): Refusal['params'] =>
  suggestions.length === 0
    ? { word: word.slice(0, 40) }
    : {
        word: word.slice(0, 40),
        suggestions: [...suggestions],
        layout: suggestions[0] === otherLayout(word) ? 'yes' : 'no',
      }
