/** Agents of the chaos harness: each turn counts one up, is written down, and then has an effect that is told until somebody says it was heard. */
import { createHash } from 'node:crypto'
import type { TravelHost } from '../../migration/types.ts'
import type { Disk } from './disk.ts'
import type { Inside } from './inside.ts'
import { type AgentReport, type FromNode, REGISTRY } from './messages.ts'

type State = {
  readonly id: string
  readonly epoch: number
  readonly count: number
  /** Effects that nobody has said were heard, the oldest first. */
  readonly unheard: readonly number[]
  readonly padding: string
}
type Live = { state: State; alive: boolean; turn: Promise<void>; telling: boolean }

/** So that a bundle takes several messages. */
const PADDING = 'x'.repeat(2_500)
export type ChaosAgents = ReturnType<typeof createChaosAgents>

export function createChaosAgents(disk: Disk, { wire, clock }: Inside, tell: (message: FromNode) => void) {
  const lives = new Map<string, Live>(
    disk.list('agent-').map((name) => {
      const state: State = JSON.parse(disk.read(name)!.toString())
      return [state.id, { state, alive: false, turn: Promise.resolve(), telling: false }]
    }),
  )
  const save = (state: State) => disk.write(`agent-${state.id}`, JSON.stringify(state), 'agent')

  function run(id: string): void {
    const live = lives.get(id)
    if (!live || live.alive) return
    live.alive = true
    tell({ type: 'alive', agent: id, epoch: live.state.epoch })
    void tellEffects(live)
  }

  async function rest(id: string): Promise<void> {
    const live = lives.get(id)
    if (!live) return
    if (live.alive) tell({ type: 'rests', agent: id })
    live.alive = false
    await live.turn
  }

  async function tellEffects(live: Live): Promise<void> {
    if (live.telling) return
    live.telling = true
    while (live.alive && live.state.unheard.length > 0) {
      const seq = live.state.unheard[0]!
      const effect = { agent: live.state.id, epoch: live.state.epoch, seq }
      const heard = await wire.request(REGISTRY, 'effect', effect, { timeoutMs: 2_000 }).catch(() => undefined)
      if (heard) live.state = { ...live.state, unheard: live.state.unheard.filter((one) => one !== seq) }
      else await clock.sleep(500)
    }
    live.telling = false
  }

  async function turn(live: Live): Promise<void> {
    const { state } = live
    const count = state.count + 1
    const next = { ...state, count, unheard: [...state.unheard, count] }
    await save(next)
    live.state = { ...next, unheard: [...live.state.unheard, count] }
    if (live.alive) void tellEffects(live)
  }

  const bytesOf = ({ state }: Live) => new Uint8Array(Buffer.from(JSON.stringify(state)))
  const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

  const host: TravelHost = {
    version: '1',
    async describe(id) {
      const live = lives.get(id)
      return live?.alive ? { epoch: live.state.epoch, name: id, bytes: 3_000, memoryMb: 1 } : undefined
    },
    freeze: rest,
    exported: async (id) => bytesOf(lives.get(id)!),
    async snapshot(id) {
      const live = lives.get(id)
      return live?.alive ? { bytes: bytesOf(live), tick: live.state.count } : undefined
    },
    thaw: async (id) => run(id),
    leave: (id) => forget(id),
    refusal: async ({ trip }) =>
      hashOf(Buffer.from(trip.mid)).startsWith('0') ? { code: 'policy', message: 'Not today.' } : undefined,
    dryLoad: async (_offer, bytes) => hashOf(bytes),
    async activate({ agentId, epoch }, bytes) {
      const live = lives.get(agentId)
      if (!live || live.state.epoch < epoch) {
        const state: State = { ...(JSON.parse(Buffer.from(bytes).toString()) as State), epoch }
        await rest(agentId)
        await save(state)
        lives.set(agentId, { state, alive: false, turn: Promise.resolve(), telling: false })
      }
    },
    drop: (id) => forget(id),
    told: (agent, { step }) => tell({ type: 'told', agent, step }),
  }

  async function forget(id: string): Promise<void> {
    if (!lives.has(id)) return
    await rest(id)
    await disk.remove(`agent-${id}`, 'agent')
    lives.delete(id)
  }

  return {
    host,
    run,
    async born(id: string): Promise<void> {
      if (lives.has(id)) return
      const state: State = { id, epoch: 1, count: 0, unheard: [], padding: PADDING }
      await save(state)
      lives.set(id, { state, alive: false, turn: Promise.resolve(), telling: false })
    },
    ids: () => [...lives.keys()],
    /** One turn for each that lives here and has none under way. */
    turns(): void {
      for (const live of lives.values())
        if (live.alive) live.turn = live.turn.then(() => (live.alive ? turn(live) : undefined))
    },
    report: (): AgentReport[] =>
      [...lives.values()].map(({ state: { id, epoch, count }, alive }) => ({ id, epoch, count, alive })),
  }
}
