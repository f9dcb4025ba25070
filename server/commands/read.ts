/** Read what is written on a thing or on a detail of the place. */
import { accept, refuse, type Verdict, type ZoneView } from '../engine/types.ts'
import type { CharacterRecord, ItemRecord, WorldEvent } from '../protocol/events.ts'
import { betterDetail, findDetail, findItem, reachable } from './find.ts'
import { reactTo } from './reactions.ts'
import { parseWhat, type WhatInput, what } from './shapes.ts'
import type { Command } from './types.ts'

export const read: Command<WhatInput> = {
  name: 'read',
  verbs: { en: ['read'], ru: ['читать', 'прочитать', 'прочесть', 'чит'] },
  ticks: 1,
  input: what,
  parse: parseWhat('read'),
  run(world, actor, input) {
    const items = reachable(world, actor)
    const item = findItem(world, items, input.what)
    const better = betterDetail(world, actor, items, input.what)
    if (item.ok && !better) return readItem(world, actor, item.found)
    const detail = better?.detail ?? findDetail(world, actor, input.what)
    if (!detail) return item.ok ? readItem(world, actor, item.found) : item
    return detail.read === undefined ? refuse('not_readable') : accept(shown(actor, detail.read))
  },
}

const shown = (actor: CharacterRecord, textKey: string): WorldEvent => ({
  type: 'seen',
  place: actor.place,
  textKey,
  params: { actor: actor.id },
  to: actor.id,
})

function readItem(world: ZoneView, actor: CharacterRecord, item: ItemRecord): Verdict {
  const { thing } = item
  const text = world.def.things.get(thing)?.read
  const reaction = reactTo(world, actor, 'read', item)
  if (reaction && !reaction.ok) return reaction
  if (text === undefined) return reaction ?? refuse('not_readable', { thing })
  return accept(
    { type: 'read', who: actor.id, place: actor.place, thing, item: item.id },
    shown(actor, text),
    {
      type: 'seen',
      place: actor.place,
      textKey: 'event.reads.other',
      params: { who: actor.id, thing },
      except: actor.id,
    },
    ...(reaction?.events ?? []),
  )
}
