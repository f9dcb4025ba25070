/** Go over the place with your eyes: what can be looked at, read, sat on or opened, but is easily missed. */
import type { ZoneView } from '../engine/types.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { Locale } from '../protocol/ids.ts'
import { itemName, render, shapesOfNoun } from '../voice/index.ts'
import { type Nothing, nothing } from './shapes.ts'
import { answer, type Command, parsed } from './types.ts'

export const search: Command<Nothing> = {
  name: 'search',
  verbs: { en: ['search'], ru: ['искать', 'обыскать', 'ищи', 'поискать'] },
  ticks: 5,
  input: nothing,
  parse: () => parsed({}),
  run: (world, actor) => answer(noticed(world, actor, actor.locale ?? 'en')),
  show(world, me, _input, { locale }) {
    const lines = noticed(world, me, locale)
    if (lines.length === 0) return { kind: 'event', text: render(locale, 'search.nothing') }
    return { kind: 'event', text: [render(locale, 'search.found'), ...lines.map((l) => `  ${l}`)].join('\n') }
  },
}

function noticed(world: ZoneView, me: CharacterRecord, locale: Locale): string[] {
  const details = world.def.places.get(me.place)?.details ?? []
  const scenery = world.itemsIn(me.place).filter((i) => world.def.things.get(i.thing)?.kind === 'scenery')
  return [
    ...details.map((d) => shapesOfNoun(d.name[locale], locale).a),
    ...scenery.map((i) => itemName(world, i, locale)),
  ]
}
