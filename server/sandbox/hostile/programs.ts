/** Programs that try to take more than is theirs, and what must become of them. Each is one `main.ts`. */

export type Hostile = {
  readonly name: string
  /** The body of `main`; the whole file when it begins with `import`. */
  readonly code: string
  /** Codes of the error that may end it; `survives`: it runs on and has had nothing of it. */
  readonly ends: readonly string[]
}

const cut = ['out_of_fuel'] as const
const cutOrFull = ['out_of_fuel', 'out_of_memory', 'host_killed', 'too_long'] as const
const denied = [
  'not_a_function',
  'no_eval',
  'thrown',
  'property_of_nothing',
  'undefined_name',
  'not_here',
  'no_clock',
  'not_a_constructor',
] as const

const cpu: readonly Hostile[] = [
  { name: 'while true', code: 'while (true);', ends: cut },
  { name: 'for without end', code: 'for (;;) {}', ends: cut },
  { name: 'do while', code: 'do ; while (true)', ends: cut },
  { name: 'endless generator spread', code: 'const g = function* () { for (;;) yield 1 }; [...g()]', ends: cut },
  { name: 'for of over itself', code: 'const l = [1]; for (const x of l) l.push(x)', ends: cut },
  { name: 'loop in a microtask', code: 'await null; while (true);', ends: cut },
  { name: 'microtasks without end', code: 'const go = () => Promise.resolve().then(go); await go()', ends: cut },
  { name: 'await without end', code: 'while (true) await null', ends: cut },
  { name: 'async recursion', code: 'const f = async () => { await null; return f() }; await f()', ends: cut },
  { name: 'loop that catches', code: 'for (;;) try { for (;;) ; } catch {} finally {}', ends: cut },
  {
    name: 'catch that starts again',
    code: 'const f = () => { try { for (;;) ; } catch (e) { f() } finally { f() } }; f()',
    ends: cut,
  },
  {
    name: 'promise that catches',
    code: 'const f = (): any => new Promise(() => { for (;;) ; }).catch(f); await f()',
    ends: cut,
  },
  { name: 'finally that loops', code: 'try { for (;;) ; } finally { for (;;) ; }', ends: cut },
  {
    name: 'recursion without end',
    code: 'const f = (n: number): number => f(n + 1) + 1; f(0)',
    ends: ['stack_overflow', 'out_of_fuel'],
  },
  {
    name: 'recursion that catches',
    code: 'const f = (): any => { try { return f() } catch (e) { return f() } }; f()',
    ends: ['stack_overflow', 'out_of_fuel'],
  },
  {
    name: 'recursion caught from outside',
    code: 'const f = (): any => f(); for (;;) try { f() } catch {}',
    ends: ['stack_overflow', 'out_of_fuel'],
  },
  {
    name: 'recursion in a promise',
    code: 'const f = (): any => f(); for (;;) await Promise.resolve().then(f).catch(() => 1)',
    ends: ['stack_overflow', 'out_of_fuel'],
  },
  { name: 'getter that loops', code: 'const o = { get x() { for (;;) ; } }; console.log(o.x)', ends: cut },
  {
    name: 'getter in a thrown error',
    code: 'const e = new Error(); Object.defineProperty(e, "message", { get() { for (;;) ; } }); throw e',
    ends: cut,
  },
  {
    name: 'stack getter in a thrown error',
    code: 'const e = new Error(); Object.defineProperty(e, "stack", { get() { for (;;) ; } }); throw e',
    ends: cut,
  },
  {
    name: 'toString that loops',
    code: 'const o = { toString() { for (;;) ; } }; await (me as any).say(`${o}`)',
    ends: cut,
  },
  {
    name: 'toJSON that loops',
    code: 'me.memory.x = { toJSON() { for (;;) ; } }; JSON.stringify(me.memory)',
    ends: cut,
  },
  { name: 'thenable that loops', code: 'await { then() { for (;;) ; } }', ends: cut },
  { name: 'proxy that loops', code: 'const p = new Proxy({}, { get() { for (;;) ; } }); (p as any).x', ends: cut },
  { name: 'sort that never agrees', code: 'for (;;) [3, 1, 2].sort(() => 1)', ends: cut },
  {
    name: 'sort of very much',
    code: 'const l: number[] = Array.from({ length: 30000 }, (_, i) => i * 7919 % 30011); for (;;) l.sort()',
    ends: cut,
  },
  { name: 'Array.from without end', code: 'Array.from({ length: 1e9 }, () => 0)', ends: cut },
  {
    name: 'array-like that lies',
    code: 'Array.prototype.fill.call({ get length() { return 1e9 } }, 0)',
    ends: ['thrown', ...cut],
  },
  {
    name: 'array proxy that lies',
    code: 'const p = new Proxy([], { get: (t, k) => k === "length" ? 4e9 : 0 }); Array.prototype.indexOf.call(p, 1)',
    ends: ['thrown', ...cut],
  },
  { name: 'huge sparse list', code: 'const l: any[] = []; l.length = 4294967295; l.indexOf(1)', ends: cut },
  {
    name: 'iterator of a huge sparse list',
    code: 'const l: any[] = []; l.length = 4294967295; new Set(l.keys())',
    ends: cut,
  },
  {
    name: 'drop of a huge iterator',
    code: 'const l: any[] = []; l.length = 4294967295; (l.values() as any).drop(4e9).next()',
    ends: cut,
  },
  {
    name: 'destructuring a huge list',
    code: 'const l: any[] = []; l.length = 4294967295; const [a, ...rest] = l; console.log(a, rest)',
    ends: cut,
  },
  {
    name: 'for in over a big object',
    code: 'const o: any = {}; for (let i = 0; i < 5000; i++) o["k" + i] = i; for (;;) for (const k in o) break',
    ends: cut,
  },
  {
    name: 'spread of a big object',
    code: 'const o: any = {}; for (let i = 0; i < 5000; i++) o["k" + i] = i; for (;;) ({ ...o })',
    ends: cut,
  },
  {
    name: 'JSON of a folded object',
    code: 'let o: any = {}; for (let i = 0; i < 60; i++) o = { a: o, b: o }; JSON.stringify(o)',
    ends: ['too_long', ...cut],
  },
  {
    name: 'memory of a folded object',
    code: 'let o: any = {}; for (let i = 0; i < 40; i++) o = { a: o, b: o }; me.memory.o = o; await me.wait(1)',
    ends: ['memory_too_big', 'memory_too_deep'],
  },
  {
    name: 'log of a folded object',
    code: 'let o: any = {}; for (let i = 0; i < 60; i++) o = { a: o, b: o }; for (;;) console.log(o)',
    ends: cut,
  },
  {
    name: 'flat of a folded list',
    code: 'let l: any = [1]; for (let i = 0; i < 60; i++) l = [l, l]; l.flat(Infinity)',
    ends: cut,
  },
]

