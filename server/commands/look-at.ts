/** One thing, person, detail, door or way, described closely. */
import type { ZoneView } from '../engine/types.ts'
import type { CharacterRecord, ItemRecord } from '../protocol/events.ts'
import type { Locale } from '../protocol/ids.ts'
import { capitalise, itemLines, itemName, nameOf, render, shapesOfNoun } from '../voice/index.ts'
import {
  bestCharacter,
  betterDetail,
  characterScore,
  findDetail,
  findDoor,
  findItem,
  isOpenContainer,
  noSuchThing,
  reachable,
  thingScore,
  wanted,
} from './find.ts'
import { findExit } from './go.ts'
import type { Shown } from './types.ts'
import { normalise } from './words.ts'

const SELF = new Set(['me', 'self', 'myself', 'я', 'себя', 'на себя', 'меня'])
const event = (text: string): Shown => ({ kind: 'event', text })

/** Whatever is named best; of what is named equally well things first, then people, then what only the place's description names. */
export function lookAt(world: ZoneView, me: CharacterRecord, text: string, locale: Locale): Shown {
  if (SELF.has(normalise(text))) return event(describePerson(world, me, me, locale))
  const items = reachable(world, me)
  const { words } = wanted(text)
  const item = findItem(world, items, text)
  const who = bestCharacter(
    world,
    world.charactersIn(me.place).filter((c) => c.id !== me.id),
    words,
  )
  const better = betterDetail(world, me, items, text)
  const whoScore = who ? characterScore(world, who, words) : 0
  if (whoScore > Math.max(thingScore(world, items, text), better?.score ?? 0))
    return event(describePerson(world, me, who!, locale))
  if (item.ok && !better) return event(describeItem(world, me, item.found, locale))
  if (who && whoScore >= (better?.score ?? 0)) return event(describePerson(world, me, who, locale))
  const detail = better?.detail ?? findDetail(world, me, text)
  if (detail) return event(withHint(render(locale, detail.look, { actor: me.id }, world), detail.read, locale))
  const door = findDoor(world, me, text)
  if (door) return event(describeDoor(world, door, locale))
  const way = findExit(world, me, text)
  if (way) return event(render(locale, 'look.way', { direction: way.exit.direction, place: way.exit.to }, world))
  const isUnclear = !item.ok && item.refusal.code === 'ambiguous'
  return { refusal: (isUnclear ? item : noSuchThing(world, items, words)).refusal }
}

const withHint = (text: string, readable: unknown, locale: Locale): string =>
  readable === undefined ? text : `${text}\n${render(locale, 'look.readable')}`

export function describeItem(world: ZoneView, me: CharacterRecord, item: ItemRecord, locale: Locale): string {
  const def = world.def.things.get(item.thing)
  if (!def) return itemName(world, item, locale)
  const lines = [capitalise(itemName(world, item, locale)), render(locale, def.look, { actor: me.id }, world)]
  const state = item.state !== undefined ? def.stateText?.[item.state] : undefined
  if (state) lines.push(render(locale, state, { actor: me.id }, world))
  if (def.read !== undefined) lines.push(render(locale, 'look.readable'))
  if (def.seat) lines.push(render(locale, 'look.seat'))
  if (def.kind === 'container') lines.push(...insides(world, item, locale))
  return lines.join('\n')
}

function insides(world: ZoneView, item: ItemRecord, locale: Locale): readonly string[] {
  if (!isOpenContainer(world, item)) return [render(locale, 'look.closed')]
  const inside = itemLines(world, world.itemsInside(item.id), locale)
  if (inside.length === 0) return [render(locale, 'look.inside_empty')]
  return [render(locale, 'look.inside'), ...inside.map((line) => `  ${line}`)]
}

function describePerson(world: ZoneView, me: CharacterRecord, who: CharacterRecord, locale: Locale): string {
  const lines = [who.id === me.id ? render(locale, 'look.self') : portrait(world, me, who, locale)]
  const owner = who.owner && world.state.characters.get(who.owner)
  if (owner) lines.push(render(locale, 'look.owner', { name: nameOf(world, owner, locale) }))
  const carried = who.kind === 'npc' ? [] : itemLines(world, world.itemsOf(who.id), locale)
  if (carried.length) lines.push(render(locale, 'look.carries'), ...carried.map((line) => `  ${line}`))
  return lines.join('\n')
}

function portrait(world: ZoneView, me: CharacterRecord, who: CharacterRecord, locale: Locale): string {
  const npc = who.npc && world.def.npcs.get(who.npc)
  if (npc) return render(locale, npc.look, { actor: me.id }, world)
  return render(locale, 'look.people', { who: who.id, kind: who.kind }, world)
}

function describeDoor(
  world: ZoneView,
  { exit, door }: NonNullable<ReturnType<typeof findDoor>>,
  locale: Locale,
): string {
  const { gender } = shapesOfNoun(door.def.name[locale], locale)
  const state = render(locale, `door.${door.locked ? 'locked' : door.closed ? 'closed' : 'open'}.${gender}`)
  return render(locale, 'look.door', { door: door.def.id, state, direction: exit.direction, place: exit.to }, world)
}
