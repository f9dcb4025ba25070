/** Take off what you wear; it stays in your hands. */
import { accept, refuse } from '../engine/types.ts'
import { findHeld } from './hands.ts'
import { parseWhat, type WhatInput, what } from './shapes.ts'
import type { Command } from './types.ts'

export const remove: Command<WhatInput> = {
  name: 'remove',
  verbs: { en: ['remove', 'doff'], ru: ['снять', 'сними', 'снимать'] },
  ticks: 1,
  input: what,
  parse: parseWhat('remove'),
  run(world, actor, input) {
    const item = findHeld(world, actor, input.what)
    if (!item.ok) return item
    const { id, thing, at } = item.found
    if (!('worn' in at && at.worn)) return refuse('not_worn', { thing })
    const to = { holder: actor.id }
    return accept({ type: 'item.moved', item: id, thing, by: actor.id, from: at, to, place: actor.place })
  },
}
