/** What no player should ever read: keys, placeholders, ids, the other language. */
import type { WorldDef } from '../engine/types.ts'
import type { Locale } from '../protocol/ids.ts'
import { CATALOGUE } from '../protocol/text/index.ts'

export type WordsCheck = (text: string) => readonly string[]

const PLAIN: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\bundefined\b|\bNaN\b|\[object/, 'a value that is none'],
  [/[{}]/, 'a placeholder'],
  [/[^\s.…]\.\.(?!\.)/, 'two full stops'],
  [/\p{L} [,.;:!?](?=\s|$)/u, 'a blank before a sign'],
  [/\p{L} {2,}\p{L}/u, 'two blanks'],
]

/** Finds what is wrong in a text that somebody was shown. Maps, which are drawn, are not for it. */
export function createWordsCheck(world: WorldDef, locale: Locale): WordsCheck {
  const keys = new Set<string>([
    ...Object.keys(CATALOGUE.en),
    ...[...world.text.keys()].flatMap((key) => [key, key.slice(key.indexOf(':') + 1)]),
    ...[...world.things.keys(), ...world.npcs.keys(), ...world.places.keys()],
    ...[...world.zones.values()].flatMap((zone) => [...zone.doors.keys()]),
  ])
  return (text) => {
    const problems = PLAIN.flatMap(([pattern, what]) => {
      const found = pattern.exec(text)
      return found ? [`${what}: “${around(text, found.index)}”`] : []
    })
    for (const [word] of text.matchAll(/[a-z][a-z0-9-]*(?:[.:][a-z][\w-]*)+/g))
      if (keys.has(word)) problems.push(`a key: ${word}`)
    const foreign = text.match(locale === 'ru' ? /[A-Za-z]{2,}/ : /[А-Яа-яЁё]+/)
    if (foreign) problems.push(`the other language: “${foreign[0]}” in “${around(text, text.indexOf(foreign[0]))}”`)
    return problems
  }
}

const around = (text: string, at: number) => text.slice(Math.max(0, at - 30), at + 40).replaceAll('\n', ' / ')
