/** Every lesson of every course, tried as learners will try it: in the real engine and the real sandbox. */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Literal, parse, type TemplateElement } from 'acorn'
import { full } from 'acorn-walk'
import { transformSync } from 'amaro'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { worldVoice } from '../agents/voice.ts'
import { agentInput, runCommand } from '../commands/index.ts'
import type { WorldDef } from '../engine/types.ts'
import { systemClock } from '../lib/clock.ts'
import { LOCALES, type Locale } from '../protocol/ids.ts'
import { compile } from '../sandbox/compile.ts'
import { createSandbox } from '../sandbox/pool.ts'
import type { Sandbox } from '../sandbox/types.ts'
import { loadWorld } from '../world/load.ts'
import { codeFacts } from './code-check.ts'
import { report } from './judge.ts'
import { type Course, type Lesson, loadCourse, type Sources } from './load.ts'
import { createTrial, trialLocales } from './trial.ts'

const root = resolve(import.meta.dirname, '../..')
const log = { info: () => {}, warn: () => {} }

const courses: Course[] = []
for (const name of readdirSync(join(root, 'content'))) {
  const loaded = await loadCourse(join(root, 'content', name))
  if (!loaded.ok) throw new Error(loaded.problems.map((p) => `${p.file}:${p.line} ${p.message}`).join('\n'))
  courses.push(loaded.course)
}

let world: WorldDef
let sandbox: Sandbox
beforeAll(async () => {
  const loaded = await loadWorld(join(root, 'worlds/academy'))
  if (!loaded.ok) throw new Error(loaded.problems.map((p) => `${p.file}:${p.line} ${p.message}`).join('\n'))
  world = loaded.world
  sandbox = createSandbox({ log, clock: systemClock })
})
afterAll(() => sandbox[Symbol.asyncDispose]())

const trial = createTrial(() => ({
  world,
  run: runCommand,
  sandbox,
  compile,
  voice: worldVoice,
  commandInput: agentInput,
  log,
}))

async function verdict(lesson: Lesson, sources: Sources, spoken: Locale, read: Locale) {
  const result = await trial(lesson, sources, spoken)
  return report(lesson, codeFacts(sources), result, new Set(), read, { unmet: 'unmet' })
}

/** What a person reads of a program: its comments, and texts in it that are more than a word the API or the world knows. */
function sentencesOf(sources: Sources): string[] {
  const found: string[] = []
  for (const text of Object.values(sources)) {
    const { code } = transformSync(text, { mode: 'strip-only' })
    const onComment = (_: boolean, comment: string) => void found.push(comment)
    const tree = parse(code, { ecmaVersion: 'latest', sourceType: 'module', onComment })
    full(tree, (node) => {
      if (node.type === 'Literal') found.push(String((node as Literal).value))
      if (node.type === 'TemplateElement') found.push((node as TemplateElement).value.raw)
    })
  }
  return found
}
const isEnglish = (text: string): boolean => /[a-z]+[.,!:]? [a-z]+|[a-z]{2}[.!:]/i.test(text)

for (const course of courses) {
  describe(`course ${course.id}`, () => {
    for (const lesson of course.lessons.filter((one) => one.trial)) {
      for (const locale of LOCALES) {
        const { starter, solution, wrongAnswers } = lesson.code[locale]
        test(`${lesson.slug} (${locale}): the solution passes, and passes again in the same way`, async () => {
          for (const read of LOCALES)
            expect(await verdict(lesson, solution, locale, read)).toEqual({
              passed: true,
              tasks: lesson.tasks.map(({ id }) => ({ id, passed: true })),
            })
          const runs = [await trial(lesson, solution, locale), await trial(lesson, solution, locale)]
          const [first, second] = runs.map((run) => JSON.stringify(run).replaceAll(/agent_\w+/g, 'agent'))
          expect(second).toBe(first)
        })

        test(`${lesson.slug} (${locale}): the starter does not pass`, async () => {
          expect((await verdict(lesson, starter, locale, locale)).passed).toBe(false)
        })

        for (const [file, sources] of Object.entries(wrongAnswers)) {
          test(`${lesson.slug} (${locale}): ${file} fails with its own message`, async () => {
            const found = await verdict(lesson, sources, locale, locale)
            const wanted = lesson.text[locale].messages[lesson.wrong[file]!]
            expect(found.tasks.flatMap((task) => task.message ?? [])).toContain(wanted)
          })
        }
      }

      test(`${lesson.slug}: an answer in either language passes for a reader of the other`, async () => {
        for (const [read, written] of [LOCALES, [...LOCALES].reverse()] as const) {
          const tried = trialLocales(lesson, read!).map((spoken) =>
            verdict(lesson, lesson.code[written!].solution, spoken, read!),
          )
          expect((await Promise.all(tried)).some(({ passed }) => passed)).toBe(true)
        }
      })

      test(`${lesson.slug}: nobody reads English in the code of a lesson in Russian`, () => {
        const { starter, solution, wrongAnswers, visitor } = lesson.code.ru
        const written = [starter, solution, ...Object.values(wrongAnswers)].flatMap(sentencesOf)
        const said =
          visitor?.acts.filter(({ command }) => command === 'say').map(({ input }) => String(input.text)) ?? []
        expect([...written, ...said].filter(isEnglish)).toEqual([])
      })
    }
  })
}
