import { afterAll, describe, expect, test } from 'vitest'
import { AGENT_AFAR_MARKS_KEPT } from '../limits.ts'
import { createSandbox } from '../sandbox/pool.ts'
import { marksHad, remember, shortMark } from './afar.ts'
import { agentBench, type Bench, quiet } from './fixtures.ts'
import type { Told } from './types.ts'

const sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
afterAll(() => sandbox[Symbol.asyncDispose]())

const ann = 'player_ann'
const listener = `import { me, on } from 'academy'
on('told', (said) => { me.memory.heard = [...(me.memory.heard ?? []), JSON.stringify(said)] })`
const said = (text: string) => ({ from: 'Ben@elsewhere', name: 'Ben', text })

const tell = (b: Bench, id: string, text: string, name = text): Promise<Told | undefined> =>
  b.agents.told(id, name, said(text))
/** Until it can hear: its first turn tells to what it listens. */
async function insist(b: Bench, id: string, text: string): Promise<Told> {
  for (;;) {
    const told = await tell(b, id, text)
    if (told) return told
    await b.beat()
  }
}
/** Beats until it is known what has become of the words. */
async function takenBy(b: Bench, told: Told): Promise<boolean | undefined> {
  let isTaken: boolean | undefined
  void told.taken?.then((is) => {
    isTaken = is
  })
  if (told.taken) await b.until(() => isTaken !== undefined)
  return isTaken
}
const heard = async (b: Bench, id: string) => {
  const got = await b.agents.get(ann, id)
  const { heard: lines = [] } = (got.ok ? got.value.memory : {}) as { heard?: string[] }
  return lines.map((line) => JSON.parse(line))
}

async function hears(b: Bench, id: string, count: number): Promise<void> {
  while ((await heard(b, id)).length < count) await b.beat()
}

async function going(source = listener, over = {}): Promise<{ b: Bench; id: string }> {
  const b = await agentBench({ sandbox, over })
  await b.person(ann)
  const { id } = await b.newAgent(ann, source)
  await b.agents.start(ann, id)
  return { b, id }
}
/** Another life of its node, on what the one before has written down. */
async function again({ sim, store, projectStore, agents }: Bench, id: string): Promise<Bench> {
  await agents[Symbol.asyncDispose]()
  await sandbox.unload(id)
  const b = await agentBench({ sandbox, sim, store, projectStore })
  await b.agents.resume()
  return b
}

describe('AG48 words from other nodes', () => {
  test('AG48 are an agent’s once the turn that takes them is journalled, and then no second time: in the same life, in the next, under new code', async () => {
    const { b, id } = await going()
    expect(await takenBy(b, await insist(b, id, 'one'))).toBe(true)
    await hears(b, id, 1)
    expect(await tell(b, id, 'one')).toEqual({})
    const next = await again(b, id)
    expect(await insist(next, id, 'one')).toEqual({})
    expect(await takenBy(next, await insist(next, id, 'two'))).toBe(true)
    await next.sandbox.settled()
    await next.agents.start(ann, id)
    expect(await insist(next, id, 'two')).toEqual({})
    await next.agents.stop(ann, id)
    expect(await tell(next, id, 'three')).toBeUndefined()
    await next.agents.start(ann, id)
    expect(await insist(next, id, 'one')).toEqual({})
    expect(await heard(next, id)).toEqual([said('one'), said('two')])
    await next.agents[Symbol.asyncDispose]()
  })

  test('AG48 that no turn took are let go of when it ends or its node does, and are heard when they are handed over again', async () => {
    const { b, id } = await going()
    await insist(b, id, 'first')
    await hears(b, id, 1)
    const lost = await insist(b, id, 'second')
    expect((await tell(b, id, 'second'))?.taken).toBe(lost.taken)
    const next = await again(b, id)
    expect(await lost.taken).toBe(false)
    const stopped = await insist(next, id, 'second')
    await next.agents.stop(ann, id)
    expect(await stopped.taken).toBe(false)
    await next.agents.start(ann, id)
    expect(await takenBy(next, await insist(next, id, 'second'))).toBe(true)
    await hears(next, id, 2)
    expect(await heard(next, id)).toEqual([said('first'), said('second')])
    await next.agents[Symbol.asyncDispose]()
  })

  test('AG48 wake one that is put by, and leave one alone that listens to none', async () => {
    const { b, id } = await going(listener, { idleTicks: 5 })
    const { id: deaf } = await b.newAgent(ann, `import { on } from 'academy'\non('hear', () => {})`, 'Deaf')
    await b.agents.start(ann, deaf)
    while (!(await b.agents.list(ann)).every(({ asleep }) => asleep)) await b.beat()
    expect(await tell(b, deaf, 'hm')).toEqual({})
    expect(await takenBy(b, await insist(b, id, 'wake'))).toBe(true)
    await hears(b, id, 1)
    expect(await b.agents.get(ann, deaf)).toMatchObject({ value: { asleep: true } })
    await b.agents[Symbol.asyncDispose]()
  })

  test('AG48 stay behind when it leaves, and what it has had it knows wherever it goes', async () => {
    const { b, id } = await going()
    expect(await takenBy(b, await insist(b, id, 'had'))).toBe(true)
    await hears(b, id, 1)
    const left = await insist(b, id, 'left')
    await b.agents.travel.freeze(id)
    expect(await tell(b, id, 'late')).toBeUndefined()
    const packed = JSON.parse(Buffer.from(await b.agents.travel.exported(id)).toString())
    expect(packed.carried.events).toEqual([])
    expect(marksHad(packed.heardAfar, packed.turns)).toEqual(new Set([shortMark('had')]))
    await b.agents.travel.leave(id, { node: 'there', epoch: 2, name: 'There' })
    expect(await left.taken).toBe(false)
    await b.agents[Symbol.asyncDispose]()
  })

  test('AG48 of the marks the newest are kept', () => {
    const had = marksHad(['first', 'second'])
    remember(
      had,
      Array.from({ length: AGENT_AFAR_MARKS_KEPT - 1 }, (_, i) => `m${i}`),
    )
    expect(had.size).toBe(AGENT_AFAR_MARKS_KEPT)
    expect(had.has('first')).toBe(false)
    expect(had.has('second')).toBe(true)
  })
})
