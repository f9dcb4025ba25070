/** Go home at once, from wherever you are. */
import { accept, refuse } from '../engine/types.ts'
import { type Nothing, nothing } from './shapes.ts'
import { type Command, parsed } from './types.ts'

export const home: Command<Nothing> = {
  name: 'home',
  verbs: { en: ['home'], ru: ['домой', 'дом'] },
  ticks: 10,
  input: nothing,
  parse: () => parsed({}),
  run(world, actor) {
    const to = world.def.places.has(actor.home) ? actor.home : world.def.start
    if (actor.place === to) return refuse('already_there')
    if (actor.posture === 'sitting') return refuse('sitting')
    return accept({ type: 'moved', who: actor.id, from: actor.place, to })
  },
}
