import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { project } from './fixtures.ts'
import { readProject } from './project.ts'
import { recordingOfTest } from './recording.ts'
import { replay } from './replay.ts'
import { stepLines } from './replay-text.ts'
import { type Ran, runTests } from './run-tests.ts'
import { scaffold, TEMPLATE_NAMES, templateOf } from './scaffold.ts'
import { parseTest, readTests } from './test-file.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await openWorkbench()
})
afterAll(() => bench[Symbol.asyncDispose]())

const WALKER = `import { me, on, random } from 'academy'
export default async function main() {
  me.memory.seen = []
  for (let i = 0; i < 6; i++) {
    const here = await me.look()
    me.memory.seen.push(here.place)
    console.log(me.id, here.place, random(1000), Math.random())
    try { await me.go(random(here.exits).direction) } catch (e: any) { console.warn(e.code) }
  }
  try { await me.take('the moon') } catch (e: any) { me.memory.refused = e.code }
}
on('hear', ({ name, text }) => console.log(name, text))
`
const WALKS = `place: harbor:dock
ticks: 300
memory: { kept: 7 }
visitors: [{ name: Mara, place: harbor:dock, acts: [{ tick: 2, say: good evening }] }]
expect:
  - { happens: { type: moved }, count: 2 }
`

async function run(main: string, test: string, options: Parameters<typeof runTests>[3] = {}) {
  await using f = await project(main, { 'tests/a.yaml': test })
  return await runTests(bench, await readProject(f.dir), await readTests(f.dir), options)
}

describe('agent test', () => {
  test('the same seed gives the same report to the byte, many at once in one sandbox too; another seed another one', async () => {
    const [first, ...others] = await Promise.all([1, 2, 3, 4].map(() => run(WALKER, WALKS)))
    expect(first!.tests[0]).toMatchObject({ error: null, memory: { refused: 'no_such_thing', kept: 7 } })
    expect(first!.tests[0]!.log.some(({ text }) => text.startsWith('agent_trial '))).toBe(true)
    for (const other of others) expect(JSON.stringify(other)).toBe(JSON.stringify(first))
    expect(JSON.stringify((await run(WALKER, WALKS, { seed: 'other' })).tests[0]!.log)).not.toBe(
      JSON.stringify(first!.tests[0]!.log),
    )
  })

  test('what each kind of expectation asks for is found, and its opposite is said with what was so instead', async () => {
    const main = `import { me } from 'academy'
export default async function main() {
  await me.say('Hello, harbour')
  try { await me.go('up') } catch {}
  me.memory.n = (me.memory.n ?? 0) + 1
  console.log('done it')
}`
    const holding = await run(
      main,
      `place: harbor:dock
memory: { n: 4 }
expect:
  - happens: { type: said, text: { contains: HARBOUR } }
  - never: { type: moved }
  - refused: no_exit
  - refused: { command: go, code: { oneOf: [no_exit, locked] } }
  - logs: done it
  - memory: { n: 5 }
  - holds: not has(harbor:crate)
  - fuelBelow: 5000
`,
    )
    expect(holding.tests[0]!.expectations.filter(({ ok }) => !ok)).toEqual([])
    const failing = await run(
      main,
      `place: harbor:dock
expect:
  - happens: { type: said, text: nothing }
  - { happens: { type: said }, count: 2 }
  - never: { type: said }
  - refused: locked
  - logs: not done
  - memory: { n: 2 }
  - holds: has(harbor:crate)
  - error: not_a_function
  - fuelBelow: 2
`,
    )
    expect(failing.ok).toBe(false)
    expect(failing.tests[0]!.expectations.map(({ line, ok, got }) => `${line} ${ok} ${got}`)).toEqual([
      '3 false what happened: 1 said text="Hello, harbour"',
      '4 false 1 of 2; what happened: 1 said text="Hello, harbour"',
      '5 false it happened: 1 said text="Hello, harbour"',
      expect.stringMatching(/^6 false what happened: \d+ refused command="go" code="no_exit"$/),
      '7 false the log says ["done it"]',
      '8 false memory is {"n":1}',
      '9 false it does not hold at the end',
      '10 false there was no error',
      expect.stringMatching(/^11 false it used \d+$/),
    ])
  })

  test('other nodes, models and markets are not there, and the refusal can be expected like any other', async () => {
    const main = `import { me } from 'academy'
export default async function main() {
  for (const ask of [() => me.hop('elsewhere'), () => me.ask('why?'), () => me.compute('sum', [1])])
    try { await ask() } catch (e: any) { console.log(e.name, e.code) }
}`
    const report = await run(
      main,
      `place: harbor:dock
ticks: 30
expect:
  - refused: { command: hop, code: no_such_node }
  - refused: no_model
  - refused: { command: compute, code: no_market }
`,
    )
    expect(report.tests[0]!.expectations.filter(({ ok }) => !ok)).toEqual([])
    expect(report.tests[0]!.log.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['Refusal no_such_node', 'Refusal no_model', 'Refusal no_market']),
    )
  })

  test('an error that nobody expects fails the test with file and line; one that is expected does not', async () => {
    const main = `export default async function main() {\n  oops()\n}`
    const test = 'place: harbor:dock\nexpect:\n  - never: { type: moved }\n'
    const [verdict] = (await run(main, test)).tests[0]!.expectations.filter(({ ok }) => !ok)
    expect(verdict).toMatchObject({
      expected: 'no error',
      got: expect.stringMatching(/^main\.ts:2:3 ReferenceError/),
    })
    expect((await run(main, `${test}  - error: undefined_name\n`)).ok).toBe(true)
    expect((await run(main, `${test}  - error: { line: 2, code: undefined_name }\n`)).ok).toBe(true)
  })

  test('the first tests that come with templates say what they should', async () => {
    await using f = await project('')
    for (const template of TEMPLATE_NAMES) {
      const dir = `${f.dir}/${template}`
      await scaffold(dir, { name: template, template: templateOf(template)! })
      expect((await runTests(bench, await readProject(dir), await readTests(dir))).ok, template).toBe(true)
    }
  })

  test('what is wrong with a test file is said with its line; a place that is not in the world too', async () => {
    expect(parseTest('tests/a.yaml', 'place: harbor:dock\nticks: soon\nexpect:\n  - happens: { text: a }\n')).toEqual(
      [
        { file: 'tests/a.yaml', line: 2, message: expect.stringMatching(/^ticks: /) },
        { file: 'tests/a.yaml', line: 4, message: expect.stringMatching(/^expect\.0/) },
      ],
    )
    await expect(run('export {}', 'place: harbor:nowhere\nexpect: [{ never: { type: said } }]')).rejects.toThrow(
      /tests\/a\.yaml:1:1 error: there is no place harbor:nowhere/,
    )
  })
})

