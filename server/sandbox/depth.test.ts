import { expect, test } from 'vitest'
import { agentLoad, cellOf, inMain, ok, programOf, textOf, turnOf } from './fixtures.ts'
import { toResult } from './translate.ts'

/** All that a program logs over some turns, and how it ended. */
function run(code: string, turns = 1) {
  const program = programOf(code)
  const cell = cellOf(program, { limits: { ...agentLoad(program).limits, fuelBurst: 1e6, memoryMb: 64 } })
  const logs: string[] = []
  let call = 0
  try {
    for (let tick = 1; tick <= turns; tick++) {
      const inputs = call > 0 ? [ok(call)] : []
      const result = toResult('agent_1', program, tick, cell.run(textOf(turnOf(tick, inputs))))
      logs.push(...result.logs.map(({ text }) => text))
      if (result.error) return { logs, error: result.error }
      call = result.calls.at(-1)?.call ?? 0
    }
    return { logs, error: undefined }
  } finally {
    cell.dispose()
  }
}

const WRAPPED = `let g: any = (function* () { for (;;) yield 1 })(); g.next()
for (;;) { n++; const h = g; g = (function* () { yield* h })(); g.next() }`

const endless: readonly (readonly [string, string])[] = [
  ['function', 'function f() { me.memory.n = ++n; f() }\nf()'],
  ['arrow', 'const f = () => (n++, f())\nf()'],
  ['async function', 'const f = async () => { n++; await f() }\nawait f()'],
  ['method', 'class A { m() { n++; this.m() } }\nnew A().m()'],
  ['constructor', 'class A { constructor() { n++; new A() } }\nnew A()'],
  ['getter', 'const o = { get x(): any { n++; return [o].map((p) => p.x) } }\no.x'],
  ['two of them', 'const f = () => { n++; g() }\nconst g = () => { f() }\nf()'],
  ['callbacks', 'const f = () => { [1].forEach(() => { n++; f() }) }\nf()'],
  ['async arrow', 'const f = async (): Promise<any> => (n++, await f())\nawait f()'],
  ['generator', 'function* f(): any { n++; yield* f() }\n;[...f()]'],
  ['generator around one that has begun', WRAPPED],
  ['async generator', 'async function* f(): any { n++; yield* f() }\nfor await (const x of f()) ;'],
  ['accessor', 'const o = { get x(): any { n++; return o.x }, set x(v) { o.x = v } }\no.x = 1\no.x'],
  [
    'attached accessor',
    "const f = function (this: any): any { n++; return this.x }\nconst o: any = Object.defineProperty({}, 'x', { get: f })\no.x",
  ],
  [
    'accessors attached together',
    'const f = function (this: any): any { n++; return this.y }\nconst g = function (this: any): any { return this.x }\nconst o: any = Object.create(null, { x: { get: f }, y: { get: g } })\no.x',
  ],
  [
    'attached setter',
    "const f = function (this: any, v: any) { n++; this.x = v }\nconst o: any = {}\nReflect.defineProperty(o, 'x', { set: f })\no.x = 1",
  ],
  ['setter of a class', 'class A { set x(v: any) { n++; this.x = v } }\nnew A().x = 1'],
  [
    'setter under a name that is worked out',
    "const k: string = 'x'\nclass A { set [k](v: any) { n++; (this as any)[k] = v } }\nconst a: any = new A()\na.x = 1",
  ],
  ['setter of a prototype', 'const o: any = Object.create({ set x(v: any) { n++; o.x = v } })\no.x = 1'],
  [
    'setter attached to a prototype',
    "class A {}\nconst f = function (this: any, v: any) { n++; this.x = v }\nObject.defineProperty(A.prototype, 'x', { set: f })\nconst a: any = new A()\na.x = 1",
  ],
  ['conversion', 'const o: any = {}\no.valueOf = () => (n++, +o)\nconst m = +o'],
  ['trap', 'const p: any = new Proxy({}, { get: (t, k) => (n++, p[k]) })\np.x'],
  ['catching', 'const f = () => { n++; try { f() } catch { f() } finally { f() } }\nf()'],
]

