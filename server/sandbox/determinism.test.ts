import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { AgentInput } from '../protocol/agent-io.ts'
import { cellOf, heard, no, ok, programOf, textOf, turnOf } from './fixtures.ts'
import type { TurnOutcome } from './messages.ts'
import { type Plan, randomPlan, randomProgram } from './random-programs.ts'
import type { Program } from './types.ts'

const ATTEMPTS = 3

/** Again where the backstop's clock has run out: on a machine that stands still for seconds that is no word about the program. */
function play(code: Program, plan: Plan, restoreAt: ReadonlySet<number> = new Set()): readonly TurnOutcome[] {
  for (let attempt = 1; ; attempt++) {
    const outcomes = playOnce(code, plan, restoreAt)
    if (attempt === ATTEMPTS || !outcomes.some(({ ended }) => ended?.code === 'turn_timeout')) return outcomes
  }
}

/** Plays the plan; at the turns in `restoreAt` the program is thrown away and made again from its journal. */
function playOnce(code: Program, plan: Plan, restoreAt: ReadonlySet<number>): readonly TurnOutcome[] {
  const waiting: number[] = []
  const journal: ReturnType<typeof textOf>[] = []
  const outcomes: TurnOutcome[] = []
  let cell = cellOf(code)
  let tick = 0
  try {
    for (const [index, { answer, refuse, hear, gap }] of plan.entries()) {
      if (restoreAt.has(index)) {
        cell.dispose()
        cell = cellOf(code)
        for (const turn of journal) cell.run(turn)
      }
      const inputs: AgentInput[] = waiting
        .splice(0, answer)
        .map((call) => (refuse ? no(call) : ok(call, { place: 'harbor:dock' })))
      if (hear !== null) inputs.push(heard(hear))
      const turn = textOf(turnOf((tick += gap), index === 0 ? [] : inputs))
      journal.push(turn)
      const outcome = cell.run(turn)
      outcomes.push(outcome)
      if (!outcome.text) continue
      const said = JSON.parse(outcome.text)
      for (const { call } of said.calls) waiting.push(call)
      calls += said.calls.length
      logs += said.logs.length
    }
  } finally {
    cell.dispose()
  }
  return outcomes
}

let calls = 0
let logs = 0
afterAll(() => {
  // Had the programs done nothing, they would have agreed as well.
  expect(calls).toBeGreaterThan(200)
  expect(logs).toBeGreaterThan(50)
})

describe('S20 the same program with the same inputs', () => {
  test('S20 has the same outputs, fuel and memory on every run', () => {
    fc.assert(
      fc.property(randomProgram, randomPlan, (source, plan) => {
        const code = programOf(source)
        expect(play(code, plan)).toEqual(play(programOf(source), plan))
      }),
      { numRuns: 40 },
    )
  })

  test('S21 restored from its journal at any points goes on exactly as if nothing had been', () => {
    fc.assert(
      fc.property(
        randomProgram,
        randomPlan,
        fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 4 }),
        (source, plan, points) => {
          const code = programOf(source)
          expect(play(code, plan, new Set(points))).toEqual(play(code, plan))
        },
      ),
      { numRuns: 40 },
    )
  })
})

test('S3 the same sources give the same text and hash, whatever the order of the files', () => {
  const files = {
    'main.ts': "import { f } from './lib/f'\nexport default () => f()",
    'lib/f.ts': 'export const f = () => 1',
    'unused.ts': 'export const x = 1',
  }
  const reversed = Object.fromEntries(Object.entries(files).reverse())
  expect(programOf(files)).toEqual(programOf(reversed))
  expect(programOf({ ...files, 'unused.ts': 'changed' }).hash).toBe(programOf(files).hash)
  expect(programOf({ ...files, 'lib/f.ts': 'export const f = () => 2' }).hash).not.toBe(programOf(files).hash)
})
