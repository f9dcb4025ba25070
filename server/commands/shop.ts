/** Who trades here, in what, at which price. */

import type { NpcDef, ZoneView } from '../engine/types.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { ThingId } from '../protocol/ids.ts'
import { bestOf } from './best.ts'
import { nameScore } from './nouns.ts'

export type Trader = { readonly who: CharacterRecord; readonly npc: NpcDef }

export function tradersHere(world: ZoneView, me: CharacterRecord): readonly Trader[] {
  return world.charactersIn(me.place).flatMap((who) => {
    const npc = who.npc && world.def.npcs.get(who.npc)
    return npc && (npc.sells.length > 0 || npc.buys) ? [{ who, npc }] : []
  })
}

export type Offer = { readonly npc: NpcDef; readonly thing: ThingId; readonly priceMicro: string }

export const offersOf = (world: ZoneView, traders: readonly Trader[]): readonly Offer[] =>
  traders.flatMap(({ npc }) =>
    npc.sells.flatMap((thing) => {
      const priceMicro = world.def.things.get(thing)?.priceMicro
      return priceMicro === undefined ? [] : [{ npc, thing, priceMicro }]
    }),
  )

export function findOffer(world: ZoneView, offers: readonly Offer[], words: string): Offer | undefined {
  return bestOf(offers, ({ thing }) => (thing === words ? 5 : nameScore(world.def.things.get(thing)!.name, words)))
}

/** Shops pay half, rounded down. */
export const halfPrice = (priceMicro: string): string => String(BigInt(priceMicro) / 2n)

export const purseOf = (actor: CharacterRecord): string => `${actor.kind}:${actor.id}`
export const tillOf = (npc: NpcDef): string => `shop:${npc.id}`