describe('a recording of a test', () => {
  async function recorded() {
    const rans: Ran[] = []
    await using f = await project(WALKER, { 'tests/a.yaml': WALKS })
    const { sources, ...rest } = await readProject(f.dir)
    await runTests(bench, { sources, ...rest }, await readTests(f.dir), { onResult: (ran) => void rans.push(ran) })
    return { recording: recordingOfTest(sources, rans[0]!.recorded!), result: rans[0]!.result }
  }

  test('lives again the same: calls, log, fuel and memory of every turn', async () => {
    const { recording, result } = await recorded()
    const came = await replay(bench.sandbox, JSON.parse(JSON.stringify(recording)))
    expect(came.differences).toEqual([])
    expect(came).toMatchObject({ fuelUsed: result.fuel, turns: recording.turns.length })
    expect(JSON.parse(came.memory)).toEqual(result.memory)
    expect(Number.isInteger(came.fuelUsed)).toBe(true)
  })

  test('shows the lines that each turn went through, and comes out the same', async () => {
    const { recording } = await recorded()
    const paths: (readonly string[])[] = []
    const shown: string[] = []
    const before = { memory: recording.memory }
    const came = await replay(
      bench.sandbox,
      recording,
      (step) => {
        paths.push((step.path ?? []).map(({ file, line }) => `${file}:${line}`))
        shown.push(...stepLines(step, before))
      },
      { lines: true },
    )
    expect(came.differences).toEqual([])
    expect(paths[0]![0]).toMatch(/^main\.ts:\d+$/)
    // A turn in which nothing but the end of `main` comes goes through no line.
    const gone = paths.filter((path) => path.length > 0).length
    expect(gone).toBeGreaterThan(1)
    expect(shown.filter((line) => /^ {2}@ main\.ts \d+/.test(line))).toHaveLength(gone)
  })

  test('tells with line and sentence how a turn ended, also one that was cut', async () => {
    const rans: Ran[] = []
    await using f = await project(`export default async function main() {\n  for (;;);\n}`, {
      'tests/a.yaml': 'place: harbor:dock\nexpect:\n  - error: out_of_fuel\n',
    })
    const own = await readProject(f.dir)
    await runTests(bench, own, await readTests(f.dir), { onResult: (ran) => void rans.push(ran) })
    const shown: string[] = []
    await replay(bench.sandbox, recordingOfTest(own.sources, rans[0]!.recorded!), (step) =>
      shown.push(...stepLines(step, { memory: '{}' })),
    )
    expect(shown.filter((line) => line.startsWith('  !'))).toEqual([
      expect.stringMatching(/^ {2}! main\.ts:2:\d+ The fuel of this turn ran out here\. .* \(out_of_fuel\)$/),
    ])
  })

  test('that was tampered with is found out: in an input, an outcome, or the program', async () => {
    const { recording } = await recorded()
    const seeds = recording.turns.map((turn, index) => (index === 0 ? turn : { ...turn, seed: turn.seed ^ 1 }))
    expect((await replay(bench.sandbox, { ...recording, turns: seeds })).differences.length).toBeGreaterThan(0)
    const outcomes = recording.outcomes!.map((each, index) =>
      index === 1 ? { ...each, fuelUsed: each.fuelUsed + 1 } : each,
    )
    expect((await replay(bench.sandbox, { ...recording, outcomes })).differences).toMatchObject([
      { tick: recording.turns[1]!.tick, what: 'fuel' },
    ])
    const program = { ...recording.program, sources: { 'main.ts': `${WALKER}\nexport const more = () => 1` } }
    expect((await replay(bench.sandbox, { ...recording, program })).differences[0]).toMatchObject({ what: 'program' })
  })
})
