/** What time it is: evening, and the number of the tide. */
import { render } from '../voice/index.ts'
import { type Nothing, nothing } from './shapes.ts'
import { answer, type Command, parsed } from './types.ts'

export const time: Command<Nothing> = {
  name: 'time',
  verbs: { en: ['time'], ru: ['время', 'час'] },
  ticks: 0,
  input: nothing,
  parse: () => parsed({}),
  run: (world) => answer({ tick: world.state.tick }),
  show: (world, _me, _input, { locale }) => ({
    kind: 'system',
    text: render(locale, 'time.now', { tick: world.state.tick }),
  }),
}
