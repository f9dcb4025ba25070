/** JSON Schemas of the world's files, for editors. */
import { z } from 'zod'
import { itemsSchema, npcsSchema, placeSchema, textSchemas, worldSchema, zoneSchema } from './schema.ts'

const FILES = {
  world: worldSchema,
  zone: zoneSchema,
  place: placeSchema,
  items: itemsSchema,
  npcs: npcsSchema,
  'text-en': textSchemas.en,
  'text-ru': textSchemas.ru,
} as const

/** File name without `.json` -> text. */
export const editorSchemas = (): readonly (readonly [string, string])[] =>
  Object.entries(FILES).map(([name, schema]) => [
    name,
    `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`,
  ])
