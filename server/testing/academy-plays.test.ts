/** The walk-throughs that authors have written beside each zone, in both languages, with the real engine, commands and scripts. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ACADEMY_DIR, createAcademy } from './academy.ts'
import { parsePlay, runPlay } from './play-file.ts'

const academy = await createAcademy()
afterAll(() => academy[Symbol.asyncDispose]())

const files = globSync('zones/*/tests/*.play', { cwd: ACADEMY_DIR }).sort()
const sections = files.flatMap((file) =>
  parsePlay(readFileSync(join(ACADEMY_DIR, file), 'utf8')).map((section) => ({
    file,
    locale: section.locale,
    section,
  })),
)

test('every zone has a walk-through in each language', () => {
  const played = new Set(sections.map(({ file, locale }) => `${file.split('/')[1]} ${locale}`))
  const wanted = [...academy.world.zones.keys()].flatMap((zone) => [`${zone} en`, `${zone} ru`])
  expect(wanted.filter((each) => !played.has(each))).toEqual([])
})

test.each([
  ['words that are not shown', '= a sea of milk', 'not shown'],
  ['a line that is refused', '> unlock crane', 'refused: '],
  ['a refusal that does not come', '> take oil\n! too_heavy', 'done, not too_heavy'],
])('a walk-through is found wrong by %s', async (_, line, problem) => {
  const [section] = parsePlay(`# en\n@ harbor:dock\n${line}`)
  expect(await runPlay(academy.walk(), section!)).toContain(problem)
})

test.each(sections)('$file goes as written ($locale)', async ({ section }) => {
  const before = academy.faults.length
  expect(await runPlay(academy.walk(), section)).toBeUndefined()
  expect(academy.faults.slice(before)).toEqual([])
})
