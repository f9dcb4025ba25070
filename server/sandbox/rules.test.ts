/** What a program meets from its first turn on: its inputs, its fuel, its turns, its log; and how its world says no. */
import { describe, expect, test } from 'vitest'
import type { AgentInput, AgentTurnResult } from '../protocol/agent-io.ts'
import type { AgentId } from '../protocol/ids.ts'
import { agentLoad, cellOf, heard, inMain, LIMITS, no, ok, programOf, textOf, turnOf } from './fixtures.ts'
import { createSandbox } from './pool.ts'
import { toResult } from './translate.ts'

/** Turns one after another, each with the inputs that come in at it. */
function run(source: string, inputs: readonly (readonly AgentInput[])[], over: Partial<typeof LIMITS> = {}, gap = 1) {
  const program = programOf(source)
  const cell = cellOf(program, { limits: { ...LIMITS, ...over } })
  const results = inputs.map((list, i) =>
    toResult('agent_1', program, i + 1, cell.run(textOf(turnOf(1 + i * gap, list)))),
  )
  cell.dispose()
  return results
}
const one = (source: string, over?: Partial<typeof LIMITS>) => run(source, [[]], over)[0]!
const texts = (logs: readonly { readonly text: string }[]) => logs.map(({ text }) => text)

describe('S13 chance, time and fuel', () => {
  test('S13 come in with the turn: the same seed gives the same chance, `now` is its tick, `me.fuel` is what is left', () => {
    const source = inMain(`console.log(Math.random(), random(), random(1000), random(['a', 'b', 'c']))
console.log(now())
const before = me.fuel
for (let i = 0; i < 50; i++) ;
console.log(before - me.fuel >= 50, me.fuel < ${LIMITS.fuelBurst})
await me.wait(1)
console.log(now(), Math.random())`)
    const played = () => run(source, [[], [ok(1)]], {}, 7)
    const [first, second] = played()
    expect(texts(first!.logs)[1]).toBe('1')
    expect(texts(first!.logs)[2]).toBe('true true')
    expect(texts(second!.logs)[0]).toMatch(/^8 0\.\d+$/)
    expect(played()).toEqual([first, second])
  })
})

describe('S22 the bucket', () => {
  test('S22 is filled for each tick that has passed, up to what may be saved', () => {
    const source = inMain(`for (;;) { console.log(me.fuel); for (let i = 0; i < 3000; i++) ; await me.wait(1) }`)
    const limits = { fuelPerTurn: 1000, fuelBurst: 8000 }
    const left = (gap: number) =>
      run(source, [[], [ok(1)], [ok(2)]], limits, gap).map(({ logs }) => Number(texts(logs)[0]))
    const [full, next] = left(1)
    expect(full).toBeGreaterThan(7900)
    expect(next).toBeGreaterThan(full! - 3000 + 900)
    expect(next).toBeLessThan(full! - 2000 + 100)
    // After long enough it is full again, and holds no more.
    expect(left(1000)[2]).toBeGreaterThan(7900)
    expect(left(1000)[2]).toBeLessThanOrEqual(8000)
  })
})

describe('S23 a turn whose fuel is used up', () => {
  test.each([
    ['catch', 'for (;;) try { for (;;) ; } catch {}'],
    ['finally', 'try { for (;;) ; } finally { await me.say("late") }'],
    ['promise', 'await new Promise(() => { for (;;) ; }).catch(() => me.say("late"))'],
    ['recursion', 'const f = (): number => f() + 1; try { f() } catch { await me.say("late") }'],
  ])('S23 is cut, whatever would go on: %s', (_what, code) => {
    const result = one(inMain(`me.memory.touched = true\nvoid me.say('early')\n${code}`))
    expect(result).toMatchObject({ calls: [], fuelUsed: LIMITS.fuelBurst, error: { file: 'main.ts', line: 5 } })
    expect(['out_of_fuel', 'stack_overflow']).toContain(result.error!.code)
    expect(result.memory).toBeUndefined()
  })
})

describe('S24 a regular expression', () => {
  test('S24 that goes back for ever by nature is done in linear steps, in a host, and costs the same each time', async () => {
    await using sandbox = createSandbox({ log: { info() {}, warn() {} }, clock: { now: () => performance.now() } })
    const played = async (id: AgentId) => {
      const program = programOf(inMain(`console.log(/^(a+)+$/.test('a'.repeat(5000) + '!'))`))
      await sandbox.load(agentLoad(program, { self: { id, name: 'Wick', owner: 'player_1', place: 'p' } }))
      const answered = new Promise<AgentTurnResult>((resolve) => sandbox.onResult((all) => resolve(all[0]!)))
      sandbox.turn([turnOf(1, [], id)])
      return answered
    }
    const first = await played('agent_1')
    expect(texts(first.logs)).toEqual(['false'])
    expect((await played('agent_2')).fuelUsed).toBe(first.fuelUsed)
  })
  test('S24 that the linear engine does not know is priced by how often it may go back', () => {
    const source = (length: number) => inMain(`/^(a|b)+\\1$/.test('ab'.repeat(${length}))`)
    expect(one(source(400)).fuelUsed).toBeGreaterThan(one(source(100)).fuelUsed * 4)
  })
})

