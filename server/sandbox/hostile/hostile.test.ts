/** Every hostile program among fifty agents that mean no harm, in a live zone: real rooms, real agents, real hosts. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentBench, type Bench, quiet, type SimWorld } from '../../agents/fixtures.ts'
import type { AgentInfo } from '../../agents/types.ts'
import { memoryJournal, player, startRooms } from '../../rooms/fixtures.ts'
import type { Rooms } from '../../rooms/rooms.ts'
import { createSandbox } from '../pool.ts'
import { HOSTILE, sourceOf } from './programs.ts'

const INNOCENTS = 50
/** Tides that pass without anybody waiting for a host, each time the hostile program is at it. */
const TIDES_UNASKED = 3

/** A turn at every tide, an effect in the world every few, a count of each in a local variable and in memory. */
const INNOCENT = `import { me, on } from 'academy'
let tides = 0
on('tide', () => { tides++; me.memory.tides = tides })
export default async function main() {
  for (let n = 1; ; n++) { await me.say('count ' + n); me.memory.said = n }
}`

const TIDES_MAX = 300

describe('S30 among fifty innocent agents in a live zone', () => {
  const sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
  const journal = memoryJournal()
  let rooms: Rooms
  let b: Bench
  let culprit: { id: string; projectId: string }
  const innocents: { owner: string; id: string }[] = []
  let tides = 0
  let calls = 0

  beforeAll(async () => {
    rooms = await startRooms({ journal })
    b = await agentBench({ sandbox, sim: { ...rooms, outcomes: [], before() {} } as SimWorld })
    await rooms.enter(player('Ann'))
    for (let i = 0; i < INNOCENTS; i++) {
      const owner = `player_${i}`
      const { id } = await b.newAgent(owner, INNOCENT, `Wick${i}`)
      await b.agents.start(owner, id)
      innocents.push({ owner, id })
    }
    culprit = await b.newAgent('player_culprit', 'export default () => 1', 'Snuff')
  })
  afterAll(async () => {
    await b.agents[Symbol.asyncDispose]()
    await rooms[Symbol.asyncDispose]()
    await sandbox[Symbol.asyncDispose]()
  })

  const zoneTick = () => rooms.read('player_ann', (world) => world.state.tick)!
  const culpritNow = async (): Promise<AgentInfo> => {
    const found = await b.agents.get('player_culprit', culprit.id)
    if (!found.ok) throw new Error(found.refusal.code)
    return found.value
  }

  /** The zone does not ask how its hosts are: its tides come and a person's word is answered, all before a host could say anything. */
  async function liveOn(): Promise<void> {
    const before = zoneTick()
    for (let i = 0; i < TIDES_UNASKED; i++) rooms.beat()
    tides += TIDES_UNASKED
    expect(zoneTick()).toBe(before + TIDES_UNASKED)
    const { verdict } = await rooms.submit('player_ann', 'say', { text: `line ${++calls}` })
    expect(verdict.ok).toBe(true)
  }

  test.for(HOSTILE)(
    'S30 $name: is stopped and named with its line; the zone keeps its tides, and all fifty are there afterwards',
    async (hostile) => {
      await b.projects.write('player_culprit', culprit.projectId, 'main.ts', sourceOf(hostile))
      expect(await b.agents.start('player_culprit', culprit.id)).toMatchObject({ ok: true })
      let info = await culpritNow()
      for (let tide = 0; info.status === 'running' && tide < TIDES_MAX; tide++) {
        if (tide < 2) await liveOn()
        await b.beat()
        info = await culpritNow()
      }
      expect(info).toMatchObject({ status: 'paused' })
      expect(hostile.ends).toContain(info.error?.code)
      expect(info.error?.line, JSON.stringify(info.error)).toBeGreaterThan(0)
      await b.agents.stop('player_culprit', culprit.id)
      await b.sandbox.settled()
      const all = await Promise.all(innocents.map(({ owner, id }) => b.agents.get(owner, id)))
      expect(all.filter((one) => one.ok && one.value.status === 'running' && !one.value.error)).toHaveLength(
        INNOCENTS,
      )
      // In one host all the while, which the culprit shared with them.
      expect(sandbox.stats()).toMatchObject({ agents: INNOCENTS, hosts: 1 })
    },
  )

  test('S31 no turn of an innocent was lost or had twice, in the world, in memory, or in the journal', async () => {
    await b.sandbox.settled()
    const events = [...journal.records.values()].flatMap((records) =>
      records.flatMap((record) => record.events ?? []),
    )
    for (const { owner, id } of innocents) {
      const said = events.flatMap((event) => (event.type === 'said' && event.who === id ? [event.text] : []))
      expect(said).toEqual(said.map((_, i) => `count ${i + 1}`))
      expect(said.length).toBeGreaterThan(HOSTILE.length / 2)
      const turns = await b.store.turns(id)
      const heard = turns.flatMap(({ inputs }) => inputs).filter((input) => input.type === 'event')
      const info = await b.agents.get(owner, id)
      const { memory } = info.ok ? info.value : { memory: null }
      expect(memory).toEqual({ tides: heard.length, said: expect.any(Number) })
      // The last one may have been said and not yet been answered.
      expect(said.length - (memory as { said: number }).said).toBeLessThanOrEqual(1)
    }
    expect(zoneTick()).toBeGreaterThan(tides)
  })
})

test.skipIf(process.platform !== 'linux')(
  'S42 no room waits for a host: a zone has its tides and answers its people while a host is stopped, killed, and gone',
  async () => {
    await using sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } }, { stallMs: 500 })
    await using rooms = await startRooms()
    const b = await agentBench({ sandbox, sim: { ...rooms, outcomes: [], before() {} } as SimWorld })
    await using _ = b.agents
    await rooms.enter(player('Ann'))
    const { id } = await b.newAgent('player_ann', INNOCENT)
    await b.agents.start('player_ann', id)
    const said = async () => {
      const info = await b.agents.get('player_ann', id)
      return info.ok ? ((info.value.memory as { said?: number }).said ?? 0) : 0
    }
    for (let i = 0; i < 10; i++) await b.beat()
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      const [pid] = sandbox.stats().pids
      const before = await said()
      const tick = rooms.read('player_ann', (world) => world.state.tick)!
      process.kill(pid!, signal)
      if (signal === 'SIGSTOP') await until(() => stateOf(pid!) === 'T')
      for (let i = 1; i <= 20; i++) {
        rooms.beat()
        const { verdict } = await rooms.submit('player_ann', 'say', { text: `${signal} ${i}` })
        expect(verdict.ok).toBe(true)
        // Nothing of it has been waited for: the host stands as it stood.
        if (signal === 'SIGSTOP' && i < 5) expect(stateOf(pid!)).toBe('T')
      }
      expect(rooms.read('player_ann', (world) => world.state.tick)).toBe(tick + 20)
      // Then the watch ends the host, and the agent goes on where it was, in another.
      await until(() => !sandbox.stats().pids.includes(pid!))
      let now = before
      for (let i = 0; now < before + 2 && i < 400; i++) {
        await b.beat()
        now = await said()
      }
      expect(now).toBeGreaterThan(before + 1)
    }
  },
)

/** R, S, T (stopped), Z …, as Linux tells it; undefined when there is no such process. */
function stateOf(pid: number): string | undefined {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let polls = 0; !condition(); polls++) {
    if (polls > 3_000) throw new Error('it did not come about')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
