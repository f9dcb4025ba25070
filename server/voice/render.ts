/** Sentences from keys: a text of the world or of the catalogue, with names put into the form the sentence asks for. */
import type { ZoneView } from '../engine/types.ts'
import type { Direction, Json, Locale, Params } from '../protocol/ids.ts'
import { CATALOGUE, message } from '../protocol/text/index.ts'
import { once } from './memo.ts'
import {
  capitalise,
  choiceOf,
  credits,
  directionWord,
  fixedShapes,
  listOf,
  placeName,
  type Shapes,
  shapesOfDoor,
  shapesOfId,
  shapesOfNpc,
  shapesOfThing,
} from './words.ts'

/** Which kind of id a parameter holds is told by its name; any other name holds plain text or a number. */
const THINGS = new Set(['thing', 'key', 'with', 'container', 'needs'])
const PEOPLE = new Set(['who', 'whom', 'to', 'actor'])

type Slot = {
  readonly raw: string
  readonly name: string
  readonly shape: string
  readonly upper: boolean
  readonly kind: 'plain' | 'select' | 'plural'
}
const SHAPES = new Set(['nom', 'gen', 'dat', 'acc', 'ins', 'pre', 'a', 'the', 'gender', 'from', 'to'])
const SLOT = /\{\s*(\w+)\s*(?:,\s*(select|plural|selectordinal|number))?/g
const slotCache = new Map<string, readonly Slot[]>()

/** `{Who}`, `{thing_acc}`, `{count, plural, …}`: the placeholders of a template, worked out once. */
const slotsOf = (template: string): readonly Slot[] => once(slotCache, template, () => findSlots(template))

function findSlots(template: string): readonly Slot[] {
  const found = new Map<string, Slot>()
  for (const [, raw, type] of template.matchAll(SLOT)) {
    if (!raw || (found.has(raw) && !type)) continue
    const cut = raw.lastIndexOf('_')
    const shape = cut > 0 && SHAPES.has(raw.slice(cut + 1)) ? raw.slice(cut + 1) : ''
    const stem = shape ? raw.slice(0, cut) : raw
    const upper = stem[0] !== stem[0]!.toLowerCase()
    const name = upper ? stem[0]!.toLowerCase() + stem.slice(1) : stem
    found.set(raw, { raw, name, shape, upper, kind: type === 'select' ? 'select' : type ? 'plural' : 'plain' })
  }
  return [...found.values()]
}

function shapesOf(name: string, id: string, world: ZoneView, locale: Locale): Shapes | undefined {
  if (THINGS.has(name)) return shapesOfThing(world, id, locale)
  if (PEOPLE.has(name)) return shapesOfId(world, id, locale)
  if (name === 'npc') return shapesOfNpc(world, id, locale)
  if (name === 'door') return shapesOfDoor(world, id, locale)
  if (name === 'place') return fixedShapes(placeName(world, id, locale))
  return undefined
}

function listValue(
  name: string,
  values: readonly Json[],
  params: Params,
  world: ZoneView | undefined,
  locale: Locale,
): string {
  const words = values.map(String)
  if (name === 'exits')
    return listOf(
      words.map((w) => directionWord(w as Direction, locale)),
      locale,
    )
  if (name === 'suggestions' || name === 'verbs') return choiceOf(words, locale)
  if (!world) return listOf(words, locale)
  if (name === 'things')
    return listOf(
      words.map((id) => shapesOfThing(world, id, locale).a),
      locale,
    )
  if (name === 'choices')
    return choiceOf(
      words.map((id) => shapesOfThing(world, id, locale).the),
      locale,
    )
  if (name === 'people')
    return listOf(
      words.map((id) => shapesOfId(world, id, locale).nom),
      locale,
    )
  if (name === 'topics') return listOf(topicWords(world, String(params.npc), words, locale), locale)
  return listOf(words, locale)
}

function topicWords(world: ZoneView, npcId: string, topics: readonly string[], locale: Locale): string[] {
  const npc = world.def.npcs.get(npcId)
  return topics.map((id) => npc?.topics.find((t) => t.topic === id)?.words[locale][0] ?? id)
}

function slotValue(
  slot: Slot,
  params: Params,
  world: ZoneView | undefined,
  locale: Locale,
): string | number | boolean {
  const value = params[slot.name]
  if (value === undefined || value === null || value === '')
    return slot.kind === 'select' ? 'none' : slot.kind === 'plural' ? 0 : ''
  if (Array.isArray(value))
    return value.length === 0 && slot.kind === 'select' ? 'none' : listValue(slot.name, value, params, world, locale)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'string') return ''
  if (slot.kind === 'select')
    return slot.shape === 'gender' && world ? (shapesOf(slot.name, value, world, locale)?.gender ?? 'other') : value
  if (slot.name === 'direction') return cased(slot, directionWord(value as Direction, locale, slot.shape))
  if (slot.name.endsWith('Micro')) return credits(value, locale)
  const shapes = world && shapesOf(slot.name, value, world, locale)
  return cased(slot, shapes ? (shapes[(slot.shape || 'nom') as 'nom'] ?? shapes.nom) : value)
}

const cased = (slot: Slot, word: string): string => (slot.upper ? capitalise(word) : word)

function valuesFor(template: string, params: Params, world: ZoneView | undefined, locale: Locale) {
  const values: Record<string, string | number | boolean> = {}
  for (const slot of slotsOf(template)) values[slot.raw] = slotValue(slot, params, world, locale)
  return values
}

/** The sentence for a key: the world's own text first, then the catalogue; an unknown key comes back as itself. */
export function render(locale: Locale, key: string, params: Params = {}, world?: ZoneView): string {
  const authored = world?.def.text.get(key)?.[locale]
  if (authored !== undefined)
    return authored.includes('{') ? fill(authored, valuesFor(authored, params, world, locale)) : authored
  const template = CATALOGUE[locale][key]
  if (template === undefined || !template.includes('{')) return message(locale, key)
  return message(locale, key, valuesFor(template, params, world, locale))
}

/** Authored texts know only plain `{name}` placeholders. */
const fill = (template: string, values: Readonly<Record<string, string | number | boolean>>) =>
  template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole))
