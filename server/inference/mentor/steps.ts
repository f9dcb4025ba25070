/**
 * The steps of a lesson's answer, and where a text dictates them in words: "walk east, then use the lamp", in either language. What the lesson itself
 * says, and what the learner has written already, is nobody's secret.
 */
import { DIRECTIONS, type Direction } from '../../protocol/ids.ts'
import type { Sources } from './types.ts'

/** One call of the answer with what it is given, or a word of it alone where it stands in a list. */
export type Step = { readonly verb: string; readonly arg: string }
export const nameOf = ({ verb, arg }: Step): string => `${verb} ${arg}`

/** Beginnings of words that say what is done, both languages together; English ones are looked for as they stand, with a usual ending. */
const VERBS: Readonly<Record<string, { readonly en: string; readonly ru: string }>> = {
  go: {
    en: 'go walk move head step travel turn proceed run march',
    ru: 'ид шаг двиг двин пойд пойт отправ сверн поверн направ ступа сход выйд войд перейд',
  },
  use: {
    en: 'use light switch turn activate apply ignite',
    ru: 'использ воспольз примен зажг зажж зажиг включ задейств',
  },
  take: {
    en: 'take pick grab lift collect get fetch carry',
    ru: 'возьм взя бер подбер подбир поднм подним хват забер',
  },
  drop: { en: 'drop put leave place set release lay', ru: 'полож брос остав опуст клад выклад' },
  give: { en: 'give hand pass offer', ru: 'дай дать отда переда вруч' },
  say: { en: 'say speak shout utter announce', ru: 'скаж сказ произнес крикн говор' },
  tell: { en: 'tell reply answer respond send', ru: 'скаж сказ ответ отвеч сообщ переда' },
}
const RU_DIRECTIONS: Readonly<Record<Direction, string>> = {
  north: 'север',
  northeast: 'северо-восто северо-запад',
  east: 'восток восточн',
  southeast: 'юго-восто',
  south: 'юг юж',
  southwest: 'юго-запад',
  west: 'запад',
  northwest: 'северо-запад',
  up: 'вверх наверх',
  down: 'вниз',
  in: 'внутрь',
  out: 'наружу',
}
/** Short words that mean much else: only right beside their verb. */
const SHORT: readonly string[] = ['up', 'down', 'in', 'out']
/** Words between what is done and what it is done with. */
const NEAR = 8
const NEAR_SHORT = 2

