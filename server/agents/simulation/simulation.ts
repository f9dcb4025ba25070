/** One agent in a world of its own: the live runner, the live sandbox, and a clock that waits for both. */
import type { CommandRunner, WorldDef, ZoneView } from '../../engine/types.ts'
import { createFakeClock } from '../../lib/clock.ts'
import { newId } from '../../lib/ids.ts'
import type { AgentSelf, AgentTurn, AgentTurnResult, ProgramError } from '../../protocol/agent-io.ts'
import type { WorldEvent } from '../../protocol/events.ts'
import type { AgentId, CharacterId, Json, Locale, PlaceId, PlayerId, ProjectId } from '../../protocol/ids.ts'
import type { Refusal, RefusalCode } from '../../protocol/refusals.ts'
import type { Sandbox, SandboxLimits, SourceFiles } from '../../sandbox/types.ts'
import { createAgents } from '../agents.ts'
import { createMemoryAgentStore } from '../memory-store.ts'
import type { AgentsDeps } from '../parts.ts'
import type { AgentLogEntry } from '../types.ts'
import type { WorldScripts } from '../world-scripts.ts'
import { createSimulatedZones, type SimulatedZones } from './zones.ts'

/** Somebody else in the world, who acts by the clock. */
export type Visitor = {
  readonly name: string
  readonly place: PlaceId
  readonly acts: readonly { readonly tick: number; readonly command: string; readonly input: Json }[]
}

export type SimulationPlan = {
  readonly sources: SourceFiles
  readonly place: PlaceId
  /** Tides to run; ends sooner when the program has ended and nobody is left to act. */
  readonly ticks: number
  readonly seed: string
  readonly visitor?: Visitor
  readonly visitors?: readonly Visitor[]
  /** The language that the agent hears and sees the world in; English without it. */
  readonly locale?: Locale
  /** The agent's name; `lantern` without it. */
  readonly name?: string
  /** What `me.memory` begins with. */
  readonly memory?: Json
  /** Given up after so long by the wall; then `timedOut` is set. */
  readonly timeoutMs: number
}

export type Happening = { readonly tick: number; readonly event: WorldEvent }
export type SimulationResult = {
  /** What the agent did, in order; a refused action is a `refused` event. */
  readonly happenings: readonly Happening[]
  readonly logs: readonly AgentLogEntry[]
  readonly error?: ProgramError
  readonly memory: Json
  readonly fuelUsed: number
  readonly ticks: number
  readonly timedOut: boolean
  /** What the program was given and what came of it, from its start; absent when it was never loaded. */
  readonly recorded?: Recorded
}
/** The same inputs handed in again come to the same outcomes, anywhere. */
export type Recorded = {
  readonly self: AgentSelf
  readonly hash: string
  /** JSON of `me.memory` at the start. */
  readonly memory: string
  readonly limits: SandboxLimits
  readonly turns: readonly AgentTurn[]
  readonly outcomes: readonly AgentTurnResult[]
}

export type SimulationDeps = Pick<AgentsDeps, 'compile' | 'voice' | 'commandInput' | 'log'> & {
  readonly world: WorldDef
  readonly run: CommandRunner
  readonly sandbox: Sandbox
  readonly script?: WorldScripts
}

const OWNER = 'player_trial' as PlayerId
const PROJECT = 'project_trial' as ProjectId
const AGENT = 'agent_trial' as AgentId
const visitorId = (index: number) => `player_visitor${index === 0 ? '' : index + 1}` as CharacterId

