/** The twelve ways in both languages, with their abbreviations. */
import { DIRECTIONS, type Direction, type Locale } from '../protocol/ids.ts'
import { normalise } from './words.ts'

export const DIRECTION_VERBS: Readonly<Record<Direction, Readonly<Record<Locale, readonly string[]>>>> = {
  north: { en: ['north', 'n'], ru: ['север', 'с'] },
  northeast: { en: ['northeast', 'ne'], ru: ['северо-восток', 'северовосток', 'св'] },
  east: { en: ['east', 'e'], ru: ['восток', 'в'] },
  southeast: { en: ['southeast', 'se'], ru: ['юго-восток', 'юговосток', 'юв'] },
  south: { en: ['south', 's'], ru: ['юг', 'ю'] },
  southwest: { en: ['southwest', 'sw'], ru: ['юго-запад', 'югозапад', 'юз'] },
  west: { en: ['west', 'w'], ru: ['запад', 'з'] },
  northwest: { en: ['northwest', 'nw'], ru: ['северо-запад', 'северозапад', 'сз'] },
  up: { en: ['up', 'u'], ru: ['вверх', 'вв', 'наверх'] },
  down: { en: ['down', 'd'], ru: ['вниз', 'вн'] },
  in: { en: ['in', 'inside'], ru: ['внутрь', 'вну'] },
  out: { en: ['out', 'outside'], ru: ['наружу', 'нар'] },
}

const byWord = new Map<string, Direction>(
  DIRECTIONS.flatMap((d) => [...DIRECTION_VERBS[d].en, ...DIRECTION_VERBS[d].ru].map((w) => [w, d] as const)),
)

export const directionOf = (word: string): Direction | undefined => byWord.get(normalise(word))
export const directionVerbs = (locale: Locale): readonly string[] =>
  DIRECTIONS.flatMap((d) => DIRECTION_VERBS[d][locale])
