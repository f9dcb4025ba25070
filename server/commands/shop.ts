/** Who trades here, in what, at which price. */
import type { NpcDef, ZoneView } from '../engine/types.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { ThingId } from '../protocol/ids.ts'
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
  let best: Offer | undefined
  let bestScore = 0
  for (const offer of offers) {
    const def = world.def.things.get(offer.thing)!
    const score = offer.thing === words ? 5 : nameScore(def.name, words)
    if (score > bestScore) [best, bestScore] = [offer, score]
  }
  return best
}

/** Shops pay half, rounded down. */
export const halfPrice = (priceMicro: string): string => String(BigInt(priceMicro) / 2n)

export const purseOf = (actor: CharacterRecord): string => `${actor.kind}:${actor.id}`
export const tillOf = (npc: NpcDef): string => `shop:${npc.id}`
