/** Speak to one of those who are here: people of the world tell what can be asked. */

import { z } from 'zod'
import { accept, refuse } from '../engine/types.ts'
import { findCharacterHere } from './find.ts'
import { openTalk } from './npc-talk.ts'
import { noun } from './shapes.ts'
import { type Command, parsed } from './types.ts'

export type TalkInput = { readonly to?: string }

export const talkTo: Command<TalkInput> = {
  name: 'talk',
  verbs: { en: ['talk', 'greet'], ru: ['поговорить', 'поговори', 'беседовать', 'поздороваться'] },
  ticks: 1,
  input: z.object({ to: noun.optional() }),
  parse(args) {
    const to = args.replace(/^(?:to|with|с|со)\s+/i, '')
    return parsed(to === '' ? {} : { to })
  },
  run(world, actor, { to }) {
    const first = world.charactersIn(actor.place).find((c) => c.kind === 'npc')
    if (to === undefined) return first ? accept(...openTalk(world, actor, first)) : refuse('nobody_here')
    const who = findCharacterHere(world, actor, to)
    if (!who.ok) return who
    return who.found.kind === 'npc'
      ? accept(...openTalk(world, actor, who.found))
      : refuse('talk_to_person', { who: who.found.id })
  },
}
