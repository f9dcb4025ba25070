import { afterAll, describe, expect, test, vi } from 'vitest'
import { AGENTS_PER_PERSON_MAX, PROJECTS_PER_PERSON_MAX } from '../limits.ts'
import { createSandbox } from '../sandbox/pool.ts'
import { agentBench, quiet } from './fixtures.ts'

const sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
afterAll(() => sandbox[Symbol.asyncDispose]())

const ann = 'player_ann'

describe('an agent', () => {
  test('AG1 acts in the world within two tides of being started', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann, 'harbor:pier')
    const { id } = await b.newAgent(
      ann,
      `import { me } from 'academy'\nexport default async function main() { await me.say('hello') }`,
    )
    expect((await b.agents.start(ann, id)).ok).toBe(true)
    b.sim.beat()
    // However long the program takes by the wall, the world needs no further tide.
    await vi.waitFor(() => expect(b.said()).toContain('agent: hello'), { timeout: 10_000 })
    expect(b.sim.whereIs(id)?.place).toBe('harbor:pier')
    await b.until(() => b.agents.running() === 0)
    expect((await b.agents.get(ann, id)).ok && (await b.store.find(id))?.status).toBe('stopped')
  })

  test('AG3 walks, looks, is refused and told why, remembers', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann)
    const { id } = await b.newAgent(
      ann,
      `import { me } from 'academy'
export default async function main() {
  const there = await me.go('east')
  me.memory.seen = there.place
  try { await me.go('up') } catch (e: any) { console.log(e.name, e.code, e.message) }
  const here = await me.look()
  console.log(here.exits.map((x) => x.direction).join(), here.items.length)
}`,
    )
    await b.agents.start(ann, id)
    await b.until(() => b.agents.running() === 0)
    expect(b.lines.map((l) => l.text)).toEqual([
      expect.stringMatching(/^Refusal no_exit There is no way up/),
      expect.stringMatching(/^west,? ?/),
    ])
    const info = await b.agents.get(ann, id)
    expect(info.ok && info.value).toMatchObject({
      status: 'stopped',
      memory: { seen: 'harbor:pier' },
      place: 'harbor:pier',
    })
  })

  test('AG1 hears and answers', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann)
    const { id } = await b.newAgent(
      ann,
      `import { me, on } from 'academy'\non('hear', async ({ from, text }) => { if (text === 'ping') await me.tell(from, 'pong'); else await me.say('what?') })`,
    )
    await b.agents.start(ann, id)
    await b.until(() => b.sim.outcomes.length > 20)
    await b.say(ann, 'ping')
    const told = () =>
      b.sim.outcomes.some(({ events }) => events.some((e) => e.type === 'told' && e.to === ann && e.text === 'pong'))
    await b.until(told)
    expect((await b.agents.stop(ann, id)).ok).toBe(true)
    expect(b.agents.running()).toBe(0)
  })

  test('AG2 goes on where it was after the node has gone down', async () => {
    const first = await agentBench({ sandbox })
    await first.person(ann)
    const { id } = await first.newAgent(
      ann,
      `import { me } from 'academy'
export default async function main() {
  let n = 0
  while (true) { n++; me.memory.n = n; await me.say('count ' + n); await me.wait(2) }
}`,
    )
    await first.agents.start(ann, id)
    await first.until(() => first.said().includes('agent: count 3'))
    await first.agents[Symbol.asyncDispose]()
    await sandbox.unload(id)
    const second = await agentBench({ sandbox, sim: first.sim, store: first.store, projectStore: first.projectStore })
    await using _ = second.agents
    await second.agents.resume()
    await second.until(() => second.said().includes('agent: count 6'))
    const counts = second.said().filter((line) => line.startsWith('agent: count'))
    expect(counts.slice(0, 6)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `agent: count ${n}`))
    await second.agents.stop(ann, id)
    expect(JSON.parse((await second.store.find(id))!.memory).n).toBeGreaterThan(5)
  })

  test('AG4 that fails is paused, with file, line and a sentence', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann)
    const { id } = await b.newAgent(
      ann,
      `import { me } from 'academy'\nexport default async function main() {\n  await me.say('hm')\n  lamp.light()\n}`,
    )
    await b.agents.start(ann, id)
    await b.until(() => b.agents.running() === 0)
    const info = await b.agents.get(ann, id)
    expect(info.ok && info.value).toMatchObject({
      status: 'paused',
      error: { code: 'undefined_name', params: { name: 'lamp' }, file: 'main.ts', line: 4, column: 3 },
    })
  })

  test('AG6 of somebody else cannot be reached', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann)
    const { id } = await b.newAgent(ann, 'export default function main() {}')
    for (const answer of [
      await b.agents.get('player_bob', id),
      await b.agents.start('player_bob', id),
      await b.agents.stop('player_bob', id),
      await b.agents.log('player_bob', id, 0),
    ])
      expect(answer).toMatchObject({ ok: false, refusal: { code: 'no_such_agent' } })
  })

  test('AG10 takes new code with its memory kept', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann)
    const { id, projectId } = await b.newAgent(
      ann,
      `import { me } from 'academy'\nexport default async function main() { me.memory.from = 'old'; for (;;) await me.wait(1) }`,
    )
    await b.agents.start(ann, id)
    await b.until(() => b.sim.outcomes.length > 30)
    await b.projects.write(
      ann,
      projectId,
      'main.ts',
      `import { me } from 'academy'\nexport default async function main() { await me.say('was ' + me.memory.from) }`,
    )
    await b.agents.start(ann, id)
    await b.until(() => b.said().includes('agent: was old'))
  })

  test('AG10 wakes with new code, or after a rest, and is told why', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann)
    const source = `import { me, on } from 'academy'\non('wake', ({ why }) => { void me.say('woke by ' + why) })\non('hear', () => {})`
    const { id } = await b.newAgent(ann, source)
    await b.agents.start(ann, id)
    await b.until(() => b.sim.outcomes.length > 20)
    expect(b.said()).toEqual([])
    await b.agents.start(ann, id)
    await b.until(() => b.said().includes('agent: woke by code'))
  })

  test('AG6 speaks with its owner’s voice: filtered as they are, silent when they are muted', async () => {
    let muted = false
    const moderation = {
      isMuted: () => (muted ? { reason: 'noise' } : undefined),
      cleanTalk: (text: string) => text.replace('bad', '***'),
      nameProblem: () => undefined,
    }
    const b = await agentBench({ sandbox, over: { moderation } })
    await using _ = b.agents
    await b.person(ann)
    const { id } = await b.newAgent(
      ann,
      `import { me, on } from 'academy'\non('hear', async () => { try { await me.say('a bad word') } catch (e: any) { console.log(e.code) } })`,
    )
    await b.agents.start(ann, id)
    await b.until(() => b.sim.outcomes.length > 10)
    await b.say(ann, 'go on')
    await b.until(() => b.said().includes('agent: a *** word'))
    muted = true
    await b.say(ann, 'go on')
    await b.until(() => b.lines.some(({ text }) => text === 'muted'))
    expect(b.said().filter((line) => line.startsWith('agent'))).toHaveLength(1)
  })

  test('AG2 AG30 does nothing twice and loses nothing when its host is killed again and again', async () => {
    const own = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
    await using _own = own
    const b = await agentBench({ sandbox: own })
    await using _ = b.agents
    await b.person(ann)
    const { id } = await b.newAgent(
      ann,
      `import { me } from 'academy'\nexport default async function main() { for (let n = 1; n <= 12; n++) await me.say('step ' + n) }`,
    )
    await b.agents.start(ann, id)
    let kills = 0
    await b.until(() => {
      const steps = b.said().length
      // In its own turn it would be to blame the second time: the host is killed only between turns.
      if (b.sandbox.out() === 0 && steps > kills * 3 && kills < 3) {
        kills++
        for (const pid of own.stats().pids) process.kill(pid, 'SIGKILL')
      }
      return b.agents.running() === 0
    })
    expect(kills).toBe(3)
    expect(b.said()).toEqual(Array.from({ length: 12 }, (_x, i) => `agent: step ${i + 1}`))
    expect((await b.store.find(id))?.status).toBe('stopped')
  })

  test('AG7 is one of a bounded number, each with a name of its own', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    const { projectId } = await b.newAgent(ann, 'export default function main() {}')
    expect(await b.agents.create(ann, { projectId, name: ' Wick ' })).toMatchObject({
      refusal: { code: 'name_taken' },
    })
    const made = await Promise.all(
      Array.from({ length: 40 }, (_x, i) => b.agents.create(ann, { projectId, name: `Wick ${i}` })),
    )
    expect(made.filter(({ ok }) => ok)).toHaveLength(PROJECTS_PER_PERSON_MAX - 1)
    expect(made.at(-1)).toMatchObject({ refusal: { code: 'agent_limit' } })
    expect(await b.agents.create(ann, { projectId: 'project_gone', name: 'x' })).toMatchObject({ ok: false })
  })

  test('AG7 is one of a smaller number that goes at a time, and goes when another has stopped', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann)
    const { id: first, projectId } = await b.newAgent(ann, "import { on } from 'academy'\non('hear', () => {})")
    const ids = [first]
    for (let i = 0; i < AGENTS_PER_PERSON_MAX; i++) {
      const made = await b.agents.create(ann, { projectId, name: `Snuff ${i}` })
      if (made.ok) ids.push(made.value.id)
    }
    const last = ids.pop()!
    for (const id of ids) expect(await b.agents.start(ann, id)).toMatchObject({ ok: true })
    expect(await b.agents.start(ann, last)).toMatchObject({ refusal: { code: 'agent_limit' } })
    expect(await b.agents.start(ann, first)).toMatchObject({ ok: true })
    await b.agents.stop(ann, first)
    expect(await b.agents.start(ann, last)).toMatchObject({ ok: true })
  })

  test('AG7 is one of that number though all are started at once', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann)
    const { id: first, projectId } = await b.newAgent(ann, "import { on } from 'academy'\non('hear', () => {})")
    const ids = [first]
    for (let i = 0; i < AGENTS_PER_PERSON_MAX + 2; i++) {
      const made = await b.agents.create(ann, { projectId, name: `Snuff ${i}` })
      if (made.ok) ids.push(made.value.id)
    }
    const started = await Promise.all(ids.map((id) => b.agents.start(ann, id)))
    expect(started.filter(({ ok }) => ok)).toHaveLength(AGENTS_PER_PERSON_MAX)
    expect(b.agents.running()).toBe(AGENTS_PER_PERSON_MAX)
  })

  test('AG7 is deleted with its body, memory and log, going or not, by its owner alone', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann)
    const source = "import { on } from 'academy'\nconsole.log('lit')\non('hear', () => {})"
    const { id, projectId } = await b.newAgent(ann, source)
    await b.agents.start(ann, id)
    await b.until(() => b.lines.length > 0)
    expect(await b.agents.remove('player_bob', id)).toMatchObject({ refusal: { code: 'no_such_agent' } })
    const told: unknown[] = []
    b.agents.onChange((_owner, { agent, gone }) => gone && told.push(agent.id))
    expect(await b.agents.remove(ann, id)).toMatchObject({ ok: true, value: { name: 'Wick', status: 'stopped' } })
    expect(told).toEqual([id])
    expect(b.sim.whereIs(id)).toBeUndefined()
    expect(b.agents.running()).toBe(0)
    expect(await b.agents.list(ann)).toEqual([])
    expect([await b.store.turns(id), await b.store.log(id, 0, 9)]).toEqual([[], []])
    expect(await b.agents.remove(ann, id)).toMatchObject({ refusal: { code: 'no_such_agent' } })
    expect(await b.agents.create(ann, { projectId, name: 'Wick' })).toMatchObject({ ok: true })
  })

  test('AG4 that runs out of fuel is paused and told the line; one that does not compile never starts', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann)
    const { id, projectId } = await b.newAgent(
      ann,
      `export default function main() {\n  let n = 0\n  while (true) n++\n}`,
    )
    await b.agents.start(ann, id)
    await b.until(() => b.agents.running() === 0)
    expect(b.lines.at(-1)?.text).toMatch(/^main\.ts, line 3: The fuel of this turn ran out here/)
    expect(await b.agents.get(ann, id)).toMatchObject({
      value: { status: 'paused', error: { code: 'out_of_fuel', line: 3 } },
    })
    await b.projects.write(ann, projectId, 'main.ts', 'const = 1')
    expect(await b.agents.start(ann, id)).toMatchObject({
      ok: false,
      refusal: { code: 'program_error', params: { line: 1 } },
    })
  })
})

