import { mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkProject } from './check.ts'
import { folder, project } from './fixtures.ts'
import { placeOnDisk, readManifest, readProject, readSources } from './project.ts'
import { scaffold, TEMPLATE_NAMES, templateOf } from './scaffold.ts'

describe('agent new', () => {
  test.each(TEMPLATE_NAMES)('%s: the project it makes has nothing to mend, types included', async (template) => {
    await using f = await folder()
    const dir = join(f.dir, 'wick')
    const files = await scaffold(dir, { name: 'wick', template: templateOf(template)! })
    expect(files).toEqual([
      '.gitignore',
      'README.md',
      'academy.d.ts',
      'agent.json',
      'main.ts',
      'tests/first.yaml',
      'tsconfig.json',
    ])
    expect(await checkProject(await readProject(dir))).toEqual({ ok: true, diagnostics: [] })
  })

  test('a folder that holds anything is refused, and stays as it is', async () => {
    await using f = await folder({ 'mine.txt': 'mine' })
    await expect(scaffold(f.dir, { name: 'wick', template: templateOf('hello')! })).rejects.toMatchObject({
      code: 'not_empty',
    })
    expect(await readdir(f.dir)).toEqual(['mine.txt'])
  })
})

describe('a project', () => {
  test('its sources are the program files alone: no hidden ones, tools, tests, declarations, nor what a link shows', async () => {
    await using elsewhere = await folder({ 'secret.ts': 'export const secret = 1' })
    await using f = await project('export {}', {
      'lib/a.ts': 'a',
      'notes.md': 'n',
      'data.json': '{}',
      'academy.d.ts': 'd',
      'tests/helper.ts': 'h',
      'node_modules/x/index.js': 'x',
      '.hidden/b.ts': 'b',
      '.academy/c.ts': 'c',
    })
    await symlink(join(elsewhere.dir, 'secret.ts'), join(f.dir, 'secret.ts'))
    await symlink(elsewhere.dir, join(f.dir, 'linked'))
    expect(Object.keys(await readSources(f.dir))).toEqual(['lib/a.ts', 'main.ts', 'notes.md'])
  })

  test('nothing is written through a link that leads out of it', async () => {
    await using elsewhere = await folder()
    await using f = await project('export {}')
    await symlink(elsewhere.dir, join(f.dir, 'lib'))
    await expect(placeOnDisk(f.dir, 'lib/a.ts')).rejects.toMatchObject({ code: 'bad_path' })
    await mkdir(join(f.dir, 'own'))
    expect(await placeOnDisk(f.dir, 'own/a.ts')).toMatch(/own.a\.ts$/)
  })

  test('what is wrong with agent.json is said in words', async () => {
    await using none = await folder()
    await expect(readManifest(none.dir)).rejects.toThrow(/agent new/)
    await using bad = await folder({ 'agent.json': '{ "name": "/", "entry": "index.ts" }' })
    await expect(readManifest(bad.dir)).rejects.toThrow(/name must begin.*\n.*entry must be main\.ts or main\.js/)
  })
})

describe('agent check', () => {
  test('types are checked against the academy module, with file, line and column', async () => {
    await using f = await project(
      `import { me } from 'academy'
import { add } from './lib/add.ts'
export default async function main() {
  const here = await me.look()
  await me.go(here.exits.length)
  me.memory.sum = add('1', 2)
  setTimeout(() => {}, 1)
}
`,
      { 'lib/add.ts': 'export const add = (a: number, b: number): number => a + b\n' },
    )
    const { ok, diagnostics } = await checkProject(await readProject(f.dir))
    expect(ok).toBe(false)
    expect(diagnostics.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`)).toEqual([
      'main.ts:5:15 ts2345',
      'main.ts:6:23 ts2345',
      'main.ts:7:3 ts2304',
    ])
  })

  test('a line that does not even compile is told once, in the words of the compiler', async () => {
    await using f = await project(`import fs from 'fs'\nexport default async function main() {\n`)
    const { diagnostics } = await checkProject(await readProject(f.dir))
    expect(diagnostics.filter(({ line }) => line === 3)).toHaveLength(1)
    await using imports = await project(`import fs from 'fs'\nexport default async function main() { fs }\n`)
    const found = (await checkProject(await readProject(imports.dir))).diagnostics
    expect(found.map(({ code }) => code)).toEqual(['import_not_allowed'])
  })

  test('declarations of another version are pointed out, and are no error', async () => {
    await using f = await project('export default async function main() {}', {
      'academy.d.ts': 'declare const old: 1',
    })
    expect(await checkProject(await readProject(f.dir))).toMatchObject({
      ok: true,
      diagnostics: [{ file: 'academy.d.ts', severity: 'hint', code: 'old_types' }],
    })
    expect(await readFile(join(f.dir, 'academy.d.ts'), 'utf8')).toBe('declare const old: 1')
  })
})
