import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AgentTurnResult } from '../protocol/agent-io.ts'
import { createSandbox } from '../sandbox/pool.ts'
import type { Sandbox } from '../sandbox/types.ts'
import { agentBench, quiet } from './fixtures.ts'

const ann = 'player_ann'

/** Locals over awaits, chance, time, memory, refusals, and a handler beside `main`. */
const source = `import { me, on, now, random } from 'academy'
let heard = 0
on('hear', async ({ text }) => { heard += text.length; me.memory.heard = heard; await me.say('heard ' + heard) })
export default async function main() {
  const began = now()
  let sum = 0
  for (let n = 1; n <= 8; n++) {
    sum += random(1000)
    me.memory.list = [...(me.memory.list ?? []), sum]
    try { await me.go(n % 2 ? 'east' : 'up') } catch (e: any) { console.log(e.code, sum) }
    const here = await me.look()
    await me.wait(random(3) + 1)
    console.log(n, here.place, now() - began)
  }
  await me.wait(40)
  await me.say('done ' + sum)
}`

/** Plays it to its end; before the given beats its host is killed, and it is put by when idle for so long. */
async function play(kills: readonly number[], idleTicks: number) {
  await using own = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
  const fuel = new Map<number, number>()
  const put = ({ tick, fuelUsed }: AgentTurnResult) => void fuel.set(tick, fuelUsed)
  own.onResult((results) => results.forEach(put))
  const sandbox: Sandbox = {
    ...own,
    async load(agent) {
      const loaded = await own.load(agent)
      if (loaded.ok && loaded.last) put(loaded.last)
      return loaded
    },
  }
  const b = await agentBench({ sandbox, over: { idleTicks } })
  await b.person(ann)
  const { id } = await b.newAgent(ann, source)
  await b.agents.start(ann, id)
  const isDone = () => b.said().some((line) => line.startsWith('agent: done'))
  for (let beat = 0; !isDone(); beat++) {
    if (beat > 600) throw new Error('it never ended')
    if (kills.includes(beat)) await kill(own)
    await b.sandbox.settled()
    if (beat === 11 || beat === 60) await b.say(ann, 'hello')
    await b.beat()
  }
  await b.agents.stop(ann, id)
  const { memory } = (await b.store.find(id))!
  await b.agents[Symbol.asyncDispose]()
  const lines = b.lines.map(({ tick, text }) => `${tick} ${text}`)
  return { said: b.said(), memory, lines, fuel: [...fuel].toSorted(([x], [y]) => x - y) }
}

/** All its hosts, between turns; resolves when that is known. */
async function kill(sandbox: Sandbox): Promise<void> {
  const { pids } = sandbox.stats()
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  while (sandbox.stats().pids.some((pid) => pids.includes(pid)))
    await new Promise((resolve) => setTimeout(resolve, 2))
}

test('AG2 AG21 hosts lost and being put by, at any moments, change nothing: effects, fuel of each turn, memory, log', {
  timeout: 240_000,
}, async () => {
  const calm = await play([], 1_000_000)
  expect(calm.fuel.length).toBeGreaterThan(20)
  expect(calm.said).toContainEqual(expect.stringMatching(/^agent: done \d+/))
  expect(calm.lines.length).toBeGreaterThan(8)
  expect(await play([], 10)).toEqual(calm)
  const beats = fc.uniqueArray(fc.integer({ min: 1, max: 110 }), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(beats, fc.constantFrom(10, 1_000_000), async (kills, idleTicks) => {
      expect(await play(kills, idleTicks)).toEqual(calm)
    }),
    { numRuns: 5 },
  )
})
