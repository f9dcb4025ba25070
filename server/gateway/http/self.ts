/** Where a person's character is and what it carries, in the words of a language. */
import type { Locale, PlayerId } from '../../protocol/ids.ts'
import type { Zones } from '../../rooms/types.ts'

export function whereAmI(zones: Pick<Zones, 'read' | 'whereIs'>, id: PlayerId, locale: Locale) {
  const zone = zones.whereIs(id)?.zone ?? null
  const seen = zones.read(id, (world, me) => ({
    place: me.place as string,
    placeName: world.def.places.get(me.place)?.name ?? null,
    inventory: world.itemsOf(me.id).map((item) => ({
      id: item.id,
      name: world.def.things.get(item.thing)?.name[locale].forms.nom ?? item.thing,
      thing: item.thing,
      state: item.state,
    })),
  }))
  return { zone, ...(seen ?? { place: null, placeName: null, inventory: [] }) }
}
