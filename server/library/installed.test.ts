import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProjectId } from '../protocol/ids.ts'
import { FIXTURE_FILES } from '../testing/world.ts'
import { ann, BELL, bell, code, createLibraryLab, type LibraryNode, paths, value } from './fixtures.ts'
import { LOCK_FILE } from './project-items.ts'
import { openWorldItems } from './world-items.ts'

let lab: Awaited<ReturnType<typeof createLibraryLab>>
let maker: LibraryNode
let keeper: LibraryNode
beforeAll(async () => {
  lab = await createLibraryLab()
  maker = await lab.node({ id: 'maker' })
  keeper = await lab.node({ id: 'keeper', world: { ...FIXTURE_FILES } })
  value(await maker.library.publish(ann, bell('1.0.0')))
  value(
    await maker.library.publish(
      ann,
      bell('1.1.0', { ...BELL, 'text/en.yaml': BELL['text/en.yaml']!.replace('A bell.', 'A big bell.') }),
    ),
  )
}, 60_000)
afterAll(() => lab[Symbol.asyncDispose]())

const here = { zone: 'harbor', place: 'pier' }
const look = (node: LibraryNode) => node.seen.world?.text.get('harbor:bell.look')?.en
/** The world as it would be after a restart. */
const restarted = async (node: LibraryNode) => {
  const { createWorldItemStore } = await import('../storage/library.ts')
  const items = await openWorldItems({
    store: createWorldItemStore(node.database),
    ownFiles: async () => ({ files: new Map(Object.entries(node.world)), problems: [] }),
    clock: lab.clock,
    log: { warn() {} },
  })
  const built = await items.build()
  return { items, built, world: built.ok ? built.world : undefined }
}

