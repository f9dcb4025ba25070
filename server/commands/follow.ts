/** Go where somebody else goes, step by step; alone it ends the following. */
import { z } from 'zod'
import { accept, refuse } from '../engine/types.ts'
import { findCharacterHere } from './find.ts'
import { noun } from './shapes.ts'
import { type Command, parsed } from './types.ts'

export type FollowInput = { readonly whom?: string }

export const follow: Command<FollowInput> = {
  name: 'follow',
  verbs: { en: ['follow'], ru: ['следовать', 'следуй', 'сопровождать'] },
  ticks: 1,
  input: z.object({ whom: noun.optional() }),
  parse(args) {
    const whom = args.replace(/^за\s+/i, '')
    return parsed(whom === '' ? {} : { whom })
  },
  run(world, actor, { whom }) {
    const { id, place } = actor
    if (whom === undefined)
      return actor.following === undefined ? refuse('nobody_to_follow') : accept({ type: 'followed', who: id, place })
    const who = findCharacterHere(world, actor, whom)
    return who.ok ? accept({ type: 'followed', who: id, place, whom: who.found.id }) : who
  },
}
