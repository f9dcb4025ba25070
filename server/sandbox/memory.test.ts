import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../protocol/ids.ts'
import { cellOf, heard, programOf, textOf, turnOf } from './fixtures.ts'
import { toResult } from './translate.ts'

/** Does to `me.memory` what it is told: `[path, what, value]`, where the path is a list of choices among what is there. */
const DOES = `(memory, [path, what, value]) => {
  let at = memory
  for (const choice of path) {
    const inside = Object.keys(at).filter((key) => typeof at[key] === 'object' && at[key] !== null)
    if (inside.length === 0) break
    at = at[inside[choice % inside.length]]
  }
  const keys = Object.keys(at)
  const key = keys[path.length % (keys.length || 1)] ?? 'first'
  if (what === 'set') at[key] = value
  else if (what === 'delete' && !Array.isArray(at)) delete at[key]
  else if (what === 'nothing' && !Array.isArray(at)) at[key] = undefined
  else if (Array.isArray(at)) {
    if (what === 'push') at.push(value)
    else if (what === 'pop') at.pop()
    else if (what === 'shift') at.shift()
    else if (what === 'hole') at.length += 2
  } else if (what === 'push') at['new' + keys.length] = value
}`
const PROGRAM = programOf(`import { me, on } from 'academy'
const does = ${DOES.replaceAll('(memory, [', '(memory: any, [').replaceAll('value])', 'value]: any)').replaceAll('let at =', 'let at: any =')}
on('hear', ({ text }) => { for (const one of JSON.parse(text)) does(me.memory, one) })`)
const does = new Function(`return ${DOES}`)() as (memory: Json, change: Json) => void

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(0, -0, 1, 1.5, 1e21, true, false, null, '', 'é"\\', 'lamp', '__proto__'),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', '1', 'long name'), tie('any'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).any
const change = fc.tuple(
  fc.array(fc.nat({ max: 5 }), { maxLength: 3 }),
  fc.constantFrom('set', 'set', 'push', 'push', 'pop', 'shift', 'delete', 'nothing', 'hole'),
  value,
)

/** JSON as memory has it: a negative zero stays one. */
const plain = (data: Json): string => {
  if (Object.is(data, -0)) return '-0'
  if (Array.isArray(data)) return `[${Array.from(data, (item) => plain(item ?? null)).join()}]`
  if (typeof data !== 'object' || data === null) return JSON.stringify(data)
  const kept = Object.entries(data).filter(([, inside]) => inside !== undefined)
  return `{${kept.map(([key, inside]) => `${JSON.stringify(key)}:${plain(inside!)}`).join()}}`
}
/** As JSON carries them to the program. */
const text = (changes: readonly unknown[]): string => plain(changes as never).replaceAll(/-0(?![.\d])/g, '-0')

