import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { AgentTurn, AgentTurnResult } from '../../protocol/agent-io.ts'
import type { AgentId } from '../../protocol/ids.ts'
import { agentLoad, heard, inMain, ok, programOf, turnOf } from '../fixtures.ts'
import { createSandbox } from '../pool.ts'
import type { Sandbox } from '../types.ts'

const INNOCENT = programOf(`import { me, on } from 'academy'
let heardOf = 0
on('hear', ({ text }) => { heardOf += text.length; me.memory.heard = heardOf })
export default async function main() {
  for (let n = 1; ; n++) { me.memory.n = n; await me.say('turn ' + n) }
}`)

/** Agents that count aloud; each keeps its journal, as its owner's part would. */
function innocents(sandbox: Sandbox, count: number) {
  const ids = Array.from({ length: count }, (_, i): AgentId => `agent_innocent${i}`)
  const journals = new Map<AgentId, AgentTurn[]>(ids.map((id) => [id, []]))
  const said = new Map<AgentId, string[]>(ids.map((id) => [id, []]))
  const out = new Set<AgentId>()
  const lastCall = new Map<AgentId, number>()
  const load = async (id: AgentId) => {
    const loaded = await sandbox.load(
      agentLoad(INNOCENT, {
        id,
        self: { id, name: id, owner: 'player_1', place: 'p' },
        journal: journals.get(id)!,
      } as never),
    )
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error))
    if (loaded.last && out.has(id)) take(loaded.last)
  }
  function take(result: AgentTurnResult): void {
    if (!out.delete(result.agent)) throw new Error(`${result.agent} had its turn twice`)
    for (const call of result.calls) {
      said.get(result.agent)!.push(String(call.args[0]))
      lastCall.set(result.agent, call.call)
    }
    if (result.error) throw new Error(`${result.agent}: ${JSON.stringify(result.error)}`)
  }
  let tick = 0
  return {
    said,
    load: () => Promise.all(ids.map(load)),
    isMine: (id: AgentId) => journals.has(id),
    take,
    restore: (id: AgentId) => load(id),
    /** The next turn of everybody whose last has come back. */
    turns(): AgentTurn[] {
      tick++
      return ids.flatMap((id) => {
        if (out.has(id)) return []
        const journal = journals.get(id)!
        const turn = turnOf(tick, journal.length === 0 ? [] : [ok(lastCall.get(id)!), heard('hum')], id)
        journal.push(turn)
        out.add(id)
        return [turn]
      })
    },
    settled: () => out.size === 0,
  }
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const until = async (condition: () => boolean, ms = 20_000) => {
  const end = performance.now() + ms
  while (!condition()) {
    if (performance.now() > end) throw new Error('it did not come about')
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

describe('S32 a host that dies', () => {
  const quiet = { log: { info() {}, warn() {} }, clock: { now: () => performance.now() } }

  test('S32 is told of, with all that it held; the next load has another', { timeout: 30_000 }, async () => {
    await using sandbox = createSandbox(quiet)
    const others = innocents(sandbox, 5)
    const lost: { agents: readonly AgentId[]; culprit?: AgentId; reason: string }[] = []
    sandbox.onResult((results) => results.forEach(others.take))
    sandbox.onLost((one) => {
      lost.push(one)
      for (const id of one.agents) void others.restore(id)
    })
    await others.load()
    for (let round = 0; round < 30; round++) {
      sandbox.turn(others.turns())
      // Now between two turns, now in the middle of one.
      if (round % 10 === 3) process.kill(sandbox.stats().pids[0]!, 'SIGKILL')
      await until(() => others.settled())
    }
    expect(lost).toHaveLength(3)
    for (const one of lost) expect(one).toMatchObject({ reason: 'crashed' })
    for (const lines of others.said.values())
      expect(lines).toEqual(Array.from({ length: 30 }, (_, i) => `turn ${i + 1}`))
  })

  test('S33 dies by itself when the node is killed', async () => {
    const at = (file: string) => JSON.stringify(new URL(file, import.meta.url).href)
    const node = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { createSandbox } = await import(${at('../pool.ts')})
const { agentLoad, inMain, programOf } = await import(${at('../fixtures.ts')})
const sandbox = createSandbox({ log: { info() {}, warn() {} }, clock: { now: () => performance.now() } })
await sandbox.load(agentLoad(programOf(inMain(''))))
console.log(sandbox.stats().pids[0])
setInterval(() => {}, 1000)`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const [line] = (await once(node.stdout.setEncoding('utf8'), 'data')) as [string]
    const pid = Number(line)
    expect(() => process.kill(pid, 0)).not.toThrow()
    node.kill('SIGKILL')
    await until(() => !isAlive(pid))
  })

  test('S33 dies with the sandbox', async () => {
    const sandbox = createSandbox(quiet)
    await sandbox.load(agentLoad(programOf(inMain("await me.say('x')"))))
    const [pid] = sandbox.stats().pids
    expect(() => process.kill(pid!, 0)).not.toThrow()
    await sandbox[Symbol.asyncDispose]()
    expect(() => process.kill(pid!, 0)).toThrow()
  })

  test('S34 that grows past its bound is killed, and its load fails with a code', async () => {
    await using sandbox = createSandbox(quiet, { hostRssMaxMb: 1 })
    const loaded = await sandbox.load(agentLoad(programOf(inMain("await me.say('x')"))))
    expect(loaded).toMatchObject({ ok: false, error: { code: 'host_lost', params: { reason: 'out_of_memory' } } })
  })
})
