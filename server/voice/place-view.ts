/** A place as data: what an agent's `look` resolves to. */
import type { ZoneView } from '../engine/types.ts'
import { LOOK_ITEMS_MAX, VIEW_CHARACTERS_MAX } from '../limits.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { Locale } from '../protocol/ids.ts'
import type { PlaceView } from '../protocol/view.ts'
import { seenExits } from './exits.ts'
import { placeName, shapesOfNoun, shapesOfThing } from './words.ts'

export function placeView(world: ZoneView, me: CharacterRecord, locale: Locale): PlaceView {
  const exits = seenExits(world, me).map(({ exit, door }) => ({
    direction: exit.direction,
    to: exit.to,
    name: placeName(world, exit.to, locale),
    ...(door && {
      door: { name: shapesOfNoun(door.def.name[locale], locale).nom, closed: door.closed, locked: door.locked },
    }),
  }))
  const characters = world
    .charactersIn(me.place)
    .filter((who) => who.id !== me.id)
    .slice(0, VIEW_CHARACTERS_MAX)
    .map((who) => ({ id: who.id, name: nameOf(world, who, locale), kind: who.kind }))
  const items = world
    .itemsIn(me.place)
    .slice(0, LOOK_ITEMS_MAX)
    .map((item) => ({
      id: item.id,
      name: shapesOfThing(world, item.thing, locale).nom,
      thing: item.thing,
      ...(item.state !== undefined && { state: item.state }),
      fixed: world.def.things.get(item.thing)?.fixed ?? true,
    }))
  return { place: me.place, name: placeName(world, me.place, locale), exits, characters, items }
}

/** The bare name, without article: what a program would compare and say. */
export function nameOf(world: ZoneView, who: CharacterRecord, locale: Locale): string {
  const npc = who.npc && world.def.npcs.get(who.npc)
  return npc ? npc.name[locale].forms.nom : who.name
}