const patterns: readonly Hostile[] = [
  { name: 'pattern (a+)+$', code: 'for (;;) /^(a+)+$/.test("a".repeat(40) + "!")', ends: cut },
  { name: 'pattern (a|a)*$', code: 'for (;;) /^(a|a)*$/.test("a".repeat(60) + "!")', ends: cut },
  {
    name: 'pattern of a text',
    code: 'for (;;) new RegExp("^(" + "a?".repeat(30) + ")" + "a".repeat(30) + "$").test("a".repeat(29))',
    ends: cut,
  },
  {
    name: 'pattern with a way back',
    code: 'for (;;) /^(a+)+\\1$/.test("a".repeat(50) + "!")',
    ends: ['turn_timeout', ...cut],
  },
  { name: 'pattern over much text', code: 'const t = "x".repeat(200000); for (;;) /y/.test(t)', ends: cut },
  { name: 'pattern in any case', code: 'for (;;) /^(a+)+$/i.test("a".repeat(40) + "!")', ends: cut },
  { name: 'pattern that looks ahead', code: 'for (;;) /^(?=(a+)+$)/.test("a".repeat(40) + "!")', ends: cut },
  { name: 'pattern that counts', code: 'for (;;) /^(a{1,10}){1,10}$/.test("a".repeat(60) + "!")', ends: cut },
  { name: 'pattern a*a*a*', code: 'for (;;) /a*a*a*a*a*a*b/i.test("a".repeat(300))', ends: cut },
  { name: 'replace that grows', code: 'let t = "ab"; for (;;) t = t.replace(/./g, "$&$&")', ends: cutOrFull },
  {
    name: 'replace with what came before',
    code: 'let t = "a".repeat(5000); for (;;) t = t.replaceAll("a", "$`")',
    ends: cutOrFull,
  },
  {
    name: 'split into very much',
    code: 'const t = "x".repeat(200000); const l: any[] = []; for (;;) l.push(t.split(""))',
    ends: cutOrFull,
  },
]

