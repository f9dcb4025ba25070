import { expect, test } from 'vitest'
import type { AgentTurn } from '../protocol/agent-io.ts'
import { agentLoad, cellOf, inMain, ok, programOf, textOf, turnOf } from './fixtures.ts'
import { createSandbox } from './pool.ts'
import { toResult } from './translate.ts'

const quiet = { log: { info() {}, warn() {} }, clock: { now: () => performance.now() } }

/** Memory that does something when it is written down: what chance gives it, and so the program, depends on every writing. */
const acting: readonly (readonly [string, string])[] = [
  ['plain data', 'me.memory.list = []; const at = () => me.memory.list.push(random(1000))'],
  ['an accessor', 'me.memory = { get n() { return random(1000) } }; const at = () => {}'],
  [
    'an accessor by description',
    'Object.defineProperty(me.memory, "n", { get: () => random(1000), enumerable: true }); const at = () => {}',
  ],
  ['a proxy', 'me.memory.p = new Proxy({ n: 1 }, { get: () => random(1000) }); const at = () => {}'],
  [
    'what came later',
    'let n = 0; const at = () => { if (++n === 3) me.memory.p = new Proxy({ n }, { get: () => random(1000) }) }',
  ],
]

test.for(acting)('S21 a host restores a program from its journal as it was, with %s in memory', async ([, code]) => {
  const program = programOf(inMain(`${code}\nfor (;;) { at(); await me.say(String(random(1000))) }`))
  const turns: AgentTurn[] = Array.from({ length: 8 }, (_, i) => turnOf(i + 1, i === 0 ? [] : [ok(i)]))
  const cell = cellOf(program)
  const results = turns.map((turn) => toResult('agent_1', program, turn.tick, cell.run(textOf(turn))))
  cell.dispose()
  await using sandbox = createSandbox(quiet)
  const loaded = await sandbox.load(agentLoad(program, { journal: turns }))
  expect(loaded).toMatchObject({
    ok: true,
    last: { ...results.at(-1), memory: results.at(-1)!.memory },
    pending: results.at(-1)!.calls,
    listens: [],
  })
  expect(results.at(-1)!.calls).toHaveLength(1)
})

test('S23 a turn that is cut leaves memory as it was, also in the journal', async () => {
  const program = programOf(inMain('me.memory.n = 1; await me.wait(1); me.memory.n = 2; for (;;) ;'))
  await using sandbox = createSandbox(quiet)
  const loaded = await sandbox.load(agentLoad(program, { journal: [turnOf(1), turnOf(2, [ok(1)])] }))
  expect(loaded).toMatchObject({ ok: true, last: { memory: '{"n":1}', error: { code: 'out_of_fuel' } } })
})
