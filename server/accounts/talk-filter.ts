/** Finds coarse words in both languages, through look-alikes, repeats and spacing, and masks them letter by letter. */
import { DataSet, englishDataset, englishRecommendedTransformers, RegExpMatcher } from 'obscenity'
import { JUDGED_WORD_MAX_CHARS, JUDGED_WORDS_MAX, TALK_MAX_CHARS } from '../limits.ts'
import { isWellFormedName, nameKey, normaliseName } from './names.ts'
import {
  ENGLISH_INNOCENT,
  ENGLISH_PERMITTED,
  NAME_ROOTS,
  RESERVED_NAMES,
  RUSSIAN_INNOCENT,
  RUSSIAN_WORDS,
  TRANSLITERATED_WORDS,
} from './words.ts'

/** Half open, in UTF-16 units. */
type Span = { readonly start: number; readonly end: number }

const english = (() => {
  const words = new DataSet<{ originalWord: string }>()
    .addAll(englishDataset)
    .removePhrasesIf(({ metadata }) => metadata !== undefined && ENGLISH_PERMITTED.includes(metadata.originalWord))
    .build()
  const whitelistedTerms = [...(words.whitelistedTerms ?? []), ...ENGLISH_INNOCENT]
  return new RegExpMatcher({ ...words, whitelistedTerms, ...englishRecommendedTransformers })
})()

const reserved = new Set(RESERVED_NAMES.map(nameKey))

export function cleanTalk(text: string): string {
  const heard = text.slice(0, TALK_MAX_CHARS).normalize('NFC')
  if (isPlainlyClean(heard)) return heard
  const spans = [...englishSpans(heard), ...russianSpans(heard)]
  const units = heard.split('')
  for (const { start, end } of spans) {
    for (let at = start; at < end; at++) if (/\S/.test(units[at]!)) units[at] = '*'
  }
  return units.join('')
}

/** Words judged lately. Looking one up takes a hundredth of the time of judging it, and talk repeats itself. */
const judged = new Map<string, boolean>()

/** True when every word by itself is clean and nothing is spelled out or spread over two words: then the whole is. */
function isPlainlyClean(text: string): boolean {
  if (ACROSS_WORDS.test(text)) return false
  for (const [spread] of text.matchAll(SPREAD)) if (isCoarse(spread) || isCoarseEnglish(spread)) return false
  return text.split(/\s+/).every(isCleanWord)
}

function isCleanWord(word: string): boolean {
  const known = judged.get(word)
  if (known !== undefined) return known
  const isClean = englishSpans(word).length === 0 && russianSpans(word).length === 0
  if (word.length > JUDGED_WORD_MAX_CHARS) return isClean
  if (judged.size >= JUDGED_WORDS_MAX) judged.delete(judged.keys().next().value!)
  judged.set(word, isClean)
  return isClean
}

export function nameProblem(text: string): 'bad_name' | 'filtered' | undefined {
  const name = normaliseName(text)
  if (!isWellFormedName(name)) return 'bad_name'
  if (reserved.has(nameKey(name))) return 'filtered'
  const joined = name.replaceAll('-', '')
  const parts = name.split(/[-\d]+|(?<=\p{Ll})(?=\p{Lu})/u).filter(Boolean)
  const readings = [name, joined, ...parts]
  if (readings.some((reading) => cleanTalk(reading) !== reading)) return 'filtered'
  const plain = [asCyrillic(joined), joined.toLowerCase()]
  return NAME_ROOTS.some((root) => plain.some((reading) => root.test(reading))) ? 'filtered' : undefined
}

/** What `obscenity` finds, less what it reads into words of plain Cyrillic (it takes "о" for "o"). */
function englishSpans(text: string): Span[] {
  return english
    .getAllMatches(text)
    .map(({ startIndex, endIndex }) => ({ start: startIndex, end: endIndex + 1 }))
    .filter(({ start, end }) => /[a-z]/i.test(text.slice(start, end)) && !isInDigest(text, start))
}

/** Hashes and commit ids hold anything. */
function isInDigest(text: string, at: number): boolean {
  const from = text.slice(0, at).search(/[\da-f]*$/i)
  const [run = ''] = /^[\da-f]*/i.exec(text.slice(from)) ?? []
  return run.length >= 7 && /\d/.test(run)
}

/** A word: letters, marks and what stands in for letters. */
const WORD = /[\p{L}\p{M}\d@$]+/gu
/** Letters spread out: "х у й", "б-л-я". */
const SPREAD = /(?<![\p{L}\d])[\p{L}\d@$](?:[\s.\-_*,][\p{L}\d@$](?![\p{L}\d])){2,}/gu
/** The only pattern of `obscenity` that holds a space. */
const ACROSS_WORDS = /penetra/i
/** Pieces joined by anything but a space: "ху-ня", "п.и.з.дец". */
const JOINED = /[\p{L}\d@$]+(?:[.\-_*,'’]+[\p{L}\d@$]+)+/gu

function russianSpans(text: string): Span[] {
  const spans: Span[] = []
  for (const shape of [WORD, SPREAD, JOINED]) {
    for (const { 0: word, index } of text.matchAll(shape)) {
      if (isCoarse(word) || (shape === SPREAD && isCoarseEnglish(word)))
        spans.push({ start: index, end: index + word.length })
    }
  }
  return spans
}

/** `obscenity` reads letters as they stand; spelled out one by one they must make a listed word and nothing else. */
function isCoarseEnglish(spread: string): boolean {
  const letters = spread.replace(/[^\p{L}\d@$]/gu, '')
  return english
    .getAllMatches(letters)
    .some(({ startIndex, endIndex }) => startIndex === 0 && endIndex === letters.length - 1)
}

function isCoarse(word: string): boolean {
  const letters = word.toLowerCase().replace(/[^\p{L}\d@$]/gu, '')
  if (/\p{Script=Cyrillic}/u.test(letters) || /^[abcehkmoptxy034]+$/.test(letters)) {
    const reading = asCyrillic(letters)
    const readings = [reading, single(reading)]
    if (!RUSSIAN_INNOCENT.some((pattern) => readings.some((r) => pattern.test(r)))) {
      if (RUSSIAN_WORDS.some((pattern) => readings.some((r) => pattern.test(r)))) return true
    }
  }
  if (!/^[a-z\d@$]*[a-z][a-z\d@$]*$/.test(letters)) return false
  const reading = asLatin(letters)
  return TRANSLITERATED_WORDS.some((pattern) => pattern.test(reading) || pattern.test(single(reading)))
}

const single = (word: string): string => word.replace(/(.)\1+/gu, '$1')

const CYRILLIC_LOOKALIKES: Readonly<Record<string, string>> = {
  ...{
    a: 'а',
    b: 'в',
    c: 'с',
    e: 'е',
    h: 'н',
    k: 'к',
    m: 'м',
    o: 'о',
    p: 'р',
    t: 'т',
    x: 'х',
    y: 'у',
    u: 'и',
    r: 'г',
    n: 'п',
    i: 'і',
  },
  ...{ 0: 'о', 3: 'з', 4: 'ч', 6: 'б', '@': 'а', $: 'с', ё: 'е', і: 'и' },
}
const LATIN_LOOKALIKES: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  '@': 'a',
  $: 's',
}

const asCyrillic = (word: string): string =>
  Array.from(word.toLowerCase(), (char) => CYRILLIC_LOOKALIKES[char] ?? char).join('')
const asLatin = (word: string): string => Array.from(word, (char) => LATIN_LOOKALIKES[char] ?? char).join('')
