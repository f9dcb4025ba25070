/** One person does everything there is to do in the academy's world, in each language, with the real engine, commands and scripts. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WorldEvent } from '../protocol/events.ts'
import { LOCALES, type Locale } from '../protocol/ids.ts'
import { ACADEMY_DIR, createAcademy } from './academy.ts'
import { type Explored, explore } from './explorer.ts'
import { parsePlay, runPlay } from './play-file.ts'
import { createWordsCheck } from './words-check.ts'

const academy = await createAcademy()
const { world } = academy
afterAll(() => academy[Symbol.asyncDispose]())

const times = (n: number, line: string) => Array.from({ length: n }, () => line)
/** What nobody finds by trying things one after the other: the semaphore's answer, the pump's rhythm, the belt's twelve pegs. */
const RITES: Readonly<Record<Locale, Readonly<Record<string, readonly string[]>>>> = {
  en: {
    'signal:semaphore': [...times(3, 'pull rope'), '~35', ...times(3, 'pull rope'), '~35'],
    'archive:pump-room': times(6, 'use pump'),
    'cable:battery-cellar': times(4, 'use battery'),
    'cable:switch-room': times(8, 'use switchboard'),
    'names:catalogue-room': times(8, 'use catalogue'),
    'loopworks:belt-hall': [
      'use lever',
      'take all.peg',
      ...times(12, 'use peg with belt'),
      'use lever',
      'drop all.peg',
    ],
  },
  ru: {
    'signal:semaphore': [...times(3, 'тянуть верёвку'), '~35', ...times(3, 'тянуть верёвку'), '~35'],
    'archive:pump-room': times(6, 'использовать насос'),
    'cable:battery-cellar': times(4, 'крутить рукоятку'),
    'cable:switch-room': times(8, 'использовать коммутатор'),
    'names:catalogue-room': times(8, 'использовать каталог'),
    'loopworks:belt-hall': [
      'дёрнуть рычаг',
      'взять все.колышек',
      ...times(12, 'использовать колышек с ремнём'),
      'дёрнуть рычаг',
      'бросить все.колышек',
    ],
  },
}

/** Texts of what people were told when they asked. */
const spoken = (events: readonly WorldEvent[]): ReadonlySet<string> =>
  new Set(events.flatMap((event) => (event.type === 'spoke' ? [event.textKey] : [])))

describe.each(LOCALES)('a person who tries everything (%s)', (locale) => {
  const walk = academy.walk()
  let found: Explored
  let greeting: string
  beforeAll(async () => {
    const me = await walk.enter('Ann', { locale })
    greeting = me.greeting
    // Before the lamp is lit, as the first visit has it: the keeper has other words for whoever lit it first.
    await me.type(locale === 'en' ? 'ask keeper about hello' : 'спросить смотрительницу про привет')
    found = await explore(walk, me, { rites: RITES[locale] })
  }, 180_000)

  test('comes to every place on foot from where the ferry lands', () => {
    expect([...world.places.keys()].filter((place) => !found.places.has(place))).toEqual([])
  })

  test('opens every lock that has a key with the key that is to be found', () => {
    const doors = [...world.zones.values()].flatMap((zone) => [...zone.doors.values()])
    const locks = [...doors, ...world.things.values()].filter(({ key }) => key !== undefined)
    expect(locks.length).toBeGreaterThan(0)
    expect(locks.map(({ id }) => id).filter((id) => !found.opened.has(id))).toEqual([])
  })

  test('buys everything that is sold', () => {
    const goods = [...world.npcs.values()].flatMap(({ sells }) => sells)
    expect(goods.filter((thing) => !found.bought.has(thing))).toEqual([])
  })

  test('hears everything that can be asked about', () => {
    const heard = spoken(walk.events)
    const topics = [...world.npcs.values()].flatMap((npc) =>
      npc.topics.filter(({ when }) => !when).map(({ text }) => text),
    )
    expect(topics.filter((text) => !heard.has(text))).toEqual([])
  })

  test('is shown what each word stands for', () => {
    expect([...new Set(found.problems)]).toEqual([])
  })

  test('never reads a key, a placeholder or the other language', () => {
    const check = createWordsCheck(world, locale)
    const bad = new Map<string, string>()
    for (const { place, line, text } of [...found.said, { place: world.start, line: '', text: greeting }])
      if (!/^(map|карта)$/.test(line)) for (const problem of check(text)) bad.set(problem, `${place} «${line}»`)
    expect([...bad]).toEqual([])
  })

  test('breaks no script', () => expect(academy.faults).toEqual([]))

  test('can come by everything that can be carried, if not by trying, then as the walk-throughs do', async () => {
    const had = new Set(found.had)
    for (const file of globSync('zones/*/tests/*.play', { cwd: ACADEMY_DIR }))
      for (const section of parsePlay(readFileSync(join(ACADEMY_DIR, file), 'utf8'))) {
        const play = academy.walk()
        await runPlay(play, section)
        for (const event of play.events) if (event.type === 'item.created') had.add(event.item.thing)
      }
    const loose = [...world.things.values()].filter(({ fixed, kind }) => !fixed && kind !== 'scenery')
    expect(loose.map(({ id }) => id).filter((id) => !had.has(id))).toEqual([])
  }, 60_000)
})

test.each([
  ['a key of the world', 'en', 'dock.arrival'],
  ['an id', 'en', 'You take harbor:oil.'],
  ['a placeholder', 'en', '{actor} waits.'],
  ['a value that is none', 'en', 'You see undefined.'],
  ['Russian in English', 'en', 'You see лампа.'],
  ['English in Russian', 'ru', 'Ты видишь lamp.'],
] as const)('%s is found in what people read', (_, locale, text) => {
  expect(createWordsCheck(world, locale)(text)).toHaveLength(1)
})