const memory: readonly Hostile[] = [
  {
    name: 'lists of a thousand numbers',
    code: 'const l: any[] = []; for (;;) l.push(new Array(1000).fill(0))',
    ends: cutOrFull,
  },
  { name: 'a map for ever', code: 'const m = new Map(); for (let i = 0; ; i++) m.set(i, i)', ends: cutOrFull },
  { name: 'a set for ever', code: 'const m = new Set(); for (let i = 0; ; i++) m.add({ i })', ends: cutOrFull },
  { name: 'a billion zeros', code: 'Array(1e9).fill(0)', ends: cutOrFull },
  {
    name: 'a billion zeros by another name',
    code: 'const A = [].constructor as any; const l = new A(3e7); l.fill(0)',
    ends: cutOrFull,
  },
  { name: 'a growing text', code: 'let s = "x"; for (;;) s += s', ends: cutOrFull },
  { name: 'a growing template', code: 'let s = "x"; for (;;) s = `${s}${s}`', ends: cutOrFull },
  { name: 'a growing join', code: 'let s = "x"; for (;;) s = [s, s].join("")', ends: cutOrFull },
  { name: 'a growing concat', code: 'let s = "x"; for (;;) s = s.concat(s)', ends: cutOrFull },
  {
    name: 'a growing error',
    code: 'let s = "x"; for (;;) { const e = new Error(s); e.name = s; s = e.toString() }',
    ends: cutOrFull,
  },
  {
    name: 'a growing raw template',
    code: 'let s = "x"; for (;;) s = String.raw({ raw: [s, s] } as any, "")',
    ends: cutOrFull,
  },
  { name: 'repeat', code: '"x".repeat(2 ** 29)', ends: cutOrFull },
  { name: 'padStart', code: '"x".padStart(2 ** 29)', ends: cutOrFull },
  { name: 'closures for ever', code: 'let f: any = null; for (;;) { const g = f; f = () => g }', ends: cutOrFull },
  {
    name: 'objects kept from turn to turn',
    code: 'const l: any[] = []; for (;;) { for (let i = 0; i < 9000; i++) l.push({ a: i, b: [i] }); await me.wait(1) }',
    ends: ['out_of_memory', 'host_killed', ...cut],
  },
  {
    name: 'texts kept from turn to turn',
    code: 'const l: any[] = []; for (let n = 0; ; n++) { for (let i = 0; i < 40; i++) { const t = "x".repeat(20000) + n + "," + i; t[5]; l.push(t) } await me.wait(1) }',
    ends: ['out_of_memory', 'host_killed', ...cut],
  },
  { name: 'promises for ever', code: 'const l: any[] = []; for (;;) l.push(new Promise(() => {}))', ends: cutOrFull },
  {
    name: 'a promise storm',
    code: 'for (;;) { const l: any[] = []; for (let i = 0; i < 1000; i++) l.push(Promise.resolve(i).then((x) => x)); await Promise.all(l) }',
    ends: cutOrFull,
  },
  { name: 'actions without waiting', code: 'for (;;) me.say("x")', ends: ['too_many_calls', ...cut] },
  {
    name: 'handlers without end',
    code: "import { me, on } from 'academy'\nexport default async function main() { for (;;) on('hear', () => {}) }",
    ends: ['too_many_handlers', ...cut],
  },
  { name: 'a flood of the log', code: 'for (;;) console.log("x".repeat(1000))', ends: cut },
  {
    name: 'big integers',
    code: "import { me } from 'academy'\nexport default async function main() { const B = (globalThis as any)['Big' + 'Int']; let n = B(3); for (;;) n *= n }",
    ends: denied,
  },
  { name: 'shared memory', code: 'new (globalThis as any)["Shared" + "ArrayBuffer"](1e9)', ends: denied },
  { name: 'a giant buffer', code: 'new (globalThis as any)["Array" + "Buffer"](1e9)', ends: denied },
  {
    name: 'a million fields for one new',
    code: `class A { x = [${'0,'.repeat(5000)}] }; const l: any[] = []; for (;;) l.push(new A())`,
    ends: cutOrFull,
  },
]

