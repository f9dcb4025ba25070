/** Whether typed words mean a noun: any case form, any alias, part of a name, in either language. */
import type { Noun } from '../engine/types.ts'
import { LOCALES, type Locale } from '../protocol/ids.ts'
import { bare } from './words.ts'

type NounIndex = {
  readonly names: ReadonlySet<string>
  readonly phrases: ReadonlySet<string>
  readonly words: ReadonlySet<string>
  readonly stems: ReadonlySet<string>
}
const indexes = new WeakMap<Noun, NounIndex>()

/** Shortest beginning of a word that is taken for the word. */
const PREFIX_MIN = 3

function indexOf(noun: Noun): NounIndex {
  let index = indexes.get(noun)
  if (!index) {
    const names = new Set(Object.values(noun.forms).map(bare))
    const phrases = new Set([...names, ...noun.aliases.map(bare)].filter((p) => p !== ''))
    const words = new Set([...phrases].flatMap((p) => p.split(/[\s-]/)))
    index = { names, phrases, words, stems: new Set([...words].map(stem)) }
    indexes.set(noun, index)
  }
  return index
}

/** A word without its plural or case ending, roughly: enough to hear `keys` in `all.keys`. */
export function stem(word: string): string {
  if (word.length <= PREFIX_MIN) return word
  return /[а-я]/.test(word)
    ? word.replace(/(?:ами|ями|ах|ях|ов|ев|ей|ам|ям|ы|и|а|я|о|е|у|ю|ь|й)$/, '')
    : word.replace(/(?<=x|s|ch|sh)es$|(?<!s)s$/, '')
}

const begins = (words: ReadonlySet<string>, typed: string): boolean => {
  if (typed.length < PREFIX_MIN) return false
  for (const word of words) if (word.startsWith(typed)) return true
  return false
}

/** 0 no match; 4 the whole name, 3.5 a whole other name, 3 whole words of it, 2 beginnings of words, 1 the same stems. `typed` is normalised. */
export function nounScore(noun: Noun, typed: string): number {
  const index = indexOf(noun)
  if (index.phrases.has(typed)) return index.names.has(typed) ? 4 : 3.5
  const parts = typed.split(/[\s-]/)
  if (parts.every((w) => index.words.has(w))) return 3
  if (parts.every((w) => index.words.has(w) || begins(index.words, w))) return 2
  return parts.every((w) => index.stems.has(stem(w))) ? 1 : 0
}

export function nameScore(names: Readonly<Record<Locale, Noun>>, typed: string): number {
  let best = 0
  for (const locale of LOCALES) best = Math.max(best, nounScore(names[locale], typed))
  return best
}

/** A proper name: whole or from its beginning. */
export function properScore(name: string, typed: string): number {
  const whole = bare(name)
  if (whole === typed) return 4
  return typed.length >= 2 && whole.startsWith(typed) ? 2 : 0
}
