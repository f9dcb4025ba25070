/** Shapes of the files a world is written in (FORMAT.md describes them with examples); the editors' JSON Schemas are made from these. */
import { z } from 'zod'
import { WORLD_NAME_MAX_CHARS, WORLD_TEXT_MAX_CHARS } from '../limits.ts'
import { DIRECTIONS, LOCALES } from '../protocol/ids.ts'

const local = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a name in small letters, digits and single hyphens, e.g. brass-key')
  .max(60)
const ref = z
  .string()
  .regex(/^([a-z][a-z0-9-]*:)?[a-z][a-z0-9-]*$/, 'a name, or zone:name for another zone')
  .max(120)
  .describe('`name` in this zone, or `zone:name`')
const textKey = z
  .string()
  .regex(/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$/, 'a key of the `lines` in text/*.yaml, e.g. lamp.lights')
  .max(120)
  .describe('a key of `lines` in text/*.yaml')
const flagKey = z
  .string()
  .regex(/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$/, 'a key such as harbor.met-keeper')
  .max(80)
const condition = z.string().min(1).max(500).describe('e.g. "has(harbor:brass-key) or role(mentor)"')
const duration = z
  .string()
  .regex(/^\d+(\.\d)?(s|m|h)$/, 'a time such as 30s, 2.5s, 5m or 1h')
  .describe('30s, 2.5s, 5m, 1h (a tenth of a second is the finest)')
const handler = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\.[A-Za-z][A-Za-z0-9]*$/, 'file.handler, e.g. crane.onUse')
  .describe('script file and exported function, e.g. crane.onUse')
const micro = z.string().regex(/^\d{1,15}$/, 'whole micro-credits as a quoted string, e.g. "2000000"')
const scalar = z.union([z.string().max(200), z.number(), z.boolean(), z.null()])
const glyph = z.string().regex(/^\S{1,2}$/, 'one sign')

export const effectSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('flag'), key: flagKey, value: scalar.default(true) }),
  z.strictObject({ do: z.literal('zonevar'), key: flagKey, value: scalar.default(true) }),
  z.strictObject({ do: z.literal('give'), thing: ref }),
  z.strictObject({ do: z.literal('spawn'), thing: ref, place: ref.optional() }),
  z.strictObject({ do: z.literal('state'), thing: ref, to: local }),
  z.strictObject({
    do: z.literal('door'),
    door: ref,
    closed: z.boolean().optional(),
    locked: z.boolean().optional(),
  }),
  z.strictObject({ do: z.literal('move'), to: ref }),
  z.strictObject({ do: z.literal('script'), handler }),
])
const effects = z.array(effectSchema).max(20)

const reactionFields = {
  with: ref.optional(),
  consumes: z.boolean().optional(),
  when: condition.optional(),
  from: local.optional(),
  to: local.optional(),
  text: textKey.optional(),
  others: textKey.optional(),
  fail: textKey.optional(),
  effects: effects.optional(),
}
export const REACTION_VERBS = ['use', 'push', 'pull', 'open', 'read', 'enter', 'say', 'take', 'give'] as const
const reaction = z.strictObject({ verb: z.enum(REACTION_VERBS), ...reactionFields })
const hook = z.strictObject({
  verb: z.enum([...REACTION_VERBS, 'leave', 'timer']),
  every: duration.optional().describe('for verb timer: how often'),
  ...reactionFields,
})

export const exitSchema = z.union([
  ref,
  z.strictObject({
    to: ref,
    door: local.optional(),
    lock: condition.optional(),
    fail: textKey.optional(),
    hidden: condition.optional(),
    oneWay: z.boolean().optional(),
  }),
])

export const TERRAINS = [
  'quay',
  'street',
  'inside',
  'water',
  'grass',
  'rock',
  'wood',
  'stone',
  'sand',
  'deck',
  'machine',
] as const
const terrain = z.enum(TERRAINS)
const light = z.int().min(0).max(3).describe('0 dark, 1 dim, 2 clear, 3 bright')
const cell = z.tuple([z.int().min(-999).max(999), z.int().min(-999).max(999), z.int().min(-9).max(9)])

export const worldSchema = z.strictObject({
  id: local,
  version: z.string().max(20),
  title: z.strictObject({ en: z.string().max(WORLD_NAME_MAX_CHARS), ru: z.string().max(WORLD_NAME_MAX_CHARS) }),
  start: z.string().regex(/^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/, 'zone:place'),
  languages: z.array(z.enum(LOCALES)).min(1),
})

export const zoneSchema = z.strictObject({
  id: local,
  owners: z.array(z.string().max(60)).max(20).optional(),
  respawn: ref,
  origin: cell.optional(),
  light: light.optional(),
  terrain: terrain.optional(),
  safe: z.boolean().optional(),
})

const spawn = z
  .array(
    z.strictObject({
      thing: ref.optional(),
      npc: ref.optional(),
      max: z.int().min(1).max(50).optional(),
      every: duration.optional(),
      state: local.optional(),
      inside: ref.optional(),
    }),
  )
  .max(50)

