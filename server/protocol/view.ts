/** What a character sees of the place it stands in; what `me.look()` resolves to. */
import type { CharacterId, Direction, ItemId, PlaceId, ThingId } from './ids.ts'

export type ExitView = {
  readonly direction: Direction
  /** The place beyond, where it is known. */
  readonly to: PlaceId
  readonly name: string
  readonly door?: { readonly name: string; readonly closed: boolean; readonly locked: boolean }
}
export type CharacterView = {
  readonly id: CharacterId
  readonly name: string
  readonly kind: 'player' | 'agent' | 'npc'
}
export type ItemView = {
  readonly id: ItemId
  readonly name: string
  readonly thing: ThingId
  readonly state?: string
  readonly fixed: boolean
}

export type PlaceView = {
  readonly place: PlaceId
  readonly name: string
  readonly exits: readonly ExitView[]
  readonly characters: readonly CharacterView[]
  readonly items: readonly ItemView[]
}
