/** Agents that take turns in a real sandbox, as many as are asked for, and are taken up again when their host is lost. */
import type { AgentInput, AgentTurn, AgentTurnResult } from '../../protocol/agent-io.ts'
import type { AgentId } from '../../protocol/ids.ts'
import { createSandbox, type SandboxOptions } from '../../sandbox/pool.ts'
import type { AgentLoad, Program, Sandbox } from '../../sandbox/types.ts'
import { benchLoad, benchProgram, changesAt, turnAt } from './agents-turns.ts'

export type Member = {
  readonly id: AgentId
  program: Program
  memory: string
  /** Turns since the checkpoint, where they are kept. */
  journal: AgentTurn[]
  /** Number of the next turn since the checkpoint. */
  next: number
  sentMs?: number
  /** Is loaded and has no turn out. */
  ready: boolean
}

export type FleetOptions = SandboxOptions & {
  readonly size: number
  /** So that a lost host's agents go on where they were; without it they begin anew. */
  readonly journals?: boolean
  readonly program?: Program
  readonly load?: Partial<AgentLoad>
  readonly onTurn?: (member: Member, result: AgentTurnResult, delayMs: number) => void
  readonly onLost?: (agents: number) => void
}

export type Fleet = AsyncDisposable & {
  readonly sandbox: Sandbox
  readonly members: readonly Member[]
  load(member: Member): Promise<void>
  loadAll(): Promise<void>
  /** The next turn of those who are ready; gives how many. */
  send(members?: readonly Member[]): number
  /** Resolves when nobody has a turn out and everybody is loaded. */
  settled(): Promise<void>
}

const quiet = { info() {}, warn() {} }

export function createFleet({ size, journals = false, program = benchProgram(), ...options }: FleetOptions): Fleet {
  const sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } }, options)
  const members: Member[] = Array.from({ length: size }, (_, i) => ({
    id: `agent_bench${i}` as AgentId,
    program,
    memory: options.load?.memory ?? benchLoad('agent_1', program).memory,
    journal: [],
    next: 0,
    ready: false,
  }))
  const byId = new Map(members.map((member) => [member.id, member]))
  let wake = (): void => {}

  function take(result: AgentTurnResult): void {
    const member = byId.get(result.agent)
    if (member?.sentMs === undefined) return
    const delayMs = performance.now() - member.sentMs
    delete member.sentMs
    member.ready = true
    if (result.memory !== undefined) member.memory = result.memory
    options.onTurn?.(member, result, delayMs)
    wake()
  }

  async function load(member: Member): Promise<void> {
    member.ready = false
    if (!journals) {
      member.next = 0
      delete member.sentMs
    }
    const { memory: _, ...over } = options.load ?? {}
    const began = journals ? checkpoints.get(member.id) : undefined
    const loaded = await sandbox.load(
      benchLoad(member.id, member.program, {
        ...over,
        memory: began ?? member.memory,
        journal: journals ? member.journal : [],
      }),
    )
    if (!loaded.ok) {
      if (loaded.error.code === 'host_lost') return load(member)
      throw new Error(`${member.id} could not be loaded: ${loaded.error.message}`)
    }
    if (member.sentMs !== undefined && loaded.last) take(loaded.last)
    member.ready = true
    wake()
  }
  const checkpoints = new Map(members.map(({ id, memory }) => [id, memory]))

  sandbox.onResult((results) => results.forEach(take))
  sandbox.onLost(({ agents }) => {
    options.onLost?.(agents.length)
    for (const id of agents) {
      const member = byId.get(id)
      if (member) void load(member)
    }
  })

  return {
    sandbox,
    members,
    load(member) {
      checkpoints.set(member.id, member.memory)
      member.journal = []
      member.next = 0
      return load(member)
    },
    loadAll: async () => void (await Promise.all(members.map(load))),
    send(list = members) {
      const turns: AgentTurn[] = []
      const nowMs = performance.now()
      for (const member of list) {
        if (!member.ready) continue
        member.ready = false
        member.sentMs = nowMs
        const turn = nextTurn(member)
        member.next++
        if (journals) member.journal.push(turn)
        turns.push(turn)
      }
      sandbox.turn(turns)
      return turns.length
    },
    async settled() {
      while (members.some(({ ready }) => !ready)) await new Promise<void>((done) => (wake = done))
    },
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  }
}

const CHANGES: readonly (readonly AgentInput[])[] = Array.from({ length: 10 }, (_, i) => changesAt(i))

/** Made with as little work as can be: what is measured is what becomes of it. */
function nextTurn({ id, next }: Member): AgentTurn {
  if (next < 2) return turnAt(id, next)
  const done: AgentInput = { type: 'result', call: next, ok: true, value: null }
  return { agent: id, tick: next + 1, seed: next * 7919, inputs: [done, ...CHANGES[next % 10]!] }
}
