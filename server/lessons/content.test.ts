/** Every lesson of every course, tried as learners will try it: in the real engine and the real sandbox. */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { worldVoice } from '../agents/voice.ts'
import { agentInput, runCommand } from '../commands/index.ts'
import type { WorldDef } from '../engine/types.ts'
import { systemClock } from '../lib/clock.ts'
import { LOCALES } from '../protocol/ids.ts'
import { compile } from '../sandbox/compile.ts'
import { createSandbox } from '../sandbox/pool.ts'
import type { Sandbox } from '../sandbox/types.ts'
import { loadWorld } from '../world/load.ts'
import { codeFacts } from './code-check.ts'
import { report } from './judge.ts'
import { type Course, type Lesson, loadCourse, type Sources } from './load.ts'
import { createTrial } from './trial.ts'

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

async function verdicts(lesson: Lesson, sources: Sources) {
  const result = await trial(lesson, sources)
  const facts = codeFacts(sources)
  return LOCALES.map((locale) => report(lesson, facts, result, new Set(), locale, { unmet: 'unmet' }))
}

for (const course of courses) {
  describe(`course ${course.id}`, () => {
    for (const lesson of course.lessons.filter((one) => one.trial)) {
      test(`${lesson.slug}: the solution passes, and passes again in the same way`, async () => {
        const [en, ru] = await verdicts(lesson, lesson.solution)
        expect(en).toEqual({ passed: true, tasks: lesson.tasks.map(({ id }) => ({ id, passed: true })) })
        expect(ru!.passed).toBe(true)
        const runs = [await trial(lesson, lesson.solution), await trial(lesson, lesson.solution)]
        const [first, second] = runs.map((run) => JSON.stringify(run).replaceAll(/agent_\w+/g, 'agent'))
        expect(second).toBe(first)
      })

      test(`${lesson.slug}: the starter does not pass`, async () => {
        for (const verdict of await verdicts(lesson, lesson.starter)) expect(verdict.passed).toBe(false)
      })

      for (const [file, sources] of Object.entries(lesson.wrongAnswers)) {
        test(`${lesson.slug}: ${file} fails with its own message in every language`, async () => {
          const found = await verdicts(lesson, sources)
          for (const [i, locale] of LOCALES.entries()) {
            const wanted = lesson.text[locale].messages[lesson.wrong[file]!]
            expect(found[i]!.tasks.flatMap((task) => task.message ?? [])).toContain(wanted)
          }
        })
      }
    }
  })
}
