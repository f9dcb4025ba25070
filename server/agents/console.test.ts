import { afterAll, describe, expect, test } from 'vitest'
import { createSandbox } from '../sandbox/pool.ts'
import { agentBench, type Bench, quiet } from './fixtures.ts'

const sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
afterAll(() => sandbox[Symbol.asyncDispose]())

const ann = 'player_ann'
const COUNTING = `import { me } from 'academy'
export const seen: number[] = []
export default async function main() {
  for (let n = 1; ; n++) { me.memory.n = n; seen.push(n); await me.wait(2) }
}`

/** True after so many tides. */
const beats = (count: number) => () => count-- <= 0

async function running() {
  const b = await agentBench({ sandbox })
  await b.person(ann)
  const { id } = await b.newAgent(ann, COUNTING)
  await b.agents.start(ann, id)
  for (let n = 0; n === 0; n = JSON.parse(await get(b, id)).n ?? 0) await b.until(beats(2))
  const ask = async (source: string) => {
    const answer = b.agents.evaluate(ann, id, source)
    let done = false
    void answer.finally(() => {
      done = true
    })
    await b.until(() => done)
    return answer
  }
  return { b, id, ask }
}

describe('the console of a running agent', () => {
  test('AG42 runs a line between turns, with the academy and what main exports in reach', async () => {
    const { b, id, ask } = await running()
    await using _ = b.agents
    expect(await ask('1 + 1')).toMatchObject({ ok: true, value: { ok: true, text: '2' } })
    expect(await ask('me.memory.extra = { a: [1] } as object')).toMatchObject({ value: { text: '{ a: [1] }' } })
    expect(await ask('program.seen.length > 0')).toMatchObject({ value: { text: 'true' } })
    expect(await ask('const here = await me.look(); return here.place')).toMatchObject({
      value: { text: expect.stringContaining('harbor:') },
    })
    expect(b.lines.map(({ text }) => text)).toContain('> 1 + 1')
    expect(b.lines.map(({ text }) => text)).toContain('= 2')
    await b.agents.stop(ann, id)
    expect(JSON.parse((await b.store.find(id))!.memory).extra).toEqual({ a: [1] })
  })

  test('AG43 a line that fails, or never ends, harms nothing but itself', async () => {
    const { b, id, ask } = await running()
    await using _ = b.agents
    expect(await ask('lamp.light()')).toMatchObject({ value: { ok: false, error: { code: 'undefined_name' } } })
    expect(await ask('while (true) {}')).toMatchObject({ value: { ok: false, error: { code: 'out_of_fuel' } } })
    expect(await ask('1 +')).toMatchObject({ ok: false, refusal: { code: 'program_error' } })
    expect(await ask('1 }; while (true) {')).toMatchObject({ ok: false, refusal: { code: 'program_error' } })
    const before = JSON.parse(await get(b, id)).n
    await b.until(beats(20))
    expect(JSON.parse(await get(b, id)).n).toBeGreaterThan(before)
    expect(await ask('"still here"')).toMatchObject({ value: { text: '"still here"' } })
  })

  test('AG42 is open to one that is paused, and to nobody else', async () => {
    const { b, id, ask } = await running()
    await using _ = b.agents
    await b.agents.pause(ann, id)
    expect(await ask('me.name')).toMatchObject({ value: { text: '"Wick"' } })
    expect((await b.agents.get(ann, id)).ok).toBe(true)
    expect(await b.agents.evaluate('player_ben', id, '1')).toMatchObject({ ok: false })
  })

  test('AG44 what was typed is part of its past: restored it goes on exactly as it was', async () => {
    const { b, id, ask } = await running()
    await ask('on("tide", () => { me.memory.tides = (me.memory.tides as number ?? 0) + 1 })')
    await ask('me.memory.n = 1000; program.seen.push(77); 0')
    expect(await ask('program.seen.includes(77)')).toMatchObject({ value: { text: 'true' } })
    await b.until(beats(4))
    await b.agents[Symbol.asyncDispose]()
    await sandbox.unload(id)
    const second = await agentBench({ sandbox, sim: b.sim, store: b.store, projectStore: b.projectStore })
    await using _ = second.agents
    await second.agents.resume()
    let answer: unknown
    void second.agents.evaluate(ann, id, 'program.seen.includes(77) && (me.memory.tides as number) > 2').then((a) => {
      answer = a
    })
    await second.until(() => answer !== undefined)
    expect(answer).toMatchObject({ value: { ok: true, text: 'true' } })
  })
})

async function get(b: Bench, id: string): Promise<string> {
  const info = await b.agents.get(ann, id)
  return JSON.stringify(info.ok ? info.value.memory : {})
}
