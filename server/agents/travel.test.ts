import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryNetwork, type MemoryNetwork } from '../link/memory-wire.ts'
import { createSandbox } from '../sandbox/pool.ts'
import type { Sandbox } from '../sandbox/types.ts'
import { createTravelLab, type LabNode } from '../testing/travel-lab.ts'
import { quiet } from './fixtures.ts'

/** Both worlds go on until it is so. */
async function until(nodes: readonly LabNode[], condition: () => unknown): Promise<void> {
  const enough = performance.now() + 40_000
  while (!(await condition())) {
    if (performance.now() > enough) throw new Error('it did not come about')
    for (const node of nodes) await node.beat()
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

describe('an agent between two nodes', () => {
  let sandbox: Sandbox
  beforeAll(() => {
    sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
  })
  afterAll(() => sandbox[Symbol.asyncDispose]())

  async function two(overB = {}, shared: Sandbox | null = sandbox) {
    const net: MemoryNetwork = createMemoryNetwork({ requestTimeoutMs: 400 })
    const lab = await createTravelLab(shared ?? undefined)
    const wireB = net.join({ id: 'b' })
    const a = await lab.node(net.join({ id: 'a' }))
    const b = await lab.node(wireB, overB)
    await a.person('ann')
    return { net, lab, a, b, nodes: [a, b], [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose]() }
  }

  test('T11 T42 goes on at the other in the middle of its await, and does nothing twice', async () => {
    await using at = await two()
    const { a, b, nodes } = at
    const { id } = await a.newAgent(
      'ann',
      `import { me } from 'academy'
      export default async function main() {
        const before = 'the tide turns'
        let n = 0
        const say = me.say('first')
        await say
        n++
        await me.hop('b')
        await me.say(before + ' ' + ++n)
        me.memory.n = n
        await me.hop('a')
        await me.say('home ' + ++n)
        me.memory.n = n
        await me.wait(100000)
      }`,
    )
    expect(await a.agents.start('ann', id)).toMatchObject({ ok: true })
    await until(nodes, async () => {
      const now = await a.agents.get('ann', id)
      return now.ok && (now.value.memory as { n?: number }).n === 3
    })
    expect(a.said()).toEqual(['agent: first', 'agent: home 3'])
    expect(b.said()).toEqual(['agent: the tide turns 2'])
    expect(await a.agents.get('ann', id)).toMatchObject({ value: { status: 'running', epoch: 3, node: 'a' } })
    expect(b.sim.whereIs(id)).toBeUndefined()
    expect(await b.store.find(id)).toBeUndefined()
    expect((await at.lab.store.entries(id)).map(({ to, epoch }) => [to, epoch])).toEqual([
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ])
  })

  test('T11 what it had begun in the world when it was frozen is not begun again, and its answer comes at the other', async () => {
    await using at = await two()
    const { a, b, nodes } = at
    const { id } = await a.newAgent(
      'ann',
      `import { me, on } from 'academy'
      on('hear', () => {})
      export default async function main() {
        const both = [me.hop('b'), me.say('once'), me.wait(3)]
        await Promise.all(both)
        me.memory.done = true
        await me.say('there')
        await me.wait(100000)
      }`,
    )
    await a.agents.start('ann', id)
    await until(nodes, () => b.said().length > 0)
    expect([...a.said(), ...b.said()].toSorted()).toEqual(['agent: once', 'agent: there'])
  })

  test('T10 a refusal costs it nothing and is thrown with its reason', async () => {
    await using at = await two({ refusal: async () => ({ code: 'capacity', message: 'full' }) })
    const { a, nodes } = at
    const { id } = await a.newAgent(
      'ann',
      `import { me } from 'academy'
      export default async function main() {
        try { await me.hop('b') } catch (error) { me.memory.why = error.code; await me.say('I stay') }
        await me.wait(100000)
      }`,
    )
    await a.agents.start('ann', id)
    await until(nodes, () => a.said().length > 0)
    expect(await a.agents.get('ann', id)).toMatchObject({
      value: { status: 'running', epoch: 1, memory: { why: 'cannot_hop' } },
    })
    expect(a.steps.map(({ step }) => step)).toEqual(['asked', 'refused'])
  })

  test('T12 T14 a program that comes out differently, or a bundle that is no agent, is not run; it thaws where it was', async () => {
    await using at = await two({
      dryLoad: async () => {
        throw Object.assign(new Error('another text'), { code: 'version' })
      },
    })
    const { a, nodes } = at
    const { id } = await a.newAgent(
      'ann',
      `import { me } from 'academy'
      export default async function main() {
        let n = 1
        try { await me.hop('b') } catch { n++ }
        await me.say('here ' + n)
        await me.wait(100000)
      }`,
    )
    await a.agents.start('ann', id)
    await until(nodes, () => a.said().length > 0)
    expect(a.said()).toEqual(['agent: here 2'])
    expect(a.steps.map(({ step }) => step)).toEqual(['asked', 'accepted', 'frozen', 'aborted'])
    const bytes = new Uint8Array(Buffer.from('{"v":1}'))
    const trip = { mid: 'm', agentId: id, epoch: 1, src: 'a', dst: 'b' }
    await expect(a.agents.travel.dryLoad({ trip }, bytes)).rejects.toMatchObject({ code: 'failed' })
  })

  test('T30 a guest is of its home and answers to nobody here; away, it can be called home and nothing else', async () => {
    await using at = await two()
    const { a, b, nodes } = at
    const { id } = await a.newAgent(
      'ann',
      `import { me } from 'academy'
      export default async function main() { for (;;) { await me.wait(2); me.memory.n = (me.memory.n ?? 0) + 1 } }`,
    )
    await a.agents.start('ann', id)
    const going = a.agents.migrate('ann', id, 'b')
    let gone = false
    void going.then(() => (gone = true))
    await until(nodes, () => gone)
    expect(await going).toMatchObject({ ok: true, value: { status: 'moved', node: 'b', epoch: 2 } })
    await until(nodes, async () => (await b.store.find(id))?.status === 'running')
    expect(await b.store.find(id)).toMatchObject({ owner: 'guest:a:ann', epoch: 2 })
    await until(nodes, async () => {
      const seen = JSON.parse((await a.migration.seen(id)) ?? '{}')
      return seen.memory?.n > 0 && seen.fuel.limit > 0
    })
    expect(await b.migration.seen(id)).toBeUndefined()
    expect(await b.agents.list('ann')).toEqual([])
    for (const act of ['start', 'stop', 'pause', 'remove'] as const)
      expect(await a.agents[act]('ann', id)).toMatchObject({
        ok: false,
        refusal: { code: 'agent_away', params: { node: 'b' } },
      })
    const back = a.agents.migrate('ann', id, 'a')
    let home = false
    void back.then(() => (home = true))
    await until(nodes, async () => home && (await a.agents.get('ann', id)))
    await until(nodes, () => a.sim.whereIs(id))
    expect(await a.agents.get('ann', id)).toMatchObject({ value: { status: 'running', epoch: 3 } })
    expect(await a.agents.stop('ann', id)).toMatchObject({ ok: true })
  })

  test('T31 T32 a guest whose host is dead goes on at home from its last checkpoint, and the host that comes back drops it', async () => {
    await using at = await two({}, null)
    const { a, b, net, lab, nodes } = at
    const { id } = await a.newAgent(
      'ann',
      `import { me } from 'academy'
      export default async function main() {
        let n = 0
        for (;;) { await me.wait(1); me.memory.n = ++n }
      }`,
    )
    await a.agents.start('ann', id)
    let gone = false
    void a.agents.migrate('ann', id, 'b').then(() => (gone = true))
    await until(nodes, () => gone)
    await until(nodes, () => {
      const row = a.rows.get(id)
      return row?.status === 'moved' && (row.checkpoint?.tick ?? 0) > 0
    })
    net.cut('a', 'b', true)
    lab.dead.add('b')
    await b.migration.suspend()
    await until(nodes, async () => (await a.agents.get('ann', id)).ok && a.sim.whereIs(id))
    const now = await a.agents.get('ann', id)
    expect(now).toMatchObject({ value: { status: 'running', epoch: 3 } })
    await until(nodes, () => a.steps.at(-1)?.step === 'returned')
    net.cut('a', 'b', false)
    b.migration.resume()
    await until(nodes, async () => (await b.store.find(id)) === undefined)
    expect(b.sim.whereIs(id)).toBeUndefined()
  })

  const stepper = `import { me } from 'academy'
    export default async function main() {
      for (let n = 1; ; n++) { await me.say('step ' + n); me.memory.n = n; await me.wait(2) }
    }`

  test('T34 a host that is stopped sends its guests home as they are: nothing they did is done again', async () => {
    await using at = await two({}, null)
    const { a, b, lab, net, nodes } = at
    const { id } = await a.newAgent('ann', stepper)
    await a.agents.start('ann', id)
    let gone = false
    void a.agents.migrate('ann', id, 'b').then(() => (gone = true))
    await until(nodes, () => gone)
    await until(nodes, () => b.said().length > 3)
    await b.migration.farewell()
    const there = b.said().length
    net.cut('a', 'b', true)
    lab.dead.add('b')
    await until(nodes, () => a.steps.at(-1)?.step === 'returned')
    await until([a], () => a.said().filter((line) => !b.said().includes(line)).length > 2)
    expect(b.said()).toHaveLength(there)
    const all = [...a.said(), ...b.said()]
    expect(all.filter((line, i) => all.indexOf(line) !== i)).toEqual([])
  })

  test('T43 its log is read at home while it is away, and is the same, line for line, when it is back', async () => {
    await using at = await two()
    const { a, b, nodes, net, lab } = at
    const c = await lab.node(net.join({ id: 'c' }))
    const all = [...nodes, c]
    const { id } = await a.newAgent(
      'ann',
      `import { me } from 'academy'
      export default async function main() {
        console.log('at a')
        await me.hop('b'); console.log('at b')
        await me.hop('c'); console.log('at c')
        while (!me.memory.called) { await me.wait(1); me.memory.n = (me.memory.n ?? 0) + 1; if (me.memory.n > 40) me.memory.called = true }
        await me.hop('a'); console.log('back')
        await me.wait(100000)
      }`,
    )
    await a.agents.start('ann', id)
    const lines = async (after = 0) => {
      const log = await a.agents.log('ann', id, after)
      return log.ok ? log.value.filter(({ level }) => level === 'log') : []
    }
    const texts = async () => (await lines()).map(({ text }) => text)
    await until(all, async () => (await texts()).at(-1) === 'at c')
    expect(await texts()).toEqual(['at a', 'at b', 'at c'])
    const away = await lines()
    expect(await lines(away[1]!.id)).toEqual(away.slice(2))
    await until(all, async () => (await texts()).at(-1) === 'back')
    expect((await lines()).slice(0, 3)).toEqual(away)
    expect(new Set((await lines()).map(({ id: line }) => line)).size).toBe(4)
    expect(b.sim.whereIs(id)).toBeUndefined()
  })

  test('T34 a guest that rests when its host is stopped goes on there when that is back first', async () => {
    await using at = await two()
    const { a, b, nodes } = at
    const { id } = await a.newAgent('ann', stepper)
    await a.agents.start('ann', id)
    let gone = false
    void a.agents.migrate('ann', id, 'b').then(() => (gone = true))
    await until(nodes, () => gone)
    await until(nodes, () => b.said().length > 1)
    await b.migration.farewell()
    const there = b.said().length
    b.migration.resume()
    await until(nodes, () => b.said().length > there + 1)
    expect(new Set(b.said()).size).toBe(b.said().length)
  })

  test('T31 a guest that is put by is kept at its home as well', async () => {
    await using at = await two({ agents: { idleTicks: 5 } as never })
    const { a, b, nodes } = at
    const { id } = await a.newAgent(
      'ann',
      `import { me, on } from 'academy'
      on('hear', ({ text }) => { me.memory.heard = text })
      export default async function main() { await me.hop('b'); me.memory.there = true }`,
    )
    await a.agents.start('ann', id)
    await until(nodes, async () => (await b.store.find(id))?.asleep !== undefined)
    const asleep = (await b.store.find(id))!.asleep!
    await until(nodes, () => {
      const row = a.rows.get(id)
      return row?.status === 'moved' && row.checkpoint?.tick === asleep.taken
    })
  })

  test('T21 what is done at another epoch than the one it lives here at is refused', async () => {
    let epoch = 1
    await using at = await two()
    const { lab, net } = at
    const c = await lab.node(net.join({ id: 'c' }), { agents: { mayAct: (_id, at) => at === epoch } })
    await c.person('cleo')
    const { id } = await c.newAgent(
      'cleo',
      `import { me } from 'academy'
      export default async function main() {
        for (let n = 1; ; n++) {
          try { await me.say('say ' + n) } catch (error) { me.memory.why = error.code }
          try { await me.hop('a') } catch (error) { me.memory.hop = error.code }
          await me.wait(1)
        }
      }`,
    )
    epoch = 2
    await c.agents.start('cleo', id)
    await until([c], async () => {
      const now = await c.agents.get('cleo', id)
      return now.ok && (now.value.memory as { hop?: string }).hop !== undefined
    })
    expect(await c.agents.get('cleo', id)).toMatchObject({
      value: { memory: { why: 'agent_away', hop: 'agent_away' } },
    })
    expect(c.said()).toEqual([])
  })
})
