/** Show an act in words of your own: `:waves` is seen as `Mira waves`. */
import { z } from 'zod'
import { accept, refuse } from '../engine/types.ts'
import { talk } from './shapes.ts'
import { type Command, parsed, unparsed } from './types.ts'

export type EmoteInput = { readonly text: string }

export const emote: Command<EmoteInput> = {
  name: 'emote',
  verbs: { en: ['emote', 'me'], ru: ['жест', 'эмоция'] },
  ticks: 1,
  input: z.object({ text: talk }),
  parse: (args) => (args === '' ? unparsed('nothing_to_say', { command: 'emote' }) : parsed({ text: args })),
  run(_world, actor, { text }) {
    if (text.trim() === '') return refuse('nothing_to_say', { command: 'emote' })
    return accept({ type: 'emoted', who: actor.id, place: actor.place, text: text.trim() })
  },
}
