/** Eat and drink what you hold. */
import { accept, refuse } from '../engine/types.ts'
import type { Locale } from '../protocol/ids.ts'
import { findHeld } from './hands.ts'
import { parseWhat, type WhatInput, what } from './shapes.ts'
import type { Command } from './types.ts'

const consume = (name: 'eat' | 'drink', verbs: Readonly<Record<Locale, readonly string[]>>): Command<WhatInput> => ({
  name,
  verbs,
  ticks: 1,
  input: what,
  parse: parseWhat(name),
  run(world, actor, input) {
    const item = findHeld(world, actor, input.what)
    if (!item.ok) return item
    const { id, thing } = item.found
    const kind = world.def.things.get(thing)?.kind
    if (kind !== (name === 'eat' ? 'food' : 'drink'))
      return refuse(name === 'eat' ? 'not_edible' : 'not_drinkable', { thing })
    return accept({
      type: 'item.destroyed',
      item: id,
      thing,
      place: actor.place,
      by: actor.id,
      how: name === 'eat' ? 'eaten' : 'drunk',
    })
  },
})

export const eat = consume('eat', { en: ['eat'], ru: ['есть', 'съесть', 'съешь', 'поесть'] })
export const drink = consume('drink', { en: ['drink', 'sip'], ru: ['пить', 'выпить', 'выпей', 'попить'] })