/** `atEnd` reads the world with the agent in it when all is over. */
export async function simulate<T = undefined>(
  deps: SimulationDeps,
  plan: SimulationPlan,
  atEnd?: (world: ZoneView, agent: CharacterId) => T,
): Promise<SimulationResult & { readonly found?: T }> {
  const happenings: Happening[] = []
  const logs: AgentLogEntry[] = []
  const quiet = watchSandbox(deps.sandbox)
  const { locale = 'en' } = plan
  const visitors = [...(plan.visitor ? [plan.visitor] : []), ...(plan.visitors ?? [])]
  const store = createMemoryAgentStore()
  const world = createSimulatedZones({ world: deps.world, run: deps.run, seed: plan.seed, script: deps.script })
  const zones: SimulatedZones = {
    ...world,
    async submit(actor, command, input, lineId) {
      const outcome = await world.submit(actor, command, input, lineId)
      if (!outcome.verdict.ok && actor === AGENT) refused(actor, command, outcome.verdict.refusal.code)
      return outcome
    },
  }
  const refused = (who: CharacterId, command: string, code: RefusalCode) =>
    happenings.push({ tick: world.tick(), event: { type: 'refused', who, command, code } })
  const turnedAway = (action: string, refusal: Refusal): Refusal => {
    refused(AGENT, action, refusal.code)
    return refusal
  }
  const agents = createAgents({
    ...deps,
    sandbox: quiet.sandbox,
    zones,
    store,
    agentId: () => AGENT,
    projects: { sources: async () => ({ ok: true, value: plan.sources }) },
    people: { person: async () => ({ name: 'trial', locale }) },
    moderation: { isMuted: () => undefined, cleanTalk: (text) => text, nameProblem: () => undefined },
    clock: createFakeClock(),
    seed: seeds(plan.seed),
    // One node, and nobody to ask: as it is where there is none, and told of like any other refusal.
    hop: async (_, node) => turnedAway('hop', { code: 'no_such_node', params: { name: node } }),
    ask: async () => ({ refusal: turnedAway('ask', { code: 'no_model' }) }),
    compute: async () => ({ refusal: turnedAway('compute', { code: 'no_market' }) }),
    node: 'trial',
  })
  try {
    await zones.enter({ id: OWNER, kind: 'player', name: 'trial', locale, roles: [], place: plan.place })
    for (const [index, { name, place }] of visitors.entries())
      await zones.enter({ id: visitorId(index), kind: 'player', name, locale, roles: [], place })
    const made = await agents.create(OWNER, { projectId: PROJECT, name: plan.name ?? 'lantern' })
    if (!made.ok) throw new Error(`a trial's agent could not be made: ${made.refusal.code}`)
    const { id } = made.value
    if (plan.memory !== undefined)
      await store.save({ ...(await store.find(id))!, memory: JSON.stringify(plan.memory) })
    world.onTurn(({ outcomes }) => {
      for (const { tick, events } of outcomes)
        for (const event of events) if (isBy(event, id)) happenings.push({ tick, event })
    })
    agents.onChange((_, change) => logs.push(...(change.log ?? [])))
    const started = await agents.start(OWNER, id)
    if (!started.ok) return ended({ error: programError(started.refusal.params) })
    const deadline = performance.now() + plan.timeoutMs
    let timedOut = false
    for (let tick = 0; tick < plan.ticks && !timedOut; tick++) {
      for (const [index, { acts }] of visitors.entries())
        for (const act of acts) if (act.tick === tick) await zones.submit(visitorId(index), act.command, act.input)
      world.beat()
      timedOut = !(await quiet.settled(deadline))
      await world.answer()
      const now = await agents.get(OWNER, id)
      const isOver = now.ok && now.value.status !== 'running' && now.value.status !== 'resting'
      if (isOver && !visitors.some(({ acts }) => acts.some((act) => act.tick > tick))) break
    }
    const last = await agents.get(OWNER, id)
    const found = atEnd ? (world.read(id, (view) => atEnd(view, id)) as T | undefined) : undefined
    return ended({
      timedOut,
      found,
      ...(last.ok && { error: last.value.error, memory: last.value.memory, fuelUsed: last.value.fuel.used }),
    })
  } finally {
    await agents[Symbol.asyncDispose]()
    quiet.stop()
  }

  function ended(
    rest: Partial<SimulationResult> & { readonly found?: T },
  ): SimulationResult & { readonly found?: T } {
    const recorded = quiet.recorded()
    return { happenings, logs, memory: {}, fuelUsed: 0, ticks: world.tick(), timedOut: false, recorded, ...rest }
  }
}

