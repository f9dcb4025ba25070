/** Look at one thing, person or detail closely. */
import { placeView } from '../voice/index.ts'
import { lookAt } from './look-at.ts'
import { parseWhat, type WhatInput, what } from './shapes.ts'
import { answer, type Command } from './types.ts'

export const examine: Command<WhatInput> = {
  name: 'examine',
  verbs: { en: ['examine', 'x', 'inspect'], ru: ['осмотреть', 'осмотри', 'рассмотреть', 'изучить', 'ос'] },
  ticks: 0,
  input: what,
  parse: parseWhat('examine'),
  run: (world, actor) => answer(placeView(world, actor, actor.locale ?? 'en')),
  show: (world, me, input, { locale }) => lookAt(world, me, input.what, locale),
}
