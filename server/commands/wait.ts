/** Let time pass. An agent names how many tides; for a person time passes anyway. */
import { z } from 'zod'
import { accept } from '../engine/types.ts'
import { WAIT_MAX_TICKS } from '../limits.ts'
import { render } from '../voice/index.ts'
import { type Command, parsed } from './types.ts'

export type WaitInput = { readonly ticks?: number }

export const wait: Command<WaitInput> = {
  name: 'wait',
  verbs: { en: ['wait', 'z'], ru: ['ждать', 'жди', 'подождать'] },
  ticks: 1,
  input: z.object({ ticks: z.int().min(1).max(WAIT_MAX_TICKS).optional() }),
  parse: () => parsed({}),
  run: () => accept(),
  show: (_world, _me, _input, { locale }) => ({ kind: 'event', text: render(locale, 'wait.passes') }),
}
