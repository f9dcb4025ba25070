/** How a half-typed line could go on: verbs first, then what can be seen from here. */

import { normalise, reachable, type VerbTable } from '../commands/index.ts'
import type { ZoneView } from '../engine/types.ts'
import { COMPLETIONS_MAX } from '../limits.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { Locale } from '../protocol/ids.ts'
import { directionWord, nameOf, placeName, seenExits, shapesOfNoun } from '../voice/index.ts'
import type { Completion } from './types.ts'

type Look = <T>(read: (world: ZoneView, me: CharacterRecord) => T) => T | undefined

export function completeLine(prefix: string, verbs: VerbTable, look: Look, locale: Locale): readonly Completion[] {
  const typed = prefix.trimStart()
  const space = typed.indexOf(' ')
  if (typed === '') return []
  if (space < 0)
    return verbs
      .complete(typed)
      .slice(0, COMPLETIONS_MAX)
      .map((text) => ({ text, kind: 'verb' }))
  const word = normalise(typed.slice(space + 1))
  const fits = (c: Completion) =>
    normalise(c.text)
      .split(' ')
      .some((_word, i, all) => all.slice(i).join(' ').startsWith(word))
  const around = look((world, me) => namesAround(world, me, locale)) ?? []
  const unique = new Map(around.filter(fits).map((c) => [c.text, c]))
  return [...unique.values()]
    .slice(0, COMPLETIONS_MAX)
    .map((c) => ({ ...c, text: `${typed.slice(0, space)} ${c.text}` }))
}

function namesAround(world: ZoneView, me: CharacterRecord, locale: Locale): readonly Completion[] {
  const things = reachable(world, me).flatMap((item) => {
    const noun = world.def.things.get(item.thing)?.name[locale]
    return noun ? [{ text: shapesOfNoun(noun, locale).acc, kind: 'thing' as const }] : []
  })
  const people = world
    .charactersIn(me.place)
    .filter((c) => c.id !== me.id)
    .map((c) => ({ text: nameOf(world, c, locale), kind: 'person' as const }))
  const ways = seenExits(world, me).flatMap(({ exit }) => [
    directionWord(exit.direction, locale),
    placeName(world, exit.to, locale),
  ])
  return [...people, ...things, ...ways.map((text) => ({ text, kind: 'way' as const }))]
}
