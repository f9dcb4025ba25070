/** Files of a world -> parsed sources by zone, and the index of every id they declare. */
import type { Locale } from '../protocol/ids.ts'
import { addLibrary, type ZoneParts } from './lib.ts'
import type { Problems } from './problems.ts'
import type { WorldFiles } from './read.ts'
import type { PlaceFile, WorldFile, ZoneFile } from './schema.ts'
import { itemsSchema, npcsSchema, placeSchema, textSchemas, worldSchema, zoneSchema } from './schema.ts'
import { parseScript, type Script } from './scripts.ts'
import { parseSource, type Source } from './source.ts'

/** Scripts by name without the `.js`. What library items bring is in it. */
export type ZoneSource = ZoneParts & { readonly id: string; readonly zone: Source<ZoneFile> }

export type WorldSource = { readonly world: Source<WorldFile>; readonly zones: ReadonlyMap<string, ZoneSource> }

export function gather(files: WorldFiles, problems: Problems): WorldSource | undefined {
  const text = files.get('world.yaml')
  if (text === undefined) {
    problems.error({ file: 'world.yaml', line: 1 }, 'there is no such file')
    return undefined
  }
  const world = parseSource('world.yaml', text, worldSchema, problems)
  const zones = new Map<string, ZoneSource>()
  for (const id of zoneNames(files)) {
    const zone = gatherZone(id, files, world?.data.languages ?? [], problems)
    if (zone) zones.set(id, zone)
  }
  return world && { world, zones }
}

const zoneNames = (files: WorldFiles) => [
  ...new Set([...files.keys()].flatMap((name) => (name.startsWith('zones/') ? [name.split('/')[1]!] : []))),
]

function gatherZone(
  id: string,
  files: WorldFiles,
  locales: readonly Locale[],
  problems: Problems,
): ZoneSource | undefined {
  const folder = `zones/${id}`
  const one = <S extends Parameters<typeof parseSource>[2]>(name: string, schema: S) => {
    const text = files.get(`${folder}/${name}`)
    return text === undefined ? undefined : parseSource<S>(`${folder}/${name}`, text, schema, problems)
  }
  if (!files.has(`${folder}/zone.yaml`))
    problems.error({ file: `${folder}/zone.yaml`, line: 1 }, 'there is no such file')
  const zone = one('zone.yaml', zoneSchema)
  if (zone && zone.data.id !== id)
    problems.error(zone.at('id'), `the folder is called "${id}", so the id must be too`)
  const items = one('items.yaml', itemsSchema)
  const npcs = one('npcs.yaml', npcsSchema)
  for (const locale of locales) {
    const name = `${folder}/text/${locale}.yaml`
    if (!files.has(name)) problems.error({ file: name, line: 1 }, 'there is no such file')
  }
  const text = { en: one('text/en.yaml', textSchemas.en), ru: one('text/ru.yaml', textSchemas.ru) }
  const places = gatherPlaces(folder, files, problems)
  const scripts = gatherScripts(folder, files, problems)
  return zone && { id, zone, ...addLibrary(folder, files, { places, items, npcs, text, scripts }, problems) }
}

function gatherPlaces(folder: string, files: WorldFiles, problems: Problems): Source<PlaceFile>[] {
  const places: Source<PlaceFile>[] = []
  for (const [name, text] of files) {
    if (!name.startsWith(`${folder}/places/`)) continue
    const place = parseSource(name, text, placeSchema, problems)
    if (!place) continue
    const base = name.slice(name.lastIndexOf('/') + 1, -'.yaml'.length)
    if (place.data.id !== base) problems.error(place.at('id'), `the file is called "${base}", so the id must be too`)
    else places.push(place)
  }
  return places
}

function gatherScripts(folder: string, files: WorldFiles, problems: Problems): Map<string, Script> {
  const scripts = new Map<string, Script>()
  for (const [name, source] of files) {
    if (!name.startsWith(`${folder}/scripts/`)) continue
    const script = parseScript(name, source, problems)
    if (script) scripts.set(name.slice(name.lastIndexOf('/') + 1, -'.js'.length), script)
  }
  return scripts
}
