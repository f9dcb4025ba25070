import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { WORLD_FILE_MAX_BYTES } from '../limits.ts'
import { FIXTURE_FILES, fixtureWorld } from '../testing/world.ts'
import { buildWorld, loadWorld } from './load.ts'
import { formatProblem } from './problems.ts'

const H = 'zones/harbor'
const fileOf = (name: string) => FIXTURE_FILES[name]!

/** Problems (and warnings) of the fixture with some text in a file replaced. */
function problemsWith(name: string, from: string | RegExp, to: string, more: Record<string, string | null> = {}) {
  const changed = fileOf(name)?.replace(from, to) ?? to
  if (changed === FIXTURE_FILES[name]) throw new Error(`nothing to replace in ${name}`)
  const files = Object.entries({ ...FIXTURE_FILES, [name]: changed, ...more }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  )
  const loaded = buildWorld(new Map(files))
  return { errors: loaded.ok ? [] : loaded.problems.map(formatProblem), warnings: loaded.warnings.map(formatProblem) }
}

describe('a world that is right', () => {
  const world = fixtureWorld()

  it('W3 has ways back, with their doors, unless they are one-way', () => {
    const exits = (id: string) =>
      [...world.places.get(id)!.exits.values()].map(({ direction, to, door }) => [direction, to, door])
    expect(exits('harbor:dock')).toEqual([
      ['north', 'harbor:market', 'harbor:gate'],
      ['east', 'harbor:pier', undefined],
    ])
    expect(exits('harbor:market')).toEqual([
      ['north', 'loopworks:road', undefined],
      ['south', 'harbor:dock', 'harbor:gate'],
      ['in', 'harbor:warehouse', undefined],
    ])
    expect(exits('loopworks:road')).toEqual([
      ['north', 'loopworks:mill', undefined],
      ['south', 'harbor:market', undefined],
    ])
    expect(world.places.get('harbor:warehouse')!.exits.get('out')!.lock).toBeUndefined()
    expect(world.zones.get('harbor')!.doors.get('harbor:gate')).toMatchObject({
      closed: true,
      key: 'harbor:brass-key',
      sides: ['harbor:dock', 'harbor:market'],
    })
  })

  it('W4 names everything by its whole id, in both languages', () => {
    const lamp = world.things.get('harbor:lamp')!
    expect(lamp).toMatchObject({
      look: 'harbor:lamp.look',
      state: 'dark',
      resetTicks: 600,
      fixed: true,
      stateText: { lit: 'harbor:lamp.lit' },
    })
    expect(lamp.reactions[0]).toMatchObject({
      verb: 'use',
      with: 'harbor:oil',
      consumes: true,
      effects: [{ do: 'flag', key: 'harbor.lamp-lit', value: true }],
    })
    expect(world.places.get('harbor:market')!.exits.get('in')!.lock).toEqual({
      op: 'or',
      of: [
        { op: 'call', name: 'has', args: ['harbor:brass-key'] },
        { op: 'call', name: 'role', args: ['mentor'] },
      ],
    })
    expect(world.npcs.get('harbor:keeper')!.topics[0]!.words).toEqual({
      en: ['lamp', 'light'],
      ru: ['фонарь', 'лампа', 'свет'],
    })
    expect(world.text.get('harbor:lamp.lights-others')).toEqual({
      en: '{Actor} lights the lamp.',
      ru: '{Actor} зажигает фонарь.',
    })
    expect(world.places.get('loopworks:mill')!.at).toEqual([0, -11, 0])
  })

  it('W5 has one digest for the same files and another for others', () => {
    expect(fixtureWorld().digest).toBe(world.digest)
    expect(fixtureWorld({ 'world.yaml': `${fileOf('world.yaml')}\n# more` }).digest).not.toBe(world.digest)
  })
})

