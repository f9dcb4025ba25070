import { expect, test } from 'vitest'
import { CATALOGUE } from '../protocol/text/index.ts'
import { cellOf, inMain, LIMITS, ok, programOf, textOf, turnOf } from './fixtures.ts'
import { toResult } from './translate.ts'

/** What the program's author is told after a turn, and one more in which the first action succeeds. */
function failure(code: string) {
  const program = programOf(code.startsWith('import') || code.startsWith('export') ? code : inMain(code))
  const cell = cellOf(program, { limits: { ...LIMITS, fuelBurst: 50_000 } })
  try {
    let result = toResult('agent_1', program, 1, cell.run(textOf(turnOf(1))))
    if (!result.error && !result.failed && result.calls.length > 0)
      result = toResult('agent_1', program, 2, cell.run(textOf(turnOf(2, [ok(1)]))))
    return result.error ?? result.failed
  } finally {
    cell.dispose()
  }
}

test.for([
  ['lamp', 'undefined_name', { name: 'lamp' }],
  ['new Date()', 'no_clock', { name: 'Date' }],
  ['setTimeout(() => {}, 1)', 'no_timer', { name: 'setTimeout' }],
  ['fetch("x")', 'not_here', { name: 'fetch' }],
  ['a = 1; let a', 'used_too_early', { name: 'a' }],
  ['const a = 1; a = 2', 'assigned_constant', {}],
  ['let a: any; a.lit', 'property_of_nothing', { nothing: 'undefined', name: 'lit' }],
  ['let a: any = null; a.lit = 1', 'property_of_nothing', { nothing: 'null', name: 'lit' }],
  ['let a: any; const { b } = a', 'nothing_to_take_apart', { nothing: 'undefined' }],
  ['const a: any = {}; a.light()', 'not_a_function', { name: 'a.light' }],
  ['(me as any).fly()', 'not_a_function', { name: 'me.fly' }],
  ['for (const x of 5 as any) x', 'not_iterable', { name: '5' }],
  ['const a: any = 1; new a()', 'not_a_constructor', { name: 'a' }],
  ['class A {}; (A as any)()', 'needs_new', { name: 'A' }],
  ['"x".repeat(1e9)', 'too_long', {}],
  ['const f = (): any => f(); f()', 'stack_overflow', undefined],
  ['for (;;);', 'out_of_fuel', undefined],
  ['JSON.parse("{")', 'bad_json', {}],
  ['const a: any = {}; a.a = a; JSON.stringify(a)', 'circular', {}],
  ['new RegExp("(")', 'bad_regexp', {}],
  ['throw new Error("mine")', 'thrown', { name: 'Error', message: 'mine' }],
  ['throw 5', 'thrown_value', undefined],
  [
    'await me.say("x"); me.memory.f = () => 1; await null',
    'memory_not_plain',
    { path: 'memory.f', kind: 'function' },
  ],
  ['me.memory.m = { when: new Map() }', 'memory_not_plain', { path: 'memory.m.when', kind: 'Map' }],
  ['me.memory.n = [1, NaN]', 'memory_not_plain', { path: 'memory.n[1]', kind: 'NaN' }],
  ['me.memory.s = "x".repeat(70000)', 'memory_too_big', undefined],
  ['me.wait("soon" as any)', 'bad_argument', { action: 'wait', name: 'ticks' }],
  ['(me as any).say()', 'bad_argument', { action: 'say', name: 'text' }],
  ['on("sneeze" as any, () => {})', 'unknown_event', { name: 'sneeze' }],
  ['random(0)', 'bad_argument', { action: 'random', name: 'of' }],
  ['for (let i = 0; i < 40; i++) me.say("x")', 'too_many_calls', { max: 32 }],
  ['export const x = 1', 'no_main', undefined],
  [
    'const f = async () => { throw new Error("lost") }; f(); await me.say("x")',
    'thrown',
    { name: 'Error', message: 'lost' },
  ],
] as const)('S2 %s -> %s', ([code, expected, params]) => {
  const error = failure(code)
  expect(error).toMatchObject({ code: expected, ...(params && { params }) })
  for (const locale of ['en', 'ru'] as const) expect(CATALOGUE[locale]).toHaveProperty([`agents.error.${expected}`])
  const placed = !['memory_not_plain', 'memory_too_big', 'no_main', 'thrown_value', 'stack_overflow'].includes(
    expected,
  )
  if (placed) expect(error).toMatchObject({ file: 'main.ts', line: 3 })
})

test('S2 an error deep in another file names its own line and column, and the way there', () => {
  const program = programOf({
    'main.ts':
      "import { light } from './lib/lamp'\nexport default async function main(): Promise<void> {\n  for (const x of [1]) light(x)\n}",
    'lib/lamp.ts':
      'type Lamp = { lit: boolean }\n\nexport const light = (n: number): void => { const text = `${n}` + n + n; oil.pour(text) }',
  })
  const cell = cellOf(program)
  const { error } = toResult('agent_1', program, 1, cell.run(textOf(turnOf(1))))
  cell.dispose()
  expect(error).toMatchObject({ code: 'undefined_name', file: 'lib/lamp.ts', line: 3, column: 74 })
  expect(error!.stack).toBe(
    'ReferenceError: oil is not defined\n    at light lib/lamp.ts:3:74\n    at main main.ts:3:24',
  )
})
