/** See the place you stand in, or one thing, person, detail or way in it. */
import { z } from 'zod'
import { NOUN_MAX_CHARS } from '../limits.ts'
import { describePlace, placeView } from '../voice/index.ts'
import { lookAt } from './look-at.ts'
import { answer, type Command, parsed } from './types.ts'

export type LookInput = { readonly at?: string }

export const look: Command<LookInput> = {
  name: 'look',
  verbs: { en: ['look', 'l'], ru: ['смотреть', 'см', 'осмотреться', 'смотри', 'взглянуть'] },
  ticks: 0,
  input: z.object({ at: z.string().max(NOUN_MAX_CHARS).optional() }),
  parse: (args) => parsed(args === '' ? {} : { at: args.slice(0, NOUN_MAX_CHARS) }),
  run: (world, actor) => answer(placeView(world, actor, actor.locale ?? 'en')),
  show(world, me, { at }, { locale, brief }) {
    if (at !== undefined) return lookAt(world, me, at, locale)
    return { kind: 'place', text: describePlace(world, me, locale, { brief }), data: { place: me.place } }
  },
}
