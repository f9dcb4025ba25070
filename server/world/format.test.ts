import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { editorSchemas } from './editor-schemas.ts'
import { effectSchema, itemsSchema, npcsSchema, placeSchema, textSchemas, worldSchema, zoneSchema } from './schema.ts'

const SCHEMAS = {
  'world.yaml': worldSchema,
  'zones/harbor/zone.yaml': zoneSchema,
  'zones/harbor/places/dock.yaml': placeSchema,
  'zones/harbor/items.yaml': itemsSchema,
  Effects: effectSchema.array(),
  'npcs.yaml': npcsSchema,
  'text/en.yaml': textSchemas.en,
  'text/ru.yaml': textSchemas.ru,
}

const page = await readFile(join(import.meta.dirname, 'FORMAT.md'), 'utf8')
const examples = new Map(
  page
    .split(/^## /m)
    .map((section) => [
      section.split('\n', 1)[0]!.replace(/^items/, 'zones/harbor/items'),
      section.match(/```yaml\n([\s\S]*?)```/)?.[1],
    ]),
)

it.each(Object.entries(SCHEMAS))('W11 the example of %s in FORMAT.md is what the loader takes', (name, schema) => {
  const example = examples.get(name) ?? examples.get(name.replace('zones/harbor/', ''))
  expect(example, `an example under "## ${name}"`).toBeDefined()
  expect(schema.safeParse(parse(example!)).error?.issues ?? []).toEqual([])
})

it.each(editorSchemas())('W12 worlds/schema/%s.json is up to date', async (name, text) => {
  const kept = await readFile(join(import.meta.dirname, `../../worlds/schema/${name}.json`), 'utf8')
  expect(JSON.parse(kept)).toEqual(JSON.parse(text))
})
