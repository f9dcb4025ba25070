/** Put down what you carry. */
import { z } from 'zod'
import { accept } from '../engine/types.ts'
import { NOUN_MAX_CHARS } from '../limits.ts'
import { findItems } from './find.ts'
import { notHolding } from './hands.ts'
import { type Command, parsed, unparsed } from './types.ts'

export type DropInput = { readonly what: string }

export const drop: Command<DropInput> = {
  name: 'drop',
  verbs: { en: ['drop'], ru: ['бросить', 'брось', 'выбросить', 'оставить'] },
  ticks: 1,
  input: z.object({ what: z.string().max(NOUN_MAX_CHARS) }),
  parse: (args) => (args === '' ? unparsed('bad_arguments', { command: 'drop' }) : parsed({ what: args })),
  run(world, actor, { what }) {
    const hits = findItems(world, world.itemsOf(actor.id), what)
    if (!hits.ok) return notHolding(world, actor, what, hits)
    return accept(
      ...hits.found.map((item) => ({
        type: 'item.moved' as const,
        item: item.id,
        thing: item.thing,
        by: actor.id,
        from: item.at,
        to: { place: actor.place },
        place: actor.place,
      })),
    )
  },
}