describe('S26 memory told as what has changed in it', () => {
  test('S26 comes to the same text as memory written whole', () => {
    let edits = 0
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 12 }), (turns) => {
        const cell = cellOf(PROGRAM, { memory: '{"list":[1,2,{"deep":[]}],"map":{"x":1}}' })
        const whole = cellOf(PROGRAM, { memory: '{"list":[1,2,{"deep":[]}],"map":{"x":1}}' })
        try {
          const mirror = JSON.parse('{"list":[1,2,{"deep":[]}],"map":{"x":1}}')
          let memory = plain(mirror)
          const agree = (tick: number, changes: readonly unknown[]) => {
            const turn = textOf(turnOf(tick, tick === 1 ? [] : [heard(text(changes))]))
            const outcome = cell.run(turn, true)
            const before = memory
            const told = toResult('agent_1', PROGRAM, tick, outcome, memory)
            const same = toResult('agent_1', PROGRAM, tick, whole.run(turn))
            if (outcome.text!.includes('"edits":')) edits++
            expect(told.memory).toBe(same.memory)
            memory = told.memory ?? memory
            expect(memory).toBe(plain(mirror))
            expect(cell.memory()).toBe(memory)
            if (told.memory === undefined) expect(memory).toBe(before)
          }
          agree(1, [])
          for (const [index, changes] of turns.entries()) {
            for (const one of JSON.parse(text(changes))) does(mirror, one)
            agree(index + 2, changes)
          }
        } finally {
          cell.dispose()
          whole.dispose()
        }
      }),
      { numRuns: 150 },
    )
    expect(edits).toBeGreaterThan(100)
  })

  /** Everything that writes to an object, also to one that was taken out of memory in an earlier turn and is still held. */
  const WRITES = [
    'a.x = v',
    'a["y" + v] = v',
    'a.n = (a.n || 0) + 1; a.n++; --a.n; a.n += 2; a.m ??= v',
    'delete a.x',
    'delete a[Object.keys(a)[0] ?? "x"]',
    '[a.x, b.x] = [b.x ?? 0, a.x ?? 1]',
    '({ v: a.p, ...b.rest } = { v, w: v })',
    'for (a.q of [v, v + 1]) b.q = a.q',
    'for (a.r in { one: 1, two: 2 }) ;',
    'Object.assign(a, { s: v, t: [v] })',
    'Reflect.set(a, "u", v); Reflect.set({}, "w", v, b)',
    'Reflect.deleteProperty(a, "u")',
    'a.b = { v, deep: { list: [v] } }; held.push(a.b, a.b.deep.list)',
    'a.moved = b.b ?? null; delete b.b',
    'a.also = b.b ?? v',
    'Array.prototype.push.call(a, v)',
    'l.push(v, { v })',
    'l.pop(); l.unshift(v)',
    'l.shift()',
    'l.splice(1, 1, v, [v])',
    'l.sort(); l.reverse()',
    'l.fill(v, 1, 2); l.copyWithin(0, 1)',
    'l.length = Math.min(l.length, 3)',
    'l[v % 5] = v',
    'Array.prototype.pop.apply(l)',
    'l[0] = l[1] ?? v',
    'me.memory = { ...me.memory }',
    'me.memory = { again: me.memory.list, list: [v], map: {} }',
    'const k = "push"; const f = l[k]; f.call(l, v)',
    'class Same { constructor() { return l } } Array.from.call(Same, [v]); Array.of.call(Same, v)',
    'const o = [1]; o.constructor = { [Symbol.species]: function () { return l } }; o.map(() => v)',
    'JSON.parse("[1,2]", function (k, x) { if (k === "0") this[1] = a; return x })',
    'Object.getOwnPropertyDescriptor(Iterator.prototype, "construc" + "tor").set.call(a, v)',
    'Reflect.apply(Reflect.getOwnPropertyDescriptor(new Error("x"), "stack")?.set ?? (() => {}), a, [v])',
    'for (let i = 0; i < 90; i++) { ({}).x = i; held[i % held.length].z = i }',
    'void (async () => { a.late = await turn() })()',
    'void (async () => { a.late = (1, await turn()) })()',
    'void (async () => { a[await turn()] = v })()',
    'void (async () => { a.sum = v; a.sum += await turn() })()',
    'void (async () => { a.text = ""; a.text += `${await turn()}` })()',
    'void (async () => { a.or ??= [await turn()] })()',
    'void (async () => { [a.first = await turn(), b.second] = [undefined, v] })()',
    'void (async () => { a[`count${await turn()}`]++; delete b[await turn()] })()',
    'void (async () => { for (a[await turn()] of [v, v + 1]) ; })()',
    'void (async () => { for await (a.each of [turn(), turn()]) ; })()',
    'const g = (function* () { a.given = yield; l[0] = yield })(); g.next(); turn().then((n) => (g.next(n), turn())).then((n) => g.next(n))',
  ]
  const HOLDING = `import { me, on } from 'academy'
const held = []
let waiting = []
const turn = () => new Promise((resolve) => waiting.push(resolve))
const writes = [${WRITES.map((code) => `(a, b, l, v) => { ${code} }`).join(',\n')}]
const hold = (one) => {
  if (typeof one !== 'object' || one === null || held.includes(one) || held.length > 40) return
  held.push(one)
  for (const key in one) hold(one[key])
}
on('hear', ({ text }) => {
  const before = waiting
  waiting = []
  before.forEach((resolve, n) => resolve(n))
  for (const [op, i, j, v] of JSON.parse(text)) {
    hold(me.memory)
    const lists = held.filter(Array.isArray)
    const objects = held.filter((one) => !Array.isArray(one))
    try { writes[op](objects[i % objects.length], objects[j % objects.length], lists[i % lists.length], v) } catch (e) { console.log(e.message) }
  }
})
export default () => { me.memory; hold(me.memory) }`

  test('S26 whatever way a program writes to what is in its memory, now or in a later turn, the writing is not missed', () => {
    const noting = programOf({ 'main.js': HOLDING })
    // Something that cannot be noted: all of its memory is gone over each time.
    const all = programOf({ 'main.js': `${HOLDING}\nObject.defineProperty({}, 'x', { get: () => 1 })` })
    const start = '{"list":[1,2,{"deep":[]}],"map":{"x":1,"inner":{"y":{"z":[0]}}}}'
    const nat = fc.nat({ max: 50 })
    const one = fc.tuple(fc.nat({ max: WRITES.length - 1 }), nat, nat, fc.nat({ max: 9 }))
    let told = 0
    fc.assert(
      fc.property(fc.array(fc.array(one, { maxLength: 4 }), { maxLength: 14 }), (turns) => {
        const cells = [noting, all].map((program) => cellOf(program, { memory: start }))
        const memories = [start, start]
        try {
          for (const [index, writes] of [[], ...turns].entries()) {
            const inputs = index === 0 ? [] : [heard(JSON.stringify(writes))]
            const results = cells.map((cell, i) => {
              const outcome = cell.run(textOf(turnOf(index + 1, inputs)), true)
              return toResult('agent_1', noting, index + 1, outcome, memories[i]!)
            })
            expect(results[0]!.memory).toBe(results[1]!.memory)
            expect(results[0]!.error).toEqual(results[1]!.error)
            if (results[0]!.error) break
            if (results[0]!.memory !== undefined) told++
            for (const [i, { memory }] of results.entries()) memories[i] = memory ?? memories[i]!
            expect(cells[0]!.memory()).toBe(memories[0])
          }
        } finally {
          for (const cell of cells) cell.dispose()
        }
      }),
      { numRuns: 120 },
    )
    expect(told).toBeGreaterThan(200)
  })

  const told = (code: string, turns: number) => {
    const program = programOf(
      `import { me, on } from 'academy'\nlet turn = 0\non('tide', () => { turn++\n${code}\n})`,
    )
    const cell = cellOf(program, { memory: '{"a":{"b":1}}' })
    try {
      const run = (tick: number) =>
        cell.run(textOf(turnOf(tick, tick === 1 ? [] : [{ type: 'event', name: 'tide', data: { tick } }])), true)
      let last = run(1)
      for (let tick = 2; tick < turns + 2; tick++) last = run(tick)
      return { result: toResult('agent_1', program, turns + 1, last, '{"a":{"b":1}}'), memory: cell.memory() }
    } finally {
      cell.dispose()
    }
  }

  test.for([
    ['an object that becomes a map', 'if (turn === 2) me.memory.a = new Map() as any', 'memory_not_plain'],
    [
      'an object whose prototype is changed in place',
      'if (turn === 2) Object.setPrototypeOf(me.memory.a, [])',
      'memory_not_plain',
    ],
    ['a ring', 'if (turn === 2) (me.memory as any).a.b = me.memory', 'memory_too_deep'],
    ['what grows a little each turn', "me.memory['k' + turn] = 'x'.repeat(9000)", 'memory_too_big'],
    ['a function', 'if (turn === 2) (me.memory as any).a.b = () => 1', 'memory_not_plain'],
  ] as const)('S26 sees %s', ([, code, expected]) => {
    expect(told(code, code.startsWith('if') ? 2 : 9).result.error?.code).toBe(expected)
  })

  test('S26 what grows in one place and shrinks in another is within its size', () => {
    const grown = "me.memory = turn % 2 ? { a: 'x'.repeat(60000), b: '' } : { a: '', b: 'x'.repeat(60000) } as any"
    expect(told(grown, 5).result.error).toBeUndefined()
  })

  test('S26 keys that a program gives to every object are not its memory', () => {
    const code = '(Object.prototype as any).extra = 1; (me.memory as any).a.b = turn'
    expect(told(code, 3).memory).toBe('{"a":{"b":3}}')
  })

  test('S26 what a setter of the engine’s own writes, under whatever name it is asked for, is not missed', () => {
    const { result, memory } = told(
      `const { a } = me.memory; if (turn === 1) a.c = 1
const set = Object.getOwnPropertyDescriptor(Iterator.prototype, 'construc' + 'tor')['s' + 'et']
if (turn === 3) set.call(a, 2)`,
      3,
    )
    expect(memory).toBe('{"a":{"b":1,"c":1,"constructor":2}}')
    expect(result.memory).toBeDefined()
  })

  test('S12 setters that a program gives to every object see nothing of the writing', () => {
    const code = `for (const key of ['key', 'next', 'whole', 'size', 'first', 'last', 'count', '0', '1'])
      Object.defineProperty(Object.prototype, key, { configurable: true, set(v) { console.log('seen', key) } })
    Object.assign(me.memory, { now: { ['n' + turn]: turn }, list: [turn, turn + 1] })`
    const { result, memory } = told(code, 3)
    expect(result.logs).toEqual([])
    expect(memory).toBe('{"a":{"b":1},"now":{"n3":3},"list":[3,4]}')
  })
})
