/** Finds what typed words mean among what a character can perceive: things, people, doors, details. */

import { closest, distance } from 'fastest-levenshtein'
import { refuse, type Verdict, type ZoneView } from '../engine/types.ts'
import { ALL_ITEMS_MAX, NOUN_MAX_CHARS, SUGGESTIONS_MAX } from '../limits.ts'
import type { CharacterRecord, ItemRecord } from '../protocol/events.ts'
import type { CharacterId, Json } from '../protocol/ids.ts'
import { type SeenExit, seenExits } from '../voice/index.ts'
import { bestOf } from './best.ts'
import { nameScore, properScore } from './nouns.ts'
import { normalise, nounWords, splitsAt } from './words.ts'

export type Failed = Extract<Verdict, { readonly ok: false }>
export type Found<T> = { readonly ok: true; readonly found: T } | Failed
const found = <T>(value: T): Found<T> => ({ ok: true, found: value })
const fail = (...args: Parameters<typeof refuse>): Failed => refuse(...args) as Failed

/** `2.key` asks for the second, `all.key` and `all` for every one. */
type Wanted = { readonly words: string; readonly index: number | 'all' | undefined }
const EVERY = new Set(['all', 'everything', 'все', 'всё'])

export function wanted(text: string): Wanted {
  const trimmed = text.trim()
  if (EVERY.has(trimmed.toLowerCase())) return { words: '', index: 'all' }
  const dotted = /^([\p{L}\d]+)\.(.+)$/u.exec(trimmed)
  if (dotted && EVERY.has(dotted[1]!.toLowerCase())) return { words: nounWords(dotted[2]!), index: 'all' }
  if (dotted && /^\d{1,3}$/.test(dotted[1]!) && Number(dotted[1]) > 0)
    return { words: nounWords(dotted[2]!), index: Number(dotted[1]) }
  return { words: nounWords(trimmed), index: undefined }
}

// --- where to look ---------------------------------------------------------------------------------------------------

const openInside = (world: ZoneView, items: readonly ItemRecord[]): readonly ItemRecord[] =>
  items.flatMap((item) => (isOpenContainer(world, item) ? world.itemsInside(item.id) : []))

export function isOpenContainer(world: ZoneView, item: ItemRecord): boolean {
  const def = world.def.things.get(item.thing)
  return def?.kind === 'container' && (item.open ?? def.open ?? true)
}

export const held = (world: ZoneView, me: CharacterRecord): readonly ItemRecord[] => world.itemsOf(me.id)
export const around = (world: ZoneView, me: CharacterRecord): readonly ItemRecord[] => {
  const here = world.itemsIn(me.place)
  return [...here, ...openInside(world, here)]
}
/** In the hands first, then here, with what open containers hold. */
export const reachable = (world: ZoneView, me: CharacterRecord): readonly ItemRecord[] => {
  const mine = held(world, me)
  return [...mine, ...around(world, me), ...openInside(world, mine)]
}

// --- things ----------------------------------------------------------------------------------------------------------

function bestItems(world: ZoneView, items: readonly ItemRecord[], words: string): readonly ItemRecord[] {
  let best = 1
  let hits: ItemRecord[] = []
  for (const item of items) {
    const def = world.def.things.get(item.thing)
    const score = item.id === words || item.thing === words ? 5 : def ? nameScore(def.name, words) : 0
    if (score < best || score === 0) continue
    if (score > best) hits = []
    best = score
    hits.push(item)
  }
  return hits
}

/** The things meant; never an empty list. */
export function findItems(world: ZoneView, items: readonly ItemRecord[], text: string): Found<readonly ItemRecord[]> {
  const { words, index } = wanted(text.slice(0, NOUN_MAX_CHARS))
  if (index === 'all' && words === '')
    return items.length ? found(items.slice(0, ALL_ITEMS_MAX)) : fail('no_such_thing', { name: '' })
  const hits = bestItems(world, items, words)
  if (index === 'all') return hits.length ? found(hits.slice(0, ALL_ITEMS_MAX)) : noSuchThing(world, items, words)
  if (index !== undefined) return hits[index - 1] ? found([hits[index - 1]!]) : noSuchThing(world, items, words)
  const first = hits[0]
  if (!first) return noSuchThing(world, items, words)
  const kinds = [...new Set(hits.map((i) => i.thing))]
  return kinds.length > 1 ? fail('ambiguous', { choices: kinds }) : found([first])
}

/** Exactly one thing. */
export function findItem(world: ZoneView, items: readonly ItemRecord[], text: string): Found<ItemRecord> {
  const many = findItems(world, items, text)
  return many.ok ? found(many.found[0]!) : many
}

/** The refusal names what is there and spelt nearly so. */
export function noSuchThing(world: ZoneView, items: readonly ItemRecord[], words: string): Failed {
  const things = [...new Set(items.map((i) => i.thing))]
  const near = things.filter((id) => {
    const names = world.def.things.get(id)?.name
    return (
      names &&
      words.length > 2 &&
      Object.values(names).some((noun) => isNear(words, [...Object.values(noun.forms), ...noun.aliases]))
    )
  })
  const params: Record<string, Json> = { name: words }
  if (near.length) params.choices = near.slice(0, SUGGESTIONS_MAX)
  return fail('no_such_thing', params)
}

