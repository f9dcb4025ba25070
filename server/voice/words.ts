/** Words as grammar needs them: forms of things, people, places and directions in one language. */

import { NOUN_CASES, type Noun, type NounCase, type ZoneView } from '../engine/types.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { CharacterId, Direction, Locale, NpcId, PlaceId, ThingId } from '../protocol/ids.ts'
import { message } from '../protocol/text/index.ts'
import { once } from './memo.ts'

/** Every shape a name can take in a sentence. `a` and `the` carry the English article; in Russian they are the nominative. */
export type Shapes = Readonly<Record<NounCase | 'a' | 'the', string>> & { readonly gender: Noun['gender'] }

const VOWEL = /^[aeiou]/i
/** A noun is of one language: its forms are another object in the other. */
const nounShapes = new WeakMap<Noun, Shapes>()

const casesOf = (form: (c: NounCase) => string) =>
  Object.fromEntries(NOUN_CASES.map((c) => [c, form(c)])) as Record<NounCase, string>

/** A name of which only the nominative exists: same word in every place. */
export const fixedShapes = (word: string, gender: Noun['gender'] = 'm'): Shapes => ({
  ...casesOf(() => word),
  a: word,
  the: word,
  gender,
})

function buildNounShapes(noun: Noun, locale: Locale): Shapes {
  if (locale === 'ru') return { ...noun.forms, a: noun.forms.nom, the: noun.forms.nom, gender: noun.gender }
  const bare = noun.forms.nom
  const article = noun.article ?? (noun.gender === 'pl' ? 'some' : VOWEL.test(bare) ? 'an' : 'a')
  const a = article ? `${article} ${bare}` : bare
  return { ...noun.forms, a, the: article ? `the ${bare}` : bare, gender: noun.gender }
}

export function shapesOfNoun(noun: Noun, locale: Locale): Shapes {
  return once(nounShapes, noun, () => buildNounShapes(noun, locale))
}

export function shapesOfThing(world: ZoneView, id: ThingId, locale: Locale): Shapes {
  const thing = world.def.things.get(id)
  return thing ? shapesOfNoun(thing.name[locale], locale) : fixedShapes(message(locale, 'word.something'), 'n')
}

/** World characters stand in a sentence with `the`, so that every shape but `a` reads well in the middle of one. */
export function shapesOfNpc(world: ZoneView, id: NpcId, locale: Locale): Shapes {
  const npc = world.def.npcs.get(id)
  if (!npc) return fixedShapes(message(locale, 'word.someone'))
  const shapes = shapesOfNoun(npc.name[locale], locale)
  return locale === 'en' ? { ...fixedShapes(shapes.the), a: shapes.a, gender: shapes.gender } : shapes
}

/**
 * A person's own name is never declined: nobody knows how. Outside the nominative Russian puts the kind of being before it
 * (`игроку Мира`, `фонаря Искра`), which is correct whatever the name is.
 */
function shapesOfName(kind: 'player' | 'agent', name: string, locale: Locale): Shapes {
  if (locale === 'en') return fixedShapes(name)
  const form = (c: NounCase) => (c === 'nom' ? name : `${message(locale, `word.${kind}.${c}`)} ${name}`)
  return { ...casesOf(form), a: name, the: name, gender: 'm' }
}

export function shapesOfCharacter(world: ZoneView, who: CharacterRecord | undefined, locale: Locale): Shapes {
  if (!who) return fixedShapes(message(locale, 'word.someone'))
  if (who.kind === 'npc') return who.npc ? shapesOfNpc(world, who.npc, locale) : fixedShapes(who.name)
  return shapesOfName(who.kind, who.name, locale)
}

export const shapesOfId = (world: ZoneView, id: CharacterId, locale: Locale): Shapes =>
  shapesOfCharacter(world, world.state.characters.get(id), locale)

export function shapesOfDoor(world: ZoneView, id: string, locale: Locale): Shapes {
  const door = doorDef(world, id)
  return door ? shapesOfNoun(door.name[locale], locale) : fixedShapes(message(locale, 'word.door'), 'f')
}

export function doorDef(world: ZoneView, id: string) {
  const own = world.zone.doors.get(id)
  if (own) return own
  for (const zone of world.def.zones.values()) {
    const door = zone.doors.get(id)
    if (door) return door
  }
  return undefined
}

export const placeName = (world: ZoneView, id: PlaceId, locale: Locale): string =>
  world.def.places.get(id)?.name[locale] ?? id
/** `north`; shape `to`: `to the north`; shape `from`: `from the north`. */
export const directionWord = (direction: Direction, locale: Locale, shape = ''): string =>
  message(locale, shape ? `direction.${shape}.${direction}` : `direction.${direction}`)
export const capitalise = (text: string): string => (text ? text[0]!.toLocaleUpperCase() + text.slice(1) : text)

const lists = {
  en: new Intl.ListFormat('en', { type: 'conjunction' }),
  ru: new Intl.ListFormat('ru', { type: 'conjunction' }),
}
const choices = {
  en: new Intl.ListFormat('en', { type: 'disjunction' }),
  ru: new Intl.ListFormat('ru', { type: 'disjunction' }),
}
export const listOf = (words: readonly string[], locale: Locale): string => lists[locale].format(words)
export const choiceOf = (words: readonly string[], locale: Locale): string => choices[locale].format(words)

/** `5`, `0.25`: micro-credits as credits, without trailing zeros. */
export function credits(amountMicro: string | bigint, locale: Locale): string {
  const micro = BigInt(amountMicro)
  const whole = micro / 1_000_000n
  const rest = (micro < 0n ? -micro : micro) % 1_000_000n
  const sign = micro < 0n && whole === 0n ? '-' : ''
  if (rest === 0n) return `${whole}`
  return `${sign}${whole}${locale === 'ru' ? ',' : '.'}${String(rest).padStart(6, '0').replace(/0+$/, '')}`
}
