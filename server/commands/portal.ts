/** Things that lead out of this world, to another node's: a boat for the islands. Where it goes is found out by the node, not here. */
import { accept, refuse, type Verdict, type ZoneView } from '../engine/types.ts'
import type { CharacterRecord, ItemRecord } from '../protocol/events.ts'
import { findItem, reachable } from './find.ts'
import { splitsAt } from './words.ts'

/** In the world's data: the traveller says where to. */
const ANY = 'any'
const TOWARDS = ['to', 'for', 'до', 'на', 'к', 'ко', 'в', 'во']

export const portalsIn = (world: ZoneView, me: CharacterRecord): readonly ItemRecord[] =>
  reachable(world, me).filter(({ thing }) => world.def.things.get(thing)?.portal !== undefined)

/** The portal here that the words name. */
export function portalNamed(world: ZoneView, me: CharacterRecord, words: string): ItemRecord | undefined {
  const portals = portalsIn(world, me)
  const found = portals.length > 0 ? findItem(world, portals, words) : undefined
  return found?.ok ? found.found : undefined
}

/** `launch for Lagoon`: the thing, and the island as it is called. */
export function splitPortal(
  world: ZoneView,
  me: CharacterRecord,
  args: string,
): { readonly what: string; readonly to: string } | undefined {
  const cut = splitsAt(args, TOWARDS).find(([left]) => portalNamed(world, me, left) !== undefined)
  return cut && { what: cut[0], to: cut[1] }
}

/** The engine fills in who goes and with what (`engine/turn.ts`). */
export function sail(world: ZoneView, actor: CharacterRecord, item: ItemRecord, named = ''): Verdict {
  if (actor.posture === 'sitting') return refuse('sitting')
  if (actor.kind !== 'player') return refuse('portal_for_people')
  const leads = world.def.things.get(item.thing)!.portal!
  const to = leads === ANY ? named : leads
  const { id, place } = actor
  return accept(
    { type: 'seen', place, textKey: 'event.sails', params: { thing: item.thing }, to: id },
    {
      type: 'requested',
      id: world.freshId(`portal:${id}`),
      by: id,
      request: { kind: 'portal', to, epoch: 0, character: actor, items: [] },
    },
  )
}
