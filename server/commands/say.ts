/** Say something aloud to everybody in the place; people of the world answer to words they know. */
import { z } from 'zod'
import { accept, refuse } from '../engine/types.ts'
import { overhear } from './npc-talk.ts'
import { talk } from './shapes.ts'
import { type Command, parsed, unparsed } from './types.ts'

export type SayInput = { readonly text: string }

export const say: Command<SayInput> = {
  name: 'say',
  verbs: { en: ['say'], ru: ['сказать', 'говорить', 'скажи'] },
  ticks: 1,
  input: z.object({ text: talk }),
  parse: (args) => (args === '' ? unparsed('nothing_to_say', { command: 'say' }) : parsed({ text: args })),
  run(world, actor, { text }) {
    const words = text.trim()
    if (words === '') return refuse('nothing_to_say', { command: 'say' })
    return accept({ type: 'said', who: actor.id, place: actor.place, text: words }, ...overhear(world, actor, words))
  },
}
