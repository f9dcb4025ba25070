import { afterAll, describe, expect, test, vi } from 'vitest'
import { AGENT_INBOX_MAX } from '../limits.ts'
import { createSandbox } from '../sandbox/pool.ts'
import type { Sandbox } from '../sandbox/types.ts'
import { agentBench, quiet } from './fixtures.ts'

const sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
afterAll(() => sandbox[Symbol.asyncDispose]())

const ann = 'player_ann'
const COUNTING = `import { me } from 'academy'
export default async function main() {
  for (let n = 1; ; n++) { me.memory.n = n; console.log('n', n); await me.wait(1) }
}`

describe('an agent paused by its author', () => {
  test('AG40 has one turn at a time when it is given them, then goes on where it was', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann)
    const { id } = await b.newAgent(ann, COUNTING)
    await b.agents.start(ann, id)
    const written = () => b.lines.filter(({ text }) => text.startsWith('n ')).length
    await b.until(() => written() >= 2)
    const paused = await b.agents.pause(ann, id)
    expect(paused.ok && paused.value.status).toBe('paused')
    const before = await settledAt(b, written)
    await b.agents.step(ann, id)
    await b.until(() => written() === before + 1)
    expect(await settledAt(b, written)).toBe(before + 1)
    expect(b.lines.some(({ text }) => /^One turn: \d+ fuel, asked for me\.wait/.test(text))).toBe(true)
    const going = await b.agents.goOn(ann, id)
    expect(going.ok && going.value.status).toBe('running')
    expect(b.lines.some(({ text }) => /^It goes on\. \d+ tides went by meanwhile/.test(text))).toBe(true)
    await b.until(() => written() >= before + 4)
    const numbers = b.lines.filter(({ text }) => text.startsWith('n ')).map(({ text }) => Number(text.slice(2)))
    expect(numbers).toEqual(numbers.map((_n, i) => i + 1))
    await b.agents.stop(ann, id)
  })

  test('AG41 is nobody else’s to pause, and one that is not going cannot be', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann)
    const { id } = await b.newAgent(ann, COUNTING)
    expect(await b.agents.pause('player_ben', id)).toMatchObject({ ok: false, refusal: { code: 'no_such_agent' } })
    expect(await b.agents.step(ann, id)).toMatchObject({ ok: false, refusal: { code: 'not_running' } })
  })
})

test('AG46 a turn that was cut is told of with its line and what it cost', async () => {
  const b = await agentBench({ sandbox })
  await using _ = b.agents
  await b.person(ann)
  const { id } = await b.newAgent(
    ann,
    `import { me } from 'academy'\nexport default async function main() {\n  await me.wait(1)\n  while (true) ;\n}`,
  )
  await b.agents.start(ann, id)
  await b.until(() => b.agents.running() === 0)
  const texts = b.lines.map(({ text }) => text)
  expect(texts.some((text) => /main\.ts, line 4: The fuel/.test(text))).toBe(true)
  expect(texts.some((text) => /it cost 400000 of 400000 fuel/.test(text))).toBe(true)
})

test('AG47 tides without a turn, and events that fell out, are told of', async () => {
  // Results are kept back for a while, as by a host that has too much to do.
  let kept: (() => void)[] | undefined
  const slow: Sandbox = {
    ...sandbox,
    onResult: (listener) =>
      sandbox.onResult((results) => {
        if (kept) kept.push(() => listener(results))
        else listener(results)
      }),
  }
  const b = await agentBench({ sandbox: slow })
  await using _ = b.agents
  await b.person(ann)
  const { id } = await b.newAgent(
    ann,
    `import { me, on } from 'academy'\non('hear', ({ text }) => { me.memory.last = text })\non('tide', () => {})`,
  )
  await b.agents.start(ann, id)
  await b.until(() => b.lines.length === 0 && b.sim.outcomes.length > 20)
  kept = []
  for (let i = 0; i < AGENT_INBOX_MAX + 40; i++) {
    await b.say(ann, `word ${i}`)
    if (i % 20 === 0) b.sim.beat()
  }
  await vi.waitFor(() => expect(kept).not.toEqual([]))
  const late = kept
  kept = undefined
  for (const tell of late) tell()
  await b.until(() => b.lines.length >= 2)
  const texts = b.lines.map(({ text }) => text)
  expect(texts[0]).toMatch(/^1[0-9] tides went by without a turn/)
  expect(texts[1]).toMatch(/^Too much happened at once: \d+ events were not handed in/)
})

/** What a count comes to when some tides go by. */
async function settledAt(b: Awaited<ReturnType<typeof agentBench>>, count: () => number): Promise<number> {
  let tides = 0
  await b.until(() => tides++ >= 12)
  return count()
}
