/** The places around, as signs on a grid; `map list` says the same in words. */
import { z } from 'zod'
import { describeMap, listMap, seenExits } from '../voice/index.ts'
import { answer, type Command, parsed } from './types.ts'
import { normalise } from './words.ts'

export type MapInput = { readonly asList?: boolean }
const LIST = new Set(['list', 'words', 'список', 'списком', 'словами'])

export const map: Command<MapInput> = {
  name: 'map',
  verbs: { en: ['map'], ru: ['карта'] },
  ticks: 0,
  input: z.object({ asList: z.boolean().optional() }),
  parse: (args) => parsed(LIST.has(normalise(args)) ? { asList: true } : {}),
  run: (world, actor) =>
    answer(seenExits(world, actor).map(({ exit }) => ({ direction: exit.direction, to: exit.to }))),
  show: (world, me, input, { locale, asList }) => ({
    kind: 'system',
    text: input.asList || asList ? listMap(world, me, locale) : describeMap(world, me, locale),
  }),
}
