import { afterAll, expect, test } from 'vitest'
import type { Json } from '../protocol/ids.ts'
import { compile } from './compile.ts'
import { createSandbox } from './pool.ts'

const quiet = { info() {}, warn() {} }
const sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } }, { hostRssMaxMb: 400 })
afterAll(() => sandbox[Symbol.asyncDispose]())

function call(source: string, input: Json = {}, { handler = 'onUse', seed = 1, fuel = 200_000 } = {}) {
  const compiled = compile({ 'main.js': "export * from './crane.js'", 'crane.js': source })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
  return sandbox.call({ program: compiled.program, handler, input, seed, fuel })
}

test('a handler is called with its input and its answer comes back as plain data', async () => {
  const answer = await call('export const onUse = (ctx) => [{ do: "zonevar", value: ctx.zoneVars.n + 1 }]', {
    zoneVars: { n: 1 },
  })
  expect(answer).toMatchObject({ ok: true, value: [{ do: 'zonevar', value: 2 }] })
})

test('the same seed has the same chance, another seed another', async () => {
  const source = 'export const onUse = (ctx) => [ctx.random(), Math.random()]'
  const [a, b, c] = await Promise.all([call(source), call(source), call(source, {}, { seed: 2 })])
  expect(a).toEqual(b)
  expect(a).not.toEqual(c)
})

test('nothing is left over from one call to the next', async () => {
  const source = 'let n = 0; export const onUse = () => ++n'
  expect([await call(source), await call(source)]).toMatchObject([
    { ok: true, value: 1 },
    { ok: true, value: 1 },
  ])
})

test.for([
  [
    'a mistake names its file and line',
    'export const onUse = () => {\n  return nothing.here\n}',
    'undefined_name',
    2,
  ],
  ['an endless loop runs out of fuel', 'export const onUse = () => {\n  for (;;);\n}', 'out_of_fuel', 2],
  ['an endless loop outside the handler too', 'for (;;);\nexport const onUse = () => 1', 'out_of_fuel', undefined],
  ['endless recursion', 'export function onUse() {\n  return onUse()\n}', 'stack_overflow', undefined],
  ['what is no plain data', 'export const onUse = () => new Map()', 'answer_not_plain', undefined],
  ['a promise is no answer', 'export const onUse = async () => 1', 'answer_not_plain', undefined],
  [
    'too long an answer',
    'export const onUse = () => Array.from({ length: 80 }, () => "x".repeat(999))',
    'answer_too_big',
    undefined,
  ],
  ['a handler that is not there', 'export const onPush = () => 1', 'no_handler', undefined],
  ['a module that fails', 'const a = b\nexport const onUse = () => 1', 'undefined_name', 1],
  ['a clock', 'export const onUse = () => Date.now()', 'no_clock', 1],
] as const)('%s', async ([, source, code, line]) => {
  const answer = await call(source)
  expect(answer).toMatchObject({ ok: false, error: { code } })
  if (line !== undefined && !answer.ok) expect(answer.error).toMatchObject({ file: 'crane.js', line })
})

test('a call that takes its host down is told so, and those beside it are answered', async () => {
  const bomb = 'export const onUse = () => { const l = []; for (;;) l.push(new Array(1000).fill(7)) }'
  const fine = 'export const onUse = (ctx) => ctx.n'
  const all = await Promise.all([
    ...[1, 2, 3].map((n) => call(fine, { n })),
    call(bomb, {}, { fuel: 1e9 }),
    ...[4, 5, 6].map((n) => call(fine, { n })),
  ])
  expect(all.map((answer) => answer.ok)).toEqual([true, true, true, false, true, true, true])
}, 30_000)
