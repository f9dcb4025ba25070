/**
 * What happens in the world, as facts. An event alone changes state, tells people what they saw, and satisfies lessons;
 * so it carries everything that those three need. Applying it must never fail.
 */
import type {
  CharacterId,
  Direction,
  ItemId,
  Json,
  Locale,
  NpcId,
  Params,
  PlaceId,
  PlayerId,
  Role,
  ThingId,
  ZoneId,
} from './ids.ts'
import type { RefusalCode } from './refusals.ts'

/** Where an item is. */
export type ItemAt =
  | { readonly place: PlaceId }
  | { readonly holder: CharacterId; readonly worn?: boolean }
  | { readonly inside: ItemId }

/** A character as it is carried between zones and nodes. Plain data. */
export type CharacterRecord = {
  readonly id: CharacterId
  readonly kind: 'player' | 'agent' | 'npc'
  readonly name: string
  readonly npc?: NpcId
  /** The person answerable for an agent. */
  readonly owner?: PlayerId
  readonly place: PlaceId
  readonly locale?: Locale
  readonly roles: readonly Role[]
  readonly posture: 'standing' | 'sitting'
  readonly following?: CharacterId
  /** False for a person who is not connected: they stay where they are, asleep. */
  readonly awake: boolean
  /** Where `home` leads. */
  readonly home: PlaceId
  /** Places seen, topics heard, flags of stories. Bounded: see limits.ts. */
  readonly vars: Readonly<Record<string, Json>>
  /** Ids of the last lines applied, newest last, so that a line sent again is not done again. */
  readonly recent: readonly string[]
}

export type ItemRecord = {
  readonly id: ItemId
  readonly thing: ThingId
  readonly at: ItemAt
  /** For things with `states`: dark/lit, up/down, … */
  readonly state?: string
  readonly open?: boolean
  readonly locked?: boolean
  readonly vars?: Readonly<Record<string, Json>>
  /** Where the world first put it; a reset brings it back there. */
  readonly origin?: PlaceId
}

/** Something the world asks of the outside; kept in the zone until a `settle` input answers it, so a crash only repeats the asking. */
export type Request =
  | {
      readonly kind: 'handoff'
      readonly to: PlaceId
      readonly character: CharacterRecord
      readonly items: readonly ItemRecord[]
      readonly direction?: Direction /** Where they come back to when the other side says no. */
      readonly from?: PlaceId
    }
  | {
      readonly kind: 'transfer'
      readonly from: string
      readonly to: string
      readonly amountMicro: string
      readonly memo: string
      readonly then: Params
    }
  | { readonly kind: 'script'; readonly script: string; readonly handler: string; readonly args: Params }
  /** What a person of the world says where nothing is authored; whoever answers may use what is named here and nothing else. */
  | {
      readonly kind: 'speech'
      readonly who: CharacterId
      readonly npc: NpcId
      readonly place: PlaceId
      /** Who spoke to them, and what was heard. */
      readonly to: CharacterId
      readonly heard: string
      /** Others in the place could hear it. */
      readonly isAloud: boolean
      readonly locale: Locale
      /** Text keys of what they know and may tell this listener now. */
      readonly known: readonly string[]
      /** Text key of what they say when nobody answers. */
      readonly line: string
    }
  /** On a visit to another node. Pending for as long as it lasts: the character, and all they hold, are in keeping here and nowhere in this world. */
  | {
      readonly kind: 'portal'
      /** The node as it is called; empty when the traveller leaves it to whichever is in reach. */
      readonly to: string
      /** Grows with each departure: what belongs to an earlier one is told from this one by it. */
      readonly epoch: number
      readonly character: CharacterRecord
      readonly items: readonly ItemRecord[]
    }

