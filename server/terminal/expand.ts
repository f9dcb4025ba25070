/** What a typed line stands for: the line before, or an alias's commands. */

import { normalise } from '../commands/index.ts'
import { ALIAS_COMMANDS_MAX, TERMINAL_LINE_MAX_CHARS } from '../limits.ts'
import type { Refusal } from '../protocol/refusals.ts'

export type Expanded = { readonly typed: string; readonly lines: readonly string[] } | { readonly refusal: Refusal }

const REPEATS = new Set(['!', '!!', 'again', 'repeat', 'повторить', 'повтори', 'повтор', 'еще', 'снова'])

/** `!3` is the third line of the history. */
function recalled(line: string, history: readonly string[]): string | undefined | 'none' {
  const word = normalise(line)
  if (REPEATS.has(word)) return history.at(-1) ?? 'none'
  const numbered = /^!(\d{1,3})$/.exec(word)
  return numbered ? (history[Number(numbered[1]) - 1] ?? 'none') : undefined
}

/** An alias is expanded once and its commands are not looked up again, so there can be no loop. */
export function expandLine(
  line: string,
  history: readonly string[],
  aliases: Readonly<Record<string, string>>,
): Expanded {
  const before = recalled(line, history)
  if (before === 'none') return { refusal: { code: 'no_history' } }
  const typed = before ?? line
  const [word, ...rest] = typed.split(' ')
  const name = normalise(word!)
  const body = Object.hasOwn(aliases, name) ? aliases[name]! : undefined
  if (body === undefined) return { typed, lines: [typed] }
  const args = rest.join(' ')
  const whole = body.includes('$*') ? body.replaceAll('$*', () => args) : args ? `${body} ${args}` : body
  const lines = whole
    .split(';')
    .map((l) => l.trim())
    .filter((l) => l !== '')
    .slice(0, ALIAS_COMMANDS_MAX)
  return lines.some((l) => l.length > TERMINAL_LINE_MAX_CHARS)
    ? { refusal: { code: 'line_too_long' } }
    : { typed, lines }
}
