import { afterAll, describe, expect, test } from 'vitest'
import { AGENT_TRIAL_TURNS } from '../limits.ts'
import { createSandbox } from '../sandbox/pool.ts'
import { agentBench, type Bench, quiet } from './fixtures.ts'

const sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
afterAll(() => sandbox[Symbol.asyncDispose]())

const ann = 'player_ann'

/** Counts aloud in `me.memory`, and says who it is. */
const counter = (name: string) => `import { me } from 'academy'
export default async function main() {
  for (;;) { me.memory.n = (me.memory.n ?? 0) + 1; me.memory.by = '${name}'; await me.say('${name} ' + me.memory.n) }
}`
const broken = `import { me } from 'academy'
export default async function main() {
  me.memory.n = 'spoilt'
  await me.wait(1)
  await me.wait(1)
  lamp.light()
}`

async function going(b: Bench, source = counter('old'), until = 'agent: old 3') {
  await b.person(ann)
  const made = await b.newAgent(ann, source)
  await b.agents.start(ann, made.id)
  await b.until(() => b.said().includes(until))
  return made
}
const counts = (b: Bench) => b.said().filter((line) => line.startsWith('agent: old'))
const inOrder = (count: number) => Array.from({ length: count }, (_, i) => `agent: old ${i + 1}`)

async function swapTo(b: Bench, { id, projectId }: { id: string; projectId: string }, source: string) {
  await b.projects.write(ann, projectId, 'main.ts', source)
  expect((await b.agents.start(ann, id)).ok).toBe(true)
}

describe('new code', () => {
  test('AG10 that ends in its first turns gives way to the program before it, with the memory that had; its author is told the line', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    const made = await going(b)
    await swapTo(b, made, broken)
    await b.until(() => b.lines.some(({ text }) => /^main\.ts, line 6/.test(text)))
    const before = counts(b).length
    await b.until(() => counts(b).length > before + 2)
    // What was said last before the swap may not have been written to memory: that turn was let go.
    const last = counts(b).at(-1)
    expect(last).toMatch(/^agent: old \d+$/)
    expect(new Set(counts(b)).size).toBeGreaterThanOrEqual(counts(b).length - 1)
    const info = await b.agents.get(ann, made.id)
    expect(info).toMatchObject({
      value: {
        status: 'running',
        memory: { by: 'old', n: expect.any(Number) },
        rolledBack: { code: 'undefined_name', file: 'main.ts', line: 6 },
      },
    })
    expect(b.lines.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^The new code failed/))
  })

  test('AG10 whose handler fails in its first turns gives way too; a refusal of the world is no such failure', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    const made = await going(b)
    const hears = (code: string) =>
      `import { me, on } from 'academy'\non('hear', async () => {\n  ${code}\n})\nexport default () => me.say('new')`
    await swapTo(b, made, hears("await me.go('up')"))
    await b.until(() => b.said().includes('agent: new'))
    await b.say(ann, 'hello')
    await b.until(() => b.lines.some(({ text }) => text.startsWith('main.ts, line 3')))
    expect((await b.store.find(made.id))?.previous).toBeDefined()
    await swapTo(b, made, hears('lamp.light()'))
    await b.until(() => b.said().filter((line) => line === 'agent: new').length === 2)
    await b.say(ann, 'hello')
    await b.until(() => b.lines.some(({ text }) => text.startsWith('The new code failed')))
    // Back to the last that had proved itself, not to the one that was still on trial.
    const before = counts(b).length
    await b.until(() => counts(b).length > before + 1)
  })

  test('AG11 that has had its first turns is on its own', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    const made = await going(b)
    const later = `import { me } from 'academy'
export default async function main() {
  for (let n = 0; n < ${AGENT_TRIAL_TURNS + 1}; n++) await me.wait(1)
  lamp.light()
}`
    await swapTo(b, made, later)
    await b.until(() => b.agents.running() === 0)
    expect(await b.agents.get(ann, made.id)).toMatchObject({ value: { status: 'paused', error: { line: 4 } } })
    expect((await b.store.find(made.id))?.previous).toBeUndefined()
  })

  test('AG12 on trial when the node goes down is still on trial afterwards', async () => {
    const first = await agentBench({ sandbox })
    const made = await going(first)
    await swapTo(first, made, broken)
    first.sim.beat()
    await first.agents[Symbol.asyncDispose]()
    await sandbox.unload(made.id)
    const b = await agentBench({ sandbox, sim: first.sim, store: first.store, projectStore: first.projectStore })
    await using _ = b.agents
    await b.agents.resume()
    const before = counts(b).length
    await b.until(() => counts(b).length > before + 2)
    expect(b.lines.some(({ text }) => /^main\.ts, line 6/.test(text))).toBe(true)
    expect(counts(b).slice(0, 3)).toEqual(inOrder(3))
  })

  test('AG13 that cannot even be loaded gives way; the same code started again has nothing to go back to', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    const made = await going(b)
    await swapTo(b, made, 'const f = (() => { throw new Error("no") })()\nexport default () => f')
    await b.until(() => b.lines.some(({ text }) => text.startsWith('The new code failed')))
    await b.until(() => counts(b).length > 5)
    await swapTo(b, made, counter('old'))
    expect((await b.store.find(made.id))?.previous).toBeUndefined()
  })
})
