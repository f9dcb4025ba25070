import { afterAll, describe, expect, test } from 'vitest'
import { createSandbox } from '../sandbox/pool.ts'
import { agentBench, quiet } from './fixtures.ts'

const sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
afterAll(() => sandbox[Symbol.asyncDispose]())

describe('AG8 an agent’s own time', () => {
  const source = `import { me, now } from 'academy'
export default async function main() {
  const began = now()
  await me.wait(60)
  await me.say('waited ' + (now() - began))
}`

  /** Tides of the zone from its start until it has waited; the node goes down in between when `restartAt` says. */
  async function tidesOf(restartAt?: number): Promise<number> {
    let b = await agentBench({ sandbox })
    await b.person('player_ann')
    const { id } = await b.newAgent('player_ann', source)
    await b.agents.start('player_ann', id)
    let tides = 0
    for (; !b.said().includes('agent: waited 60') && tides < 300; tides++) {
      if (tides === restartAt) {
        await b.agents[Symbol.asyncDispose]()
        await sandbox.unload(id)
        b = await agentBench({ sandbox, sim: b.sim, store: b.store, projectStore: b.projectStore })
        await b.agents.resume()
      }
      await b.beat()
    }
    await b.agents[Symbol.asyncDispose]()
    return tides
  }

  test('AG8 does not stand still when the node goes down: what it waits for comes at the same tide', async () => {
    const calm = await tidesOf()
    expect(calm).toBeGreaterThan(59)
    expect(calm).toBeLessThan(65)
    expect(await tidesOf(30)).toBe(calm)
    expect(await tidesOf(5)).toBe(calm)
  })
})

test('AG9 an agent that has come to stay in another zone goes on in a host of that zone, with its locals', async () => {
  await using own = createSandbox({ log: quiet, clock: { now: () => performance.now() } }, { agentsPerHost: 4 })
  const nears: string[] = []
  const b = await agentBench({
    sandbox: {
      ...own,
      load: (agent) => {
        if (agent.self.name === 'Walker') nears.push(`${agent.near}`)
        return own.load(agent)
      },
    },
  })
  await using _ = b.agents
  const stays = `import { on } from 'academy'\non('tide', () => {})`
  const walks = `import { me } from 'academy'
export default async function main() {
  let steps = 0
  for (const way of ['north', 'north']) { await me.go(way as any); steps++ }
  for (;;) { await me.wait(5); await me.say('after ' + steps++) }
}`
  const make = async (owner: string, source: string, name: string, place: string) => {
    await b.person(owner, place)
    const { id } = await b.newAgent(owner, source, name)
    await b.agents.start(owner, id)
    return id
  }
  for (let i = 0; i < 3; i++) await make(`player_road${i}`, stays, `Road${i}`, 'loopworks:road')
  for (let i = 0; i < 2; i++) await make(`player_dock${i}`, stays, `Dock${i}`, 'harbor:dock')
  const walker = await make('player_ann', walks, 'Walker', 'harbor:market')
  await b.until(() => nears.length === 2)
  expect(nears).toEqual(['harbor', 'loopworks'])
  expect(b.sim.whereIs(walker)?.zone).toBe('loopworks')
  const before = b.said().length
  await b.until(() => b.said().length > before + 2)
  const counts = b.said().map((line) => Number(/after (\d+)/.exec(line)?.[1]))
  expect(counts).toEqual(counts.map((_, i) => i + counts[0]!))
})
