/** Where you are, and who else is about in this zone. */
import { WHO_MAX } from '../limits.ts'
import { placeName, render } from '../voice/index.ts'
import { type Nothing, nothing } from './shapes.ts'
import { answer, type Command, parsed } from './types.ts'

export const where: Command<Nothing> = {
  name: 'where',
  verbs: { en: ['where'], ru: ['где'] },
  ticks: 0,
  input: nothing,
  parse: () => parsed({}),
  run: (_world, actor) => answer({ place: actor.place }),
  show(world, me, _input, { locale }) {
    const others = [...world.state.characters.values()].filter((c) => c.kind !== 'npc' && c.awake && c.id !== me.id)
    const here = { place: me.place, zone: world.zone.name[locale] }
    if (others.length === 0) return { kind: 'system', text: render(locale, 'where.alone', here, world) }
    const lines = others.slice(0, WHO_MAX).map((c) => `  ${c.name}: ${placeName(world, c.place, locale)}`)
    return { kind: 'system', text: [render(locale, 'where.head', here, world), ...lines].join('\n') }
  },
}
