import { afterAll, describe, expect, test } from 'vitest'
import { createSandbox } from '../sandbox/pool.ts'
import { agentBench, type Bench, quiet } from './fixtures.ts'

const sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
afterAll(() => sandbox[Symbol.asyncDispose]())

const IDLE = 12
const AGENTS = 32
const BUSY = 6

/** Keeps a local count over its awaits, so that it goes on right only when they are restored. */
const listener = `import { me, on } from 'academy'
let heard = 0
on('hear', async ({ text, from }) => {
  if (!text.startsWith('wake')) return
  heard++
  await me.tell(from, me.name + ' heard ' + heard)
  me.memory.heard = heard
})`
const busy = `import { me } from 'academy'
export default async function main() { for (let n = 1; ; n++) { me.memory.n = n; await me.wait(2) } }`

const told = (b: Bench) =>
  b.sim.outcomes.flatMap(({ events }) => events.flatMap((e) => (e.type === 'told' ? [`${e.text}`] : [])))

async function many(b: Bench): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < AGENTS; i++) {
    const owner = `player_${i}`
    const place = i < BUSY ? 'harbor:dock' : 'harbor:pier'
    await b.person(owner, place)
    const { id } = await b.newAgent(owner, i < BUSY ? busy : listener, `Wick${i}`)
    await b.agents.start(owner, id)
    ids.push(id)
  }
  return ids
}

describe('AG20 an agent with nothing to do', () => {
  test('AG20 has no place in any host, hears all the same, wakes exactly, and outlives the node', async () => {
    const first = await agentBench({ sandbox, over: { idleTicks: IDLE } })
    const ids = await many(first)
    const idle = ids.slice(BUSY)
    await first.until(() => sandbox.stats().agents === BUSY, 1_000)
    expect(first.agents.running()).toBe(AGENTS)
    expect(await first.agents.get('player_20', ids[20]!)).toMatchObject({
      value: { status: 'running', asleep: true, memory: {} },
    })
    await first.say('player_31', 'wake')
    await first.until(() => told(first).length === idle.length, 1_000)
    expect(new Set(told(first)).size).toBe(idle.length)
    await first.until(() => sandbox.stats().agents === BUSY, 1_000)
    await first.agents[Symbol.asyncDispose]()
    for (const id of ids) await sandbox.unload(id)

    const { sim, store, projectStore } = first
    const b = await agentBench({ sandbox, sim, store, projectStore, over: { idleTicks: IDLE } })
    await using _ = b.agents
    await b.agents.resume()
    expect([sandbox.stats().agents, b.agents.running()]).toEqual([BUSY, AGENTS])
    await b.say('player_31', 'wake up')
    await b.until(() => told(b).length === 2 * idle.length, 1_000)
    const twice = idle.flatMap((_, i) => [`Wick${i + BUSY} heard 1`, `Wick${i + BUSY} heard 2`])
    expect(told(b).toSorted()).toEqual(twice.toSorted())
    expect(await b.agents.get('player_0', ids[0]!)).toMatchObject({ value: { memory: { n: expect.any(Number) } } })
  })

  test('AG21 that waits wakes on its tide, with its locals, as if it had never been put by', async () => {
    const source = `import { me, now } from 'academy'
export default async function main() {
  const began = now()
  for (const ticks of [3, 40, 5, 60]) {
    const at = now()
    await me.wait(ticks)
    console.log(ticks, now() - at, now() - began)
  }
}`
    const logs: string[][] = []
    const others = sandbox.stats().agents
    for (const idleTicks of [IDLE, 1_000_000]) {
      const b = await agentBench({ sandbox, over: { idleTicks } })
      await using _ = b.agents
      await b.person('player_ann')
      const { id } = await b.newAgent('player_ann', source)
      await b.agents.start('player_ann', id)
      let slept = false
      await b.until(() => {
        slept ||= b.agents.running() === 1 && sandbox.stats().agents === others
        return b.agents.running() === 0
      })
      expect(slept).toBe(idleTicks === IDLE)
      logs.push(b.lines.map(({ text }) => text))
    }
    expect(logs[0]).toEqual(logs[1])
    expect(logs[0]).toHaveLength(4)
    expect(logs[0]![1]).toMatch(/^40 40 /)
  })

  test('AG22 can be stopped, started, replayed and asked about while it is put by', async () => {
    const b = await agentBench({ sandbox, over: { idleTicks: IDLE } })
    await using _ = b.agents
    const ann = 'player_ann'
    await b.person(ann)
    const source = `import { me, on } from 'academy'\nme.memory.starts = (me.memory.starts ?? 0) + 1\non('hear', () => {})`
    const others = sandbox.stats().agents
    const { id } = await b.newAgent(ann, source)
    await b.agents.start(ann, id)
    const put = () => b.until(() => b.agents.running() === 1 && sandbox.stats().agents === others)
    await put()
    const replay = await b.agents.replay(ann, id, 0, Number.MAX_SAFE_INTEGER)
    expect(replay).toMatchObject({ value: { end: { memory: '{"starts":1}', fuelUsed: expect.any(Number) } } })
    await b.agents.start(ann, id)
    await put()
    expect(await b.agents.get(ann, id)).toMatchObject({ value: { memory: { starts: 2 }, asleep: true } })
    expect((await b.agents.stop(ann, id)).ok).toBe(true)
    expect(await b.agents.get(ann, id)).toMatchObject({ value: { status: 'stopped', memory: { starts: 2 } } })
    expect(b.agents.running()).toBe(0)
  })
})
