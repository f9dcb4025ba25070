/** What hosts take and how soon they are back, with real ones: memory, loading, restoring, dying, and bystanders under load. */
import { once } from 'node:events'
import { SANDBOX_REST_AFTER_MS, SANDBOX_REST_PAUSE_MS } from '../../limits.ts'
import type { AgentId } from '../../protocol/ids.ts'
import { createFleet, type Fleet } from './agents-fleet.ts'
import { benchLoad, benchProgram, programOf, turnAt } from './agents-turns.ts'
import { cpuSecondsDuring, residentMb, startHogs } from './processes.ts'

async function beats(fleet: Fleet, count: number): Promise<number> {
  let turns = 0
  for (let i = 0; i < count; i++) {
    turns += fleet.send()
    await fleet.settled()
  }
  return turns
}

/** Turns a second of processor time of the host alone, and of the host and the node's end of the channel together. */
export async function throughChannel(rounds: number, turnsEach: number): Promise<{ host: number[]; both: number[] }> {
  await using fleet = createFleet({ size: 50 })
  await fleet.loadAll()
  await beats(fleet, turnsEach)
  const samples = { host: [] as number[], both: [] as number[] }
  for (let i = 0; i < rounds; i++) {
    let turns = 0
    const { own, others } = await cpuSecondsDuring(
      () => fleet.sandbox.stats().pids,
      async () => {
        turns = await beats(fleet, turnsEach)
      },
    )
    samples.host.push(turns / others)
    samples.both.push(turns / (own + others))
  }
  return samples
}

/** Of an agent that has had its first turns and waits, beside others of its kind, when all of them have come to rest. */
export async function idleMb(agents: number): Promise<number> {
  await using fleet = createFleet({ size: agents, agentsPerHost: agents })
  const [first, ...rest] = fleet.members
  await fleet.load(first!)
  const turns = async () => {
    for (let i = 0; i < 3; i++) {
      const some = fleet.members.filter(({ ready }) => ready)
      fleet.send(some)
      await until(() => some.every(({ ready }) => ready))
    }
  }
  await turns()
  await once(AbortSignal.timeout(restMs(1)), 'abort')
  const [pid] = fleet.sandbox.stats().pids
  const before = residentMb(pid!)
  await Promise.all(rest.map((member) => fleet.load(member)))
  await turns()
  await once(AbortSignal.timeout(restMs(agents)), 'abort')
  return (residentMb(pid!) - before) / rest.length
}

/** Until a host has collected what so many idle agents do not need, with as much again for a loaded machine. */
const restMs = (agents: number) => 2 * (SANDBOX_REST_AFTER_MS + agents * 2 * SANDBOX_REST_PAUSE_MS)

/** From the request to load a checkpoint, in a host that others live in, to the first turn's result. */
export async function firstTurns(count: number): Promise<number[]> {
  await using fleet = createFleet({ size: 50, agentsPerHost: 60 })
  const { sandbox } = fleet
  await fleet.loadAll()
  await beats(fleet, 3)
  const program = benchProgram()
  const samples: number[] = []
  for (let i = 0; i < count; i++) {
    const id = `agent_new${i}` as AgentId
    const startedMs = performance.now()
    const loaded = await sandbox.load(benchLoad(id, program))
    if (!loaded.ok) throw new Error(loaded.error.message)
    const answered = new Promise<void>((done) => {
      const stop = sandbox.onResult((results) => {
        if (!results.some(({ agent }) => agent === id)) return
        stop()
        done()
      })
    })
    sandbox.turn([turnAt(id, 0)])
    await answered
    samples.push(performance.now() - startedMs)
    await sandbox.unload(id)
  }
  return samples
}

const COUNTS = `import { me } from 'academy'
export default async function main() {
  for (let n = 1; ; n++) { me.memory.n = n; await me.say('turn ' + n) }
}`

export type RestoreKind = 'oneByOne' | 'batched'
/** 20,000 inputs: each a turn of its own, the most that a journal may hold; or six a turn, with the memory and sights of the other measures. */
export async function restore(kind: RestoreKind, rounds: number): Promise<number[]> {
  await using fleet = createFleet({ size: 1 })
  const { sandbox } = fleet
  const id = 'agent_restored' as AgentId
  const journal =
    kind === 'batched'
      ? Array.from({ length: 3_335 }, (_, n) => turnAt(id, n))
      : Array.from({ length: 20_000 }, (_, n) => ({
          ...turnAt(id, 0),
          tick: n + 1,
          inputs: n === 0 ? [] : [done(n)],
        }))
  const load =
    kind === 'batched'
      ? benchLoad(id, benchProgram(), { journal })
      : benchLoad(id, programOf(COUNTS), { journal, memory: '{}' })
  const samples: number[] = []
  await fleet.loadAll()
  for (let i = 0; i < rounds; i++) {
    const startedMs = performance.now()
    const loaded = await sandbox.load(load)
    if (!loaded.ok || loaded.last?.error) throw new Error(`not restored: ${JSON.stringify(loaded)}`)
    samples.push(performance.now() - startedMs)
    await sandbox.unload(id)
  }
  return samples
}
const done = (call: number) => ({ type: 'result', call, ok: true, value: null }) as const

/** SIGKILL of the one host of so many agents, in a node that has been up for a while, until the last of them has had another turn. */
export async function hostBack(agents: number, rounds: number): Promise<number[]> {
  await using fleet = createFleet({ size: agents, agentsPerHost: agents, journals: true })
  await fleet.loadAll()
  await beats(fleet, 10)
  const samples: number[] = []
  for (let i = 0; i < rounds; i++) {
    await once(AbortSignal.timeout(2_500), 'abort')
    const lost = new Promise<void>((heard) => {
      const stop = fleet.sandbox.onLost(() => {
        stop()
        heard()
      })
    })
    const startedMs = performance.now()
    process.kill(fleet.sandbox.stats().pids[0]!, 'SIGKILL')
    await lost
    await fleet.settled()
    fleet.send()
    await fleet.settled()
    samples.push(performance.now() - startedMs)
  }
  return samples
}

export type Bystanders = {
  readonly turns: number
  readonly cut: number
  readonly compared: number
  readonly fuelDiff: number
}
/** Innocent agents, first alone, then again beside four processes that compute for nothing. */
export async function bystanders(agents: number, turns: number): Promise<Bystanders> {
  const compared = Math.min(50, Math.floor(turns / agents))
  const alone = await bills(agents, compared)
  await using _ = startHogs(4)
  const beside = await bills(agents, Math.floor(turns / agents))
  let fuelDiff = 0
  for (const [key, fuel] of alone.fuel) fuelDiff += Math.abs(fuel - (beside.fuel.get(key) ?? 0))
  return { turns: beside.turns, cut: alone.cut + beside.cut, compared: alone.fuel.size, fuelDiff }
}

async function bills(agents: number, count: number) {
  const fuel = new Map<string, number>()
  let cut = 0
  await using fleet = createFleet({
    size: agents,
    program: programOf(COUNTS),
    load: { memory: '{}' },
    onTurn({ id }, { tick, fuelUsed, error, failed }) {
      if (error || failed) cut++
      if (tick <= 50) fuel.set(`${id} ${tick}`, fuelUsed)
    },
    onLost: (lost) => {
      cut += lost
    },
  })
  await fleet.loadAll()
  return { turns: await beats(fleet, count), cut, fuel }
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await once(AbortSignal.timeout(5), 'abort')
}
