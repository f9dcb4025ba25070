/** Names of things that cross a wire. Ids are plain strings with a readable prefix, branded for the compiler. */

declare const brand: unique symbol
type Id<B extends string> = string & { readonly [brand]?: B }

/** A person: `player_…`. The same id names their character in the world. */
export type PlayerId = Id<'player'>
/** Of a person of another node who visits this one: made from the home's name and theirs. A visitor has no account here. */
const VISITOR = 'visitor_'
export const isVisitor = (id: string): boolean => id.startsWith(VISITOR)
export const visitorId = (name: string): PlayerId => `${VISITOR}${name}`

/** An agent: `agent_…`. The same id names its character in the world. */
export type AgentId = Id<'agent'>
/** Whoever acts in the world: a player, an agent, or a world character (`npc:harbor:keeper#1`). */
export type CharacterId = Id<'character' | 'player' | 'agent'>
/** One thing in the world: `item:harbor:brass-key#1` for spawned ones. */
export type ItemId = Id<'item'>
/** `harbor` */
export type ZoneId = Id<'zone'>
/** `harbor:dock` */
export type PlaceId = Id<'place'>
/** A kind of thing as authored: `harbor:brass-key` */
export type ThingId = Id<'thing'>
/** A kind of world character as authored: `harbor:keeper` */
export type NpcId = Id<'npc'>
export type ProjectId = Id<'project'>
export type LessonId = Id<'lesson'>

export const LOCALES = ['en', 'ru'] as const
export type Locale = (typeof LOCALES)[number]
export const isLocale = (value: unknown): value is Locale => LOCALES.includes(value as Locale)

export const ROLES = ['learner', 'mentor', 'moderator', 'admin'] as const
export type Role = (typeof ROLES)[number]

export const DIRECTIONS = [
  'north',
  'northeast',
  'east',
  'southeast',
  'south',
  'southwest',
  'west',
  'northwest',
  'up',
  'down',
  'in',
  'out',
] as const
export type Direction = (typeof DIRECTIONS)[number]

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type Params = { readonly [key: string]: Json }
