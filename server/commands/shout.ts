/** Shout so that the whole zone hears it. */
import { z } from 'zod'
import { accept, refuse } from '../engine/types.ts'
import { talk } from './shapes.ts'
import { type Command, parsed, unparsed } from './types.ts'

export type ShoutInput = { readonly text: string }

export const shout: Command<ShoutInput> = {
  name: 'shout',
  verbs: { en: ['shout', 'yell'], ru: ['кричать', 'крикнуть', 'крикни'] },
  ticks: 5,
  input: z.object({ text: talk }),
  parse: (args) => (args === '' ? unparsed('nothing_to_say', { command: 'shout' }) : parsed({ text: args })),
  run(_world, actor, { text }) {
    if (text.trim() === '') return refuse('nothing_to_say', { command: 'shout' })
    return accept({ type: 'shouted', who: actor.id, place: actor.place, text: text.trim() })
  },
}
