import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { folder } from './fixtures.ts'
import { readSources } from './project.ts'
import { createSync, type Side } from './sync.ts'

function nodeSide(files: Map<string, string>, limit = Number.POSITIVE_INFINITY): Side & { writes: number } {
  const side = {
    writes: 0,
    read: async () => Object.fromEntries(files),
    async write(path: string, text: string) {
      if (text.length > limit) return 'too big'
      side.writes++
      files.set(path, text)
      return undefined
    },
    async remove(path: string) {
      files.delete(path)
      return undefined
    },
  }
  return side
}

async function bench(onDisk: Record<string, string>, onNode: Record<string, string> = {}, limit?: number) {
  const f = await folder(onDisk)
  const files = new Map(Object.entries(onNode))
  const node = nodeSide(files, limit)
  const changes: string[][] = []
  const complaints: string[] = []
  const sync = createSync({
    dir: f.dir,
    node,
    changed: (paths) => changes.push([...paths]),
    complain: (sentence) => complaints.push(sentence),
  })
  return { ...f, f, files, node, sync, changes, complaints }
}

describe('a folder and a project on a node', () => {
  test('at the start the folder wins', async () => {
    const b = await bench({ 'main.ts': 'disk' }, { 'main.ts': 'node', 'old.ts': 'old' })
    await using _ = b.f
    await b.sync.fromDisk()
    expect(Object.fromEntries(b.files)).toEqual({ 'main.ts': 'disk' })
  })

  test('a change on one side comes to the other and does not come back as an echo; deletes too', async () => {
    const b = await bench({ 'main.ts': '1', 'lib/a.ts': 'a' })
    await using _ = b.f
    await b.sync.fromDisk()
    await b.node.write('lib/deep/b.ts', 'b')
    await b.sync.toDisk('lib/deep/b.ts')
    expect(await readFile(join(b.dir, 'lib/deep/b.ts'), 'utf8')).toBe('b')
    b.changes.length = 0
    b.node.writes = 0
    expect(await b.sync.fromDisk()).toEqual([])
    await b.put('main.ts', '2')
    await rm(join(b.dir, 'lib/a.ts'))
    expect((await b.sync.fromDisk()).toSorted()).toEqual(['lib/a.ts', 'main.ts'])
    expect(b).toMatchObject({ node: { writes: 1 }, changes: [['main.ts', 'lib/a.ts']] })
    await b.node.remove('lib/deep/b.ts')
    await b.sync.toDisk('lib/deep/b.ts')
    expect(Object.keys(await readSources(b.dir))).toEqual(['main.ts'])
  })

  test('what the node refuses is said once, and taken when it is mended', async () => {
    const b = await bench({ 'main.ts': 'far too long' }, {}, 5)
    await using _ = b.f
    await b.sync.fromDisk()
    await b.sync.fromDisk()
    expect(b.complaints).toEqual(['main.ts: too big'])
    await b.put('main.ts', 'short')
    expect(await b.sync.fromDisk()).toEqual(['main.ts'])
  })

  test('a path of the node that would lead out of the folder is never written', async () => {
    const b = await bench({ 'main.ts': '1' })
    await using _ = b.f
    await b.sync.fromDisk()
    for (const path of ['../out.ts', '/tmp/out.ts', '.git/hooks/x.ts', 'agent.json', 'tests/a.ts']) {
      await b.node.write(path, 'x')
      await b.sync.toDisk(path)
      await expect(readFile(join(b.dir, path), 'utf8')).rejects.toThrow()
    }
  })

  test('what one side has when both have changed a file is kept beside it and told of, whichever is heard of first, deletes too', async () => {
    const kept = (b: { dir: string }, name: string) => readFile(join(b.dir, name), 'utf8')
    const both = async (page: string | undefined, disk: string | undefined, first: 'page' | 'disk') => {
      const b = await bench({ 'main.ts': 'before' })
      await b.sync.fromDisk()
      await (page === undefined ? b.node.remove('main.ts') : b.node.write('main.ts', page))
      await (disk === undefined ? rm(join(b.dir, 'main.ts')) : b.put('main.ts', disk))
      if (first === 'page') await b.sync.toDisk('main.ts')
      await b.sync.fromDisk()
      await b.sync.toDisk('main.ts')
      return b
    }
    const pageWins = await both('page', 'disk', 'page')
    await using _1 = pageWins.f
    expect(await kept(pageWins, 'main.ts')).toBe('page')
    expect(await kept(pageWins, 'main.ts.conflict')).toBe('disk')
    expect(pageWins.complaints).toEqual([expect.stringMatching(/^main\.ts: changed .* in main\.ts\.conflict;/)])
    const diskWins = await both('page', 'disk', 'disk')
    await using _2 = diskWins.f
    expect([await kept(diskWins, 'main.ts'), diskWins.files.get('main.ts')]).toEqual(['disk', 'disk'])
    expect(await kept(diskWins, 'main.ts.conflict')).toBe('page')
    const deletedOnDisk = await both('page', undefined, 'disk')
    await using _3 = deletedOnDisk.f
    expect(await kept(deletedOnDisk, 'main.ts.conflict')).toBe('page')
    const deletedInPage = await both(undefined, 'disk', 'page')
    await using _4 = deletedInPage.f
    expect(await kept(deletedInPage, 'main.ts.conflict')).toBe('disk')
    const alike = await both('same', 'same', 'disk')
    await using _5 = alike.f
    expect(alike.complaints).toEqual([])
  })

  test('a copy that is kept is never written over', async () => {
    const b = await bench({ 'main.ts': '0' })
    await using _ = b.f
    await b.sync.fromDisk()
    for (const round of [1, 2]) {
      await b.node.write('main.ts', `page ${round}`)
      await b.put('main.ts', `disk ${round}`)
      await b.sync.fromDisk()
    }
    const names = ['main.ts', 'main.ts.conflict', 'main.ts.conflict-2']
    const texts = await Promise.all(names.map((name) => readFile(join(b.dir, name), 'utf8')))
    expect(texts).toEqual(['disk 2', 'page 1', 'page 2'])
    expect(Object.keys(await readSources(b.dir))).toEqual(['main.ts'])
  })

  test('whatever is changed on either side, in whatever order they are heard of, both are the same in the end', async () => {
    const path = fc.constantFrom('main.ts', 'a.ts', 'lib/b.ts', 'lib/c/d.md')
    const step = fc.oneof(
      fc.record({ on: fc.constant('disk' as const), path, text: fc.option(fc.string({ maxLength: 3 })) }),
      fc.record({ on: fc.constant('node' as const), path, text: fc.option(fc.string({ maxLength: 3 })) }),
      fc.record({ on: fc.constant('heard' as const) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const b = await bench({ 'main.ts': '1' })
        await using _ = b.f
        await b.sync.fromDisk()
        for (const one of steps) {
          if (one.on === 'heard') void b.sync.fromDisk()
          else if (one.on === 'disk') {
            const file = join(b.dir, one.path)
            await mkdir(dirname(file), { recursive: true })
            await (one.text === null ? rm(file, { force: true }) : writeFile(file, one.text))
          } else {
            await (one.text === null ? b.node.remove(one.path) : b.node.write(one.path, one.text))
            void b.sync.toDisk(one.path)
          }
        }
        await b.sync.settled()
        await b.sync.fromDisk()
        expect(await readSources(b.dir)).toEqual(Object.fromEntries(b.files))
        expect(b.complaints.filter((said) => !said.includes('.conflict'))).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})