describe('a world that is wrong is named with file and line', () => {
  it.each([
    [
      'an unknown place',
      `${H}/places/dock.yaml`,
      'east: pier',
      'east: peer',
      'zones/harbor/places/dock.yaml:6:3 no place "harbor:peer"',
    ],
    [
      'an unknown thing',
      `${H}/places/market.yaml`,
      'thing: bench',
      'thing: bunch',
      'zones/harbor/places/market.yaml:9:7 no thing "harbor:bunch"',
    ],
    ['an unknown person', `${H}/places/pier.yaml`, 'npc: rat', 'npc: cat', 'no person "harbor:cat"'],
    [
      'an unreachable place',
      `${H}/places/market.yaml`,
      / {2}in: .*\n/,
      '',
      'zones/harbor/places/warehouse.yaml:2:1 no way leads from "harbor:dock" to here',
    ],
    [
      'two places on one cell',
      `${H}/places/pier.yaml`,
      'at: [1, 0, 0]',
      'at: [0, 0, 0]',
      'zones/harbor/places/pier.yaml:3:1 "harbor:dock" is on map cell [0, 0, 0] already',
    ],
    [
      'a way back that is taken',
      `${H}/places/warehouse.yaml`,
      'terrain: inside',
      'terrain: inside\nexits: { out: pier }',
      'the way back is taken',
    ],
    [
      'a lock written wrong',
      `${H}/places/market.yaml`,
      'has(brass-key) or',
      'has(brass-key) xor',
      'unexpected "xor" in',
    ],
    [
      'a lock about nothing',
      `${H}/places/market.yaml`,
      'has(brass-key)',
      'has(gold-key)',
      'no thing "harbor:gold-key"',
    ],
    ['an unknown role', `${H}/places/market.yaml`, 'role(mentor)', 'role(king)', 'no role "king"'],
    [
      'a missing line',
      `${H}/text/en.yaml`,
      / {2}warehouse.locked: .*\n/,
      '',
      'no line "warehouse.locked" in zones/harbor/text/en.yaml',
    ],
    [
      'a line in one language only',
      `${H}/text/ru.yaml`,
      / {2}notice.read: .*\n/,
      '',
      'no line "notice.read" in zones/harbor/text/ru.yaml',
    ],
    [
      'missing words for a thing',
      `${H}/text/ru.yaml`,
      / {2}crate: .*\n/,
      '',
      'no words for things.crate in zones/harbor/text/ru.yaml',
    ],
    ['missing forms', `${H}/text/ru.yaml`, 'крыс|а|ы|е|у|ой|е', 'крыс|а|ы|е', 'needs a stem and six endings'],
    [
      'missing topic words',
      `${H}/text/ru.yaml`,
      'topics: { lamp: [фонарь, лампа, свет] }',
      'topics: {}',
      'no words for npcs.keeper.topics.lamp',
    ],
    ['missing place words', `${H}/text/en.yaml`, / {2}pier: .*\n/, '', 'no words for places.pier'],
    ['a door nobody declared', `${H}/places/dock.yaml`, /doors: \{.*\n/, '', 'door "harbor:gate" is not declared'],
    [
      'a door in no exit',
      `${H}/places/pier.yaml`,
      'light: 0',
      'light: 0\ndoors: { hatch: {} }',
      'door "harbor:hatch" is in no exit',
    ],
    [
      'a door between zones',
      `${H}/places/market.yaml`,
      'north: loopworks:road',
      'north: { to: loopworks:road, door: hatch }\ndoors: { hatch: {} }',
      'no door can stand between two zones',
    ],
    [
      'a container that is none',
      `${H}/places/pier.yaml`,
      /spawn:\n.*\n.*chest \}/,
      'spawn:\n  - { thing: crate }\n  - { thing: brass-key, inside: crate }',
      '"harbor:crate" is no container',
    ],
    [
      'a container not spawned here',
      `${H}/places/dock.yaml`,
      '{ thing: oil }',
      '{ thing: oil, inside: chest }',
      '"harbor:chest" must be spawned here',
    ],
    [
      'a shop without prices',
      `${H}/items.yaml`,
      'bread: { kind: food, price: "500000" }',
      'bread: { kind: food }',
      'zones/harbor/npcs.yaml:11:1 sells "harbor:bread", which has no price',
    ],
    [
      'a script that is not there',
      `${H}/items.yaml`,
      'script: crane.onUse',
      'script: crate.onUse',
      'no script scripts/crate.js',
    ],
    [
      'a handler that is not there',
      `${H}/items.yaml`,
      'script: crane.onUse',
      'script: crane.onUsed',
      'exports no function "onUsed"',
    ],
    [
      'a script that does not parse',
      `${H}/scripts/crane.js`,
      'return [',
      'return [[',
      'zones/harbor/scripts/crane.js:4:',
    ],
    [
      'a script that imports',
      `${H}/scripts/crane.js`,
      'export',
      "import fs from 'fs'\nexport",
      'a world script imports nothing',
    ],
    ['a person nowhere', `${H}/npcs.yaml`, '  at: market\n', '', 'needs `at`, or a place that spawns it'],
    ['a person twice', `${H}/npcs.yaml`, 'rat: {', 'rat: { at: dock,', 'has `at` and is spawned in'],
    [
      'a walk out of the zone',
      `${H}/npcs.yaml`,
      'wander: [pier, dock]',
      'wander: [pier, loopworks:road]',
      'within their own zone only',
    ],
    ['a thing and a person of one name', `${H}/npcs.yaml`, 'trader:', 'crate:', 'a person is called "crate" too'],
    ['an unknown state', `${H}/items.yaml`, 'from: dark, to: lit', 'from: dark, to: bright', 'no state "bright"'],
    [
      'a state asked of another',
      `${H}/npcs.yaml`,
      'state(lamp, lit)',
      'state(lamp, hot)',
      '"harbor:lamp" has no state "hot"',
    ],
    [
      'an unknown field',
      `${H}/items.yaml`,
      'crate: { kind: thing,',
      'crate: { kind: thing, colour: red,',
      'zones/harbor/items.yaml:2:23 unknown field "colour"',
    ],
    ['a bad time', `${H}/items.yaml`, 'reset: 30s', 'reset: 30 seconds', 'a time such as 30s'],
    ['a bad id', `${H}/items.yaml`, 'crate: {', 'Crate!: {', 'zones/harbor/items.yaml:2:'],
    [
      'the same key twice',
      `${H}/items.yaml`,
      'oilskin:',
      'bread: { kind: food }\noilskin:',
      'Map keys must be unique',
    ],
    ['YAML that is none', `${H}/items.yaml`, 'oilskin: {', 'oilskin: {{', 'zones/harbor/items.yaml:'],
    ['a file named otherwise', `${H}/places/pier.yaml`, 'id: pier', 'id: peer', 'the file is called "pier"'],
    [
      'a start that is nowhere',
      'world.yaml',
      'start: harbor:dock',
      'start: harbor:deck',
      'world.yaml:5:1 no place "harbor:deck"',
    ],
    [
      'a respawn in another zone',
      'zones/loopworks/zone.yaml',
      'respawn: road',
      'respawn: harbor:dock',
      'the respawn place is in the zone itself',
    ],
    [
      'a timer that gives',
      `${H}/places/dock.yaml`,
      '  - { verb: enter',
      '  - { verb: timer, every: 2s, effects: [{ do: give, thing: oil }] }\n  - { verb: enter',
      'a timer has no actor',
    ],
    [
      'two of one name in one place',
      `${H}/text/en.yaml`,
      'lamp: { name: lamp }',
      'lamp: { name: crate }',
      '"crate" names both',
    ],
  ])('W6 %s', (_, name, from, to, expected) => {
    const { errors } = problemsWith(name as string, from as string, to as string)
    expect(errors.join('\n')).toContain(expected)
    for (const error of errors) expect(error).toMatch(/^[\w./-]+:\d+/)
  })

  it('W6 a stray brace in a line', () => {
    expect(problemsWith(`${H}/text/en.yaml`, '{Actor} lights', '{Someone} lights').errors.join()).toContain(
      '{Someone} stands in a line',
    )
    expect(problemsWith(`${H}/text/ru.yaml`, '{Actor} зажигает', '{actor_ins} зажжён').errors).toEqual([])
  })

  it('W7 all problems come at once, in order of file and line', () => {
    const { errors } = problemsWith(`${H}/places/dock.yaml`, 'east: pier', 'east: peer', {
      [`${H}/npcs.yaml`]: fileOf(`${H}/npcs.yaml`)
        .replace('thing: crate', 'thing: crown')
        .replace('greet: keeper.greet', 'greet: keeper.great'),
      'zones/loopworks/text/ru.yaml': null,
    })
    expect(errors.length).toBeGreaterThanOrEqual(4)
    const files = errors.map((error) => error.split(':')[0])
    expect(files).toEqual(files.toSorted())
  })

  it('W8 lines and words nobody uses, and things nobody meets, are warnings', () => {
    const { errors, warnings } = problemsWith(`${H}/text/en.yaml`, 'lines:', 'lines:\n  spare.line: Unused.', {
      [`${H}/text/ru.yaml`]: fileOf(`${H}/text/ru.yaml`)
        .replace('lines:', 'lines:\n  spare.line: Лишнее.')
        .replace('things:', 'things:\n  spoon: { forms: "ложк|а|и|е|у|ой|е", gender: f }'),
      [`${H}/places/dock.yaml`]: fileOf(`${H}/places/dock.yaml`).replace('  - { thing: oil }\n', ''),
    })
    expect(errors).toEqual([])
    expect(warnings.join('\n')).toMatch(/en.yaml:\d+:3 no one uses the line "spare.line"/)
    expect(warnings.join('\n')).toMatch(/ru.yaml:\d+:3 words for things.spoon/)
    expect(warnings.join('\n')).toMatch(/items.yaml:4:1 "harbor:oil" is nowhere/)
  })

  it('W8 a thing that a script names is met', () => {
    const { warnings } = problemsWith(`${H}/scripts/crane.js`, 'return [', "return [{ do: 'give', thing: 'oil' }, ", {
      [`${H}/places/dock.yaml`]: fileOf(`${H}/places/dock.yaml`).replace('  - { thing: oil }\n', ''),
    })
    expect(warnings.join('\n')).not.toContain('harbor:oil')
  })

  it('W9 an alias bomb is refused', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.replace(/./g, (c, i: number) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]\n`)}`
    expect(problemsWith(`${H}/items.yaml`, /[\s\S]*/, bomb).errors.join()).toMatch(/alias/i)
  })

  it('W9 whatever a file holds, loading ends in a world or in problems', () => {
    const names = Object.keys(FIXTURE_FILES).filter((name) => name.endsWith('.yaml'))
    const junk = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.json({ maxDepth: 3 }),
      fc.constantFrom('', '[]', 'null', '- 1', 'id: 5', '%', '&a *a', '? ? ?', 'id: {id: {id: 1}}'),
    )
    fc.assert(
      fc.property(fc.constantFrom(...names), junk, fc.boolean(), (name, text, append) => {
        const files = new Map(
          Object.entries({ ...FIXTURE_FILES, [name]: append ? `${fileOf(name)}\n${text}` : text }),
        )
        const loaded = buildWorld(files)
        if (!loaded.ok) for (const problem of loaded.problems) expect(formatProblem(problem)).toMatch(/:\d+/)
      }),
      { numRuns: 80 },
    )
  })
})

