/** Put on clothing that you carry. */
import { accept, refuse } from '../engine/types.ts'
import { findHeld } from './hands.ts'
import { parseWhat, type WhatInput, what } from './shapes.ts'
import type { Command } from './types.ts'

export const wear: Command<WhatInput> = {
  name: 'wear',
  verbs: { en: ['wear', 'don'], ru: ['надеть', 'надень', 'одеть'] },
  ticks: 1,
  input: what,
  parse: parseWhat('wear'),
  run(world, actor, input) {
    const item = findHeld(world, actor, input.what)
    if (!item.ok) return item
    const { id, thing, at } = item.found
    if (world.def.things.get(thing)?.kind !== 'clothing') return refuse('not_wearable', { thing })
    if ('worn' in at && at.worn) return refuse('already_in_state', { thing })
    const to = { holder: actor.id, worn: true }
    return accept({ type: 'item.moved', item: id, thing, by: actor.id, from: at, to, place: actor.place })
  },
}
