/** The zones of a world in memory, without rooms or a journal: every input is applied at once and told at once. */
import { runCommand } from '../commands/index.ts'
import { createZone, type Zone } from '../engine/index.ts'
import type { Outcome, WorldDef, ZoneInput } from '../engine/types.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { CharacterId, ZoneId } from '../protocol/ids.ts'
import type { Zones } from '../rooms/types.ts'
import { fixtureWorld } from './world.ts'

export type TestZones = Zones & {
  tide(): void
  zone(id: ZoneId): Zone
  /** Answers what a zone has asked of the outside, as `ok` says. */
  settle(ok: boolean): Promise<void>
}

type Listener = Parameters<Zones['onTurn']>[0]

export function createTestZones(def: WorldDef = fixtureWorld()): TestZones {
  const zones = new Map<ZoneId, Zone>(
    [...def.zones.keys()].map((id) => [id, createZone({ def, zone: id, seed: 'test' })]),
  )
  const listeners = new Set<Listener>()
  const tides = new Set<Parameters<Zones['onTide']>[0]>()
  let arrivals = 0

  const zoneOf = (id: CharacterId): Zone | undefined =>
    [...zones.values()].find((z) => z.view.state.characters.has(id))
  const everyone = (): readonly CharacterRecord[] =>
    [...zones.values()].flatMap((z) => [...z.view.state.characters.values()])
  const told = (zone: Zone, outcome: Outcome): Outcome => {
    if (outcome.events.length > 0)
      for (const listen of listeners) listen({ zone: zone.id, tick: outcome.tick, outcomes: [outcome] }, zone.view)
    return outcome
  }
  const apply = (zone: Zone, input: ZoneInput): Outcome =>
    told(zone, zone.apply(input, zone.view.state.tick, runCommand))

  /** Carries over whoever has walked across a border. */
  function ferry(zone: Zone): void {
    for (const [id, { request }] of zone.view.state.pending) {
      if (request.kind !== 'handoff') continue
      const target = zones.get(def.places.get(request.to)!.zone)!
      const from = request.direction === undefined ? {} : { from: request.direction }
      apply(target, { type: 'arrive', id, character: request.character, items: request.items, ...from })
      apply(zone, { type: 'settle', id, ok: true })
    }
  }

  const orThrow = (id: CharacterId): Zone => {
    const zone = zoneOf(id)
    if (!zone) throw Object.assign(new Error(`${id} is nowhere`), { code: 'not_in_world' })
    return zone
  }

  return {
    world: () => def,
    zone: (id) => zones.get(id)!,
    list: () =>
      [...zones.values()].map((z) => ({
        id: z.id,
        characters: z.view.state.characters.size,
        roomId: z.id,
        ready: true,
      })),
    async enter({ id, kind, name, locale, roles, owner, place = def.start }) {
      const there = zoneOf(id)
      if (there) apply(there, { type: 'wake', actor: id })
      else {
        const character: CharacterRecord = {
          id,
          kind,
          name,
          locale,
          roles,
          place,
          posture: 'standing',
          awake: true,
          home: def.start,
          vars: {},
          recent: [],
          ...(owner && { owner }),
        }
        apply(zones.get(def.places.get(place)!.zone)!, {
          type: 'arrive',
          id: `arrival-${++arrivals}`,
          character,
          items: [],
        })
      }
      return this.whereIs(id)!
    },
    async submit(actor, command, input, lineId) {
      const zone = orThrow(actor)
      const outcome = apply(zone, { type: 'command', actor, command, input, ...(lineId !== undefined && { lineId }) })
      ferry(zone)
      return outcome
    },
    read(actor, look) {
      const view = zoneOf(actor)?.view
      return view && look(view, view.state.characters.get(actor)!)
    },
    whereIs(id) {
      const zone = zoneOf(id)
      return zone && { zone: zone.id, place: zone.view.state.characters.get(id)!.place }
    },
    awake: () => everyone().filter((c) => c.awake && c.kind !== 'npc'),
    findByName: (name) => everyone().find((c) => c.kind !== 'npc' && c.name.toLowerCase() === name.toLowerCase()),
    async sleep(actor) {
      apply(orThrow(actor), { type: 'sleep', actor })
    },
    async remove(actor) {
      apply(orThrow(actor), { type: 'remove', actor })
    },
    async change(actor, change) {
      apply(orThrow(actor), { type: 'change', actor, ...change })
    },
    onTurn(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onTide(listener) {
      tides.add(listener)
      return () => void tides.delete(listener)
    },
    tide() {
      for (const zone of zones.values()) told(zone, zone.tide())
    },
    async settle(ok) {
      for (const zone of zones.values())
        for (const id of [...zone.view.state.pending.keys()]) apply(zone, { type: 'settle', id, ok })
    },
    async reload() {
      throw new Error('the test zones keep their world')
    },
  }
}