describe('a recording', () => {
  test('AG4 of one that has ended holds its program, the memory it began with, its turns, and what it came to', async () => {
    const b = await agentBench({ sandbox })
    await using _ = b.agents
    await b.person(ann)
    const source = `import { me } from 'academy'
export default async function main() { me.memory.n = (me.memory.n ?? 0) + 1; await me.wait(2); me.memory.n += 10 }`
    const { id } = await b.newAgent(ann, source)
    for (const came of [11, 22]) {
      await b.agents.start(ann, id)
      await b.until(() => b.agents.running() === 0)
      const replay = await b.agents.replay(ann, id, 0, Number.MAX_SAFE_INTEGER)
      if (!replay.ok) throw new Error(replay.refusal.code)
      const { turns, ...recording } = replay.value
      expect(recording).toMatchObject({
        program: { sources: { 'main.ts': source } },
        memory: JSON.stringify(came === 11 ? {} : { n: 11 }),
        end: { memory: JSON.stringify({ n: came }), tick: turns.at(-1)!.tick },
      })
      expect(recording.end.fuelUsed).toBeGreaterThan(0)
      expect(turns.map((turn) => turn.inputs.length)).toEqual([0, 1])
    }
    expect((await b.agents.replay('player_bob', id, 0, 1)).ok).toBe(false)
  })
})
