/** A cancel reaches the backend in every phase; how soon is measured by `npm run bench -- infer`. */
import { expect, test } from 'vitest'
import { countCancels } from '../cancel-lab.ts'

const RUNS = 100

test('I22 I34 I41 a cancel reaches the backend, 100 of 100: queued, before the first token, whole, in mid-stream, on a lost connection, over a hop', {
  timeout: 400_000,
}, async () => {
  const phases = await countCancels(RUNS)
  const shown = Object.fromEntries(
    Object.entries(phases).map(([phase, { asked, reached }]) => [phase, [reached, asked]]),
  )
  const all = [RUNS, RUNS]
  expect(shown).toEqual({
    queued: all,
    beforeFirst: all,
    whole: all,
    midStream: all,
    ownerGone: all,
    hopBeforeFirst: all,
    hopMidStream: all,
  })
})
