/** Whether an item's files are right by themselves: an entity in a zone that holds nothing else, by the world's own loader; a module by the compiler. */
import { isDamaged } from '../bundles/errors.ts'
import { ITEM_FILES_MAX, ITEM_MAX_BYTES, ITEM_PROBLEMS_SHOWN } from '../limits.ts'
import type { Refusal } from '../protocol/refusals.ts'
import type { CompileResult, SourceFiles } from '../sandbox/types.ts'
import { buildWorld } from '../world/load.ts'
import { formatProblem } from '../world/problems.ts'
import { problemOf } from './package.ts'
import type { Files, ItemKind, ItemRecord } from './types.ts'

export type Compile = (files: SourceFiles) => Promise<CompileResult>

/** A world of one bare place: whatever an item needs beyond it, it must bring. */
const BARE_ZONE: Files = {
  'world.yaml': 'id: bare\nversion: "1"\ntitle: { en: Bare, ru: Пустой }\nstart: bare:spot\nlanguages: [en, ru]\n',
  'zones/bare/zone.yaml': 'id: bare\nrespawn: spot\n',
  'zones/bare/places/spot.yaml': 'id: spot\nat: [0, 0, 0]\n',
  'zones/bare/text/en.yaml': 'zone: Bare\nplaces: { spot: { name: The Spot, text: Nothing. } }\n',
  'zones/bare/text/ru.yaml': 'zone: Пустошь\nplaces: { spot: { name: Место, text: Пусто. } }\n',
}

/** The item's files as they stand in a zone of a world, and the place that gets what it brings. */
export function inZone(zone: string, name: string, files: Files, place: string | undefined): [string, string][] {
  const folder = `zones/${zone}/lib/${name}`
  const all = Object.entries(files)
    .filter(([path]) => !path.endsWith('.md'))
    .map(([path, text]): [string, string] => [`${folder}/${path}`, text])
  return place === undefined ? all : [...all, [`${folder}/at.yaml`, `place: ${JSON.stringify(place)}\n`]]
}

export const inOrder = (files: Iterable<readonly [string, string]>): ReadonlyMap<string, string> =>
  new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))

/** Every problem with file and line; empty when it may be published. */
export async function problemsIn(
  { name, kind, files }: { readonly name: string; readonly kind: ItemKind; readonly files: Files },
  compile: Compile,
): Promise<readonly string[]> {
  return (kind === 'entity' ? await inEntity(name, files, compile) : await inModule(name, files, compile)).slice(
    0,
    ITEM_PROBLEMS_SHOWN,
  )
}

async function inEntity(name: string, files: Files, compile: Compile): Promise<readonly string[]> {
  const loaded = buildWorld(inOrder([...Object.entries(BARE_ZONE), ...inZone('bare', name, files, 'spot')]))
  if (!loaded.ok) return loaded.problems.map((problem) => own(formatProblem(problem), name))
  const problems: string[] = []
  for (const [path, text] of Object.entries(files)) {
    const file = /^scripts\/(.+)$/.exec(path)?.[1]
    if (file === undefined) continue
    const compiled = await compile({ 'main.js': `export * from './${file}'`, [file]: text })
    if (!compiled.ok)
      problems.push(...compiled.diagnostics.map((each) => `${path}:${each.line}:${each.column} ${each.message}`))
  }
  return problems
}

/** As the author sees their files. */
const own = (problem: string, name: string): string =>
  problem.replaceAll(`zones/bare/lib/${name}/`, '').replaceAll('zones/bare/', '').replaceAll('"bare:', '"')

async function inModule(name: string, files: Files, compile: Compile): Promise<readonly string[]> {
  const sources = Object.keys(files).filter((path) => /\.[jt]s$/.test(path) && !path.endsWith('.d.ts'))
  const main = [
    ...sources.map((path, i) => `import * as m${i} from './lib/${name}/${path}'`),
    'export default async function main() {}',
  ]
  const compiled = await compile({ 'main.ts': main.join('\n'), ...inProject(name, files) })
  return compiled.ok
    ? []
    : compiled.diagnostics.map(
        ({ file, line, column, message }) => `${file.replace(`lib/${name}/`, '')}:${line}:${column} ${message}`,
      )
}

/** A module's files as they stand in a project. */
export const inProject = (name: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`lib/${name}/${path}`, text]))

const ALLOWED: Readonly<Record<ItemKind, string>> = {
  entity: 'items.yaml, npcs.yaml, spawn.yaml, text/en.yaml, text/ru.yaml, scripts/*.js, README.md',
  module: '*.ts, *.js, *.md, */*.ts, */*/*.ts',
}
const NEEDED: Readonly<Record<ItemKind, string>> = { entity: 'items.yaml, npcs.yaml', module: '*.ts, *.js' }

/** Why these files are no item, before they are read; undefined when they may be one. */
export function packageRefusal(kind: ItemKind, files: Files): Refusal | undefined {
  const problem = problemOf(kind, files)
  if (!problem) return undefined
  if (problem.is === 'bad_path') return { code: 'item_path', params: { path: problem.path, allowed: ALLOWED[kind] } }
  if (problem.is === 'empty') return { code: 'item_empty', params: { needed: NEEDED[kind] } }
  return {
    code: 'item_too_big',
    params: { files: problem.files, bytes: problem.bytes, maxFiles: ITEM_FILES_MAX, maxKb: ITEM_MAX_BYTES / 1024 },
  }
}

/** Why the bytes of an item are not here: other bytes came than were signed, or none. */
export const bundleRefusal = ({ name, version }: Pick<ItemRecord, 'name' | 'version'>, error: unknown): Refusal =>
  isDamaged(error)
    ? { code: 'item_forged', params: { name, version, why: 'package' } }
    : { code: 'item_unreachable', params: { name, why: (error as Error).message } }
