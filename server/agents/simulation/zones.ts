/**
 * A world of one's own in memory: the same engine and commands, no journal, time by hand. Lessons try answers in it, and
 * `academy agent test` runs programs in it. Same inputs, same world.
 */
import { createZone, type Fault, type Zone, ZoneUnavailable } from '../../engine/index.ts'
import type { CommandRunner, Outcome, WorldDef, ZoneInput } from '../../engine/types.ts'
import type { CharacterRecord, Request } from '../../protocol/events.ts'
import type { CharacterId, Json, ZoneId } from '../../protocol/ids.ts'
import type { Zones } from '../../rooms/types.ts'
import type { WorldScripts } from '../world-scripts.ts'

export type SimulatedZones = Pick<
  Zones,
  'enter' | 'submit' | 'read' | 'whereIs' | 'sleep' | 'remove' | 'onTide' | 'onTurn'
> & {
  /** One tide of every zone that somebody has been in. */
  beat(): void
  tick(): number
  /** What scripts have been asked is answered, in the order of asking, until nothing waits: the one thing here that takes time. */
  answer(): Promise<void>
  apply(zone: ZoneId, input: ZoneInput): Outcome
}

export type SimulationOptions = {
  readonly world: WorldDef
  readonly run: CommandRunner
  readonly seed: string
  /** Without it machines that have a script jam. */
  readonly script?: WorldScripts
  /** Whether a payment goes through; without it all do. */
  readonly pays?: (payment: Extract<Request, { kind: 'transfer' }>) => boolean
  /** Told what a rule or a script did wrong. */
  readonly onFault?: (fault: Fault) => void
}

export function createSimulatedZones({
  world,
  run,
  seed,
  script,
  pays = () => true,
  onFault,
}: SimulationOptions): SimulatedZones {
  const zones = new Map<ZoneId, Zone>()
  const turnListeners = new Set<Parameters<Zones['onTurn']>[0]>()
  const tideListeners = new Set<Parameters<Zones['onTide']>[0]>()
  const homes = new Map<CharacterId, ZoneId>()
  const asked: {
    readonly zone: ZoneId
    readonly id: string
    readonly request: Extract<Request, { kind: 'script' }>
  }[] = []
  let ticks = 0
  let arrivals = 0

  function zoneOf(id: ZoneId): Zone {
    let zone = zones.get(id)
    if (!zone) {
      zone = createZone({ def: world, zone: id, seed, ...(onFault && { onFault }) })
      for (let i = 0; i < ticks; i++) zone.tide()
      zones.set(id, zone)
      for (const [pending, { request }] of zone.view.state.pending) settle(id, pending, request)
    }
    return zone
  }

  function apply(id: ZoneId, input: ZoneInput): Outcome {
    const zone = zoneOf(id)
    const outcome = zone.apply(input, zone.view.state.tick, run)
    tell(zone, outcome)
    return outcome
  }

  function tell(zone: Zone, outcome: Outcome): void {
    for (const event of outcome.events) if (event.type === 'joined') homes.set(event.character.id, zone.id)
    if (outcome.events.length > 0) {
      for (const listener of turnListeners)
        listener({ zone: zone.id, tick: outcome.tick, outcomes: [outcome] }, zone.view)
    }
    for (const event of outcome.events) if (event.type === 'requested') settle(zone.id, event.id, event.request)
  }

  /** What a live node asks of others is answered at once: the next zone is here, and money is no matter in a trial. */
  function settle(zone: ZoneId, id: string, request: Request): void {
    if (request.kind === 'handoff') {
      const target = world.places.get(request.to)!.zone
      const { character, items, direction } = request
      const { verdict } = apply(target, {
        type: 'arrive',
        id,
        character,
        items,
        ...(direction && { from: direction }),
      })
      apply(zone, { type: 'settle', id, ok: verdict.ok })
    } else if (request.kind === 'transfer') apply(zone, { type: 'settle', id, ok: pays(request) })
    else if (request.kind === 'portal') apply(zone, { type: 'settle', id, ok: false, code: 'portal_nowhere' })
    else if (request.kind === 'speech') apply(zone, { type: 'settle', id, ok: false })
    else if (script) asked.push({ zone, id, request })
    else apply(zone, { type: 'settle', id, ok: false, code: 'jammed' })
  }

  async function answer(): Promise<void> {
    for (let next = asked.shift(); next && script; next = asked.shift()) {
      const { zone, id, request } = next
      const said = await script(request, { zone })
      apply(zone, { type: 'settle', id, ...said })
    }
  }

  function read<T>(actor: CharacterId, look: Parameters<Zones['read']>[1]): T | undefined {
    const zone = zones.get(homes.get(actor) ?? '')
    const me = zone?.view.state.characters.get(actor)
    return zone && me ? (look(zone.view, me) as T) : undefined
  }

  async function standing(actor: CharacterId, type: 'sleep' | 'remove'): Promise<void> {
    const zone = homes.get(actor)
    if (zone !== undefined) apply(zone, { type, actor })
    if (type === 'remove') homes.delete(actor)
  }

  return {
    apply,
    answer,
    tick: () => ticks,
    read: read as Zones['read'],
    whereIs: (id) => {
      const zone = homes.get(id)
      const me = zone === undefined ? undefined : zones.get(zone)?.view.state.characters.get(id)
      return zone !== undefined && me ? { zone, place: me.place } : undefined
    },
    async enter({ place = world.start, ...rest }) {
      const zone = world.places.get(place)?.zone
      if (zone === undefined) throw new ZoneUnavailable(place)
      const character: CharacterRecord = {
        ...rest,
        place,
        home: place,
        posture: 'standing',
        awake: true,
        vars: {},
        recent: [],
      }
      if (!homes.has(rest.id)) apply(zone, { type: 'arrive', id: `enter:${++arrivals}`, character, items: [] })
      return { zone, place }
    },
    async submit(actor, command, input: Json, lineId) {
      const zone = homes.get(actor)
      if (zone === undefined) throw new ZoneUnavailable('nowhere')
      return apply(zone, { type: 'command', actor, command, input, ...(lineId !== undefined && { lineId }) })
    },
    sleep: (id) => standing(id, 'sleep'),
    remove: (id) => standing(id, 'remove'),
    beat() {
      ticks++
      for (const zone of zones.values()) {
        tell(zone, zone.tide())
        for (const listener of tideListeners) listener(zone.id, zone.view.state.tick, zone.view)
      }
    },
    onTurn(listener) {
      turnListeners.add(listener)
      return () => turnListeners.delete(listener)
    },
    onTide(listener) {
      tideListeners.add(listener)
      return () => tideListeners.delete(listener)
    },
  }
}