test.for(endless)('S28 a recursion without end is ended by its depth, at the same call each time: %s', ([, code]) => {
  const source = inMain(`let n = 0\n${code}`)
  const { error } = run(source)
  expect(error).toMatchObject({ code: 'stack_overflow', file: 'main.ts' })
  expect(error!.line).toBeGreaterThan(3)
  expect(run(source).error).toEqual(error)
})

/** The machine's own stack would end it later, and elsewhere at another call. */
test.for(endless)('S28 a recursion is ended by the count, not by the stack: %s', ([, code]) => {
  const program = programOf(inMain(`let n = 0\n${code}`))
  const cell = cellOf(program)
  const { text } = cell.run(textOf(turnOf(1)))
  cell.dispose()
  const { stack } = JSON.parse(text!).error
  expect(stack).toMatch(/ \$\$y /)
})

test('S28 what is caught in a module, a generator or an async arrow leaves no depth behind', () => {
  const source = `import { me } from 'academy'
const fails = () => JSON.parse('x')
const later = async () => fails()
let caught = 0
for (let i = 0; i < 1500; i++) try { fails() } catch { caught++ }
function* some() { for (let i = 0; i < 1500; i++) try { yield fails() } catch { caught++ } }
function* walk(n: number): Generator<number> { yield n; if (n > 0) yield* walk(n - 1) }
export default async function main() {
  for (const _ of some()) ;
  for (let i = 0; i < 1500; i++) later().catch(() => caught++)
  for (let i = 0; i < 100; i++) { const g = walk(40); for (let k = 0; k < 30; k++) g.next() }
  const arrows = [async (n: number) => n, async () /* => */ => ({ n: 2 }), async (n: number) =>
    n + 1, async ({ n = 4 }) => await n]
  console.log(...await Promise.all(arrows.map((arrow) => arrow(3 as never))), [...walk(900)].length)
  console.log(caught)
}`
  expect(run(source)).toEqual({ logs: ['3 { n: 2 } 4 4 901', '4500'], error: undefined })
})

const counting = (wide: number) =>
  inMain(`let n = 0
const f = (): void => { ${Array.from({ length: wide }, (_, i) => `const v${i} = n + ${i}`).join(';')}; n++; if (n % 100 === 0) console.log(n); f() }
f()`)

test('S28 the depth does not hang on how warm the code is, and a wide function has less of it', () => {
  const warm = (times: number) =>
    inMain(`let deepest = 0
const f = (left: number): number => { deepest = Math.max(deepest, left); return left === 0 ? 0 : 1 + f(left - 1) }
for (let i = 0; i < ${times}; i++) f(900)
console.log(deepest)
const g = (n: number): void => { if (n > 960) console.log(n); g(n + 1) }
g(0)`)
  const [cold, hot] = [run(warm(1)), run(warm(300))]
  expect(cold.error).toMatchObject({ code: 'stack_overflow', line: 7 })
  expect(cold.logs.length).toBeGreaterThan(10)
  expect(hot).toEqual(cold)
  expect(run(counting(1)).logs).toHaveLength(9)
  expect(run(counting(64)).logs).toHaveLength(1)
  expect(run(counting(400)).error).toMatchObject({ code: 'stack_overflow' })
})

test('S28 what has been left does not count: awaits, failures, callbacks and generators come back to where they were', () => {
  const source = inMain(`
const fails = (n: number): number => { if (n === 0) throw new Error('x'); return fails(n - 1) }
const later = async (n: number): Promise<number> => { await null; return n === 0 ? 0 : 1 + (await later(n - 1)) }
const rejects = async (n: number): Promise<void> => { await null; if (n === 0) throw new Error('x'); await rejects(n - 1) }
function* walk(n: number): Generator<number> { if (n > 0) { yield n; yield* walk(n - 1) } }
let caught = 0
for (let round = 0; round < 30; round++) {
  try { fails(500) } catch { caught++ }
  try { [1, 2].map((x) => fails(x + 400)) } catch { caught++ }
  await later(300)
  try { await rejects(300) } catch { caught++ }
  void rejects(5).catch(() => { caught++ })
  for (const x of walk(50)) if (x === 40) break
  await Promise.all([later(3), later(4)])
}
await me.wait(1)
const deep = (n: number): number => (n === 0 ? 0 : 1 + deep(n - 1))
console.log(caught, deep(950))`)
  expect(run(source, 4)).toEqual({ logs: ['120 950'], error: undefined })
})
