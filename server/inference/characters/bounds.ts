/** Whether what a model says for a person of the world stays within what the world says: decided here, not by asking the model nicely. */
import type { WorldDef } from '../../engine/types.ts'
import { NPC_SPEECH_MAX_CHARS } from '../../limits.ts'
import type { Locale } from '../../protocol/ids.ts'
import type { Sheet } from './sheet.ts'

export type Why =
  | 'empty'
  | 'long'
  | 'language'
  | 'code'
  | 'out_of_role'
  | 'unknown_name'
  | 'unknown_number'
  | 'unknown_way'
export type Judged = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: Why }

const LETTERS: Readonly<Record<Locale, RegExp>> = { en: /[a-z]/gi, ru: /[а-яё]/gi }
/** Most of what is said must be in the listener's letters. */
const LETTERS_MIN = 0.7
const CODE = /```|https?:|www\.|[{}<>]|=>|\w\(\)/i
const OUT_OF_ROLE =
  /\b(?:language model|as an ai|an ai\b|chatbot|openai|system prompt|my instructions)|языков\S* модел|нейросет|искусственн\S* интеллект|чат-?бот|системн\S* промпт|мои инструкции/i
const WAYS: Readonly<Record<Locale, RegExp>> = {
  en: /\b(?:north|south|east|west)(?:east|west)?(?:ern|wards?)?\b/gi,
  ru: /(?<!\p{L})(?:север|юг|юж|восто|запад)\p{L}*/giu,
}

export function judgeSpeech(
  said: string,
  { name, knowledge }: Sheet,
  locale: Locale,
  names: readonly string[],
): Judged {
  const text = bare(said, name)
  const no = (why: Why): Judged => ({ ok: false, why })
  if (text === '') return no('empty')
  if (text.length > NPC_SPEECH_MAX_CHARS) return no('long')
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  if (letters === 0 || (text.match(LETTERS[locale])?.length ?? 0) / letters < LETTERS_MIN) return no('language')
  if (CODE.test(text)) return no('code')
  if (OUT_OF_ROLE.test(text)) return no('out_of_role')
  const known = folded(knowledge)
  const heard = folded(text)
  if (names.some((one) => heard.includes(one) && !known.includes(one))) return no('unknown_name')
  if ((text.match(/\d+/g) ?? []).some((number) => !knowledge.includes(number))) return no('unknown_number')
  const ways = (all: string) => all.match(WAYS[locale])?.map((way) => way.toLowerCase().slice(0, 4)) ?? []
  const knownWays = ways(knowledge)
  if (ways(text).some((way) => !knownWays.includes(way))) return no('unknown_way')
  return { ok: true, text }
}

/** Models like to quote what they say, and to say who says it. */
function bare(said: string, name: string): string {
  const text = said.replace(/\s+/g, ' ').trim()
  const named = text.toLowerCase().startsWith(`${name.toLowerCase()}:`) ? text.slice(name.length + 1).trim() : text
  return /^["«“„](.*)["»”“]$/.exec(named)?.[1]?.trim() ?? named
}

/** Words between single blanks, so that a name is found as words and not inside another. */
const folded = (text: string): string =>
  ` ${text
    .toLowerCase()
    .replaceAll('ё', 'е')
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '')
    .join(' ')} `

/** What people, places and things of the world are called, in every case and by every other name. */
export function namesOf({ npcs, places, things }: WorldDef, locale: Locale): readonly string[] {
  const nouns = [...npcs.values(), ...things.values()].flatMap(({ name }) => {
    const { forms, aliases } = name[locale]
    return [...Object.values(forms), ...aliases]
  })
  const all = [...nouns, ...[...places.values()].map(({ name }) => name[locale])].map(folded)
  return [...new Set(all)].filter((name) => name.trim().length > 2)
}
