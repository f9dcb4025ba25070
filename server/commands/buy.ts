/** Buy a thing from somebody here who sells it; the ledger answers a moment later, and the thing comes with its answer. */
import { accept, refuse } from '../engine/types.ts'
import { CARRY_ITEMS_MAX } from '../limits.ts'
import { parseWhat, type WhatInput, what } from './shapes.ts'
import { findOffer, offersOf, purseOf, tillOf, tradersHere } from './shop.ts'
import type { Command } from './types.ts'
import { nounWords } from './words.ts'

export const buy: Command<WhatInput> = {
  name: 'buy',
  verbs: { en: ['buy'], ru: ['купить', 'купи', 'покупать'] },
  ticks: 1,
  input: what,
  parse: parseWhat('buy'),
  run(world, actor, input) {
    const offers = offersOf(world, tradersHere(world, actor))
    if (offers.length === 0) return refuse('no_shop_here')
    const words = nounWords(input.what)
    const offer = findOffer(world, offers, words)
    if (!offer) return refuse('not_for_sale', { name: words })
    if (world.itemsOf(actor.id).length >= CARRY_ITEMS_MAX) return refuse('hands_full', { max: CARRY_ITEMS_MAX })
    const { npc, thing, priceMicro } = offer
    const then = { type: 'buy', who: actor.id, npc: npc.id, thing, place: actor.place, priceMicro }
    const request = {
      kind: 'transfer' as const,
      from: purseOf(actor),
      to: tillOf(npc),
      amountMicro: priceMicro,
      memo: `buy ${thing}`,
      then,
    }
    return accept({ type: 'requested', id: world.freshId(`buy:${actor.id}`), by: actor.id, request })
  },
}