export type WorldEvent =
  | {
      readonly type: 'joined'
      readonly character: CharacterRecord
      readonly items: readonly ItemRecord[]
      readonly from?: Direction
    }
  | {
      readonly type: 'left'
      readonly who: CharacterId
      readonly place: PlaceId
      readonly toZone?: ZoneId
      readonly direction?: Direction
      /** Of who has left, whom the zone cannot name any more. */
      readonly name?: string
    }
  | { readonly type: 'woke' | 'slept'; readonly who: CharacterId; readonly place: PlaceId }
  | {
      readonly type: 'character.changed'
      readonly who: CharacterId
      readonly name?: string
      readonly locale?: Locale
      readonly roles?: readonly Role[]
      readonly home?: PlaceId
    }
  | {
      readonly type: 'moved'
      readonly who: CharacterId
      readonly from: PlaceId
      readonly to: PlaceId
      readonly direction?: Direction
    }
  | {
      readonly type: 'posture'
      readonly who: CharacterId
      readonly place: PlaceId
      readonly posture: 'standing' | 'sitting'
    }
  | { readonly type: 'followed'; readonly who: CharacterId; readonly place: PlaceId; readonly whom?: CharacterId }
  | {
      readonly type: 'said' | 'shouted' | 'emoted'
      readonly who: CharacterId
      readonly place: PlaceId
      readonly text: string
    }
  | {
      readonly type: 'told' | 'whispered'
      readonly who: CharacterId
      readonly place: PlaceId
      readonly to: CharacterId
      readonly text: string /** Of somebody in another zone, whom this one cannot name. */
      readonly toName?: string
    }
  /** A line authored in the world's text, said or shown by someone or something: `textKey` is looked up per listener's locale. */
  | {
      readonly type: 'spoke'
      readonly who: CharacterId
      readonly place: PlaceId
      readonly textKey: string
      readonly params?: Params
      readonly to?: CharacterId
      readonly topic?: string
      /** Said in place of the line to those of that language; others get the line. */
      readonly words?: { readonly locale: Locale; readonly text: string }
    }
  /** Shown to everybody in the place, to `to` alone, or to everybody there but `except`. */
  | {
      readonly type: 'seen'
      readonly place: PlaceId
      readonly textKey: string
      readonly params?: Params
      readonly to?: CharacterId
      readonly except?: CharacterId
    }
  | {
      readonly type: 'item.moved'
      readonly item: ItemId
      readonly thing: ThingId
      readonly by?: CharacterId
      readonly from: ItemAt
      readonly to: ItemAt
      readonly place: PlaceId
    }
  | { readonly type: 'item.created'; readonly item: ItemRecord; readonly place: PlaceId; readonly by?: CharacterId }
  | {
      readonly type: 'item.destroyed'
      readonly item: ItemId
      readonly thing: ThingId
      readonly place: PlaceId
      readonly by?: CharacterId
      readonly how: 'eaten' | 'drunk' | 'used' | 'sold' | 'gone'
    }
  | {
      readonly type: 'item.changed'
      readonly item: ItemId
      readonly thing: ThingId
      readonly place: PlaceId
      readonly by?: CharacterId
      readonly state?: string
      readonly open?: boolean
      readonly locked?: boolean
      readonly vars?: Readonly<Record<string, Json>>
    }
  | {
      readonly type: 'door.changed'
      readonly door: string
      readonly place: PlaceId
      readonly far: PlaceId
      readonly by?: CharacterId
      readonly closed?: boolean
      readonly locked?: boolean
    }
  | {
      readonly type: 'used'
      readonly who: CharacterId
      readonly place: PlaceId
      readonly thing: ThingId
      readonly item?: ItemId
      readonly verb: string
      readonly with?: ItemId
    }
  | {
      readonly type: 'read'
      readonly who: CharacterId
      readonly place: PlaceId
      readonly thing: ThingId
      readonly item?: ItemId
    }
  | {
      readonly type: 'bought' | 'sold'
      readonly who: CharacterId
      readonly place: PlaceId
      readonly npc: NpcId
      readonly thing: ThingId
      readonly priceMicro: string
    }
  /** Variable of a character or of the zone set; `value: null` deletes. */
  | { readonly type: 'var'; readonly scope: 'zone' | CharacterId; readonly key: string; readonly value: Json }
  | {
      readonly type: 'refused'
      readonly who: CharacterId
      readonly command: string
      readonly code: RefusalCode
      readonly params?: Params
    }
  | { readonly type: 'requested'; readonly id: string; readonly request: Request; readonly by?: CharacterId }
  | { readonly type: 'settled'; readonly id: string; readonly ok: boolean; readonly code?: RefusalCode }
  | {
      readonly type: 'timer.set'
      readonly id: string
      readonly dueTick: number
      readonly handler: string
      readonly args: Params
    }
  | { readonly type: 'timer.fired'; readonly id: string }

export type WorldEventType = WorldEvent['type']
export type EventOf<T extends WorldEventType> = Extract<WorldEvent, { readonly type: T }>