const escapes: readonly Hostile[] = [
  { name: 'Function from an arrow', code: 'const F = (() => {}).constructor as any; F("return 1")()', ends: denied },
  {
    name: 'AsyncFunction',
    code: 'const F = (async () => {}).constructor as any; await F("return 1")()',
    ends: denied,
  },
  {
    name: 'GeneratorFunction',
    code: 'const F = (function* () {}).constructor as any; F("yield 1")().next()',
    ends: denied,
  },
  {
    name: 'AsyncGeneratorFunction',
    code: 'const F = (async function* () {}).constructor as any; F("yield 1")()',
    ends: denied,
  },
  { name: 'Function by Reflect', code: 'Reflect.construct(Function as any, ["return 1"])', ends: denied },
  {
    name: 'Function from a bound method',
    code: 'const F = (me.say as any).constructor; F("return this")()',
    ends: denied,
  },
  { name: 'eval by name', code: '(globalThis as any)["ev" + "al"]("1")', ends: denied },
  { name: 'process', code: '(globalThis as any).process.exit(1)', ends: denied },
  {
    name: 'process through constructors',
    code: 'const p = (console.log as any).constructor.constructor("return process")(); p.exit()',
    ends: denied,
  },
  {
    name: 'a host object through an error',
    code: 'try { null!.x } catch (e: any) { e.constructor.constructor("return process")().exit() }',
    ends: denied,
  },
  {
    name: 'call sites',
    code: 'Error.prepareStackTrace = (_e: any, s: any) => s; const s: any = new Error().stack; s[0].getFunction()',
    ends: denied,
  },
  { name: 'the counter by its name', code: '(globalThis as any)["$$" + "f"] = 1e15; while (true);', ends: cut },
  {
    name: 'the counter by with',
    code: 'Object.defineProperty(globalThis, "$$x", { value: () => {} }); while (true);',
    ends: cut,
  },
  {
    name: 'prototype of numbers',
    code: '(Number.prototype as any).valueOf = () => 1e9; (Object.prototype as any).fuel = 1e9; while (true);',
    ends: cut,
  },
  {
    name: 'index setter',
    code: 'Object.defineProperty(Array.prototype, 0, { set() { for (;;) ; }, configurable: true }); console.log(1); await me.say("x"); while (true);',
    ends: cut,
  },
  {
    name: 'Object.prototype.then',
    code: '(Object.prototype as any).then = function () { for (;;) ; }; await {}',
    ends: cut,
  },
  {
    name: 'Object.prototype.toJSON',
    code: '(Object.prototype as any).toJSON = () => { for (;;) ; }; me.memory.x = {}; throw new Error("x")',
    ends: ['thrown'],
  },
  {
    name: 'patched built-ins',
    code: '(JSON as any).stringify = () => "["; (JSON as any).parse = () => ({}); (String.prototype as any).substring = () => { throw 1 }; (Map.prototype as any).get = () => undefined; await me.say("x"); while (true);',
    ends: cut,
  },
  {
    name: 'patched iteration',
    code: '(Array.prototype as any)[Symbol.iterator] = function* () { for (;;) yield 1 }; console.log(...[1, 2])',
    ends: cut,
  },
  {
    name: 'patched promise',
    code: '(Promise.prototype as any).then = () => { for (;;) ; }; await new Promise((r) => r(1)); while (true);',
    ends: cut,
  },
  {
    name: 'symbols',
    code: 'const o = { [Symbol.toPrimitive]() { for (;;) ; } }; (me as any).wait(o as any); `${o as any}`',
    ends: ['bad_argument', ...cut],
  },
  {
    name: 'an argument that is a proxy',
    code: 'await me.take(new Proxy({}, { get() { for (;;) ; } }) as any)',
    ends: cut,
  },
  {
    name: 'a thrown proxy',
    code: 'throw new Proxy({}, { get() { for (;;) ; }, getPrototypeOf() { for (;;) ; } })',
    ends: cut,
  },
  {
    name: 'memory that is a proxy',
    code: 'me.memory = new Proxy({}, { ownKeys() { for (;;) ; } }); await me.wait(1)',
    ends: ['out_of_fuel', 'memory_not_plain'],
  },
  { name: 'memory that is a function', code: 'me.memory.f = () => 1; await me.wait(1)', ends: ['memory_not_plain'] },
  {
    name: 'memory that is huge',
    code: 'me.memory.l = Array.from({ length: 20000 }, (_, i) => i); await me.wait(1)',
    ends: ['memory_too_big'],
  },
]

export const HOSTILE: readonly Hostile[] = [...cpu, ...patterns, ...memory, ...escapes]

export const sourceOf = ({ code }: Hostile): string =>
  code.startsWith('import')
    ? code
    : `import { me } from 'academy'\nexport default async function main() {\n${code}\n}`