export const placeSchema = z.strictObject({
  id: local,
  at: cell,
  light: light.optional(),
  terrain: terrain.optional(),
  hidden: z.boolean().optional(),
  safe: z.boolean().optional(),
  exits: z.partialRecord(z.enum(DIRECTIONS), exitSchema).optional(),
  doors: z
    .record(
      local,
      z.strictObject({ closed: z.boolean().optional(), locked: z.boolean().optional(), key: ref.optional() }),
    )
    .optional(),
  spawn: spawn.optional(),
  details: z.record(local, z.strictObject({ look: textKey.optional(), read: textKey.optional() })).optional(),
  on: z.union([z.array(hook).max(30), z.partialRecord(z.enum([...REACTION_VERBS, 'leave']), handler)]).optional(),
})

export const THING_KINDS = [
  'thing',
  'key',
  'container',
  'readable',
  'lamp',
  'machine',
  'food',
  'drink',
  'clothing',
  'tool',
  'scenery',
] as const
export const itemsSchema = z.record(
  local,
  z.strictObject({
    kind: z.enum(THING_KINDS),
    glyph: glyph.optional(),
    look: textKey.optional(),
    read: textKey.optional(),
    fixed: z.boolean().optional(),
    weight: z.int().min(0).max(1000).optional(),
    capacity: z.int().min(1).max(200).optional(),
    open: z.boolean().optional(),
    locked: z.boolean().optional(),
    key: ref.optional(),
    states: z.array(local).min(1).max(20).optional(),
    state: local.optional(),
    stateText: z.record(local, textKey).optional(),
    light: z.record(local, z.int().min(0).max(12)).optional(),
    seat: z.boolean().optional(),
    portal: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('leads to the node of that name; any: to whichever is named'),
    price: micro.optional(),
    reactions: z.array(reaction).max(30).optional(),
    script: handler.optional(),
    reset: duration.optional(),
  }),
)

export const npcsSchema = z.record(
  local,
  z.strictObject({
    at: ref.optional(),
    glyph: glyph.optional(),
    look: textKey.optional(),
    wander: z.array(ref).max(50).optional(),
    wanderEvery: duration.optional(),
    idle: z.array(textKey).max(30).optional(),
    idleEvery: duration.optional(),
    greet: textKey.optional(),
    topics: z
      .array(z.strictObject({ topic: local, text: textKey, when: condition.optional(), effects: effects.optional() }))
      .max(60)
      .optional(),
    fallback: textKey.optional(),
    voice: textKey.optional(),
    sells: z.array(ref).max(50).optional(),
    buys: z.boolean().optional(),
    wants: z
      .array(z.strictObject({ thing: ref, text: textKey, effects: effects.optional() }))
      .max(30)
      .optional(),
  }),
)

const name = z.string().min(1).max(WORLD_NAME_MAX_CHARS)
const words = z.array(z.string().min(1).max(60)).max(30)
const enNoun = {
  name,
  article: z.enum(['a', 'an', 'the', 'some', '']).optional(),
  plural: z.boolean().optional(),
  aliases: words.optional(),
}
const ruNoun = { forms: name, gender: z.enum(['m', 'f', 'n', 'pl']), aliases: words.optional() }
const topics = z.record(local, words.min(1))
const textSchema = <N extends z.ZodRawShape>(noun: N) =>
  z.strictObject({
    zone: name,
    places: z.record(
      local,
      z.strictObject({
        name,
        text: z.string().min(1).max(WORLD_TEXT_MAX_CHARS),
        details: z.record(local, z.strictObject(noun)).optional(),
      }),
    ),
    doors: z.record(local, z.strictObject(noun)).optional(),
    things: z.record(local, z.strictObject(noun)).optional(),
    npcs: z.record(local, z.strictObject({ ...noun, topics: topics.optional() })).optional(),
    lines: z.record(textKey, z.string().min(1).max(WORLD_TEXT_MAX_CHARS)).optional(),
  })

export const textSchemas = { en: textSchema(enNoun), ru: textSchema(ruNoun) } as const

/** Files of a library item in a zone, `lib/<name>/`; items, people and scripts are those of a zone. */
const LIB_TEXT = { things: true, npcs: true, lines: true } as const
export const libTextSchemas = { en: textSchemas.en.pick(LIB_TEXT), ru: textSchemas.ru.pick(LIB_TEXT) } as const
export const libSpawnSchema = z.strictObject({ spawn })
export const libAtSchema = z.strictObject({ place: local })

export type WorldFile = z.infer<typeof worldSchema>
export type ZoneFile = z.infer<typeof zoneSchema>
export type PlaceFile = z.infer<typeof placeSchema>
export type ItemsFile = z.infer<typeof itemsSchema>
export type NpcsFile = z.infer<typeof npcsSchema>
export type EffectFile = z.infer<typeof effectSchema>
export type TextFileEn = z.infer<(typeof textSchemas)['en']>
export type TextFileRu = z.infer<(typeof textSchemas)['ru']>
