/** Loads a world: reads its folder, builds the immutable WorldDef, and names everything that is wrong at once. */
import { createHash } from 'node:crypto'
import type { DoorDef, NpcDef, PlaceDef, SpawnDef, ThingDef, WorldDef, ZoneDef } from '../engine/types.ts'
import type { Locale } from '../protocol/ids.ts'
import { checkWorld } from './check.ts'
import { gather, type WorldSource, type ZoneSource } from './gather.ts'
import { addWaysBack, buildDoors, draftPlace, type PlaceDraft } from './places.ts'
import { createProblems, type Problem, type Problems, type Spot } from './problems.ts'
import { readWorldFiles, type WorldFiles } from './read.ts'
import { createScope, knownIds } from './scope.ts'
import { buildNpcs, buildThings } from './things.ts'
import { createWords } from './words.ts'

export type LoadedWorld =
  | { readonly ok: true; readonly world: WorldDef; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] }

export async function loadWorld(dir: string): Promise<LoadedWorld> {
  const problems = createProblems()
  return buildFrom(await readWorldFiles(dir, problems), problems)
}

/** The same from files already in memory. */
export const buildWorld = (files: WorldFiles): LoadedWorld => buildFrom(files, createProblems())

export function buildFrom(files: WorldFiles, problems: Problems): LoadedWorld {
  const source = gather(files, problems)
  const world = source && build(source, digestOf(files), problems)
  if (!world || problems.errors.length > 0)
    return { ok: false, problems: sorted(problems.errors), warnings: sorted(problems.warnings) }
  return { ok: true, world, warnings: sorted(problems.warnings) }
}

const sorted = (problems: readonly Problem[]) =>
  problems.toSorted((a, b) =>
    a.file === b.file ? a.line - b.line : a.file === '' ? 1 : b.file === '' ? -1 : a.file < b.file ? -1 : 1,
  )

/** Of every file's name and text. */
export function digestOf(files: WorldFiles): string {
  const hash = createHash('sha256')
  for (const [name, text] of files) hash.update(`${name}\0${text.length}\0${text}\0`)
  return hash.digest('hex')
}

type Parts = {
  readonly places: Map<string, PlaceDraft>
  readonly things: Map<string, ThingDef>
  readonly npcs: Map<string, NpcDef>
  readonly zones: Map<string, ZoneDef>
  readonly text: Map<string, Readonly<Record<Locale, string>>>
}

function build(source: WorldSource, digest: string, problems: Problems): WorldDef {
  const { data: file, at } = source.world
  const known = knownIds(source)
  const used = new Set<string>()
  const parts: Parts = { places: new Map(), things: new Map(), npcs: new Map(), zones: new Map(), text: new Map() }
  const zones = [...source.zones.values()].map((zone) => {
    const scope = createScope(zone, known, used, problems)
    const words = createWords(zone, used, problems)
    for (const place of zone.places) parts.places.set(`${zone.id}:${place.data.id}`, draftPlace(place, scope, words))
    for (const [id, thing] of buildThings(scope, words)) parts.things.set(id, thing)
    const respawn = scope.place(zone.zone.data.respawn, zone.zone.at('respawn'))
    if (!respawn.startsWith(`${zone.id}:`))
      problems.error(zone.zone.at('respawn'), 'the respawn place is in the zone itself')
    return { zone, scope, words, respawn, npcs: buildNpcs(scope, words) }
  })
  addWaysBack(parts.places, problems)
  for (const { zone, words, respawn, npcs } of zones) {
    const drafts = [...parts.places.values()].filter((place) => place.def.zone === zone.id)
    for (const [id, npc] of npcs) parts.npcs.set(id, settle(npc, drafts, zone, problems))
    const doors = buildDoors(zone.id, drafts, problems)
    parts.zones.set(zone.id, buildZone(zone, words.zoneName(), drafts, respawn, doors))
    for (const [key, line] of words.lines()) parts.text.set(key, line)
    words.leftovers()
  }
  const spotOf = (id: string) => spotIn(source, id)
  checkWorld({ start: file.start, startSpot: at('start'), ...parts, spotOf }, problems)
  const places = new Map<string, PlaceDef>(
    [...parts.places].map(([id, draft]) => [id, withPeople(draft.def, parts.npcs)]),
  )
  const { id, version, start, title, languages: locales } = file
  return { id, version, digest, start, locales, title, ...parts, places }
}

function buildZone(
  zone: ZoneSource,
  name: ZoneDef['name'],
  drafts: readonly PlaceDraft[],
  respawn: string,
  doors: Map<string, DoorDef>,
): ZoneDef {
  return {
    id: zone.id,
    name,
    places: drafts.map((draft) => draft.def.id),
    respawn,
    doors,
    scripts: new Map([...zone.scripts].map(([script, { source }]) => [script, source])),
    owners: zone.zone.data.owners ?? [],
  }
}

/** A person lives at their `at`, or else where they are spawned first. */
function settle(
  npc: Omit<NpcDef, 'at'> & { at?: string },
  drafts: readonly PlaceDraft[],
  zone: ZoneSource,
  problems: Problems,
): NpcDef {
  const spawned = drafts.find((draft) => draft.def.spawn.some((spawn) => spawn.npc === npc.id))
  const spot = zone.npcs!.at(npc.id.slice(zone.id.length + 1))
  if (npc.at && spawned) problems.error(spot, `has \`at\` and is spawned in "${spawned.def.id}" too`)
  if (!npc.at && !spawned) problems.error(spot, 'needs `at`, or a place that spawns it')
  if (npc.at && !npc.at.startsWith(`${zone.id}:`)) problems.error(spot, 'people live in their own zone only')
  return { ...npc, at: npc.at ?? spawned?.def.id ?? '' }
}

/** One-of-a-kind people are spawns of the place they live in. */
function withPeople(place: PlaceDef, npcs: ReadonlyMap<string, NpcDef>): PlaceDef {
  const spawned = new Set(place.spawn.map((spawn) => spawn.npc))
  const here = [...npcs.values()].filter((npc) => npc.at === place.id && !spawned.has(npc.id))
  return { ...place, spawn: [...place.spawn, ...here.map((npc): SpawnDef => ({ npc: npc.id, max: 1 }))] }
}

function spotIn(source: WorldSource, id: string): Spot {
  const [zone, name] = id.split(':') as [string, string]
  const { items, npcs } = source.zones.get(zone) ?? {}
  const file = items && Object.hasOwn(items.data, name) ? items : npcs
  return file?.at(name) ?? { file: 'world.yaml', line: 1 }
}
