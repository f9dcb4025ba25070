/**
 * A world as authored (`WorldDef`, immutable) and as it stands (`Zone`, changed only by applying events).
 * The engine knows no particular world: everything here is data.
 */

import type { RandomState } from '../lib/random.ts'
import type { CharacterRecord, ItemRecord, Request, WorldEvent } from '../protocol/events.ts'
import type {
  CharacterId,
  Direction,
  ItemId,
  Json,
  Locale,
  NpcId,
  Params,
  PlaceId,
  ThingId,
  ZoneId,
} from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'

// --- as authored ---------------------------------------------------------------------------------------------------

/** nominative, genitive, dative, accusative, instrumental, prepositional */
export const NOUN_CASES = ['nom', 'gen', 'dat', 'acc', 'ins', 'pre'] as const
export type NounCase = (typeof NOUN_CASES)[number]

/** A name that grammar can use. In English all cases are the same and `article` counts. */
export type Noun = {
  readonly forms: Readonly<Record<NounCase, string>>
  readonly gender: 'm' | 'f' | 'n' | 'pl'
  /** English only: `a`, `an`, `the`, `some` or empty for a proper name. */
  readonly article?: string
  /** Other words a person may type for it, lower case. */
  readonly aliases: readonly string[]
}

/** A condition written as data, e.g. `has(harbor:brass-key) or role(mentor)`; parsed once at load. Unknown or failing = closed. */
export type Condition =
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  | { readonly op: 'call'; readonly name: ConditionName; readonly args: readonly string[] }
export const CONDITION_NAMES = [
  'has',
  'wears',
  'role',
  'flag',
  'state',
  'zonevar',
  'here',
  'kind',
  'always',
  'never',
] as const
export type ConditionName = (typeof CONDITION_NAMES)[number]

export type ExitDef = {
  readonly direction: Direction
  readonly to: PlaceId
  /** Id of the door in it, `<zone>:<name>`. */
  readonly door?: string
  readonly lock?: Condition
  /** Text key of the refusal when the lock says no. */
  readonly fail?: string
  /** While this holds the exit is neither seen nor walkable. */
  readonly hidden?: Condition
  /** Whether the room beyond was declared as a one-way. */
  readonly oneWay?: boolean
}

/** A door is shared by both sides; its id is `<zone>:<name>`. */
export type DoorDef = {
  readonly id: string
  readonly closed: boolean
  readonly locked: boolean
  readonly key?: ThingId
  readonly name: Readonly<Record<Locale, Noun>>
  readonly sides: readonly [PlaceId, PlaceId]
}

/** Something done to a thing that the data describes: `use lamp` turns dark into lit. All of it or nothing. */
export type ReactionDef = {
  readonly verb: 'use' | 'push' | 'pull' | 'open' | 'read' | 'enter' | 'say' | 'take' | 'give' | 'leave' | 'timer'
  /** For `timer` hooks of a place: how often it happens, with no actor. */
  readonly everyTicks?: number
  /** Thing that must be used with it (`use oil with lamp`) or be held. */
  readonly with?: ThingId
  readonly consumes?: boolean
  readonly when?: Condition
  readonly from?: string
  readonly to?: string
  /** Text key shown to the actor, and one shown to the others in the place. */
  readonly text?: string
  readonly others?: string
  /** Text key when `when` or `with` is not met. */
  readonly fail?: string
  readonly effects: readonly EffectDef[]
}

export type EffectDef =
  | { readonly do: 'flag'; readonly key: string; readonly value: Json }
  | { readonly do: 'zonevar'; readonly key: string; readonly value: Json }
  | { readonly do: 'give'; readonly thing: ThingId }
  | { readonly do: 'spawn'; readonly thing: ThingId; readonly place?: PlaceId }
  | { readonly do: 'state'; readonly thing: ThingId; readonly to: string }
  | { readonly do: 'door'; readonly door: string; readonly closed?: boolean; readonly locked?: boolean }
  | { readonly do: 'move'; readonly to: PlaceId }
  | { readonly do: 'script'; readonly handler: string }

