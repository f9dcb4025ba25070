import { describe, expect, it } from 'vitest'
import { FIXTURE_FILES } from '../testing/world.ts'
import { buildWorld } from './load.ts'
import { formatProblem } from './problems.ts'

const LIB = 'zones/harbor/lib/bell'
const BELL: Readonly<Record<string, string>> = {
  [`${LIB}/items.yaml`]: `bell:
  kind: machine
  look: bell.look
  reactions: [{ verb: use, text: bell.rings, others: bell.rings-others }]
  script: bell.onUse
`,
  [`${LIB}/npcs.yaml`]: `bell-ringer:
  look: bell-ringer.look
`,
  [`${LIB}/scripts/bell.js`]: 'export function onUse() { return [] }\n',
  [`${LIB}/spawn.yaml`]: 'spawn: [{ thing: bell }, { npc: bell-ringer }]\n',
  [`${LIB}/at.yaml`]: 'place: pier\n',
  [`${LIB}/text/en.yaml`]: `things: { bell: { name: ship's bell } }
npcs: { bell-ringer: { name: bell ringer } }
lines: { bell.look: A bell., bell.rings: It rings., bell.rings-others: "{Actor} rings it.", bell-ringer.look: A person. }
`,
  [`${LIB}/text/ru.yaml`]: `things: { bell: { forms: "рынд|а|ы|е|у|ой|е", gender: f } }
npcs: { bell-ringer: { forms: "звонар|ь|я|ю|я|ём|е", gender: m } }
lines: { bell.look: Рында., bell.rings: Звенит., bell.rings-others: "{Actor} звонит.", bell-ringer.look: Человек. }
`,
}

const load = (more: Readonly<Record<string, string | undefined>> = {}) => {
  const all = { ...FIXTURE_FILES, ...BELL, ...more }
  return buildWorld(new Map(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)))
}
const problems = (more: Readonly<Record<string, string | undefined>>) => {
  const loaded = load(more)
  return loaded.ok ? [] : loaded.problems.map(formatProblem)
}

describe('a library item in a zone', () => {
  it('W13 is part of the zone, with its words, its script and what it puts into a place', () => {
    const loaded = load()
    if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'))
    const { world } = loaded
    expect(world.things.get('harbor:bell')).toMatchObject({ zone: 'harbor', script: 'bell.onUse' })
    expect(world.things.get('harbor:bell')!.name.ru.forms.gen).toBe('рынды')
    expect(world.text.get('harbor:bell.rings')).toEqual({ en: 'It rings.', ru: 'Звенит.' })
    expect(world.zones.get('harbor')!.scripts.get('bell')).toContain('onUse')
    const spawns = world.places.get('harbor:pier')!.spawn.map(({ thing, npc }) => thing ?? npc)
    expect(spawns).toEqual(['harbor:chest', 'harbor:brass-key', 'harbor:rat', 'harbor:bell', 'harbor:bell-ringer'])
    expect(loaded.warnings.map(formatProblem).filter((each) => each.includes('/lib/'))).toEqual([])
  })

  it('W13 without a place it is known, and nowhere', () => {
    const loaded = load({
      [`${LIB}/at.yaml`]: undefined,
      [`${LIB}/npcs.yaml`]: undefined,
      [`${LIB}/spawn.yaml`]: 'spawn: [{ thing: bell }]\n',
      [`${LIB}/text/en.yaml`]: BELL[`${LIB}/text/en.yaml`]!.replace(/^npcs.*\n/m, ''),
      [`${LIB}/text/ru.yaml`]: BELL[`${LIB}/text/ru.yaml`]!.replace(/^npcs.*\n/m, ''),
    })
    expect(loaded.ok && loaded.world.things.has('harbor:bell')).toBe(true)
    expect(loaded.ok && loaded.world.places.get('harbor:pier')!.spawn).toHaveLength(3)
  })

  it.each([
    [
      'a thing that the zone has',
      { [`${LIB}/items.yaml`]: `${BELL[`${LIB}/items.yaml`]}crate: { kind: thing }\n` },
      /^zones\/harbor\/lib\/bell\/items\.yaml:6:1 "crate" stands in zones\/harbor\/items\.yaml:\d+ already$/,
    ],
    [
      'a line that the zone has',
      { [`${LIB}/text/en.yaml`]: `${BELL[`${LIB}/text/en.yaml`]}`.replace('lines: {', 'lines: { dock.arrive: No.,') },
      /lib\/bell\/text\/en\.yaml:3:\d+ "dock\.arrive" stands in zones\/harbor\/text\/en\.yaml:\d+ already$/,
    ],
    [
      'a script that the zone has',
      { 'zones/harbor/scripts/bell.js': 'export function onUse() {}\n' },
      /lib\/bell\/scripts\/bell\.js:1 zones\/harbor\/scripts\/bell\.js is a script of that name already$/,
    ],
    ['a place that is none', { [`${LIB}/at.yaml`]: 'place: moon\n' }, /lib\/bell\/at\.yaml:1:1 no place "moon"/],
    [
      'a spawn of nothing',
      { [`${LIB}/spawn.yaml`]: 'spawn:\n  - { thing: bell }\n  - { npc: bell-ringer }\n  - { thing: gong }\n' },
      /lib\/bell\/spawn\.yaml:4:\d+ no thing "harbor:gong"/,
    ],
    [
      'words in one language only',
      { [`${LIB}/text/ru.yaml`]: undefined },
      /lib\/bell\/items\.yaml:1:1 no words for things\.bell/,
    ],
    ['another field', { [`${LIB}/at.yaml`]: 'place: pier\nzone: harbor\n' }, /lib\/bell\/at\.yaml:2:1 unknown field/],
  ] as const)('W13 names %s with file and line', (_, change, expected) => {
    expect(problems(change)).toContainEqual(expect.stringMatching(expected))
  })
})