describe('an item in a world', () => {
  test('L20 is swapped in whole, and is there after a restart', async () => {
    const installed = value(await keeper.library.world.install(ann, { name: 'bell', version: '1.0.0' }, here))
    expect(installed).toMatchObject({
      name: 'bell',
      version: '1.0.0',
      zone: 'harbor',
      place: 'pier',
      owner: maker.owner,
    })
    expect(look(keeper)).toBe('A bell.')
    expect(keeper.seen.world!.places.get('harbor:pier')!.spawn.map(({ thing }) => thing)).toContain('harbor:bell')
    expect(keeper.seen.world!.zones.get('harbor')!.scripts.get('bell')).toBe(BELL['scripts/bell.js'])
    expect((await restarted(keeper)).world!.digest).toBe(keeper.seen.world!.digest)
  })

  test('L21 another version takes its place; one of another owner does not', async () => {
    value(await keeper.library.world.install(ann, { name: 'bell' }, { zone: 'harbor' }))
    expect(look(keeper)).toBe('A big bell.')
    expect(keeper.library.world.list()).toMatchObject([{ name: 'bell', version: '1.1.0', place: 'pier' }])
    const thief = await lab.node({ id: 'thief', isNetworked: true })
    value(await thief.library.publish(ann, bell('9.0.0')))
    const refused = await keeper.library.world.install(ann, { name: 'bell', owner: thief.owner.slice(0, 12) }, here)
    expect(code(refused)).toBe('item_other_owner')
    thief.wire.leave()
  })

  test.each([
    [
      'a place that is none',
      { name: 'bell' },
      { zone: 'harbor', place: 'moon' },
      'item_clash',
      /at\.yaml:1:1 no place "moon"/,
    ],
    ['a zone that is none', { name: 'bell' }, { zone: 'moon' }, 'no_such_zone', /moon/],
    ['a module', { name: 'paths' }, here, 'item_kind', /module/],
    [
      'what the zone has already',
      { name: 'crate' },
      here,
      'item_clash',
      /lib\/crate\/items\.yaml:1:1 "crate" stands in zones\/harbor\/items\.yaml/,
    ],
  ] as const)('L20 %s changes nothing and is refused with the reason', async (_, ref, where, refusal, why) => {
    if (ref.name === 'paths')
      value(await maker.library.publish(ann, paths('1.0.0', { 'a.ts': 'export const a = 1\n' })))
    if (ref.name === 'crate')
      value(
        await maker.library.publish(ann, {
          ...bell('1.0.0', {
            'items.yaml': 'crate:\n  kind: thing\n  look: crate.lib-look\n',
            'text/en.yaml': 'things: { crate: { name: crate } }\nlines: { crate.lib-look: A crate. }\n',
            'text/ru.yaml':
              'things: { crate: { forms: "ящик||а|у||ом|е", gender: m } }\nlines: { crate.lib-look: Ящик. }\n',
          }),
          name: 'crate',
        }),
      )
    const before = [keeper.seen.world!.digest, keeper.library.world.list()]
    const refused = await keeper.library.world.install(ann, ref, where)
    expect(code(refused)).toBe(refusal)
    expect(JSON.stringify(refused)).toMatch(new RegExp(why.source.replaceAll('"', '\\\\"')))
    expect([keeper.seen.world!.digest, keeper.library.world.list()]).toEqual(before)
    expect((await restarted(keeper)).world!.digest).toBe(before[0])
  })

  test('L20 a world that cannot be swapped in leaves everything as it was', async () => {
    const before = keeper.library.world.list()
    keeper.worldItems.onReload(() => Promise.reject(new Error('the disk is full')))
    expect(code(await keeper.library.world.remove('harbor', 'bell'))).toBe('item_clash')
    expect(code(await keeper.library.world.install(ann, { name: 'bell', version: '1.0.0' }, here))).toBe('item_clash')
    keeper.worldItems.onReload(async (next) => void (keeper.seen.world = next))
    expect(keeper.library.world.list()).toEqual(before)
    expect((await restarted(keeper)).items.list()).toEqual(before)
  })

  test('L22 when the world’s own files change so that it no longer fits, the world goes on without it and says why', async () => {
    const items = 'zones/harbor/items.yaml'
    const own = keeper.world[items]!
    keeper.world[items] = `${own}bell: { kind: thing, look: crate.look }\n`
    const texts = ['en', 'ru'].map((locale) => `zones/harbor/text/${locale}.yaml`)
    const before = texts.map((file) => keeper.world[file]!)
    keeper.world[texts[0]!] = before[0]!.replace(/^things:\n/m, 'things:\n  bell: { name: school bell }\n')
    keeper.world[texts[1]!] = before[1]!.replace(
      /^things:\n/m,
      'things:\n  bell: { forms: "звон|ок|ка|ку|ок|ком|ке", gender: m }\n',
    )
    const { built, items: after } = await restarted(keeper)
    expect(built.ok && built.world.things.get('harbor:bell')!.kind).toBe('thing')
    expect(after.list()[0]!.problems!.join('\n')).toMatch(/lib\/bell\/items\.yaml:1:1 "bell" stands in/)
    keeper.world[items] = own
    texts.forEach((file, i) => {
      keeper.world[file] = before[i]!
    })
    const mended = await keeper.worldItems.readAgain()
    expect(mended.ok).toBe(true)
    expect(keeper.library.world.list()[0]!.problems).toBeUndefined()
  })

  test('L23 removed, it is gone and nothing else is', async () => {
    value(await keeper.library.world.remove('harbor', 'bell'))
    expect(keeper.seen.world!.things.has('harbor:bell')).toBe(false)
    expect(keeper.seen.world!.things.has('harbor:crate')).toBe(true)
    expect(code(await keeper.library.world.remove('harbor', 'bell'))).toBe('item_not_installed')
  })
})