const CALL = /\bme\s*\.\s*(\w+)\s*\(\s*(["'`])([^"'`$]{1,60})\2/g
const LITERAL = /(["'`])([^"'`$]{1,60})\1/g

/** In the order in which they stand; a literal outside a call of `me` is a word alone. */
export function stepsOf(sources: Sources): readonly Step[] {
  const found = new Map<string, Step>()
  for (const line of Object.values(sources).flatMap((text) => text.split('\n'))) {
    if (/^\s*import\b/.test(line)) continue
    const calls = [...line.matchAll(CALL)].map(([, verb, , arg]) => ({ verb: verb!, arg: arg!.toLowerCase() }))
    const words =
      calls.length > 0 ? [] : [...line.matchAll(LITERAL)].map(([, , arg]) => ({ verb: '', arg: arg!.toLowerCase() }))
    for (const step of [...calls, ...words]) if (/[a-zа-яё]/i.test(step.arg)) found.set(nameOf(step), step)
  }
  return [...found.values()]
}

/** Other words for a thing, in both languages and every case. */
export type Names = (word: string) => readonly string[]

/** Words of a text; letters that were spelled out, with blanks, dots or hyphens between, are put together. */
export function wordsOf(text: string): readonly string[] {
  const plain = text
    .normalize('NFKC')
    .replace(/[\u200b-\u200f\u2060\ufeff]/g, '')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/(?<![\p{L}\d])\p{L}(?:[\s.,_·*-]+\p{L}){2,}(?![\p{L}\d])/gu, (run) => run.replace(/[^\p{L}]/gu, ''))
  return plain.match(/[\p{L}\d]+(?:-[\p{L}\d]+)*/gu) ?? []
}

type Arg = { readonly words: readonly string[]; readonly isStem: boolean }

function argsOf(arg: string, names: Names): readonly Arg[] {
  const isDirection = (DIRECTIONS as readonly string[]).includes(arg)
  const exact = [arg, ...names(arg)].map((text): Arg => ({ words: wordsOf(text), isStem: false }))
  if (!isDirection) return exact.filter(({ words }) => words.length > 0)
  const stems = RU_DIRECTIONS[arg as Direction].split(' ').map((stem): Arg => ({ words: [stem], isStem: true }))
  const ways = SHORT.includes(arg)
    ? []
    : ['ward', 'wards', 'ern', 'erly'].map((end): Arg => ({ words: [arg + end], isStem: false }))
  return [...exact, ...stems, ...ways]
}

const ENDING = /(?:s|es|ed|ing|ning|ting|ping)?$/
const isVerb = (word: string, verb: string): boolean => {
  const known = VERBS[verb]
  if (!known) return word === verb
  return (
    known.en.split(' ').includes(word.replace(ENDING, '')) ||
    known.en.split(' ').includes(word) ||
    known.ru.split(' ').some((stem) => word.startsWith(stem))
  )
}

function hits(words: readonly string[], { words: wanted, isStem }: Arg): readonly number[] {
  const fits = (word: string | undefined, part: string) =>
    word !== undefined && (isStem ? word.startsWith(part) : word === part || word === `${part}s`)
  return words.flatMap((_, at) => (wanted.every((part, i) => fits(words[at + i], part)) ? [at] : []))
}

/** Whether a text names this step. `given`: words that the lesson itself uses, which alone give nothing away in either language. */
function isNamed(words: readonly string[], { verb, arg }: Step, given: ReadonlySet<string>, names: Names): boolean {
  const isShort = SHORT.includes(arg)
  const near = isShort ? NEAR_SHORT : NEAR
  const called = argsOf(arg, names)
  const isGiven = (one: Arg) => hits([...given], one).length > 0 || one.words.every((word) => given.has(word))
  const isKnown = isShort || called.some(isGiven)
  return called.some((one) =>
    hits(words, one).some((at) => {
      if (!isKnown) return true
      return verb !== '' && words.slice(Math.max(0, at - near), at + near + 1).some((word) => isVerb(word, verb))
    }),
  )
}

export type Ground = {
  /** What the learner is told: title, text, tasks, starter. */
  readonly told: string
  /** What the learner has written by now. */
  readonly written: Sources
}
export type Steps = {
  readonly all: readonly Step[]
  /** Those that are neither told nor written. */
  readonly secret: readonly Step[]
  readonly named: (text: string, steps: readonly Step[]) => readonly Step[]
}

export function secretSteps(
  solution: Sources,
  starter: Sources,
  { told, written }: Ground,
  names: Names = () => [],
): Steps {
  const toldWords = wordsOf(told)
  const given = new Set(toldWords)
  const has = new Set([...stepsOf(starter), ...stepsOf(written)].map(nameOf))
  const all = stepsOf(solution).filter((step) => !has.has(nameOf(step)))
  // A word of which the lesson says that it is done with that, near each other, is told.
  const isTold = (step: Step) => isNamed(toldWords, step, given, names)
  return {
    all,
    secret: all.filter((step) => !isTold(step)),
    named: (text, steps) => {
      const words = wordsOf(text)
      return steps.filter((step) => isNamed(words, step, given, names))
    },
  }
}

/** Code that is dictated by the names of its signs, "me dot go open bracket quote east", as it would be written but for brackets and quotes. */
export const spoken = (text: string): string =>
  text
    .toLowerCase()
    .replace(/\b(?:(?:open(?:ing)?|left|clos(?:e|ing)|right|round)\s+)*(?:parenthes[ie]s|paren|bracket)s?\b/gu, ' ')
    .replace(/(?:(?:откр|лев|закр|прав|кругл)\S*\s+)*скобк\S*/gu, ' ')
    .replace(
      /\b(?:(?:open|close|single|double|end)\s+)*(?:quotes?|unquote)\b|(?:в\s+)?(?:(?:откр|закр|одинарн|двойн)\S*\s+)*кавычк\S*/gu,
      ' ',
    )
    .replace(/\b(?:dot|point)\b|(?<!\p{L})точк\S*/gu, '.')
