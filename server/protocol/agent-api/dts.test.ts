import ts from 'typescript-browser'
import { describe, expect, test } from 'vitest'
import { AGENT_ACTIONS, AGENT_EVENTS } from '../agent-io.ts'
import { LOCALES } from '../ids.ts'
import { CATALOGUE } from '../text/index.ts'
import { API_ACTIONS, API_EVENTS } from './definition.ts'
import { academyDts, priceList } from './dts.ts'

/** What the editor would say of a program, with nothing but the language itself around it. */
function problems(program: string, dts: string): readonly string[] {
  const files = new Map([
    ['/main.ts', program],
    ['/academy.d.ts', dts],
  ])
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts'],
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  host.getSourceFile = (name, languageVersion, ...rest) =>
    files.has(name)
      ? ts.createSourceFile(name, files.get(name)!, languageVersion)
      : getSourceFile(name, languageVersion, ...rest)
  host.fileExists = (name) => files.has(name) || fileExists(name)
  host.readFile = (name) => files.get(name) ?? readFile(name)
  const made = ts.createProgram([...files.keys()], options, host)
  return ts.getPreEmitDiagnostics(made).map((d) => ts.flattenDiagnosticMessageText(d.messageText, ' '))
}

describe('D1 the declarations of the academy module', () => {
  test('D1 name every action and event there is, and no other', () => {
    expect(API_ACTIONS.map(({ name }) => name)).toEqual([...AGENT_ACTIONS])
    expect(API_EVENTS.map(({ name }) => name)).toEqual([...AGENT_EVENTS])
  })

  test.for(LOCALES)('D1 accept the program of the surface, in %s', (locale) => {
    const program = `import { me, on, now, random, Refusal } from 'academy'
export default async function main() {
  await me.say('hello')
  const here = await me.look()
  await me.go(here.exits[0]!.direction)
  me.memory.visited = [...(me.memory.visited ?? []), here.place]
  for (const item of here.items) await me.take(item)
  await me.use('oil', 'lamp')
  const n: number = random(6) + now() + me.fuel
  try { await me.go('north') } catch (e) { if (e instanceof Refusal) console.log(e.code, n) }
}
const stop = on('hear', async ({ from, text }) => { if (text === 'ping') await me.tell(from, 'pong') })
on('tide', ({ tick }) => { if (tick > 100) stop() })`
    expect(problems(program, academyDts(locale))).toEqual([])
  })

  test('D1 point out what is wrong', () => {
    const said = problems(
      "import { me, on } from 'academy'\nme.fly()\nme.wait('x')\non('sneeze', () => {})\nsetTimeout(() => {}, 1)",
      academyDts('en'),
    )
    expect(said).toHaveLength(4)
  })

  test.for(LOCALES)('D2 have words for everything, in %s', (locale) => {
    expect(academyDts(locale)).not.toMatch(/agents\.api\./)
    expect(priceList(locale).map(({ action }) => action)).toEqual([...AGENT_ACTIONS])
    for (const { action, text } of priceList(locale)) expect(academyDts(locale), action).toContain(`(${text})`)
    for (const { text } of priceList(locale)) expect(text).not.toMatch(/[{}]|agents\./)
    expect(
      Object.keys(CATALOGUE[locale])
        .filter((key) => key.startsWith('agents.'))
        .sort(),
    ).toEqual(
      Object.keys(CATALOGUE.en)
        .filter((key) => key.startsWith('agents.'))
        .sort(),
    )
  })
})
