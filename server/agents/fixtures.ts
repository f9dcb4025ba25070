/** What the tests of agents share: a world that moves when told, and everything an agent needs around it. */
import { agentInput, runCommand } from '../commands/index.ts'
import type { Outcome, WorldDef, ZoneInput } from '../engine/types.ts'
import { createZone } from '../engine/zone.ts'
import { createFakeClock } from '../lib/clock.ts'
import type { CharacterRecord, EventOf } from '../protocol/events.ts'
import type { CharacterId, Json, PlaceId } from '../protocol/ids.ts'
import type { Entrant, Zones } from '../rooms/types.ts'
import { compile } from '../sandbox/compile.ts'
import { createSandbox } from '../sandbox/pool.ts'
import type { Sandbox } from '../sandbox/types.ts'
import { fixtureWorld } from '../testing/world.ts'
import { audience, describeRefusal, nameOf, placeView, render, shapesOfThing } from '../voice/index.ts'
import { createAgents } from './agents.ts'
import { createMemoryAgentStore, createMemoryProjectStore } from './memory-store.ts'
import type { AgentsDeps, AgentVoice } from './parts.ts'
import { createProjects } from './projects.ts'
import type { AgentLogEntry } from './types.ts'
import { watched } from './watched.ts'

export const voice: AgentVoice = {
  placeView,
  audience,
  nameOf,
  describeRefusal,
  render,
  thingName: (world, thing, locale) => shapesOfThing(world, thing, locale).nom,
}

export type SimWorld = Pick<
  Zones,
  'enter' | 'submit' | 'read' | 'whereIs' | 'sleep' | 'remove' | 'onTide' | 'onTurn'
> & {
  /** One tide of every zone. */
  beat(): void
  readonly outcomes: Outcome[]
  /** Called before a command is applied; throw to lose it. */
  before: (actor: CharacterId, command: string) => void
}

/** All zones of a world in this process, with hand-offs between them done at once. */
export function simWorld(def: WorldDef = fixtureWorld()): SimWorld {
  const zones = new Map([...def.zones.keys()].map((id) => [id, createZone({ def, zone: id, seed: 'sim' })]))
  const tideListeners = new Set<Parameters<Zones['onTide']>[0]>()
  const turnListeners = new Set<Parameters<Zones['onTurn']>[0]>()
  const zoneOf = (id: CharacterId) => [...zones.values()].find((zone) => zone.view.state.characters.has(id))
  let arrivals = 0

  function apply(zone: NonNullable<ReturnType<typeof zoneOf>>, input: ZoneInput): Outcome {
    const outcome = zone.apply(input, zone.view.state.tick, runCommand)
    sim.outcomes.push(outcome)
    for (const listener of turnListeners)
      listener({ zone: zone.id, tick: outcome.tick, outcomes: [outcome] }, zone.view)
    for (const event of outcome.events)
      if (event.type === 'requested' && event.request.kind === 'handoff') carry(zone, event)
    return outcome
  }

  function carry(from: NonNullable<ReturnType<typeof zoneOf>>, { id, request }: EventOf<'requested'>): void {
    if (request.kind !== 'handoff') return
    const to = zones.get(def.places.get(request.to)!.zone)!
    apply(to, { type: 'arrive', id, character: request.character, items: request.items })
    apply(from, { type: 'settle', id, ok: true })
  }

  const sim: SimWorld = {
    outcomes: [],
    before: () => {},
    async enter({ id, kind, name, locale, roles, owner, place = def.start }: Entrant) {
      const there = zoneOf(id)
      if (there) apply(there, { type: 'wake', actor: id })
      else {
        const character: CharacterRecord = {
          id,
          kind,
          name,
          locale,
          roles,
          owner,
          place,
          posture: 'standing',
          awake: true,
          home: def.start,
          vars: {},
          recent: [],
        }
        apply(zones.get(def.places.get(place)!.zone)!, {
          type: 'arrive',
          id: `arrival-${++arrivals}`,
          character,
          items: [],
        })
      }
      const zone = zoneOf(id)!
      return { zone: zone.id, place: zone.view.state.characters.get(id)!.place }
    },
    async submit(actor, command, input, lineId) {
      sim.before(actor, command)
      return apply(zoneOf(actor)!, { type: 'command', actor, command, input, lineId })
    },
    read(actor, look) {
      const zone = zoneOf(actor)
      return zone && look(zone.view, zone.view.state.characters.get(actor)!)
    },
    whereIs(id) {
      const zone = zoneOf(id)
      return zone && { zone: zone.id, place: zone.view.state.characters.get(id)!.place }
    },
    async sleep(id) {
      const zone = zoneOf(id)
      if (zone) apply(zone, { type: 'sleep', actor: id })
    },
    async remove(id) {
      const zone = zoneOf(id)
      if (zone) apply(zone, { type: 'remove', actor: id })
    },
    onTide(listener) {
      tideListeners.add(listener)
      return () => void tideListeners.delete(listener)
    },
    onTurn(listener) {
      turnListeners.add(listener)
      return () => void turnListeners.delete(listener)
    },
    beat() {
      for (const zone of zones.values()) {
        sim.outcomes.push(zone.tide())
        for (const listener of tideListeners) listener(zone.id, zone.view.state.tick, zone.view)
      }
    },
  }
  return sim
}

