/** items.yaml and npcs.yaml of a zone -> ThingDef and NpcDef. */
import type { NpcDef, ReactionDef, ThingDef } from '../engine/types.ts'
import type { Spot } from './problems.ts'
import type { ItemsFile, NpcsFile, PlaceFile } from './schema.ts'
import type { Scope } from './scope.ts'
import { ticks } from './scope.ts'
import type { Path, Source } from './source.ts'
import type { Words } from './words.ts'

const GLYPHS: Readonly<Record<ThingDef['kind'], string>> = {
  thing: '*',
  key: '?',
  container: '=',
  readable: '§',
  lamp: '¡',
  machine: '%',
  food: 'ö',
  drink: 'u',
  clothing: '[',
  tool: '/',
  scenery: '#',
}

export function buildThings(scope: Scope, words: Words): Map<string, ThingDef> {
  const source = scope.zone.items
  return new Map(
    Object.keys(source?.data ?? {}).map((id) => [`${scope.zone.id}:${id}`, buildThing(id, source!, scope, words)]),
  )
}

function buildThing(id: string, source: Source<ItemsFile>, scope: Scope, words: Words): ThingDef {
  const item = source.data[id]!
  const at = (...path: Path) => source.at(id, ...path)
  checkStates(item, at, scope)
  if (item.kind !== 'container' && (item.capacity ?? item.open ?? item.locked ?? item.key) !== undefined) {
    scope.problems.error(at('kind'), "capacity, open, locked and key are a container's")
  }
  if (item.locked && item.open) scope.problems.error(at('open'), 'locked and open at once')
  if (scope.zone.npcs && Object.hasOwn(scope.zone.npcs.data, id))
    scope.problems.error(at(), `a person is called "${id}" too`)
  const isContainer = item.kind === 'container'
  return {
    id: `${scope.zone.id}:${id}`,
    zone: scope.zone.id,
    kind: item.kind,
    name: words.noun('things', id, at()),
    look: scope.text(item.look ?? `${id}.look`, at('look')),
    read: scope.maybe.text(item.read, at('read')),
    glyph: item.glyph ?? GLYPHS[item.kind],
    fixed: item.fixed ?? (item.kind === 'machine' || item.kind === 'scenery'),
    weight: item.weight ?? 1,
    capacity: isContainer ? (item.capacity ?? 10) : undefined,
    open: isContainer ? (item.open ?? !item.locked) : undefined,
    locked: isContainer ? (item.locked ?? false) : undefined,
    key: scope.maybe.thing(item.key, at('key')),
    states: item.states,
    state: item.state ?? item.states?.[0],
    stateText: mapValues(item.stateText, (key, state) => scope.text(key, at('stateText', state))),
    light: item.light,
    seat: item.seat,
    portal: item.portal,
    priceMicro: item.price,
    reactions: (item.reactions ?? []).map((reaction, index) =>
      buildReaction(reaction, (...path) => at('reactions', index, ...path), scope, item.states),
    ),
    script: scope.maybe.handler(item.script, at('script')),
    resetTicks: scope.maybe.ticks(item.reset, at('reset')),
  }
}

function checkStates(item: ItemsFile[string], at: (...path: Path) => Spot, scope: Scope): void {
  const states = item.states ?? []
  if (new Set(states).size !== states.length) scope.problems.error(at('states'), 'the same state twice')
  const named = [
    ...(item.state ? [item.state] : []),
    ...Object.keys(item.stateText ?? {}),
    ...Object.keys(item.light ?? {}),
  ]
  for (const state of named)
    if (!states.includes(state)) scope.problems.error(at('states'), `no state "${state}" among its states`)
}

type ReactionFile =
  | NonNullable<ItemsFile[string]['reactions']>[number]
  | Extract<NonNullable<PlaceFile['on']>, readonly unknown[]>[number]

