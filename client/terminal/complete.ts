/** What a half-typed word may become: a verb at the start of the line, afterwards the names of what is here. */
import { COMPLETION_MAX_COUNT } from '../limits.ts'

/** `start` is where in the line the word begins that each option would replace. */
export type Completion = { readonly start: number; readonly options: readonly string[] }

export type Vocabulary = {
  /** Verbs and directions, most useful first. */
  readonly verbs: readonly string[]
  /** Names of people, things and exits here. */
  readonly names: readonly string[]
}

export function complete(text: string, cursor: number, { verbs, names }: Vocabulary): Completion {
  const before = text.slice(0, cursor)
  const verbEnd = before.search(/\s/)
  if (verbEnd < 0) return { start: 0, options: matching(before, verbs) }
  const afterVerb = verbEnd + before.slice(verbEnd).search(/\S|$/)
  return completeName(before, afterVerb, names)
}

/** Whole lines, as a node suggests them, as endings of the line being typed; nothing when they do not begin like it. */
export function fromLines(text: string, lines: readonly string[]): Completion | undefined {
  const start = text.search(/\s/) + 1
  const fitting = lines.filter((line) => line.startsWith(text.slice(0, start)) && line !== text)
  if (start === 0 || fitting.length === 0) return undefined
  return { start, options: fitting.slice(0, COMPLETION_MAX_COUNT).map((line) => line.slice(start)) }
}

/** Names may be several words long: the longest tail of the line that begins a name, or a word of one, counts. */
function completeName(before: string, from: number, names: readonly string[]): Completion {
  for (let start = from; ; ) {
    const part = before.slice(start)
    const options = matching(part, names)
    if (options.length > 0 || part === '')
      return { start, options: part === '' ? names.slice(0, COMPLETION_MAX_COUNT) : options }
    const gap = part.search(/\s\S*/)
    if (gap < 0) return { start, options: [] }
    start += gap + 1
  }
}

function matching(part: string, words: readonly string[]): readonly string[] {
  const wanted = fold(part)
  if (wanted === '') return []
  const heads = words.filter((word) => fold(word).startsWith(wanted))
  const inner = words.filter(
    (word) =>
      !heads.includes(word) &&
      fold(word)
        .split(/[\s-]/)
        .some((piece) => piece.startsWith(wanted)),
  )
  return [...new Set([...heads, ...inner])].slice(0, COMPLETION_MAX_COUNT)
}

/** Case and the two dots of ё make no difference when looking for a word. */
const fold = (word: string): string => word.toLowerCase().replaceAll('ё', 'е')
