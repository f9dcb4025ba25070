/** The ways out of here, and where they lead. */
import { seenExits, waysOf } from '../voice/index.ts'
import { type Nothing, nothing } from './shapes.ts'
import { answer, type Command, parsed } from './types.ts'

export const exits: Command<Nothing> = {
  name: 'exits',
  verbs: { en: ['exits', 'ways'], ru: ['выходы', 'пути'] },
  ticks: 0,
  input: nothing,
  parse: () => parsed({}),
  run: (world, actor) =>
    answer(seenExits(world, actor).map(({ exit }) => ({ direction: exit.direction, to: exit.to }))),
  show: (world, me, _input, { locale }) => ({
    kind: 'system',
    text: waysOf(world, seenExits(world, me), locale).trimStart(),
  }),
}
