/** The words of one zone in every language: names, nouns, topics and lines, with what is missing or left over. */
import type { Noun } from '../engine/types.ts'
import type { Locale } from '../protocol/ids.ts'
import type { ZoneSource } from './gather.ts'
import { englishNoun, russianNoun } from './nouns.ts'
import type { Problems, Spot } from './problems.ts'
import type { Source } from './source.ts'

type ByLocale<T> = Readonly<Record<Locale, T>>
type Section = 'doors' | 'things' | 'npcs'
export type Words = ReturnType<typeof createWords>

const ACTOR = /\{[Aa]ctor(_(nom|gen|dat|acc|ins|pre))?\}/g
const NO_NOUN: Noun = englishNoun({ name: '?' })

export function createWords(zone: ZoneSource, used: ReadonlySet<string>, problems: Problems) {
  const { en, ru } = zone.text
  const taken = new Set<string>()
  /** Each language's value; a language that has no file borrows the other's. */
  const both = <T>(fromEn: T | undefined, fromRu: T | undefined, none: T): ByLocale<T> => ({
    en: fromEn ?? fromRu ?? none,
    ru: fromRu ?? fromEn ?? none,
  })
  const missing = (path: readonly string[], spot: Spot, hasEn: boolean, hasRu: boolean) => {
    taken.add(path.join('\0'))
    if (en && !hasEn) problems.error(spot, `no words for ${path.join('.')} in ${en.file}`)
    if (ru && !hasRu) problems.error(spot, `no words for ${path.join('.')} in ${ru.file}`)
  }
  const nounAt = (
    path: readonly string[],
    spot: Spot,
    fromEn: Parameters<typeof englishNoun>[0] | undefined,
    fromRu: Parameters<typeof russianNoun>[0] | undefined,
  ) => {
    missing(path, spot, fromEn !== undefined, fromRu !== undefined)
    const russian = fromRu && russianNoun(fromRu)
    if (typeof russian === 'string') problems.error(ru!.at(...path), russian)
    return both(fromEn && englishNoun(fromEn), typeof russian === 'string' ? undefined : russian, NO_NOUN)
  }

  return {
    zoneName: () => both(en?.data.zone, ru?.data.zone, zone.id),
    noun(section: Section, id: string, spot: Spot) {
      return nounAt([section, id], spot, own(en?.data[section], id), own(ru?.data[section], id))
    },
    detail(place: string, id: string, spot: Spot) {
      const path = ['places', place, 'details', id]
      return nounAt(
        path,
        spot,
        own(own(en?.data.places, place)?.details, id),
        own(own(ru?.data.places, place)?.details, id),
      )
    },
    place(id: string, spot: Spot) {
      const [inEn, inRu] = [own(en?.data.places, id), own(ru?.data.places, id)]
      missing(['places', id], spot, inEn !== undefined, inRu !== undefined)
      const text = both(inEn?.text.trim(), inRu?.text.trim(), id)
      return { name: both(inEn?.name, inRu?.name, id), text }
    },
    topic(npc: string, topic: string, spot: Spot): ByLocale<readonly string[]> {
      const [inEn, inRu] = [own(own(en?.data.npcs, npc)?.topics, topic), own(own(ru?.data.npcs, npc)?.topics, topic)]
      missing(['npcs', npc, 'topics', topic], spot, inEn !== undefined, inRu !== undefined)
      const lower = (words: readonly string[] | undefined) => words?.map((word) => word.toLowerCase())
      return both<readonly string[]>(lower(inEn), lower(inRu), [topic])
    },
    /** Every line of the zone by its full key. */
    lines(): Map<string, ByLocale<string>> {
      const lines = new Map<string, ByLocale<string>>()
      for (const key of new Set([...Object.keys(en?.data.lines ?? {}), ...Object.keys(ru?.data.lines ?? {})])) {
        const [inEn, inRu] = [own(en?.data.lines, key), own(ru?.data.lines, key)]
        checkLine(key, inEn, inRu)
        lines.set(`${zone.id}:${key}`, both(inEn?.trim(), inRu?.trim(), key))
      }
      return lines
    },
    /** Words for things that are not there, lines that nothing shows. After everything else has been asked for. */
    leftovers() {
      for (const source of [en, ru]) if (source) warnLeftovers(source, taken, used, zone, problems)
    },
  }

  function checkLine(key: string, inEn: string | undefined, inRu: string | undefined): void {
    if (en && ru && inEn === undefined) problems.error(ru.at('lines', key), `no line "${key}" in ${en.file}`)
    if (en && ru && inRu === undefined) problems.error(en.at('lines', key), `no line "${key}" in ${ru.file}`)
    for (const [source, line] of [
      [en, inEn],
      [ru, inRu],
    ] as const) {
      const stray = line?.replaceAll(ACTOR, '').match(/\{[^}]*\}?|\}/)
      if (stray)
        problems.error(source!.at('lines', key), `${stray[0]} stands in a line; only {actor} and its cases may`)
    }
  }
}

function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined
}

function warnLeftovers(
  source: Source<{
    places: Readonly<Record<string, { details?: object }>>
    doors?: object
    things?: object
    npcs?: Readonly<Record<string, { topics?: object }>>
    lines?: object
  }>,
  taken: ReadonlySet<string>,
  used: ReadonlySet<string>,
  zone: ZoneSource,
  problems: Problems,
): void {
  const { data } = source
  const paths: string[][] = []
  for (const [id, place] of Object.entries(data.places)) {
    paths.push(['places', id], ...Object.keys(place.details ?? {}).map((detail) => ['places', id, 'details', detail]))
  }
  for (const section of ['doors', 'things', 'npcs'] as const)
    paths.push(...Object.keys(data[section] ?? {}).map((id) => [section, id]))
  for (const [id, npc] of Object.entries(data.npcs ?? {}))
    paths.push(...Object.keys(npc.topics ?? {}).map((topic) => ['npcs', id, 'topics', topic]))
  for (const path of paths)
    if (!taken.has(path.join('\0')))
      problems.warn(source.at(...path), `words for ${path.join('.')}, which is not in the zone`)
  const scripts = [...zone.scripts.values()].map((script) => script.source).join('\n')
  for (const key of Object.keys(data.lines ?? {})) {
    if (!used.has(`text ${zone.id}:${key}`) && !scripts.includes(key))
      problems.warn(source.at('lines', key), `no one uses the line "${key}"`)
  }
}