export type ThingDef = {
  readonly id: ThingId
  readonly zone: ZoneId
  readonly kind:
    | 'thing'
    | 'key'
    | 'container'
    | 'readable'
    | 'lamp'
    | 'machine'
    | 'food'
    | 'drink'
    | 'clothing'
    | 'tool'
    | 'scenery'
  readonly name: Readonly<Record<Locale, Noun>>
  /** Text keys in the zone's text: shown on `look at` and `read`. */
  readonly look: string
  readonly read?: string
  readonly glyph: string
  readonly fixed: boolean
  readonly weight: number
  readonly capacity?: number
  readonly open?: boolean
  readonly locked?: boolean
  readonly key?: ThingId
  readonly states?: readonly string[]
  readonly state?: string
  /** Text key per state, appended to the look. */
  readonly stateText?: Readonly<Record<string, string>>
  /** Tiles of light it casts, per state (lamps). */
  readonly light?: Readonly<Record<string, number>>
  readonly seat?: boolean
  /** It leads out of this world: to the node of that name, or, for `any`, to whichever the traveller names. */
  readonly portal?: string
  readonly priceMicro?: string
  readonly reactions: readonly ReactionDef[]
  /** Script file and exported handler, `crane.onUse`. */
  readonly script?: string
  /** Seconds after which it returns to its authored state and place. */
  readonly resetTicks?: number
}

export type TopicDef = {
  readonly topic: string
  readonly words: Readonly<Record<Locale, readonly string[]>>
  readonly text: string
  readonly when?: Condition
  readonly effects: readonly EffectDef[]
}

export type NpcDef = {
  readonly id: NpcId
  readonly zone: ZoneId
  readonly name: Readonly<Record<Locale, Noun>>
  readonly look: string
  readonly glyph: string
  readonly at: PlaceId
  /** Places it walks among, one every `wanderTicks`. */
  readonly wander: readonly PlaceId[]
  readonly wanderTicks?: number
  /** Text keys, one picked by the zone's random each time. */
  readonly idle: readonly string[]
  readonly idleTicks?: number
  readonly greet?: string
  readonly topics: readonly TopicDef[]
  /** Answer when no topic fits. */
  readonly fallback?: string
  /** Text key of how they speak: a model may then answer in place of the fallback. */
  readonly voice?: string
  readonly sells: readonly ThingId[]
  readonly buys: boolean
  readonly wants: readonly {
    readonly thing: ThingId
    readonly text: string
    readonly effects: readonly EffectDef[]
  }[]
}

export type SpawnDef = {
  readonly thing?: ThingId
  readonly npc?: NpcId
  readonly max: number
  readonly everyTicks?: number
  readonly state?: string
  readonly inside?: ThingId
}

export type PlaceDef = {
  readonly id: PlaceId
  readonly zone: ZoneId
  /** x, y, level; x to the east, y to the south, in map cells. */
  readonly at: readonly [number, number, number]
  readonly name: Readonly<Record<Locale, string>>
  readonly text: Readonly<Record<Locale, string>>
  readonly exits: ReadonlyMap<Direction, ExitDef>
  readonly spawn: readonly SpawnDef[]
  /** Named details to look at that are no things: noun in each language -> text key. */
  readonly details: readonly {
    readonly name: Readonly<Record<Locale, Noun>>
    readonly look: string
    readonly read?: string
  }[]
  /** 0 dark … 3 bright, before lamps. */
  readonly light: number
  readonly terrain:
    | 'quay'
    | 'street'
    | 'inside'
    | 'water'
    | 'grass'
    | 'rock'
    | 'wood'
    | 'stone'
    | 'sand'
    | 'deck'
    | 'machine'
  readonly hidden: boolean
  readonly safe: boolean
  readonly on: readonly ReactionDef[]
}

export type ZoneDef = {
  readonly id: ZoneId
  readonly name: Readonly<Record<Locale, string>>
  readonly places: readonly PlaceId[]
  readonly respawn: PlaceId
  readonly doors: ReadonlyMap<string, DoorDef>
  /** Script file name -> source. */
  readonly scripts: ReadonlyMap<string, string>
  /** Who may change it from inside the world. */
  readonly owners?: readonly string[]
}

export type WorldDef = {
  readonly id: string
  readonly version: string
  /** SHA-256 over every file that made it. */
  readonly digest: string
  readonly start: PlaceId
  readonly locales: readonly Locale[]
  readonly title: Readonly<Record<Locale, string>>
  readonly zones: ReadonlyMap<ZoneId, ZoneDef>
  readonly places: ReadonlyMap<PlaceId, PlaceDef>
  readonly things: ReadonlyMap<ThingId, ThingDef>
  readonly npcs: ReadonlyMap<NpcId, NpcDef>
  /** All texts by key `<zone>:<key>`, in every language (checked at load). */
  readonly text: ReadonlyMap<string, Readonly<Record<Locale, string>>>
}

// --- as it stands --------------------------------------------------------------------------------------------------

