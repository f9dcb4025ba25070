/** Library items inside a zone, `lib/<name>/`: their things, people, words and scripts are taken as if they stood in the zone's own files. */
import type { Problems } from './problems.ts'
import type { WorldFiles } from './read.ts'
import type { ItemsFile, NpcsFile, PlaceFile, TextFileEn, TextFileRu } from './schema.ts'
import { itemsSchema, libAtSchema, libSpawnSchema, libTextSchemas, npcsSchema } from './schema.ts'
import { parseScript, type Script } from './scripts.ts'
import { parseSource, type Source } from './source.ts'

/** What the files of a zone say, before and after its library items are added. */
export type ZoneParts = {
  readonly places: readonly Source<PlaceFile>[]
  readonly items?: Source<ItemsFile>
  readonly npcs?: Source<NpcsFile>
  readonly text: { readonly en?: Source<TextFileEn>; readonly ru?: Source<TextFileRu> }
  readonly scripts: ReadonlyMap<string, Script>
}

const NO_TEXT = { things: {}, npcs: {}, lines: {} }
const SECTIONS = ['things', 'npcs', 'lines'] as const

export function addLibrary(folder: string, files: WorldFiles, zone: ZoneParts, problems: Problems): ZoneParts {
  const names = new Set(
    [...files.keys()].flatMap((name) =>
      name.startsWith(`${folder}/lib/`) ? [name.slice(folder.length + 5).split('/', 1)[0]!] : [],
    ),
  )
  let parts = zone
  for (const name of names) parts = addOne(`${folder}/lib/${name}`, files, parts, problems)
  return parts
}

function addOne(folder: string, files: WorldFiles, zone: ZoneParts, problems: Problems): ZoneParts {
  const one = <S extends Parameters<typeof parseSource>[2]>(name: string, schema: S) => {
    const text = files.get(`${folder}/${name}`)
    return text === undefined ? undefined : parseSource<S>(`${folder}/${name}`, text, schema, problems)
  }
  const items = one('items.yaml', itemsSchema)
  const npcs = one('npcs.yaml', npcsSchema)
  const text = { en: one('text/en.yaml', libTextSchemas.en), ru: one('text/ru.yaml', libTextSchemas.ru) }
  const spawn = one('spawn.yaml', libSpawnSchema)
  const at = one('at.yaml', libAtSchema)
  const scripts = new Map(zone.scripts)
  for (const [file, source] of files) {
    if (!file.startsWith(`${folder}/scripts/`)) continue
    const name = file.slice(file.lastIndexOf('/') + 1, -'.js'.length)
    const script = parseScript(file, source, problems)
    const other = scripts.get(name)
    if (other) problems.error({ file, line: 1 }, `${other.file} is a script of that name already`)
    else if (script) scripts.set(name, script)
  }
  return {
    places: at && spawn ? placed(zone.places, at, spawn, problems) : zone.places,
    items: mergeKeys(zone.items, items, problems),
    npcs: mergeKeys(zone.npcs, npcs, problems),
    text: {
      en: zone.text.en && mergeText(zone.text.en, text.en, problems),
      ru: zone.text.ru && mergeText(zone.text.ru, text.ru, problems),
    },
    scripts,
  }
}

/** Two files as one; a name that both have stays the first one's, and is a problem of the second. */
function mergeKeys<T extends Readonly<Record<string, unknown>>>(
  base: Source<T> | undefined,
  more: Source<T> | undefined,
  problems: Problems,
): Source<T> | undefined {
  if (!base || !more) return base ?? more
  for (const key of Object.keys(more.data)) if (Object.hasOwn(base.data, key)) clash(base, more, [key], problems)
  return {
    file: base.file,
    data: { ...more.data, ...base.data },
    at: (...path) => (path[0] !== undefined && !Object.hasOwn(base.data, path[0]) ? more : base).at(...path),
  }
}

type Text = { readonly [section in (typeof SECTIONS)[number]]?: Readonly<Record<string, unknown>> | undefined }

function mergeText<T extends Text>(base: Source<T>, more: Source<Text> | undefined, problems: Problems): Source<T> {
  if (!more) return base
  const own: Required<Text> = { ...NO_TEXT, ...base.data }
  const added: Required<Text> = { ...NO_TEXT, ...more.data }
  for (const section of SECTIONS)
    for (const key of Object.keys(added[section]!))
      if (Object.hasOwn(own[section]!, key)) clash(base, more, [section, key], problems)
  const joined = Object.fromEntries(SECTIONS.map((each) => [each, { ...added[each], ...own[each] }]))
  return {
    file: base.file,
    data: { ...base.data, ...joined },
    at(section, key, ...rest) {
      const isAdded =
        key !== undefined &&
        SECTIONS.includes(section as (typeof SECTIONS)[number]) &&
        Object.hasOwn(added[section as (typeof SECTIONS)[number]]!, key) &&
        !Object.hasOwn(own[section as (typeof SECTIONS)[number]]!, key)
      const path = [section, key, ...rest].filter((step) => step !== undefined)
      return (isAdded ? more : base).at(...path)
    },
  }
}

function clash(base: Source<unknown>, more: Source<unknown>, path: readonly string[], problems: Problems): void {
  const { file, line } = base.at(...path)
  problems.error(more.at(...path), `"${path.at(-1)}" stands in ${file}:${line} already`)
}

/** What comes with the item lies in the place it was installed in, after whatever else is spawned there. */
function placed(
  places: readonly Source<PlaceFile>[],
  at: Source<{ readonly place: string }>,
  spawn: Source<{ readonly spawn: NonNullable<PlaceFile['spawn']> }>,
  problems: Problems,
): readonly Source<PlaceFile>[] {
  if (!places.some(({ data }) => data.id === at.data.place)) {
    problems.error(at.at('place'), `no place "${at.data.place}" in this zone`)
    return places
  }
  return places.map((place) => {
    if (place.data.id !== at.data.place) return place
    const own = place.data.spawn ?? []
    return {
      file: place.file,
      data: { ...place.data, spawn: [...own, ...spawn.data.spawn] },
      at: (...path) =>
        path[0] === 'spawn' && typeof path[1] === 'number' && path[1] >= own.length
          ? spawn.at('spawn', path[1] - own.length, ...path.slice(2))
          : place.at(...path),
    }
  })
}
