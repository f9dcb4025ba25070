/** The word after a verb that says what to do: `mail read 2`, `почта читать 2`. */
import { firstWord, normalise } from '../commands/index.ts'

export type Subcommands = Readonly<Record<string, readonly string[]>>

/** The subcommand's name and the rest; undefined when the first word is none of them. */
export function subcommand<T extends Subcommands>(
  args: string,
  table: T,
): readonly [name: keyof T & string, rest: string] | undefined {
  const [word, rest] = firstWord(args)
  const typed = normalise(word)
  for (const [name, words] of Object.entries(table)) if (words.includes(typed)) return [name, rest]
  return undefined
}

const ON = new Set(['on', 'yes', 'true', '1', 'вкл', 'да', 'включить', 'включено'])
const OFF = new Set(['off', 'no', 'false', '0', 'выкл', 'нет', 'выключить', 'выключено'])
export const switchWord = (word: string): boolean | undefined =>
  ON.has(normalise(word)) ? true : OFF.has(normalise(word)) ? false : undefined