export function buildReaction(
  file: ReactionFile,
  at: (...path: Path) => Spot,
  scope: Scope,
  states: readonly string[] = [],
): ReactionDef {
  for (const state of [file.from, file.to]) {
    if (state !== undefined && !states.includes(state))
      scope.problems.error(at(), `no state "${state}" among its states`)
  }
  const every = 'every' in file ? file.every : undefined
  if ((file.verb === 'timer') !== (every !== undefined))
    scope.problems.error(at('verb'), 'a timer has `every`, and only a timer')
  const personal =
    file.verb === 'timer' &&
    file.effects?.find(({ do: what }) => what === 'flag' || what === 'give' || what === 'move')
  if (personal) scope.problems.error(at('effects'), `a timer has no actor, so it cannot \`${personal.do}\``)
  return {
    verb: file.verb,
    everyTicks: scope.maybe.ticks(every, at('every')),
    with: scope.maybe.thing(file.with, at('with')),
    consumes: file.consumes,
    when: scope.maybe.condition(file.when, at('when')),
    from: file.from,
    to: file.to,
    text: scope.maybe.text(file.text, at('text')),
    others: scope.maybe.text(file.others, at('others')),
    fail: scope.maybe.text(file.fail, at('fail')),
    effects: (file.effects ?? []).map((effect, index) => scope.effect(effect, at('effects', index))),
  }
}

export function buildNpcs(scope: Scope, words: Words): Map<string, Omit<NpcDef, 'at'> & { at?: string }> {
  const source = scope.zone.npcs
  return new Map(
    Object.keys(source?.data ?? {}).map((id) => [`${scope.zone.id}:${id}`, buildNpc(id, source!, scope, words)]),
  )
}

function buildNpc(
  id: string,
  source: Source<NpcsFile>,
  scope: Scope,
  words: Words,
): Omit<NpcDef, 'at'> & { at?: string } {
  const npc = source.data[id]!
  const at = (...path: Path) => source.at(id, ...path)
  const effects = (list: NonNullable<(typeof npc)['wants']>[number]['effects'], ...path: Path) =>
    (list ?? []).map((effect, index) => scope.effect(effect, at(...path, 'effects', index)))
  if ((npc.wander === undefined) !== (npc.wanderEvery === undefined))
    scope.problems.error(at('wander'), '`wander` and `wanderEvery` go together')
  if ((npc.idle === undefined) !== (npc.idleEvery === undefined))
    scope.problems.error(at('idle'), '`idle` and `idleEvery` go together')
  if (npc.voice !== undefined && npc.fallback === undefined)
    scope.problems.error(at('voice'), '`voice` needs a `fallback`: what they say when no model answers')
  return {
    id: `${scope.zone.id}:${id}`,
    zone: scope.zone.id,
    name: words.noun('npcs', id, at()),
    look: scope.text(npc.look ?? `${id}.look`, at('look')),
    glyph: npc.glyph ?? '&',
    at: scope.maybe.place(npc.at, at('at')),
    wander: (npc.wander ?? []).map((place, index) =>
      inZone(scope.place(place, at('wander', index)), at('wander', index), scope),
    ),
    wanderTicks: scope.maybe.ticks(npc.wanderEvery, at('wanderEvery')),
    idle: (npc.idle ?? []).map((key, index) => scope.text(key, at('idle', index))),
    idleTicks: npc.idleEvery === undefined ? undefined : ticks(npc.idleEvery),
    greet: scope.maybe.text(npc.greet, at('greet')),
    topics: (npc.topics ?? []).map((topic, index) => ({
      topic: topic.topic,
      words: words.topic(id, topic.topic, at('topics', index)),
      text: scope.text(topic.text, at('topics', index, 'text')),
      when: scope.maybe.condition(topic.when, at('topics', index, 'when')),
      effects: effects(topic.effects, 'topics', index),
    })),
    fallback: scope.maybe.text(npc.fallback, at('fallback')),
    voice: scope.maybe.text(npc.voice, at('voice')),
    sells: (npc.sells ?? []).map((thing, index) => scope.thing(thing, at('sells', index))),
    buys: npc.buys ?? false,
    wants: (npc.wants ?? []).map((want, index) => ({
      thing: scope.thing(want.thing, at('wants', index, 'thing')),
      text: scope.text(want.text, at('wants', index, 'text')),
      effects: effects(want.effects, 'wants', index),
    })),
  }
}

function inZone(place: string, spot: Spot, scope: Scope): string {
  if (!place.startsWith(`${scope.zone.id}:`)) scope.problems.error(spot, 'people walk within their own zone only')
  return place
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>> | undefined,
  change: (value: A, key: string) => B,
): Record<string, B> | undefined {
  return record && Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
