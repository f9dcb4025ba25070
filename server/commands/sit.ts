/** Sit down, on the ground or on something made for it. */
import { z } from 'zod'
import { accept, refuse } from '../engine/types.ts'
import { findItem, reachable } from './find.ts'
import { noun } from './shapes.ts'
import { type Command, parsed } from './types.ts'

export type SitInput = { readonly on?: string }

export const sit: Command<SitInput> = {
  name: 'sit',
  verbs: { en: ['sit'], ru: ['сесть', 'сидеть', 'садись', 'присесть'] },
  ticks: 1,
  input: z.object({ on: noun.optional() }),
  parse(args) {
    const on = args.replace(/^down\b\s*/i, '')
    return parsed(on === '' ? {} : { on })
  },
  run(world, actor, { on }) {
    if (actor.posture === 'sitting') return refuse('already_in_posture', { posture: 'sitting' })
    const events = accept({ type: 'posture', who: actor.id, place: actor.place, posture: 'sitting' })
    if (on === undefined) return events
    const seat = findItem(world, reachable(world, actor), on)
    if (!seat.ok) return seat
    return world.def.things.get(seat.found.thing)?.seat ? events : refuse('not_a_seat', { thing: seat.found.thing })
  },
}
