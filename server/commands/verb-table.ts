/** Words to commands: exact words, abbreviations that mean one command only, and guesses for the rest. Built once. */
import { distance } from 'fastest-levenshtein'
import { SUGGESTIONS_MAX } from '../limits.ts'
import { LOCALES, type Locale } from '../protocol/ids.ts'
import { normalise, otherLayout } from './words.ts'

export type VerbEntry = { readonly name: string; readonly verbs: Readonly<Record<Locale, readonly string[]>> }
export type VerbHit =
  | { readonly kind: 'found'; readonly name: string; readonly verb: string }
  | { readonly kind: 'ambiguous'; readonly verbs: readonly string[] }
  | { readonly kind: 'unknown'; readonly suggestions: readonly string[] }
export type VerbTable = {
  find(word: string): VerbHit
  /** Verbs that begin so, for completion; whole words of three letters and more. */
  complete(prefix: string): readonly string[]
  readonly names: ReadonlySet<string>
}

type Word = { readonly verb: string; readonly name: string }

/** Two commands that claim the same word, which would make the table depend on its order. */
export function collisions(entries: readonly VerbEntry[]): readonly string[] {
  const owners = new Map<string, string>()
  const problems: string[] = []
  for (const { verb, name } of wordsOf(entries)) {
    const owner = owners.get(verb)
    if (owner !== undefined && owner !== name) problems.push(`${verb}: ${owner}, ${name}`)
    owners.set(verb, name)
  }
  return problems
}

const wordsOf = (entries: readonly VerbEntry[]): readonly Word[] =>
  entries.flatMap(({ name, verbs }) => LOCALES.flatMap((l) => verbs[l].map((v) => ({ verb: normalise(v), name }))))

export function createVerbTable(entries: readonly VerbEntry[]): VerbTable {
  const words = wordsOf(entries)
  const exact = new Map(words.map((w) => [w.verb, w] as const))
  const prefixes = prefixesOf(words)
  const sorted = [...exact.keys()].sort()

  return {
    names: new Set(entries.map((e) => e.name)),
    find(typed) {
      const word = normalise(typed)
      const whole = exact.get(word)
      if (whole) return { kind: 'found', name: whole.name, verb: whole.verb }
      const begun = prefixes.get(word)
      if (!begun) return { kind: 'unknown', suggestions: suggest(word, words, exact) }
      if (new Set(begun.map((w) => w.name)).size > 1) return { kind: 'ambiguous', verbs: shortest(begun) }
      return { kind: 'found', name: begun[0]!.name, verb: begun[0]!.verb }
    },
    complete: (prefix) => {
      const word = normalise(prefix)
      return sorted.filter((v) => v.length > 2 && v.startsWith(word))
    },
  }
}

function prefixesOf(words: readonly Word[]): ReadonlyMap<string, readonly Word[]> {
  const prefixes = new Map<string, Word[]>()
  for (const word of words) {
    for (let end = 1; end < word.verb.length; end++) {
      const prefix = word.verb.slice(0, end)
      const known = prefixes.get(prefix)
      if (known) known.push(word)
      else prefixes.set(prefix, [word])
    }
  }
  return prefixes
}

/** One verb per command, the shortest, in alphabetical order. */
function shortest(words: readonly Word[]): readonly string[] {
  const byName = new Map<string, string>()
  for (const { name, verb } of words) {
    const known = byName.get(name)
    if (known === undefined || verb.length < known.length) byName.set(name, verb)
  }
  return [...byName.values()].sort()
}

/** Letters in the wrong order are one slip, however many places are wrong by it. */
const farness = (verb: string, typed: string): number =>
  verb.length === typed.length && sorted(verb) === sorted(typed) ? 1 : distance(verb, typed)
const sorted = (word: string): string => [...word].sort().join('')

/** Within a third of its letters, nearest first; a verb typed in the other keyboard layout before all. */
function suggest(typed: string, words: readonly Word[], exact: ReadonlyMap<string, Word>): readonly string[] {
  const relaid = otherLayout(typed)
  if (typed.length > 1 && exact.has(relaid)) return [relaid]
  const far = Math.max(1, Math.floor(typed.length / 3))
  return words
    .filter(({ verb }) => verb.length > 2 && Math.abs(verb.length - typed.length) <= far)
    .map(({ verb }) => ({ verb, far: farness(verb, typed) }))
    .filter((w) => w.far <= far)
    .sort((a, b) => a.far - b.far || (a.verb < b.verb ? -1 : 1))
    .map((w) => w.verb)
    .filter((v, i, all) => all.indexOf(v) === i)
    .slice(0, SUGGESTIONS_MAX)
}
