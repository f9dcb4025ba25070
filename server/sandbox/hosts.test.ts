import { availableParallelism } from 'node:os'
import { describe, expect, test } from 'vitest'
import type { AgentTurnResult } from '../protocol/agent-io.ts'
import type { AgentId } from '../protocol/ids.ts'
import { compile } from './compile.ts'
import { agentLoad, inMain, programOf, turnOf } from './fixtures.ts'
import { createSandbox } from './pool.ts'
import type { AgentLoad, Program, Sandbox } from './types.ts'

const quiet = { log: { info() {}, warn() {} }, clock: { now: () => performance.now() } }
const program = programOf(inMain('for (;;) await me.wait(1)'))

const loadOf = (id: AgentId, near?: string, code: Program = program): AgentLoad => ({
  ...agentLoad(code, { self: { id, name: id, owner: 'player_1', place: 'p' } }),
  ...(near !== undefined && { near }),
})

const until = async (condition: () => boolean) => {
  const end = performance.now() + 20_000
  while (!condition()) {
    if (performance.now() > end) throw new Error('it did not come about')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** One turn of each, sent one by one; gives back how many messages with results came, which is how many hosts had them. */
async function messagesFor(sandbox: Sandbox, ids: readonly AgentId[], tick: number): Promise<number> {
  let messages = 0
  let results = 0
  const stop = sandbox.onResult((list) => {
    messages++
    results += list.length
  })
  for (const id of ids) sandbox.turn([turnOf(tick, [], id)])
  await until(() => results === ids.length)
  stop()
  return messages
}

const names = (zone: string, count: number) => Array.from({ length: count }, (_, i): AgentId => `agent_${zone}${i}`)

describe('hosts', () => {
  test('S40 are shared by the agents of a zone; all turns of a tide go to a host in one message, and come back in one', async () => {
    await using sandbox = createSandbox(quiet, { agentsPerHost: 6 })
    const [a, b] = [names('a', 5), names('b', 5)]
    for (let i = 0; i < 5; i++) {
      await sandbox.load(loadOf(a[i]!, 'zone_a'))
      await sandbox.load(loadOf(b[i]!, 'zone_b'))
    }
    expect(await messagesFor(sandbox, [...a, ...b], 1)).toBe(sandbox.stats().hosts)
    expect(await messagesFor(sandbox, a, 2)).toBeLessThan(sandbox.stats().hosts + 1)
    expect(sandbox.stats().hosts).toBe(2)
  })

  test('S33 a signal that is meant for their node, and reaches them too, ends no host', async () => {
    await using sandbox = createSandbox(quiet)
    const lost: string[] = []
    sandbox.onLost(({ reason }) => lost.push(reason))
    await sandbox.load(loadOf('agent_1'))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      for (const pid of sandbox.stats().pids) process.kill(pid, signal)
    // Its turn comes back from where it was, after the signals have.
    expect(await messagesFor(sandbox, ['agent_1'], 1)).toBe(1)
    expect(await messagesFor(sandbox, ['agent_1'], 2)).toBe(1)
    expect(lost).toEqual([])
  })

  test('S41 at the end of their planned life are emptied a few agents at a time, while the others have their turns', async () => {
    await using sandbox = createSandbox(quiet, { agentsPerHost: 30, loadsPerHost: 30 })
    const ids = names('a', 30)
    const lost: AgentId[][] = []
    sandbox.onLost(({ agents, culprit, reason }) => {
      expect([culprit, reason]).toEqual([undefined, 'recycled'])
      lost.push([...agents])
      for (const id of agents) void sandbox.load(loadOf(id, 'zone_a'))
    })
    await Promise.all(ids.map((id) => sandbox.load(loadOf(id, 'zone_a'))))
    expect(sandbox.stats().hosts).toBe(1)
    const [old] = sandbox.stats().pids
    await messagesFor(sandbox, ids, 1)
    await until(() => lost.flat().length >= 30 && !sandbox.stats().pids.includes(old!))
    expect(lost.length).toBeGreaterThan(2)
    expect(new Set(lost.flat())).toEqual(new Set(ids))
    expect(sandbox.stats()).toMatchObject({ agents: 30, hosts: 1 })
  })

  test('S32 come back in several at once when many agents were in one that is lost', async () => {
    await using sandbox = createSandbox(quiet, { returningAtOnce: 4 })
    const ids = names('a', 12)
    await Promise.all(ids.map((id) => sandbox.load(loadOf(id, 'zone_a'))))
    expect(sandbox.stats().hosts).toBe(1)
    let loads: Promise<unknown>[] = []
    sandbox.onLost(({ agents }) => {
      loads = agents.map((id) => sandbox.load(loadOf(id, 'zone_a')))
    })
    // The first that was started, not the one that may stand by since.
    process.kill(sandbox.stats().pids[0]!, 'SIGKILL')
    await until(() => loads.length === 12)
    expect(await Promise.all(loads)).toEqual(ids.map(() => expect.objectContaining({ ok: true })))
    expect(sandbox.stats()).toMatchObject({ agents: 12, hosts: Math.min(3, availableParallelism()) })
    expect(await messagesFor(sandbox, ids, 1)).toBe(sandbox.stats().hosts)
    // Others still go to their own kind.
    await sandbox.load(loadOf('agent_new', 'zone_a'))
    expect(sandbox.stats().hosts).toBe(Math.min(3, availableParallelism()))
  })

  test('S42 never make who calls them wait: turns for one that stands still are taken at once', async () => {
    await using sandbox = createSandbox(quiet)
    await sandbox.load(loadOf('agent_1'))
    const [pid] = sandbox.stats().pids
    process.kill(pid!, 'SIGSTOP')
    const results: AgentTurnResult[] = []
    sandbox.onResult((list) => results.push(...list))
    for (let tick = 1; tick <= 200; tick++) {
      sandbox.turn([turnOf(tick, [], 'agent_1')])
      await null
    }
    await sandbox.unload('agent_1')
    // The host stands still all this while: had anything waited for it, this line would not be reached.
    expect(results).toEqual([])
    process.kill(pid!, 'SIGCONT')
  })
})

describe('S43 the line of a program that takes its host down', () => {
  const followed = (code: string): Program => {
    const compiled = compile({ 'main.ts': code }, { trace: true })
    if (!compiled.ok) throw new Error(compiled.diagnostics[0]!.message)
    return compiled.program
  }
  const lines = (...code: string[]) => followed(inMain(code.join('\n')))

  test.for([
    {
      what: 'S43 is found by running it again, followed',
      code: lines(
        'const all: any[] = []',
        'await me.wait(1)',
        'for (let i = 0; i < 2000; i++)',
        '  all.push(new Array(40000).fill(i))',
      ),
      line: 6,
    },
    {
      what: 'S43 is not made up when it does not this time',
      code: lines('await me.wait(1)', 'await me.say("x")'),
      line: undefined,
    },
  ])('$what', { timeout: 30_000 }, async ({ code, line }) => {
    await using sandbox = createSandbox(quiet, { hostRssMaxMb: 400 })
    const answer = { type: 'result' as const, call: 1, ok: true as const, value: null }
    const journal = [turnOf(1), turnOf(50, [answer])]
    const limits = { fuelPerTurn: 1e9, fuelBurst: 1e9, memoryMb: 32, maxMemoryBytes: 65_536 }
    const found = await sandbox.locate!({ ...loadOf('agent_1', undefined, code), journal, limits })
    expect(found).toEqual(line && { file: 'main.ts', line })
  })
})
