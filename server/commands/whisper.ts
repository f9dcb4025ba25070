/** Say something to one person here, so that nobody else hears it. */
import { z } from 'zod'
import { accept, refuse } from '../engine/types.ts'
import { findCharacterHere } from './find.ts'
import { answerTo } from './npc-talk.ts'
import { noun, talk } from './shapes.ts'
import { splitName } from './tell.ts'
import { type Command, parsed, unparsed } from './types.ts'

export type WhisperInput = { readonly to: string; readonly text: string }

export const whisper: Command<WhisperInput> = {
  name: 'whisper',
  verbs: { en: ['whisper'], ru: ['шепнуть', 'шепни', 'шептать'] },
  ticks: 1,
  input: z.object({ to: noun, text: talk }),
  parse(args, ctx) {
    const [to, text] = splitName(args.replace(/^to\s+/i, ''), ctx)
    if (to === '') return unparsed('bad_arguments', { command: 'whisper' })
    return text === '' ? unparsed('nothing_to_say', { command: 'whisper' }) : parsed({ to, text })
  },
  run(world, actor, { to, text }) {
    if (text.trim() === '') return refuse('nothing_to_say', { command: 'whisper' })
    const who = findCharacterHere(world, actor, to)
    if (!who.ok) return who
    const { found } = who
    if (found.kind !== 'npc' && !found.awake) return refuse('asleep', { who: found.id })
    const whispered = {
      type: 'whispered' as const,
      who: actor.id,
      place: actor.place,
      to: found.id,
      text: text.trim(),
    }
    return accept(whispered, ...(found.kind === 'npc' ? answerTo(world, actor, found, text) : []))
  },
}