const isBy = (event: WorldEvent, id: AgentId): boolean =>
  ('who' in event && event.who === id) || ('by' in event && event.by === id)

function programError(params: Readonly<Record<string, Json>> = {}): ProgramError {
  const { file, line, column, text, code } = params as {
    file?: string
    line?: number
    column?: number
    text?: string
    code?: string
  }
  return { name: 'SyntaxError', message: text ?? '', code: code ?? 'syntax', file, line, column }
}

/** Numbers for `random`, from the plan's seed alone. */
export function seeds(text: string): () => number {
  let h = 0x811c9dc5
  for (const sign of text) h = Math.imul(h ^ sign.codePointAt(0)!, 0x01000193) >>> 0
  return () => {
    h = (Math.imul(h, 1664525) + 1013904223) >>> 0
    return h
  }
}

/**
 * Passes everything on, writes it down, and knows when every turn that was sent has been answered and acted upon. The pool knows
 * the agent by a key of this simulation's own, so that many may run at once and the program still sees the same id in each.
 */
function watchSandbox(sandbox: Sandbox) {
  const key = newId('agent') as AgentId
  let busy = 0
  let begun: Omit<Recorded, 'turns' | 'outcomes'> | undefined
  let turns: AgentTurn[] = []
  let outcomes: AgentTurnResult[] = []
  let wake = (): void => {}
  const answered = (result: AgentTurnResult): AgentTurnResult => ({ ...result, agent: AGENT })
  const resultListeners = new Set<Parameters<Sandbox['onResult']>[0]>()
  const lostListeners = new Set<Parameters<Sandbox['onLost']>[0]>()
  const stopResults = sandbox.onResult((all) => {
    const results = all.filter(({ agent }) => agent === key).map(answered)
    if (results.length === 0) return
    busy -= results.length
    outcomes.push(...results)
    for (const listener of resultListeners) listener(results)
    wake()
  })
  const stopLost = sandbox.onLost(({ agents, culprit, ...rest }) => {
    const isMine = agents.includes(key)
    if (!isMine && culprit !== key) return
    busy = 0
    for (const listener of lostListeners)
      listener({ ...rest, agents: isMine ? [AGENT] : [], ...(culprit === key && { culprit: AGENT }) })
    wake()
  })
  const breath = () => new Promise<void>((done) => setImmediate(done))
  const watched: Pick<Sandbox, 'load' | 'turn' | 'unload' | 'onResult' | 'onLost'> = {
    async load(agent) {
      const { self, program, memory, limits, journal } = agent
      if (journal.length === 0) {
        begun = { self, hash: program.hash, memory, limits }
        turns = []
        outcomes = []
      }
      // Nobody waits for one that is woken, so the clock must.
      busy++
      const loaded = await sandbox.load({ ...agent, key }).finally(() => {
        busy = Math.max(0, busy - 1)
        wake()
      })
      if (!loaded.ok || !loaded.last) return loaded
      const last = answered(loaded.last)
      if (outcomes.length < turns.length) outcomes.push(last)
      return { ...loaded, last }
    },
    turn(list) {
      busy += list.length
      turns.push(...list)
      sandbox.turn(list.map((turn) => ({ ...turn, agent: key })))
    },
    unload: () => sandbox.unload(key),
    onResult(listener) {
      resultListeners.add(listener)
      return () => void resultListeners.delete(listener)
    },
    onLost(listener) {
      lostListeners.add(listener)
      return () => void lostListeners.delete(listener)
    },
  }
  return {
    sandbox: watched,
    /** False when the deadline passed first. */
    async settled(deadlineMs: number): Promise<boolean> {
      for (;;) {
        await breath()
        await breath()
        if (busy === 0) return true
        if (performance.now() > deadlineMs) return false
        await new Promise<void>((done) => {
          const timer = setTimeout(done, 1_000)
          wake = () => {
            clearTimeout(timer)
            done()
          }
        })
      }
    },
    recorded: (): Recorded | undefined => begun && { ...begun, turns, outcomes },
    stop() {
      stopResults()
      stopLost()
    },
  }
}
