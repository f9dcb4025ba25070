/** A person's words made comparable: case, ё, quotes, articles and prepositions out of the way. */

const QUOTES = /["«»“”„'’]/g
/** Small words that only join: `look at the lamp`, `иди на север`. */
const FILLERS = new Set([
  'the',
  'a',
  'an',
  'at',
  'in',
  'inside',
  'внутрь',
  'с',
  'со',
  'to',
  'into',
  'towards',
  'some',
  'on',
  'my',
  'на',
  'к',
  'ко',
  'в',
  'во',
  'у',
  'мой',
  'мою',
  'моё',
])

/** Lower case, ё as е, one space between words. */
export const normalise = (text: string): string => text.toLowerCase().replaceAll('ё', 'е').replace(/\s+/g, ' ').trim()

/** A name without the signs that nobody types: keepers logbook. */
export const bare = (text: string): string => normalise(text.replace(QUOTES, ''))

/** The words of a noun as typed, without quotes, articles and prepositions in front. */
export function nounWords(text: string): string {
  const words = bare(text)
    .replace(/[.,!?;]+$/, '')
    .split(' ')
  while (words.length > 1 && FILLERS.has(words[0]!)) words.shift()
  return words.join(' ')
}

/** Every way to cut `oil with lamp` at one of the joints that stands between words. */
export function splitsAt(text: string, joints: readonly string[]): readonly (readonly [string, string])[] {
  const words = text.trim().split(/\s+/)
  return words.flatMap((word, i) =>
    i > 0 && i < words.length - 1 && joints.includes(word.toLowerCase())
      ? [[words.slice(0, i).join(' '), words.slice(i + 1).join(' ')] as const]
      : [],
  )
}

/** The first of them. */
export const splitAt = (text: string, joints: readonly string[]): readonly [string, string] | undefined =>
  splitsAt(text, joints)[0]

/** First word and the rest. */
export function firstWord(text: string): readonly [string, string] {
  const trimmed = text.trim()
  const space = trimmed.search(/\s/)
  return space < 0 ? [trimmed, ''] : [trimmed.slice(0, space), trimmed.slice(space + 1).trim()]
}

const EN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
const RU_KEYS = 'йцукенгшщзхъфывапролджэячсмитьбюё'
const toggled = new Map(
  [...EN_KEYS].flatMap(
    (en, i) =>
      [
        [en, RU_KEYS[i]!],
        [RU_KEYS[i]!, en],
      ] as [string, string][],
  ),
)

/** What the same keys give in the other keyboard layout: `дщщл` is `look`. */
export const otherLayout = (word: string): string => [...word.toLowerCase()].map((c) => toggled.get(c) ?? c).join('')