export const quiet = { info() {}, warn() {} }

export type Bench = Awaited<ReturnType<typeof agentBench>>

/** Agents in a world, with stores that outlive them; `sandbox` may be shared between benches. */
export async function agentBench(
  given: {
    sandbox?: Sandbox
    sim?: SimWorld
    store?: AgentsDeps['store']
    projectStore?: ReturnType<typeof createMemoryProjectStore>
    over?: Partial<AgentsDeps>
    /** Agents of other nodes may come. */
    guests?: boolean
  } = {},
) {
  const clock = createFakeClock()
  const sandbox = watched(given.sandbox ?? createSandbox({ log: quiet, clock: { now: () => performance.now() } }))
  const sim = given.sim ?? simWorld()
  const store = given.store ?? createMemoryAgentStore()
  const projectStore = given.projectStore ?? createMemoryProjectStore()
  const projects = createProjects({ store: projectStore, clock, compile })
  let seed = 1
  const agents = createAgents({
    store,
    projects,
    sandbox,
    compile,
    zones: sim,
    voice,
    commandInput: agentInput,
    people: { person: async (id) => ({ name: id, locale: 'en' }) },
    moderation: { isMuted: () => undefined, cleanTalk: (text) => text, nameProblem: () => undefined },
    clock,
    log: quiet,
    seed: () => seed++,
    node: 'test',
    ...(given.guests && { guestProjects: projectStore }),
    ...given.over,
  })
  const lines: AgentLogEntry[] = []
  agents.onChange((_owner, { log = [] }) => lines.push(...log))

  /** One tide, once all that was asked before it is done. */
  async function beat(): Promise<void> {
    await sandbox.settled()
    sim.beat()
    await sandbox.settled()
  }

  /** Beats until the condition holds: so many tides, and more while what is waited for has had less than half a minute. */
  async function until(condition: () => unknown, beats = 400): Promise<void> {
    const enough = performance.now() + 30_000
    for (let i = 0; i < beats || performance.now() < enough; i++) {
      if (condition()) return
      await beat()
      if (i >= beats) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`it did not come about; log: ${lines.map((line) => line.text).join(' | ')}`)
  }

  async function newAgent(owner: string, source: string, name = 'Wick') {
    const project = await projects.create(owner, { name: 'p', template: 'empty' })
    if (!project.ok) throw new Error(project.refusal.code)
    await projects.write(owner, project.value.id, 'main.ts', source)
    const agent = await agents.create(owner, { projectId: project.value.id, name })
    if (!agent.ok) throw new Error(agent.refusal.code)
    return { id: agent.value.id, projectId: project.value.id }
  }

  async function person(id: string, place: PlaceId = 'harbor:dock') {
    await sim.enter({ id, kind: 'player', name: id, locale: 'en', roles: ['learner'], place })
  }

  const said = () =>
    sim.outcomes.flatMap(({ events }) =>
      events.flatMap((e) => (e.type === 'said' ? [`${e.who.startsWith('agent') ? 'agent' : e.who}: ${e.text}`] : [])),
    )
  const say = (who: string, text: string): Promise<Outcome> => sim.submit(who, 'say', { text } as Json)

  return {
    agents,
    projects,
    sandbox,
    sim,
    store,
    projectStore,
    clock,
    lines,
    beat,
    until,
    newAgent,
    person,
    said,
    say,
  }
}
