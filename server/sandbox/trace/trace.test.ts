import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AgentInput } from '../../protocol/agent-io.ts'
import { compile } from '../compile.ts'
import { agentLoad, cellOf, heard, no, ok, programOf, textOf, turnOf } from '../fixtures.ts'
import { link, newIsolate, openCell, openContext } from '../isolate.ts'
import type { TurnOutcome } from '../messages.ts'
import { type Plan, randomPlan, randomProgram } from '../random-programs.ts'
import { loadMessage, toResult } from '../translate.ts'
import type { Program, SourceFiles } from '../types.ts'
import { TRACE_PRELUDE } from './prelude.ts'

function followed(files: SourceFiles): Program {
  const compiled = compile(files, { trace: true })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
  return compiled.program
}

/** Follows from the first turn on, so that every hook does its work. */
const FOLLOWING = [...TRACE_PRELUDE, { name: 'follow', code: '$$follow(4000, 400000)' }]

function live(cell: ReturnType<typeof cellOf>, plan: Plan): readonly TurnOutcome[] {
  const waiting: number[] = []
  const outcomes: TurnOutcome[] = []
  let tick = 0
  for (const [index, { answer, refuse, hear, gap }] of plan.entries()) {
    const answers = waiting.splice(0, answer)
    const inputs: AgentInput[] = answers.map((call) => (refuse ? no(call) : ok(call, { place: 'harbor:dock' })))
    if (hear !== null) inputs.push(heard(hear))
    const outcome = cell.run(textOf(turnOf((tick += gap), index === 0 ? [] : inputs)))
    outcomes.push(outcome)
    if (outcome.text) for (const { call } of JSON.parse(outcome.text).calls) waiting.push(call)
  }
  cell.dispose()
  return outcomes
}

test('S35 a followed program has the same outputs, fuel and memory as the program itself', () => {
  fc.assert(
    fc.property(randomProgram, randomPlan, (source, plan) => {
      const plain = programOf(source)
      const traced = followed({ 'main.ts': source })
      expect(traced.hash).toBe(plain.hash)
      const told = live(openCell(loadMessage(1, agentLoad(traced)), FOLLOWING), plan)
      const same = live(cellOf(plain), plan)
      const results = (program: Program, outcomes: readonly TurnOutcome[]) =>
        outcomes.map((one, i) => toResult('agent_1', program, i, one))
      expect(results(traced, told)).toEqual(results(plain, same))
    }),
    { numRuns: 40 },
  )
})

type Step = { readonly at: string; readonly waits: boolean; readonly fuel: number; readonly locals: object }

/** Steps of the first turn. */
function stepsOf(files: SourceFiles): readonly Step[] {
  const program = followed(files)
  const load = loadMessage(1, agentLoad(program))
  const isolate = newIsolate(32)
  try {
    const { context, door } = openContext(isolate, load.init, TRACE_PRELUDE)
    const entry = link(isolate, context, load, '$$start(program.default)')
    door('$$turn').applySync(undefined, ['{"tick":1,"seed":1,"fuel":100000,"inputs":[]}'])
    door('$$follow').applySync(undefined, [1000, 100_000])
    entry.evaluateSync()
    const { steps } = JSON.parse(door('$$followed').applySync(undefined, []) as string) as {
      steps: [number, number, number, number, number, (string | null)[]][]
    }
    return steps.map(([point, waits, fuel, , , values]) => {
      const { file, line, names } = program.points![point]!
      const locals = Object.fromEntries(
        names.flatMap((name, i) => (values[i] === null || values[i] === undefined ? [] : [[name, values[i]]])),
      )
      return { at: `${file}:${line}`, waits: waits === 1, fuel, locals }
    })
  } finally {
    isolate.dispose()
  }
}

describe('S36 steps', () => {
  test('S36 tell the line, the variables in sight, and where the program waits', () => {
    const steps = stepsOf({
      'main.ts': `import { me } from 'academy'
import { twice } from './lib'
let count = 0
export default async function main(): Promise<void> {
  for (let i = 0; i < 2; i++) count += twice(i)
  const where = { place: 'dock', deep: [1, 2] }
  await me.say('at ' + where.place)
}`,
      'lib.ts': 'export function twice(n: number) {\n  return n * 2\n}',
    })
    expect(steps.map(({ at, waits }) => (waits ? `${at} waits` : at))).toEqual([
      'main.ts:3',
      'main.ts:5',
      'main.ts:5',
      'lib.ts:2',
      'main.ts:5',
      'lib.ts:2',
      'main.ts:6',
      'main.ts:7',
      'main.ts:7 waits',
    ])
    expect(steps.at(-1)!.locals).toEqual({ where: '{ place: "dock", deep: [1, 2] }', count: '2' })
    expect(steps[4]!.locals).toEqual({ i: '1', count: '0' })
    const fuel = steps.map((step) => step.fuel)
    expect(fuel).toEqual(fuel.toSorted((a, b) => a - b))
  })

  test('S36 stand where braces were left out, at labels, in switches and around sequences', () => {
    const steps = stepsOf({
      'main.js': `let n = 0
export default async () => {
  if (n) n++
  else n = 5
  outer: for (const x of [1, 2]) while (true) {
    if (x === 1) continue outer
    else break outer
  }
  switch (n) { case 5: n = 6; break; default: n = 7 }
  do n++
  while (n < 8)
  const v = await (n++, n)
  n = v
}`,
    })
    expect(steps.map(({ at }) => Number(at.split(':')[1]))).toEqual([
      1, 2, 3, 4, 5, 5, 6, 6, 5, 6, 7, 9, 9, 9, 10, 10, 10, 12, 12, 13,
    ])
  })

  test('S36 reading the variables runs nothing of the program', () => {
    const steps = stepsOf({
      'main.js': `let runs = 0
const trap = new Proxy({}, { get() { runs++; return 1 }, ownKeys() { runs++; return [] }, getPrototypeOf() { runs++; return null } })
const getter = { get x() { runs++; return 1 } }
class Odd extends Error { get message() { runs++; return 'm' } get name() { runs++; return 'n' } }
const odd = new Odd()
const child = Object.create(trap)
class Pair { a = 1; b = new Map([['k', new Set([2])]]) }
const pair = new Pair()
export default () => { runs = runs }`,
    })
    const { locals } = steps.at(-1)!
    expect(locals).toMatchObject({
      runs: '0',
      trap: '[proxy]',
      getter: '{ x: [getter] }',
      pair: 'Pair { a: 1, b: Map(1) {"k" => Set(1) {2}} }',
      child: '{}',
    })
  })
})
