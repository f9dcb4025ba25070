/** Carries events out, with what the world's rules add to each: hand-offs, first visits, hooks, resets. */
import { HOOK_DEPTH_MAX, ZONE_EVENTS_PER_INPUT_MAX } from '../limits.ts'
import type { CharacterRecord, EventOf, ItemRecord, Request, WorldEvent } from '../protocol/events.ts'
import type { CharacterId, ItemId, Params, PlaceId } from '../protocol/ids.ts'
import { applyEvent, resetTimer } from './apply-event.ts'
import { overLimit } from './bounds.ts'
import { runEffects } from './effects.ts'
import { isAsSpawned } from './reset.ts'
import type { Store } from './store.ts'
import type { ReactionDef, ZoneView } from './types.ts'

type RequestOf<K extends Request['kind']> = Extract<Request, { kind: K }>
/** How often a character has left through a portal; a mark of the engine's own (E13). */
export const DEPARTURES = 'portal:departures'

/** One input or tide being carried out; `out` is everything that has happened in it. */
export type Turn = { readonly store: Store; readonly view: ZoneView; readonly out: WorldEvent[] }

export function perform(turn: Turn, events: readonly WorldEvent[], depth = 0): void {
  for (const event of events) emit(turn, event, depth)
}

function emit(turn: Turn, event: WorldEvent, depth: number): void {
  if (event.type === 'moved') walk(turn, event, depth)
  else if (event.type === 'requested' && event.request.kind === 'portal') sail(turn, event.id, event.request)
  else commit(turn, event.type === 'requested' ? completed(turn.view, event) : event)
  if (event.type === 'joined') {
    arrived(turn, event.character.id, depth)
    if (!event.from && event.character.kind === 'player') greeted(turn, event.character.id)
  }
  if (event.type === 'item.moved' || event.type === 'item.changed') scheduleReset(turn, event.item)
}

function commit({ store, out }: Turn, event: WorldEvent): void {
  applyEvent(store, event)
  out.push(event)
}

function walk(turn: Turn, event: EventOf<'moved'>, depth: number): void {
  const { view, store } = turn
  const target = view.def.places.get(event.to)
  if (!target || !store.state.characters.has(event.who)) return
  runHooks(turn, event.who, event.from, 'leave', depth)
  const who = store.state.characters.get(event.who)
  if (!who) return
  if (target.zone === view.zone.id) {
    commit(turn, event)
    arrived(turn, event.who, depth)
  } else depart(turn, who, event, target.zone)
}

/** Over the border: the character and all they hold are carried by a request until the other zone has them. */
function depart(turn: Turn, who: CharacterRecord, { to, direction }: EventOf<'moved'>, toZone: string): void {
  const { view, store } = turn
  const items = store.belongings(who.id)
  const step = direction === undefined ? {} : { direction }
  const character: CharacterRecord = { ...who, place: to, posture: 'standing' }
  const id = view.freshId(`handoff:${who.id}`)
  commit(turn, { type: 'left', who: who.id, place: who.place, name: who.name, toZone, ...step })
  commit(turn, {
    type: 'requested',
    id,
    request: { kind: 'handoff', to, character, items, from: who.place, ...step },
    by: who.id,
  })
}

/** Out of this world through a portal. The command says where to; who goes, with what, and which time it is, is filled in here. */
function sail(turn: Turn, id: string, { to, character: { id: who } }: RequestOf<'portal'>): void {
  const { store } = turn
  const leaver = store.state.characters.get(who)
  if (!leaver) return
  const before = leaver.vars[DEPARTURES]
  const epoch = (typeof before === 'number' ? before : 0) + 1
  commit(turn, { type: 'var', scope: who, key: DEPARTURES, value: epoch })
  const { following: _, ...going } = store.state.characters.get(who)!
  const items = store.belongings(who)
  const character: CharacterRecord = { ...going, posture: 'standing' }
  commit(turn, { type: 'left', who, place: leaver.place, name: leaver.name })
  commit(turn, { type: 'requested', id, by: who, request: { kind: 'portal', to, epoch, character, items } })
}

function arrived(turn: Turn, id: CharacterId, depth: number): void {
  const who = turn.store.state.characters.get(id)
  if (!who || who.kind === 'npc') return
  markOnce(turn, who, `seen:${who.place}`)
  runHooks(turn, id, who.place, 'enter', depth)
}

/** Whoever comes out of nowhere is spoken to at once; who walks in, at the next tide. */
function greeted(turn: Turn, id: CharacterId): void {
  const place = turn.store.state.characters.get(id)?.place
  if (place !== undefined) for (const who of [...turn.store.charactersIn(place)]) greetOnce(turn, who, id)
}

