/**
 * A model of the driver of Screeps (github.com/screeps/driver): each turn everything in sight is copied into the isolate, memory
 * is parsed from JSON and written back as JSON inside, and the turn is an asynchronous call that the host awaits.
 */
import ivm from 'isolated-vm'
import { MEMORY, THINKING, thingsAt } from './agents-turns.ts'

const CODE = `${THINKING}
globalThis.turn = (things, text, turn) => {
  const memory = JSON.parse(text)
  const best = choose(things)
  remember(memory, turn, best)
  return { intents: [{ action: 'use', args: [best.id] }], memory: JSON.stringify(memory) }
}`

export type Model = { turn(n: number): Promise<void>; dispose(): void }

export async function createModel(): Promise<Model> {
  const isolate = new ivm.Isolate({ memoryLimit: 256 })
  const context = await isolate.createContext()
  await context.eval(CODE)
  const run = await context.global.get('turn', { reference: true })
  let memory = MEMORY
  return {
    async turn(n) {
      const things = new ivm.ExternalCopy(thingsAt(n)).copyInto({ release: true })
      const said = await run.apply(undefined, [things, memory, n], { timeout: 500, result: { copy: true } })
      memory = (said as { memory: string }).memory
    },
    dispose: () => isolate.dispose(),
  }
}
