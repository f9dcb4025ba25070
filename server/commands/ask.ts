/** Ask one of the world's people about something they may know. */
import { z } from 'zod'
import { accept, refuse } from '../engine/types.ts'
import { findCharacterHere } from './find.ts'
import { answerTo } from './npc-talk.ts'
import { noun, talk } from './shapes.ts'
import { splitName, tell } from './tell.ts'
import { type Command, parsed, unparsed } from './types.ts'
import { splitAt } from './words.ts'

export type AskInput = { readonly to: string; readonly text: string }

export const ask: Command<AskInput> = {
  name: 'ask',
  verbs: { en: ['ask'], ru: ['спросить', 'спроси', 'расспросить'] },
  ticks: 1,
  input: z.object({ to: noun, text: talk }),
  parse(args, ctx) {
    const apart = splitAt(args, ['about', 'о', 'об', 'обо', 'про']) ?? splitName(args.replace(/^у\s+/i, ''), ctx)
    const [to, text] = apart
    if (to === '') return unparsed('bad_arguments', { command: 'ask' })
    return text === ''
      ? unparsed('nothing_to_say', { command: 'ask' })
      : parsed({ to: to.replace(/^у\s+/i, ''), text })
  },
  run(world, actor, { to, text }) {
    const who = findCharacterHere(world, actor, to)
    if (!who.ok) return who
    if (who.found.kind !== 'npc') return tell.run(world, actor, { to: who.found.id, text })
    const answers = answerTo(world, actor, who.found, text)
    return answers.length ? accept(...answers) : refuse('nothing_to_say', { command: 'ask' })
  },
}
