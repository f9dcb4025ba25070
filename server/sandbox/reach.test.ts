import { readFileSync, writeFileSync } from 'node:fs'
import ivm from 'isolated-vm'
import { afterAll, describe, expect, test } from 'vitest'
import { agentLoad, cellOf, inMain, programOf, textOf, turnOf } from './fixtures.ts'
import { newIsolate, openContext } from './isolate.ts'
import { PRELUDE, PRELUDE_KEPT } from './prelude.ts'
import { loadMessage } from './translate.ts'

const isolate = newIsolate(64)
afterAll(() => isolate.dispose())

/** Every object that can be come to from the global one, from the module and from syntax, by property, accessor or prototype. */
const WALK = `(() => {
  const seen = new Map()
  const queue = []
  const see = (value, path) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return
    seen.set(value, path)
    queue.push(value)
  }
  see(globalThis, 'globalThis')
  for (const [name, value] of Object.entries({ me: $$me, on: $$on, now: $$now, random: $$random, Refusal: $$Refusal })) see(value, 'academy.' + name)
  const syntax = { arrow: () => {}, async: async () => {}, generator: function* () {}, asyncGenerator: async function* () {}, list: [], text: Object('x'), number: Object(1), symbol: Object(Symbol()), regexp: /x/, error: new Error('x'), promise: Promise.resolve(), args: (function () { return arguments })(), iterator: [][Symbol.iterator](), mapIterator: new Map().entries(), setIterator: new Set().values(), textIterator: 'x'[Symbol.iterator](), matches: 'x'.matchAll(/x/g), running: (function* () {})(), asyncRunning: (async function* () {})(), template: ((t) => t)\`x\`, class: class {}, helper: [].values().map((x) => x), wrapped: $$metered([][Symbol.iterator]()) }
  for (const [name, value] of Object.entries(syntax)) see(value, 'syntax.' + name)
  while (queue.length > 0) {
    const value = queue.shift()
    const path = seen.get(value)
    see(Object.getPrototypeOf(value), path + '.__proto__')
    for (const key of Reflect.ownKeys(value)) {
      const name = path + (typeof key === 'symbol' ? '[' + String(key).slice(7, -1) + ']' : '.' + key)
      const own = Reflect.getOwnPropertyDescriptor(value, key)
      see(own.value, name)
      see(own.get, 'get ' + name)
      see(own.set, 'set ' + name)
    }
  }
  return seen
})()`

/** Regenerate with UPDATE_REACHABLE=1, and read every new line of the difference. */
const LIST = new URL('./reachable.txt', import.meta.url)

function reachable(): readonly string[] {
  const { context } = openContext(isolate, loadMessage(1, agentLoad(programOf(inMain('')))).init)
  return JSON.parse(context.evalSync(`JSON.stringify([...${WALK}.values()].sort())`))
}

/** Everything in reach, and whether its code is the engine's own. */
function codeOf(isolate: ivm.Isolate, context: ivm.Context, prelude: typeof PRELUDE): readonly string[] {
  for (const { code } of prelude) isolate.compileScriptSync(code).runSync(context)
  const seen = context.evalSync(`JSON.stringify([...${WALK}].map(([value, path]) =>
    path + (typeof value === 'function' && $$textOf(value).includes('[native code]') ? ' native' : '')).sort())`)
  isolate.dispose()
  return JSON.parse(seen)
}

test('S10 an isolate in which the prelude is kept is as one in which it has run', () => {
  const prelude = [
    { name: 'text', code: 'const $$textOf = Function.prototype.call.bind(Function.prototype.toString)' },
    ...PRELUDE,
  ]
  const snapshot = ivm.Isolate.createSnapshot(prelude.slice(0, PRELUDE_KEPT + 1).map(({ code }) => ({ code })))
  const [kept, fresh] = [new ivm.Isolate({ snapshot }), new ivm.Isolate()]
  const found = codeOf(kept, kept.createContextSync(), prelude.slice(PRELUDE_KEPT + 1))
  expect(found).toEqual(codeOf(fresh, fresh.createContextSync(), prelude))
  expect(found.filter((line) => line.endsWith(' native')).length).toBeGreaterThan(100)
})

describe('S10 what a program can come to', () => {
  test('S10 is on the list, and nothing else', () => {
    const found = reachable()
    if (process.env.UPDATE_REACHABLE) writeFileSync(LIST, `${found.join('\n')}\n`)
    expect(found).toEqual(readFileSync(LIST, 'utf8').trimEnd().split('\n'))
  })

  test('S10 has no clock, no languages of the machine, no code from text, no shared or weak memory in it', () => {
    const banned =
      /\b(Date|Intl|eval|WebAssembly|SharedArrayBuffer|Atomics|WeakRef|FinalizationRegistry|ArrayBuffer|DataView|\w+Array|BigInt|Temporal|performance|process|require|\$\$\w+)$/
    expect(reachable().filter((path) => banned.test(path) && !/(isArray|isTrueArray|toArray)$/.test(path))).toEqual(
      [],
    )
  })

  test('S11 no function in reach makes code out of text', () => {
    const { context } = openContext(isolate, loadMessage(1, agentLoad(programOf(inMain('')))).init)
    const made = context.evalSync(`(() => {
      const walked = ${WALK}
      const made = []
      for (const [value, path] of walked) {
        if (typeof value !== 'function') continue
        const hush = (made) => { if (made instanceof Promise) made.catch(() => {}); return made }
        const once = () => hush(value('globalThis.leak = 1'))
        const built = () => hush(new value('globalThis.leak = 1'))
        for (const run of [once, built, () => hush(once()()), () => hush(built()())]) {
          try { run() } catch {}
          if ('leak' in globalThis) { made.push(path); delete globalThis.leak }
        }
      }
      return made.join()
    })()`)
    expect(made).toBe('')
  })
})

test('S12 the names of the counting cannot be said, read or changed from a program', () => {
  expect(() => programOf(inMain('$$f = 1e9'))).toThrow(/reserved_name/)
  expect(() => programOf(inMain('const { $$x } = {} as any'))).toThrow(/reserved_name/)
  const cell = cellOf(
    programOf(
      inMain(
        "console.log(Object.getOwnPropertyNames(globalThis).filter((n) => n.startsWith('$')).length, typeof (globalThis as any)['$$' + 'f'])",
      ),
    ),
  )
  const { logs } = JSON.parse(cell.run(textOf(turnOf(1))).text!)
  cell.dispose()
  expect(logs[0].text).toBe('0 undefined')
})