describe('reading from a folder', () => {
  const folders: string[] = []
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
  })

  async function written(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
    const root = await mkdtemp(join(tmpdir(), 'world-'))
    folders.push(root)
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true })
      await writeFile(join(root, name), text)
    }
    return root
  }

  it('W10 gives the same world as its files do, whatever else lies there', async () => {
    const loaded = await loadWorld(
      await written({
        ...FIXTURE_FILES,
        'zones/harbor/tests/walk.play': 'look',
        'notes.md': 'x',
        'zones/harbor/places/.swp': '',
      }),
    )
    expect(loaded.ok && loaded.world.digest).toBe(fixtureWorld().digest)
  })

  it('W10 names a folder that is not there, a file too large, and one that is no text', async () => {
    const nowhere = await loadWorld(join(tmpdir(), 'there-is-no-such-world'))
    expect(!nowhere.ok && nowhere.problems.map(formatProblem).join()).toContain('the folder cannot be read: ENOENT')
    const large = await loadWorld(
      await written({ ...FIXTURE_FILES, 'zones/harbor/items.yaml': `# ${'x'.repeat(WORLD_FILE_MAX_BYTES)}` }),
    )
    expect(!large.ok && large.problems.map(formatProblem).join()).toContain('zones/harbor/items.yaml:1 larger than')
    const binary = await loadWorld(
      await written({ ...FIXTURE_FILES, 'zones/harbor/text/en.yaml': new Uint8Array([0xff, 0xfe, 0x80]) }),
    )
    expect(!binary.ok && binary.problems.map(formatProblem).join()).toContain(
      'zones/harbor/text/en.yaml:1 not UTF-8 text',
    )
  })
})
