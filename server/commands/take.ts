/** Take things that lie here, or that an open container holds. */
import { z } from 'zod'
import { accept, refuse, type Verdict, type ZoneView } from '../engine/types.ts'
import { CARRY_ITEMS_MAX, CARRY_WEIGHT_MAX, NOUN_MAX_CHARS } from '../limits.ts'
import type { CharacterRecord, ItemRecord, WorldEvent } from '../protocol/events.ts'
import { around, findItem, findItems, isOpenContainer, reachable, splitNouns, wanted } from './find.ts'
import { reactTo } from './reactions.ts'
import { type Command, parsed, unparsed } from './types.ts'

export type TakeInput = { readonly what: string; readonly from?: string }
const noun = z.string().max(NOUN_MAX_CHARS)

export const take: Command<TakeInput> = {
  name: 'take',
  verbs: {
    en: ['take', 'get', 'pick', 'grab'],
    ru: ['взять', 'брать', 'возьми', 'бери', 'поднять', 'подними', 'достать'],
  },
  ticks: 1,
  input: z.object({ what: noun, from: noun.optional() }),
  parse(args, ctx) {
    const { verb } = ctx
    const rest = verb === 'pick' ? args.replace(/^up\b\s*/i, '').replace(/\s+up$/i, '') : args
    if (rest === '') return unparsed('bad_arguments', { command: 'take' })
    const apart = splitNouns(rest, ['from', 'из', 'с', 'со'], ctx)
    return parsed(apart ? { what: apart[0], from: apart[1] } : { what: rest })
  },
  run(world, actor, { what, from }) {
    const source =
      from === undefined ? { ok: true as const, items: around(world, actor) } : inside(world, actor, from)
    if (!source.ok) return source
    const every = wanted(what).index === 'all'
    const hits = findItems(world, every ? source.items.filter((i) => isTakable(world, i)) : source.items, what)
    if (!hits.ok) return alreadyHeld(world, actor, what) ?? hits
    return takeAll(world, actor, hits.found)
  },
}

function inside(world: ZoneView, actor: CharacterRecord, text: string) {
  const box = findItem(world, reachable(world, actor), text)
  if (!box.ok) return box
  const { thing, id } = box.found
  if (world.def.things.get(thing)?.kind !== 'container')
    return refuse('not_a_container', { thing }) as Extract<Verdict, { ok: false }>
  if (!isOpenContainer(world, box.found)) return refuse('closed', { thing }) as Extract<Verdict, { ok: false }>
  return { ok: true as const, items: world.itemsInside(id) }
}

const alreadyHeld = (world: ZoneView, actor: CharacterRecord, what: string): Verdict | undefined => {
  const mine = findItem(world, world.itemsOf(actor.id), what)
  return mine.ok ? refuse('already_have', { thing: mine.found.thing }) : undefined
}

const isTakable = (world: ZoneView, item: ItemRecord): boolean => {
  const def = world.def.things.get(item.thing)
  return !!def && !def.fixed && def.kind !== 'scenery'
}
export const weightOf = (world: ZoneView, items: readonly ItemRecord[]): number =>
  items.reduce(
    (sum, i) => sum + (world.def.things.get(i.thing)?.weight ?? 0) + weightOf(world, world.itemsInside(i.id)),
    0,
  )

/** As many as there are hands for; a refusal only when not even the first can be taken. */
function takeAll(world: ZoneView, actor: CharacterRecord, items: readonly ItemRecord[]): Verdict {
  const mine = world.itemsOf(actor.id)
  let weight = weightOf(world, mine)
  let count = mine.length
  const events: WorldEvent[] = []
  for (const item of items) {
    const verdict = takeOne(world, actor, item, count, weight)
    if (!verdict.ok) {
      if (events.length === 0) return verdict
      break
    }
    events.push(...verdict.events)
    weight += weightOf(world, [item])
    count++
  }
  return accept(...events)
}

function takeOne(world: ZoneView, actor: CharacterRecord, item: ItemRecord, count: number, weight: number): Verdict {
  const { thing } = item
  if (!isTakable(world, item)) return reactTo(world, actor, 'take', item) ?? refuse('not_takable', { thing })
  if (count >= CARRY_ITEMS_MAX) return refuse('hands_full', { max: CARRY_ITEMS_MAX })
  if (weight + weightOf(world, [item]) > CARRY_WEIGHT_MAX)
    return refuse('too_heavy', { thing, weight, max: CARRY_WEIGHT_MAX })
  const reaction = reactTo(world, actor, 'take', item)
  if (reaction && !reaction.ok) return reaction
  const moved: WorldEvent = {
    type: 'item.moved',
    item: item.id,
    thing,
    by: actor.id,
    from: item.at,
    to: { holder: actor.id },
    place: actor.place,
  }
  return accept(moved, ...(reaction?.events ?? []))
}
