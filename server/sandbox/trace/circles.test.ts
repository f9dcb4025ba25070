import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unwound } from './circles.ts'

/** `from './b'` as a traced module says it. */
const marked = (text: string) => text.replaceAll(/'\.\/(\w+)'/g, "/*$$$$import:$1.js*/'./$1.js'")
const modules = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path, marked(text)]))

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'academy-circles-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** As the engine links circles by itself. */
async function asTheyAre(files: Readonly<Record<string, string>>, name: string): Promise<unknown> {
  for (const [path, text] of Object.entries(files)) await writeFile(join(dir, `${name}-${path}`), renamed(text, name))
  const { default: main } = await import(pathToFileURL(join(dir, `${name}-main.js`)).href)
  return main()
}
const renamed = (text: string, name: string) => text.replaceAll(/'\.\/(\w+)'/g, `'./${name}-$1.js'`)

/** As the replay's worker does it: an address for each module once those it imports have one. */
async function inOrder(given: Readonly<Record<string, string>>): Promise<unknown> {
  ;(globalThis as Record<string, unknown>).$$circles = { __proto__: null }
  const urls = new Map<string, string>()
  const open = new Set<string>()
  const urlOf = (path: string): string => {
    if (open.has(path)) throw new Error(`a circle at ${path}`)
    open.add(path)
    const text = given[path]!.replaceAll(/\/\*\$\$import:([^*]*)\*\/(?:'[^']*'|"[^"]*")/g, (_all, target: string) =>
      JSON.stringify(urls.get(target) ?? urlOf(target)),
    )
    open.delete(path)
    urls.set(path, `data:text/javascript,${encodeURIComponent(text)}#${encodeURIComponent(path)}`)
    return urls.get(path)!
  }
  const { default: main } = await import(urlOf('main.js'))
  return main()
}

const CIRCLES = {
  'functions and constants': {
    'main.js':
      "import { even } from './b'\nexport const LIMIT = 10\nexport function odd(n) { return n === 0 ? false : even(n - 1) }\nexport default () => [odd(7), even(7), LIMIT]",
    'b.js':
      "import { odd, LIMIT } from './main'\nexport const even = (n) => n === 0 ? true : odd(n - 1)\nexport const half = () => LIMIT / 2",
  },
  'three in a ring, classes, other names, all at once': {
    'main.js':
      "import { make } from './b'\nclass Lamp { lit() { return make.name } }\nexport { Lamp as Light }\nexport default function main() { return make(3).lit() }",
    'b.js': "import * as c from './c'\nexport function make(n) { return c.again(n) }",
    'c.js':
      "import { Light } from './main'\nimport { make } from './b'\nexport const again = (n) => n > 0 ? make(n - 1) : new Light()",
  },
  'a function called while modules are read': {
    'main.js': "import { early } from './b'\nexport function name() { return 'main' }\nexport default () => early",
    'b.js': "import { other } from './c'\nexport const early = other()\nexport function word() { return 'b' }",
    'c.js': "import { word } from './b'\nexport const other = () => typeof word",
  },
}

describe('S37 modules in a circle', () => {
  test.each(Object.entries(CIRCLES))('S37 replay as they run: %s', async (name, files) => {
    const expected = await asTheyAre(files, name.replaceAll(/\W/g, ''))
    const given = unwound(modules(files), 'main.js')
    expect(Object.keys(given).some((path) => path.endsWith('~'))).toBe(true)
    expect(await inOrder(given)).toEqual(expected)
    for (const [path, text] of Object.entries(modules(files))) {
      const lines = given[path]!.replaceAll('~*/', '*/').split('\n')
      const own = text.split('\n')
      expect(lines.slice(1, own.length)).toEqual(own.slice(1))
    }
  })

  test('S37 what is changed after it was exported, or only passed on, is left as it is', () => {
    const left = [
      {
        'main.js': "import { f } from './b'\nexport let n = 0\nexport default () => { n++; return f() }",
        'b.js': "import { n } from './main'\nexport const f = () => n",
      },
      {
        'main.js': "import { f } from './b'\nexport default () => f()",
        'b.js': "import main from './main'\nexport const f = () => main",
      },
    ]
    for (const files of left) expect(unwound(modules(files), 'main.js')).toEqual(modules(files))
    const straight = modules({
      'main.js': "import { f } from './b'\nexport default () => f()",
      'b.js': 'export const f = () => 1',
    })
    expect(unwound(straight, 'main.js')).toBe(straight)
  })
})
