import { expect, test } from 'vitest'
import { AGENT_JOURNAL_MAX_INPUTS } from '../limits.ts'
import type { AgentId } from '../protocol/ids.ts'
import { createSandbox } from '../sandbox/pool.ts'
import { agentBench, quiet } from './fixtures.ts'

const ann = 'player_ann'
const source = `import { me, on } from 'academy'
on('wake', ({ why }) => { me.memory.woke = why })
export default async function main() {
  me.memory.starts = (me.memory.starts ?? 0) + 1
  for (let n = 1; ; n++) { me.memory.n = n; await me.wait(1) }
}`

test('AG5 a full journal: the agent rests, `main` begins anew with its memory and hears why, its author is told, and is told before how full it is', async () => {
  await using sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
  const first = await agentBench({ sandbox })
  await first.person(ann)
  const { id } = await first.newAgent(ann, source)
  await first.agents.start(ann, id)
  for (let i = 0; i < 6; i++) await first.beat()
  await first.agents[Symbol.asyncDispose]()
  await sandbox.unload(id as AgentId)

  // A life that is nearly as long as a journal may be: one wait after another.
  const lived = await first.store.turns(id)
  const { tick } = lived.at(-1)!
  const missing = Array.from({ length: AGENT_JOURNAL_MAX_INPUTS - lived.length - 1 }, (_, i) => ({
    agent: id as AgentId,
    tick: tick + 1 + i,
    seed: i,
    inputs: [{ type: 'result' as const, call: lived.length + i, ok: true as const, value: null }],
  }))
  await first.store.appendTurns(missing)
  const { sim, store, projectStore } = first
  const b = await agentBench({ sandbox, sim, store, projectStore })
  await using _ = b.agents
  await b.agents.resume()
  const now = async () => {
    const info = await b.agents.get(ann, id)
    if (!info.ok) throw new Error(info.refusal.code)
    return info.value
  }
  const full = await now()
  expect(full.journal!.turns).toBeGreaterThan(AGENT_JOURNAL_MAX_INPUTS - 10)
  expect(full.journal).toMatchObject({ maxInputs: AGENT_JOURNAL_MAX_INPUTS })
  expect(full.memory).toMatchObject({ starts: 1, n: full.journal!.turns })
  await b.until(() => b.lines.some(({ text }) => text.startsWith('After a long day the program rested')))
  for (let i = 0; i < 6; i++) await b.beat()
  const rested = await now()
  expect(rested.status).toBe('running')
  expect(rested.journal!.turns).toBeLessThan(10)
  expect(rested.memory).toMatchObject({ starts: 2, woke: 'rest' })
})
