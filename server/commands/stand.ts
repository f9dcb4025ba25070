/** Stand up. */
import { accept, refuse } from '../engine/types.ts'
import { type Nothing, nothing } from './shapes.ts'
import { type Command, parsed } from './types.ts'

export const stand: Command<Nothing> = {
  name: 'stand',
  verbs: { en: ['stand'], ru: ['встать', 'встань', 'вставай'] },
  ticks: 1,
  input: nothing,
  parse: () => parsed({}),
  run: (_world, actor) =>
    actor.posture === 'standing'
      ? refuse('already_in_posture', { posture: 'standing' })
      : accept({ type: 'posture', who: actor.id, place: actor.place, posture: 'standing' }),
}
