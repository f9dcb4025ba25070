/** The live world: one runner and one room per zone, the tide, the ways between zones, and who is where. */
import { randomUUID } from 'node:crypto'
import { ZoneUnavailable } from '../engine/index.ts'
import type { Outcome, WorldDef, ZoneInput, ZoneView } from '../engine/types.ts'
import { ROOM_PATCH_EVERY_MS, ROOM_SEAT_HELD_S, TIDE_EVERY_MS, ZONE_WAIT_MAX_MS } from '../limits.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import { type CharacterId, isVisitor, type Json, type PlaceId, type PlayerId, type ZoneId } from '../protocol/ids.ts'
import { openRoom, startColyseus } from './colyseus.ts'
import { createDirectory } from './directory.ts'
import type { RoomsOptions, RoomsParts } from './parts.ts'
import { createRequests } from './requests.ts'
import { createSeats } from './seats.ts'
import { createTide } from './tide.ts'
import type { Entrant, Seats, Turn, Zones } from './types.ts'
import { openZoneHost, type ZoneHost } from './zone-host.ts'
import type { ZoneRoom } from './zone-room.ts'

export type Rooms = Zones &
  AsyncDisposable & {
    readonly seats: Seats
    /** Players who sleep, carry nothing and have never done anything that is remembered. */
    untouched(): readonly PlayerId[]
    /** Characters of other nodes' people that stand here. */
    visitors(): readonly CharacterId[]
    /** One tide of every zone, for tests and for a node whose time comes from elsewhere. */
    beat(): void
  }

type TurnListener = (turn: Turn, world: ZoneView) => void
type TideListener = (zone: ZoneId, tick: number, world: ZoneView) => void

