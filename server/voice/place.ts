/** A place in words: its name, what it looks like, the ways out, things and people; one item per line. */
import type { PlaceDef, ZoneView } from '../engine/types.ts'
import { LOOK_CHARACTERS_MAX, LOOK_ITEMS_MAX, LOOK_SLEEPERS_MAX } from '../limits.ts'
import type { CharacterRecord, ItemRecord } from '../protocol/events.ts'
import type { CharacterId, Locale } from '../protocol/ids.ts'
import { message } from '../protocol/text/index.ts'
import { plainExits, type SeenExit, seenExits } from './exits.ts'
import { once, whileSame } from './memo.ts'
import { render } from './render.ts'
import { directionWord, placeName, shapesOfCharacter, shapesOfNoun, shapesOfThing } from './words.ts'

type Static = { readonly head: string; readonly text: string; readonly ways?: string }
const statics: Readonly<Record<Locale, WeakMap<PlaceDef, Static>>> = { en: new WeakMap(), ru: new WeakMap() }

/** What is the same for everyone and at all times, made once per place and language. */
const staticPart = (world: ZoneView, place: PlaceDef, locale: Locale): Static =>
  once(statics[locale], place, () => {
    const { exits, plain } = plainExits(place)
    const [head, text] = [place.name[locale], place.text[locale]]
    return { head, text, ways: plain ? waysOf(world, exits, locale) : undefined }
  })

export function describePlace(
  world: ZoneView,
  me: CharacterRecord,
  locale: Locale,
  options: { readonly brief?: boolean } = {},
): string {
  const place = world.def.places.get(me.place)
  if (!place) return message(locale, 'place.nowhere')
  const part = staticPart(world, place, locale)
  let out = part.head
  if (!options.brief) out += `\n${part.text}`
  out += part.ways ?? waysOf(world, seenExits(world, me), locale)
  out += itemsOf(world, world.itemsIn(me.place), locale)
  return out + charactersOf(world, me.id, world.charactersIn(me.place), locale)
}

export function waysOf(world: ZoneView, exits: readonly SeenExit[], locale: Locale): string {
  if (exits.length === 0) return `\n${message(locale, 'place.no_ways')}`
  let out = `\n${message(locale, 'place.ways')}`
  for (const seen of exits) out += `\n  ${wayLine(world, seen, locale)}`
  return out
}

function wayLine(world: ZoneView, { exit, door }: SeenExit, locale: Locale): string {
  const line = `${directionWord(exit.direction, locale)}: ${placeName(world, exit.to, locale)}`
  if (!door) return line
  const state = door.locked ? 'locked' : door.closed ? 'closed' : 'open'
  const name = shapesOfNoun(door.def.name[locale], locale)
  return `${line} (${name.nom}, ${message(locale, `door.${state}.${name.gender}`)})`
}

/** Things that lie here, the same ones counted; scenery is told by the description. */
function itemsOf(world: ZoneView, items: readonly ItemRecord[], locale: Locale): string {
  if (items.length === 0) return ''
  return whileSame(world.def, items, locale, () => {
    const loose = items.filter((i) => world.def.things.get(i.thing)?.kind !== 'scenery')
    const lines = itemLines(world, loose, locale)
    return lines.length ? `\n${message(locale, 'place.things')}\n  ${lines.join('\n  ')}` : ''
  })
}

export function itemLines(world: ZoneView, items: readonly ItemRecord[], locale: Locale): string[] {
  const counts = new Map<string, number>()
  for (const item of items) {
    const line = itemName(world, item, locale)
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  const lines: string[] = []
  for (const [line, count] of counts) {
    if (lines.length >= LOOK_ITEMS_MAX) break
    lines.push(count > 1 ? `${line} (${count})` : line)
  }
  const more = counts.size - lines.length
  return more > 0 ? [...lines, render(locale, 'place.more', { count: more })] : lines
}

export function itemName(world: ZoneView, item: ItemRecord, locale: Locale): string {
  const name = shapesOfThing(world, item.thing, locale)
  const notes: string[] = []
  if (item.state !== undefined) {
    const key = `state.${item.state}.${name.gender}`
    const word = message(locale, key)
    if (word !== key) notes.push(word)
  }
  if (item.open !== undefined)
    notes.push(message(locale, `door.${item.locked ? 'locked' : item.open ? 'open' : 'closed'}.${name.gender}`))
  if ('worn' in item.at && item.at.worn) notes.push(message(locale, 'item.worn'))
  return notes.length ? `${name.a} (${notes.join(', ')})` : name.a
}

/** Those who are not among the first that are shown all read the same. */
function charactersOf(
  world: ZoneView,
  me: CharacterId,
  characters: readonly CharacterRecord[],
  locale: Locale,
): string {
  let isShown = false
  let awake = 0
  for (const who of characters) {
    if (isAsleep(who)) continue
    if (who.id === me) isShown = true
    if (isShown || ++awake >= LOOK_CHARACTERS_MAX) break
  }
  return whileSame(world.def, characters, isShown ? `${locale}${me}` : locale, () =>
    listPeople(world, me, characters, locale),
  )
}

function listPeople(
  world: ZoneView,
  me: CharacterId,
  characters: readonly CharacterRecord[],
  locale: Locale,
): string {
  const others = characters.filter((who) => who.id !== me)
  if (others.length === 0) return ''
  const counts = new Map<string, number>()
  const sleepers = others.filter(isAsleep)
  const counted = sleepers.length > LOOK_SLEEPERS_MAX ? sleepers.length : 0
  const named = counted > 0 ? others.filter((who) => !isAsleep(who)) : others
  for (const who of named.slice(0, LOOK_CHARACTERS_MAX)) {
    const line = characterLine(world, who, locale)
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  const lines = [...counts].map(([line, count]) => (count > 1 ? `${line} (${count})` : line))
  const more = named.length - LOOK_CHARACTERS_MAX
  if (more > 0) lines.push(render(locale, 'place.more_people', { count: more }))
  if (counted > 0) {
    const dark = sleepers.filter(({ kind }) => kind === 'agent').length
    if (counted > dark) lines.push(render(locale, 'place.sleepers', { count: counted - dark }))
    if (dark > 0) lines.push(render(locale, 'place.dark', { count: dark }))
  }
  return `\n${message(locale, 'place.people')}\n  ${lines.join('\n  ')}`
}

/** Of people and of lanterns; the world's own characters only seem to sleep. */
const isAsleep = (who: CharacterRecord): boolean => who.kind !== 'npc' && !who.awake

export function characterLine(world: ZoneView, who: CharacterRecord, locale: Locale): string {
  const name = who.kind === 'npc' ? shapesOfCharacter(world, who, locale).a : who.name
  const notes: string[] = []
  if (who.kind === 'agent') notes.push(message(locale, 'character.agent'))
  if (isAsleep(who)) notes.push(message(locale, who.kind === 'agent' ? 'character.dark' : 'character.asleep'))
  if (who.posture === 'sitting') notes.push(message(locale, 'character.sitting'))
  return notes.length ? `${name} (${notes.join(', ')})` : name
}
