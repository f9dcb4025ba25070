/**
 * From a zone's tide through the sandbox to commands applied: the engine, commands and voice as they are, agents kept going by
 * their own part, hosts in other processes. Zones and journal are in memory: what the database takes is not in it.
 */
import { createAgents } from '../../agents/agents.ts'
import { createMemoryAgentStore } from '../../agents/memory-store.ts'
import { createSimulatedZones } from '../../agents/simulation/zones.ts'
import { worldVoice } from '../../agents/voice.ts'
import { agentInput, runCommand } from '../../commands/index.ts'
import type { AgentId, PlayerId, ProjectId } from '../../protocol/ids.ts'
import { compile } from '../../sandbox/compile.ts'
import { createSandbox } from '../../sandbox/pool.ts'
import { fixtureWorld } from '../world.ts'
import { MEMORY, THINKING } from './agents-turns.ts'
import { cpuSecondsDuring } from './processes.ts'

const quiet = { info() {}, warn() {} }
const PLACES = ['harbor:dock', 'harbor:market', 'harbor:pier', 'loopworks:road']

/** One action a turn, a tenth of 20 kB of memory changed in each. */
const SOURCE = `import { me } from 'academy'
${THINKING}
export default async function main() {
  if (!me.memory.places) me.memory = JSON.parse(${JSON.stringify(MEMORY)})
  for (let turn = 1; ; turn++) {
    remember(me.memory, turn, { state: 'lit' })
    await me.say('the lamp is lit ' + turn)
  }
}`

export type EndToEnd = { readonly perS: readonly number[]; readonly nodeUs: number; readonly hostUs: number }

export async function endToEnd(agentCount: number, rounds: number, tides: number): Promise<EndToEnd> {
  const world = fixtureWorld()
  const zones = createSimulatedZones({ world, run: runCommand, seed: 'bench' })
  await using sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
  let out = 0
  let wake = (): void => {}
  let seed = 0
  let applied = 0
  zones.onTurn(({ outcomes }) => {
    for (const { events } of outcomes) for (const event of events) if (event.type === 'said') applied++
  })
  await using agents = createAgents({
    store: createMemoryAgentStore(),
    projects: { sources: async () => ({ ok: true, value: { 'main.js': SOURCE } }) },
    sandbox: {
      ...sandbox,
      turn(turns) {
        out += turns.length
        sandbox.turn(turns)
      },
    },
    compile,
    zones,
    voice: worldVoice,
    commandInput: agentInput,
    people: { person: async (id) => ({ name: id, locale: 'en' }) },
    moderation: { isMuted: () => undefined, cleanTalk: (text) => text, nameProblem: () => undefined },
    clock: { now: () => performance.now() },
    log: quiet,
    seed: () => seed++,
    node: 'bench',
  })
  sandbox.onResult((results) => {
    out -= results.length
    if (out === 0) wake()
  })
  for (let i = 0; i < agentCount; i++) {
    const owner = `player_bench${i}` as PlayerId
    const place = PLACES[i % PLACES.length]!
    await zones.enter({ id: owner, kind: 'player', name: `Ann${i}`, locale: 'en', roles: ['learner'], place })
    const made = await agents.create(owner, { projectId: 'project_bench' as ProjectId, name: `wick ${i}` })
    if (!made.ok) throw new Error(made.refusal.code)
    const started = await agents.start(owner, made.value.id as AgentId)
    if (!started.ok) throw new Error(started.refusal.code)
    await zones.sleep(owner)
  }
  /** Until every result of this tide has been acted upon. */
  async function tide(): Promise<void> {
    zones.beat()
    if (out > 0) await new Promise<void>((done) => (wake = done))
    await new Promise<void>((done) => setImmediate(done))
  }
  const go = async (count: number) => {
    for (let i = 0; i < count; i++) await tide()
  }
  await go(Math.max(90, tides))
  const perS: number[] = []
  let node = 0
  let host = 0
  let all = 0
  for (let i = 0; i < rounds; i++) {
    const before = applied
    const { own, others } = await cpuSecondsDuring(
      () => sandbox.stats().pids,
      () => go(tides),
    )
    perS.push((applied - before) / (own + others))
    all += applied - before
    node += own
    host += others
  }
  return { perS, nodeUs: (node * 1e6) / all, hostUs: (host * 1e6) / all }
}