describe('S25 a turn', () => {
  test('S25 hands its inputs out in their order, and all that follows from them is in its answer', () => {
    const source = `import { me, on } from 'academy'
const order: string[] = []
on('hear', async ({ text }) => { order.push(text); await null; await Promise.resolve(); order.push(text + '!') })
on('tide', () => { console.log(order.join()) })
export default async function main() {
  order.push('main')
  for (;;) { await me.wait(1); order.push('waited') }
}`
    const tide: AgentInput = { type: 'event', name: 'tide', data: { tick: 2 } }
    const [first, second, third] = run(source, [[], [heard('a'), ok(1), heard('b'), tide], [tide]])
    expect(first!.calls).toMatchObject([{ call: 1, action: 'wait', args: [1] }])
    const [order] = texts(second!.logs)
    expect(order).toBe('main,a,b')
    expect(second!.calls).toMatchObject([{ call: 2, action: 'wait' }])
    const all = texts(third!.logs)[0]!.split(',')
    expect(all.toSorted()).toEqual(['main', 'a', 'b', 'a!', 'b!', 'waited'].toSorted())
    expect(all.indexOf('a!')).toBeLessThan(all.indexOf('b!'))
  })

  test('S25 both styles go together: `main` awaits while handlers hear', () => {
    const source = `import { me, on } from 'academy'
on('hear', async ({ text }) => { await me.say('heard ' + text) })
export default async function main() { await me.wait(3); await me.say('waited') }`
    const [first, second, third] = run(source, [[], [heard('x')], [ok(1), ok(2)]])
    expect(first!.calls.map(({ action }) => action)).toEqual(['wait'])
    expect(second!.calls.map(({ args }) => args[0])).toEqual(['heard x'])
    expect(third!.calls.map(({ args }) => args[0])).toEqual(['waited'])
  })
})

describe('S27 the log', () => {
  test('S27 is bounded in lines and in characters, and says how much it left out', () => {
    const flood = one(inMain(`for (let i = 0; i < 500; i++) console.log(i)`))
    expect(flood.logs.length).toBeLessThanOrEqual(40)
    expect(flood.droppedLogs).toBe(500 - flood.logs.length)
    expect(one(inMain(`console.log('x'.repeat(5000))`)).logs[0]!.text.length).toBeLessThanOrEqual(501)
  })
  test('S27 has the refusal that nobody waited for', () => {
    const [, second] = run(inMain(`void me.go('up')\nawait me.wait(9)`), [[], [no(1, 'There is no way up.')]])
    expect(second!.error).toBeUndefined()
    expect(JSON.stringify([second!.logs, second!.failed ?? ''])).toContain('There is no way up.')
  })
})

describe('S29 an action', () => {
  test('S29 is an exception with a code and a sentence when the world refuses it', () => {
    const source = inMain(`try { await me.go('up') } catch (error) {
  console.log(error instanceof Refusal, (error as Refusal).code, (error as Error).message)
}
await me.ask('who am I?')
await me.hop('far away')`).replace('import { me', 'import { Refusal, me')
    const [first, second, third] = run(source, [[], [no(1, 'There is no way up.')], [ok(2, 'a lantern')]])
    expect(first!.calls).toMatchObject([{ action: 'go', args: ['up'] }])
    expect(texts(second!.logs)).toEqual(['true no_exit There is no way up.'])
    expect(second!.calls).toMatchObject([{ action: 'ask', args: ['who am I?'] }])
    expect(third!.calls).toMatchObject([{ action: 'hop', args: ['far away'] }])
  })

  test('S29 is told by its line when nobody has caught its refusal', () => {
    const [, second] = run(inMain(`await me.wait(1)\nawait me.go('up')`), [[], [ok(1)]])
    expect(second!.calls).toHaveLength(1)
    const [, , third] = run(inMain(`await me.wait(1)\nawait me.go('up')`), [[], [ok(1)], [no(2, 'No way.')]])
    expect(third!.error).toMatchObject({ code: 'refused', file: 'main.ts', line: 4 })
  })
})

test('S1 several files, each with its own line in a trace', () => {
  const source = {
    'main.ts': `import { a } from './lib/a'\nexport default () => a()`,
    'lib/a.ts': `import { b } from './b'\n\nexport const a = () => b()`,
    'lib/b.js': `export const b = () => {\n  lamp.light()\n}`,
  }
  const program = programOf(source)
  const cell = cellOf(program, agentLoad(program))
  const { error } = toResult('agent_1', program, 1, cell.run(textOf(turnOf(1))))
  cell.dispose()
  expect(error).toMatchObject({ code: 'undefined_name', file: 'lib/b.js', line: 2, column: 3 })
  expect(error!.stack).toMatch(/b lib\/b\.js:2:3[\s\S]*a lib\/a\.ts:3[\s\S]*main\.ts:2/)
})
