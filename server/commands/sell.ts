/** Sell what you hold to a shop that buys; it is handed over at once and comes back should the payment fail. */
import { accept, refuse } from '../engine/types.ts'
import { findHeld } from './hands.ts'
import { parseWhat, type WhatInput, what } from './shapes.ts'
import { halfPrice, purseOf, tillOf, tradersHere } from './shop.ts'
import type { Command } from './types.ts'

export const sell: Command<WhatInput> = {
  name: 'sell',
  verbs: { en: ['sell'], ru: ['продать', 'продай', 'продавать'] },
  ticks: 1,
  input: what,
  parse: parseWhat('sell'),
  run(world, actor, input) {
    const buyer = tradersHere(world, actor).find(({ npc }) => npc.buys)
    if (!buyer) return refuse('no_shop_here')
    const held = findHeld(world, actor, input.what)
    if (!held.ok) return held
    const item = held.found
    const { id, thing } = item
    const full = world.def.things.get(thing)?.priceMicro
    const priceMicro = full === undefined ? '0' : halfPrice(full)
    if (priceMicro === '0') return refuse('will_not_buy', { thing })
    if (world.itemsInside(id).length > 0) return refuse('not_empty', { thing })
    const { npc } = buyer
    const then = {
      type: 'sell',
      who: actor.id,
      npc: npc.id,
      thing,
      place: actor.place,
      priceMicro,
      item: { ...item },
    }
    const request = {
      kind: 'transfer' as const,
      from: tillOf(npc),
      to: purseOf(actor),
      amountMicro: priceMicro,
      memo: `sell ${thing}`,
      then,
    }
    return accept(
      { type: 'item.destroyed', item: id, thing, place: actor.place, by: actor.id, how: 'sold' },
      { type: 'requested', id: world.freshId(`sell:${actor.id}`), by: actor.id, request },
    )
  },
}