describe('a module in a project', () => {
  const sources = async (id: ProjectId) => value(await keeper.projects.sources(ann.id as never, id))
  let project: ProjectId
  beforeAll(async () => {
    project = value(await keeper.projects.create(ann.id as never, { name: 'walker', template: 'empty' })).id
    value(
      await maker.library.publish(
        ann,
        paths('2.0.0', { 'index.ts': "export * from './far.ts'\n", 'far.ts': 'export const far = 2\n' }),
      ),
    )
    value(await maker.library.publish(ann, paths('2.1.0', { 'index.ts': 'export const far = 3\n' })))
  })

  test('L30 its files and the lock are written together, and the program that imports it compiles', async () => {
    const lock = value(
      await keeper.library.projects.install(ann.id as never, { name: 'paths', version: '2.0.0' }, project),
    )
    expect(lock).toEqual({
      paths: {
        version: '2.0.0',
        cid: expect.stringMatching(/^bafy/),
        owner: maker.owner,
        files: ['lib/paths/far.ts', 'lib/paths/index.ts'],
      },
    })
    value(
      await keeper.projects.write(
        ann.id as never,
        project,
        'main.ts',
        "import { far } from './lib/paths/index.ts'\nexport default async function main() { console.log(far) }\n",
      ),
    )
    expect(value(await keeper.projects.check(ann.id as never, project))).toEqual([])
    expect(value(await keeper.library.projects.list(ann.id as never, project))).toEqual(lock)
  })

  test('L31 another version takes away what it no longer has', async () => {
    value(await keeper.library.projects.install(ann.id as never, { name: 'paths' }, project))
    const files = await sources(project)
    expect(Object.keys(files).sort()).toEqual(['lib/paths/index.ts', LOCK_FILE, 'main.ts'])
    expect(files['lib/paths/index.ts']).toBe('export const far = 3\n')
    expect(JSON.parse(files[LOCK_FILE]!).items.paths.version).toBe('2.1.0')
  })

  test('L24 a newer version that was withdrawn is not undone unawares: an older one is named whole', async () => {
    value(await maker.library.yank(ann, 'paths', '2.1.0', true, 'Too far.'))
    const before = await sources(project)
    expect(await keeper.library.projects.install(ann.id as never, { name: 'paths' }, project)).toMatchObject({
      refusal: { code: 'item_older', params: { name: 'paths', version: '2.0.0', installed: '2.1.0' } },
    })
    const beginning = { name: 'paths', version: '2.0' }
    expect(code(await keeper.library.projects.install(ann.id as never, beginning, project))).toBe('item_older')
    expect(await sources(project)).toEqual(before)
    value(await maker.library.yank(ann, 'paths', '2.1.0', false, ''))
  })

  test('L31 what the author has there is in the way and stays; over the limits nothing is written', async () => {
    value(await keeper.projects.write(ann.id as never, project, 'lib/paths/mine.ts', 'export const mine = 1\n'))
    const before = await sources(project)
    const refused = await keeper.library.projects.install(
      ann.id as never,
      { name: 'paths', version: '2.0.0' },
      project,
    )
    expect(refused).toMatchObject({ refusal: { code: 'item_clash', params: { problems: 'lib/paths/mine.ts' } } })
    expect(code(await keeper.library.projects.install('player_bob' as never, { name: 'paths' }, project))).toBe(
      'no_such_project',
    )
    expect(code(await keeper.library.projects.install(ann.id as never, { name: 'bell' }, project))).toBe('item_kind')
    expect(await sources(project)).toEqual(before)
    value(await keeper.projects.remove(ann.id as never, project, 'lib/paths/mine.ts'))
    value(await keeper.projects.write(ann.id as never, project, 'big.ts', `// ${'x'.repeat(256 * 1024 - 1000)}`))
    expect(
      code(await keeper.library.projects.install(ann.id as never, { name: 'paths', version: '2.0.0' }, project)),
    ).toBe('ok')
  })

  test('L30 removed, its files and its line in the lock are gone', async () => {
    value(await keeper.library.projects.remove(ann.id as never, 'paths', project))
    expect(Object.keys(await sources(project)).sort()).toEqual(['big.ts', 'main.ts'])
    expect(code(await keeper.library.projects.remove(ann.id as never, 'paths', project))).toBe('item_not_installed')
    expect(code(await keeper.library.projects.remove(ann.id as never, '__proto__', project))).toBe(
      'item_not_installed',
    )
  })
})