function isNear(typed: string, names: readonly string[]): boolean {
  const words = names.flatMap((n) => [normalise(n), ...normalise(n).split(' ')])
  const nearest = closest(typed, words)
  return distance(typed, nearest) <= Math.max(1, Math.floor(typed.length / 3))
}

// --- people ----------------------------------------------------------------------------------------------------------

export function characterScore(world: ZoneView, who: CharacterRecord, words: string): number {
  if (who.id === words) return 5
  const npc = who.npc && world.def.npcs.get(who.npc)
  return npc ? (who.npc === words ? 5 : nameScore(npc.name, words)) : properScore(who.name, words)
}

export function bestCharacter(
  world: ZoneView,
  people: readonly CharacterRecord[],
  words: string,
): CharacterRecord | undefined {
  return bestOf(people, (who) => characterScore(world, who, words))
}

export function findCharacterHere(world: ZoneView, me: CharacterRecord, text: string): Found<CharacterRecord> {
  const { words, index } = wanted(text.slice(0, NOUN_MAX_CHARS))
  const people = world.charactersIn(me.place).filter((c) => c.id !== me.id)
  const hits = typeof index === 'number' ? people.filter((c) => characterScore(world, c, words) > 0) : []
  const who = typeof index === 'number' ? hits[index - 1] : bestCharacter(world, people, words)
  return who ? found(who) : noSuchPerson(people, words)
}

const noSuchPerson = (people: readonly CharacterRecord[], words: string): Failed => {
  const near = people
    .filter((c) => words.length > 2 && c.kind !== 'npc' && isNear(words, [c.name]))
    .slice(0, SUGGESTIONS_MAX)
  return fail('no_such_person', near.length ? { name: words, people: near.map((c) => c.id) } : { name: words })
}

/** By id anywhere in the zone, else by name here first and then in the whole zone. */
export function findCharacterInZone(world: ZoneView, me: CharacterRecord, text: string): CharacterRecord | undefined {
  const direct = world.state.characters.get(text as CharacterId)
  if (direct) return direct
  const words = wanted(text.slice(0, NOUN_MAX_CHARS)).words
  const here = bestCharacter(
    world,
    world.charactersIn(me.place).filter((c) => c.id !== me.id),
    words,
  )
  return (
    here ??
    bestCharacter(
      world,
      [...world.state.characters.values()].filter((c) => c.id !== me.id),
      words,
    )
  )
}

// --- doors and details -----------------------------------------------------------------------------------------------

export type Doorway = Required<SeenExit>

export function findDoor(world: ZoneView, me: CharacterRecord, text: string): Doorway | undefined {
  const { words } = wanted(text.slice(0, NOUN_MAX_CHARS))
  const ways = seenExits(world, me).filter((e): e is Doorway => e.door !== undefined)
  return bestOf(ways, ({ door }) => nameScore(door.def.name, words))
}

export function findDetail(world: ZoneView, me: CharacterRecord, text: string) {
  const { words } = wanted(text.slice(0, NOUN_MAX_CHARS))
  const details = world.def.places.get(me.place)?.details ?? []
  return details
    .filter((d) => nameScore(d.name, words) > 0)
    .toSorted((a, b) => nameScore(b.name, words) - nameScore(a.name, words))[0]
}

/** How well the words name any of the things. */
export function thingScore(world: ZoneView, items: readonly ItemRecord[], text: string): number {
  const { words, index } = wanted(text.slice(0, NOUN_MAX_CHARS))
  if (index !== undefined) return 10
  const scores = items.map(({ id, thing }) => {
    const def = world.def.things.get(thing)
    return id === words || thing === words ? 5 : def ? nameScore(def.name, words) : 0
  })
  return Math.max(0, ...scores)
}

/** Cuts `oil with lamp` where both sides are names, if they can be told: a ticket to the ferry is one thing. */
export function splitNouns(
  args: string,
  joints: readonly string[],
  { world, me }: { readonly world: ZoneView; readonly me: CharacterRecord },
): readonly [string, string] | undefined {
  const items = reachable(world, me)
  const isName = (text: string) => thingScore(world, items, text) >= 3.5
  if (isName(args)) return undefined
  const cuts = splitsAt(args, joints)
  return cuts.findLast(([left]) => isName(left)) ?? cuts[0] ?? bareCut(args, isName)
}

/** Two names side by side: `заправить лампу маслом`. */
function bareCut(args: string, isName: (text: string) => boolean): readonly [string, string] | undefined {
  const words = args.split(/\s+/)
  for (let at = 1; at < words.length; at++) {
    const cut = [words.slice(0, at).join(' '), words.slice(at).join(' ')] as const
    if (cut.every(isName)) return cut
  }
  return undefined
}

/** What the place's description names and nothing at hand is called so well. */
export function betterDetail(world: ZoneView, me: CharacterRecord, items: readonly ItemRecord[], text: string) {
  const detail = findDetail(world, me, text)
  const score = detail ? nameScore(detail.name, wanted(text.slice(0, NOUN_MAX_CHARS)).words) : 0
  return detail && score > thingScore(world, items, text) ? { detail, score } : undefined
}