/** A zone's whole state. Only `applyEvent` writes to it. Maps iterate in insertion order, which the journal fixes. */
export type ZoneState = {
  readonly zone: ZoneId
  /** Number of the last tide. */
  tick: number
  /** Number of the last applied input. */
  seq: number
  random: RandomState
  readonly characters: Map<CharacterId, CharacterRecord>
  readonly items: Map<ItemId, ItemRecord>
  readonly doors: Map<string, { readonly closed: boolean; readonly locked: boolean }>
  readonly vars: Map<string, Json>
  readonly pending: Map<string, { readonly request: Request; readonly by?: CharacterId }>
  readonly timers: Map<string, { readonly dueTick: number; readonly handler: string; readonly args: Params }>
  /** Ids of hand-offs taken in, newest last, bounded. */
  readonly arrived: string[]
}

/** What commands see: the state, the authored world, and indexes kept by `applyEvent`. Reading only. */
export type ZoneView = {
  readonly def: WorldDef
  readonly zone: ZoneDef
  readonly state: Readonly<ZoneState>
  charactersIn(place: PlaceId): readonly CharacterRecord[]
  itemsIn(place: PlaceId): readonly ItemRecord[]
  itemsOf(holder: CharacterId): readonly ItemRecord[]
  itemsInside(item: ItemId): readonly ItemRecord[]
  /** Every item of one kind in the zone, wherever it is. */
  itemsOfThing(thing: ThingId): readonly ItemRecord[]
  holds(condition: Condition, actor: CharacterRecord): boolean
  /** Deterministic: integer in [0, n), advancing the zone's generator. Only while an input is applied. */
  randomInt(n: number): number
  /** Deterministic id for a new item or request: from zone, seq and a counter. */
  freshId(prefix: string): string
}

// --- inputs --------------------------------------------------------------------------------------------------------

/** Everything that can change a zone. The journal is a list of these. */
export type ZoneInput =
  | {
      readonly type: 'command'
      readonly actor: CharacterId
      readonly command: string
      readonly input: Json
      readonly lineId?: string
    }
  | {
      readonly type: 'arrive'
      readonly id: string
      readonly character: CharacterRecord
      readonly items: readonly ItemRecord[]
      readonly from?: Direction
    }
  | { readonly type: 'wake' | 'sleep' | 'remove'; readonly actor: CharacterId }
  | {
      readonly type: 'change'
      readonly actor: CharacterId
      readonly name?: string
      readonly locale?: Locale
      readonly roles?: CharacterRecord['roles']
      /** Flags of the person's story that come from outside of the world, such as `lesson.first-lamp`. */
      readonly flags?: Readonly<Record<string, Json>>
    }
  /** The outside's answer to a request. A script's answer has `value: { effects: [...] }` (script.ts). */
  | {
      readonly type: 'settle'
      readonly id: string
      readonly ok: boolean
      readonly value?: Json
      readonly code?: Refusal['code']
    }
  /** The world's files have changed; see `Zone.adopt`. */
  | { readonly type: 'reload'; readonly digest: string }

/** `events` is what the input came to: a replay under changed files or rules that comes to something else takes these. */
export type JournalRecord = {
  readonly seq: number
  readonly tick: number
  readonly input: ZoneInput
  readonly events?: readonly WorldEvent[]
}

export type Verdict =
  | { readonly ok: true; readonly events: readonly WorldEvent[]; readonly value?: Json }
  | { readonly ok: false; readonly refusal: Refusal }

export const accept = (...events: readonly WorldEvent[]): Verdict => ({ ok: true, events })
export const refuse = (code: Refusal['code'], params?: Params): Verdict => ({ ok: false, refusal: { code, params } })

/** The engine is handed its commands: it knows none by name. */
export type CommandRunner = (world: ZoneView, actor: CharacterRecord, command: string, input: Json) => Verdict

/** What one applied input came to. */
export type Outcome = {
  readonly seq: number
  readonly tick: number
  readonly verdict: Verdict
  readonly events: readonly WorldEvent[]
}

/** Where records and snapshots are kept; `append` resolves when they will survive a crash. */
export type Journal = {
  append(zone: ZoneId, records: readonly JournalRecord[]): Promise<void>
  read(zone: ZoneId, afterSeq: number): Promise<readonly JournalRecord[]>
  saveSnapshot(zone: ZoneId, snapshot: ZoneSnapshot): Promise<void>
  loadSnapshot(zone: ZoneId): Promise<ZoneSnapshot | undefined>
}
export type ZoneSnapshot = {
  readonly zone: ZoneId
  readonly seq: number
  readonly tick: number
  readonly worldDigest: string
  readonly hash: string
  readonly state: Json
}