export async function createRooms(parts: RoomsParts, options: RoomsOptions = {}): Promise<Rooms> {
  const { journal, run, log, settle = {}, mayHear = () => true } = parts
  let world = parts.world
  const instance = randomUUID().slice(0, 8)
  const directory = createDirectory()
  const hosts = new Map<ZoneId, ZoneHost>()
  const rooms = new Map<ZoneId, ZoneRoom>()
  const opened: AsyncDisposable[] = []
  const turnListeners = new Set<TurnListener>()
  const tideListeners = new Set<TideListener>()
  const entering = new Map<CharacterId, Promise<unknown>>()
  const requests = createRequests({
    settlers: settle,
    log,
    zoneOf: (place) => zoneOf(world, place),
    submit: (zone, input) => hostOf(zone).submit(input),
  })
  const seating = createSeats({ rooms, whereIs, publicAddress: options.publicAddress })

  await startColyseus()
  for (const zone of world.zones.keys()) await openZone(zone)
  for (const host of hosts.values()) host.read(takePending)
  const { tideEveryMs = TIDE_EVERY_MS } = options
  const tide = tideEveryMs > 0 ? createTide({ everyMs: tideEveryMs, beat }) : undefined
  let closing: Promise<void> | undefined

  return {
    seats: seating.seats,
    beat,
    world: () => world,
    visitors: () =>
      [...hosts.values()].flatMap(
        (host) => host.read((view) => [...view.state.characters.keys()].filter(isVisitor)) ?? [],
      ),
    untouched: () => [...hosts.values()].flatMap((host) => host.read(untouchedIn) ?? []),
    list: () =>
      [...hosts.values()].map((host) => ({
        id: host.id,
        characters: directory.count(host.id),
        roomId: rooms.get(host.id)?.roomId ?? '',
        ready: host.isRunning(),
      })),
    enter,
    submit,
    read,
    whereIs,
    awake: () => [...directory.awake()].flatMap((id) => read(id, (_, me) => me) ?? []),
    findByName(name) {
      const id = directory.named(name)
      return id === undefined ? undefined : read(id, (_, me) => me)
    },
    sleep: (actor) => stand(actor, { type: 'sleep', actor }),
    remove: (actor) => stand(actor, { type: 'remove', actor }),
    change: (actor, change) => stand(actor, { type: 'change', actor, ...change }),
    onTurn: (listener) => subscribe(turnListeners, listener),
    onTide: (listener) => subscribe(tideListeners, listener),
    reload,
    [Symbol.asyncDispose]: () => (closing ??= close()),
  }

  async function openZone(zone: ZoneId): Promise<void> {
    const host = await openZoneHost({
      zone,
      def: () => world,
      seed: options.seed ?? world.id,
      journal,
      run,
      log,
      onTurn,
      onOpen: (view) => onOpen(zone, view),
    })
    hosts.set(zone, host)
    const { patchEveryMs = ROOM_PATCH_EVERY_MS, seatHeldS = ROOM_SEAT_HELD_S } = options
    const about = {
      roomId: `${zone}-${instance}`,
      zone,
      log,
      patchEveryMs,
      seatHeldS,
      mayHear,
      changed: seating.changed,
    }
    // Runners change their view in place, so it may be kept until the zone is opened again.
    opened.push(
      await openRoom({
        ...about,
        view: () => host.read((view) => view),
        opened: (room) => void rooms.set(zone, room),
      }),
    )
  }

  /** A zone runs, for the first time or again. */
  function onOpen(zone: ZoneId, view: ZoneView): void {
    directory.read(zone, view.state.characters.values())
    safely(() => rooms.get(zone)?.rebuild())
    if (hosts.has(zone)) takePending(view)
  }

  function takePending(view: ZoneView): void {
    for (const [id, { request }] of view.state.pending) requests.take(view.zone.id, id, request, true)
  }

  function onTurn(turn: Turn, view: ZoneView): void {
    const room = rooms.get(turn.zone)
    for (const { events } of turn.outcomes) {
      for (const event of events) {
        directory.follow(turn.zone, event)
        if (event.type === 'requested') requests.take(turn.zone, event.id, event.request)
        if (event.type === 'joined') leaveOtherRooms(event.character, turn.zone)
      }
      safely(() => room?.follow(events, turn.tick))
    }
    for (const listener of turnListeners) safely(() => listener(turn, view))
  }

  function leaveOtherRooms({ id, kind }: CharacterRecord, zone: ZoneId): void {
    if (kind !== 'player') return
    for (const [other, room] of rooms) if (other !== zone) room.moved(id as PlayerId, zone)
  }

  function beat(): void {
    for (const host of hosts.values()) {
      host.tide()
      host.read((view) => {
        for (const listener of tideListeners) safely(() => listener(host.id, view.state.tick, view))
      })
    }
  }

  function read<T>(actor: CharacterId, look: (view: ZoneView, me: CharacterRecord) => T): T | undefined {
    const zone = directory.zoneOf(actor)
    if (zone === undefined) return undefined
    return hosts.get(zone)?.read((view) => {
      const me = view.state.characters.get(actor)
      return me && look(view, me)
    })
  }

  function whereIs(id: CharacterId): { zone: ZoneId; place: PlaceId } | undefined {
    return read(id, (view, me) => ({ zone: view.zone.id, place: me.place }))
  }

  /** Resolves when the change is committed and, if it led into another zone, when the actor stands there. */
  async function submit(actor: CharacterId, command: string, input: Json, lineId?: string): Promise<Outcome> {
    const zone = await present(actor)
    const about: ZoneInput = { type: 'command', actor, command, input, ...(lineId !== undefined && { lineId }) }
    const outcome = await again(() => hostOf(zone).submit(about), lineId !== undefined)
    if (requests.isUnderWay(actor)) await soon(requests.arrival(actor))
    return outcome
  }

  /** A line with an id is done once, so after a crash it may be sent again; without one nobody can know. */
  async function again(attempt: () => Promise<Outcome>, mayRepeat: boolean): Promise<Outcome> {
    try {
      return await attempt()
    } catch (error) {
      if (!mayRepeat || !(error instanceof ZoneUnavailable)) throw error
      return attempt()
    }
  }

  /** The zone an actor is in, when they have arrived. */
  async function present(actor: CharacterId): Promise<ZoneId> {
    if (requests.isUnderWay(actor)) await soon(requests.arrival(actor))
    const zone = directory.zoneOf(actor)
    if (zone === undefined) throw new ZoneUnavailable('nowhere')
    return zone
  }

  async function stand(actor: CharacterId, input: ZoneInput): Promise<void> {
    if (directory.zoneOf(actor) === undefined && !requests.isUnderWay(actor)) return
    await hostOf(await present(actor)).submit(input)
  }

  /** One at a time for each character: two pages that open together make one body. */
  function enter(entrant: Entrant): Promise<{ zone: ZoneId; place: PlaceId }> {
    const before = entering.get(entrant.id) ?? Promise.resolve()
    const entry = before.catch(() => {}).then(() => enterOnce(entrant))
    entering.set(entrant.id, entry)
    void entry.catch(() => {}).finally(() => entering.get(entrant.id) === entry && entering.delete(entrant.id))
    return entry
  }

  async function enterOnce(entrant: Entrant): Promise<{ zone: ZoneId; place: PlaceId }> {
    if (requests.isUnderWay(entrant.id)) await soon(requests.arrival(entrant.id))
    const away = requests.away(entrant.id)
    if (away) return away
    if (directory.zoneOf(entrant.id) === undefined) await arrive(entrant)
    else await wake(entrant)
    const at = whereIs(entrant.id)
    if (!at) throw new ZoneUnavailable(directory.zoneOf(entrant.id) ?? 'nowhere')
    return at
  }

  async function arrive({ id, kind, name, locale, roles, owner, place }: Entrant): Promise<void> {
    const start = place !== undefined && world.places.has(place) ? place : world.start
    const character: CharacterRecord = {
      id,
      kind,
      name,
      locale,
      roles,
      ...(owner !== undefined && { owner }),
      place: start,
      home: start,
      posture: 'standing',
      awake: true,
      vars: {},
      recent: [],
    }
    const host = hostOf(zoneOf(world, start)!)
    const { verdict } = await host.submit({ type: 'arrive', id: `enter:${id}:${randomUUID()}`, character, items: [] })
    if (!verdict.ok && verdict.refusal.code !== 'already_there')
      throw new ZoneUnavailable(host.id, { cause: verdict.refusal.code })
  }

  async function wake({ id, name, locale, roles }: Entrant): Promise<void> {
    const me = read(id, (_, record) => record)
    const host = hostOf(directory.zoneOf(id)!)
    const isSame = me?.name === name && me.locale === locale && me.roles.join() === roles.join()
    if (!isSame) await host.submit({ type: 'change', actor: id, name, locale, roles })
    if (!me?.awake) await host.submit({ type: 'wake', actor: id })
  }

  /** All zones or none: new ones are opened first, and when one refuses, those before it get the old world back. */
  async function reload(next: WorldDef): Promise<void> {
    const before = world
    for (const zone of hosts.keys())
      if (!next.zones.has(zone)) throw new ReloadRefused(`zone ${zone} is missing from the new world`)
    const done: ZoneHost[] = []
    world = next
    try {
      for (const zone of next.zones.keys()) if (!hosts.has(zone)) await openZone(zone)
      for (const host of hosts.values()) {
        done.push(host)
        await host.reload(next)
      }
    } catch (error) {
      world = before
      for (const host of done)
        await host
          .reload(before)
          .catch((cause: unknown) => log.error({ err: cause, zone: host.id }, 'the old world could not be put back'))
      throw error
    }
  }

  function hostOf(zone: ZoneId): ZoneHost {
    const host = hosts.get(zone)
    if (!host) throw new ZoneUnavailable(zone)
    return host
  }

  function safely(work: () => void): void {
    try {
      work()
    } catch (error) {
      log.error({ err: error }, 'a listener of the world failed')
    }
  }

  async function close(): Promise<void> {
    tide?.[Symbol.dispose]()
    await requests[Symbol.asyncDispose]()
    for (const room of opened.reverse()) await room[Symbol.asyncDispose]()
    seating[Symbol.dispose]()
    for (const host of hosts.values()) await host[Symbol.asyncDispose]()
  }
}

/** A new world that cannot take the old one's place. */
export class ReloadRefused extends Error {
  readonly code = 'reload_refused'
}

const zoneOf = (world: WorldDef, place: PlaceId): ZoneId | undefined => world.places.get(place)?.zone

const soon = (work: Promise<void> | undefined): Promise<void> =>
  Promise.race([
    work ?? Promise.resolve(),
    new Promise<void>((resolve) => setTimeout(resolve, ZONE_WAIT_MAX_MS).unref()),
  ])

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

const untouchedIn = (view: ZoneView): readonly PlayerId[] =>
  [...view.state.characters.values()]
    .filter(({ kind, awake, recent }) => kind === 'player' && !awake && recent.length === 0)
    .filter(({ id }) => view.itemsOf(id).length === 0)
    .map(({ id }) => id as PlayerId)