/** One of the world's people says their greeting to a person who has not heard it. */
export function greetOnce(turn: Turn, who: CharacterRecord, newcomer: CharacterId): void {
  const textKey = who.npc && turn.view.def.npcs.get(who.npc)?.greet
  const person = turn.store.state.characters.get(newcomer)
  if (!textKey || !person?.awake || !markOnce(turn, person, `greeted:${who.npc}`)) return
  perform(turn, [
    { type: 'spoke', who: who.id, place: who.place, textKey, params: { actor: newcomer }, to: newcomer },
  ])
}

/** Sets a mark of the engine's own on a character, once, and while there is room. True when it was not there before. */
export function markOnce(turn: Turn, who: CharacterRecord, key: string): boolean {
  if (Object.hasOwn(who.vars, key)) return false
  const event: WorldEvent = { type: 'var', scope: who.id, key, value: true }
  if (overLimit(turn.store, [event])) return false
  commit(turn, event)
  return true
}

function runHooks(turn: Turn, id: CharacterId, place: PlaceId, verb: ReactionDef['verb'], depth: number): void {
  const hooks = turn.view.def.places.get(place)?.on
  if (!hooks || hooks.length === 0 || depth >= HOOK_DEPTH_MAX) return
  for (const hook of hooks) {
    const actor = turn.store.state.characters.get(id)
    if (hook.verb !== verb || !actor || actor.kind === 'npc') continue
    if (!hook.when || turn.view.holds(hook.when, actor)) runHook(turn, hook, place, actor, depth)
  }
}

/** Shows what a hook shows and does what it does; one that cannot be done whole is left out. */
export function runHook(
  turn: Turn,
  hook: ReactionDef,
  place: PlaceId,
  actor: CharacterRecord | undefined,
  depth: number,
): void {
  const verdict = runEffects(turn.view, hook.effects, { actor, place, verb: hook.verb })
  if (!verdict.ok) return
  const events = [...sights(hook, place, actor), ...verdict.events]
  if (overLimit(turn.store, events) || turn.out.length + events.length > ZONE_EVENTS_PER_INPUT_MAX) return
  perform(turn, events, depth + 1)
}

function sights({ text, others }: ReactionDef, place: PlaceId, actor: CharacterRecord | undefined): WorldEvent[] {
  const events: WorldEvent[] = []
  if (!actor) {
    for (const textKey of [text, others]) if (textKey) events.push({ type: 'seen', place, textKey })
    return events
  }
  const params = { actor: actor.id }
  if (text) events.push({ type: 'seen', place, textKey: text, params, to: actor.id })
  if (others) events.push({ type: 'seen', place, textKey: others, params, except: actor.id })
  return events
}

function scheduleReset(turn: Turn, id: ItemId): void {
  const { view, store } = turn
  const item = store.state.items.get(id)
  const ticks = item && view.def.things.get(item.thing)?.resetTicks
  if (!ticks || store.state.timers.has(resetTimer(id)) || isAsSpawned(view, item)) return
  const event: WorldEvent = {
    type: 'timer.set',
    id: resetTimer(id),
    dueTick: store.state.tick + ticks,
    handler: 'reset',
    args: { item: id },
  }
  if (!overLimit(store, [event])) commit(turn, event)
}

/** A script is told everything it may know; whoever asks need only say what it is about. */
function completed(view: ZoneView, event: EventOf<'requested'>): EventOf<'requested'> {
  const { request } = event
  if (request.kind !== 'script') return event
  const { verb = null, thing = null, item = null, place = null, with: tool = null, actor: _, ...args } = request.args
  const actor = event.by === undefined ? undefined : view.state.characters.get(event.by)
  const record: ItemRecord | undefined = typeof item === 'string' ? view.state.items.get(item) : undefined
  const script = request.script.includes(':') ? request.script : `${view.zone.id}:${request.script}`
  const ctx: Params = {
    handler: request.handler,
    verb,
    thing,
    item,
    with: tool,
    state: record?.state ?? null,
    place: place ?? actor?.place ?? null,
    actor: actor
      ? { id: actor.id, name: actor.name, kind: actor.kind, place: actor.place, flags: flagsOf(actor, script) }
      : null,
    zoneVars: Object.fromEntries(view.state.vars),
    seed: view.randomInt(0x7fffffff),
    args,
  }
  return { ...event, request: { ...request, script, args: ctx } }
}

/** A script sees the flags of its own zone only: those whose keys begin with its name and a dot. */
function flagsOf(actor: CharacterRecord, script: string): Params {
  const zone = script.slice(0, script.indexOf(':'))
  return Object.fromEntries(Object.entries(actor.vars).filter(([key]) => key.startsWith(`${zone}.`)))
}
