import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadCourse } from './load.ts'

const HEAD = '---\ntitle: T\ntasks: { 1: Do it. }\nhints: [a, b, c]\nmessages: { m: Not so. }\n---\nBody.\n'
const LESSON = `slug: one
minutes: 3
teaches: [call]
trial: { place: "z:p" }
tasks:
  - { id: 1, check: { kind: event, match: { type: said } } }
mistakes: [{ message: m, notCalls: [me.say] }]
wrong: { a.ts: m, b.ts: m }
rewards: { creditsMicro: "1" }
`
const GOOD: Record<string, string> = {
  'course.yaml': 'id: c\nworld: w\ntitle: { en: C, ru: К }\nlessons: [01-one]\n',
  'lessons/01-one/lesson.yaml': LESSON,
  'lessons/01-one/text/en.md': HEAD,
  'lessons/01-one/text/ru.md': HEAD,
  'lessons/01-one/starter/main.ts': 'x',
  'lessons/01-one/solution/main.ts': 'x',
  'lessons/01-one/wrong/a.ts': 'x',
  'lessons/01-one/wrong/b.ts': 'x',
}

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'academy-course-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function write(files: Record<string, string | undefined>): void {
  for (const [path, text] of Object.entries({ ...GOOD, ...files })) {
    if (text === undefined) continue
    mkdirSync(join(dir, dirname(path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
}

describe('a course', () => {
  test('loads whole when nothing is wrong', async () => {
    write({})
    expect(await loadCourse(dir)).toMatchObject({
      ok: true,
      course: { lessons: [{ id: 'c/01-one', order: 1, text: { ru: { body: 'Body.' } } }] },
    })
  })

  test('its code is in the words of each language, and translates only what it says', async () => {
    const translated = (from: string) =>
      HEAD.replace('---\nBody', `code: { ${JSON.stringify(from)}: Привет. }\n---\nBody`)
    const files = {
      'lessons/01-one/starter/main.ts': "me.say('Hello. And x.')",
      'lessons/01-one/wrong/a.ts': '// Hello.',
    }
    write({ ...files, 'lessons/01-one/text/ru.md': translated('Hello.') })
    const loaded = await loadCourse(dir)
    expect(loaded.ok && loaded.course.lessons[0]!.code).toMatchObject({
      en: { starter: { 'main.ts': "me.say('Hello. And x.')" } },
      ru: {
        starter: { 'main.ts': "me.say('Привет. And x.')" },
        wrongAnswers: { 'a.ts': { 'main.ts': '// Привет.' } },
      },
    })
    write({ ...files, 'lessons/01-one/text/ru.md': translated('Good-bye.') })
    expect(await loadCourse(dir)).toMatchObject({
      ok: false,
      problems: [{ message: `code: translates "Good-bye.", which the lesson's code does not say` }],
    })
  })

  test('with problems is not used at all, and each is named with file and line', async () => {
    write({
      'lessons/01-one/lesson.yaml': LESSON.replace('minutes: 3', 'minutes: soon').replace('b.ts: m', 'gone.ts: m'),
      'lessons/01-one/text/ru.md': HEAD.replace('hints: [a, b, c]', 'hints: [a]'),
      'lessons/01-one/solution/main.ts': undefined,
    })
    const result = await loadCourse(dir)
    expect(result.ok).toBe(false)
    const problems = result.ok ? [] : result.problems.map((p) => `${p.file}:${p.line} ${p.message}`)
    expect(problems.join('\n')).toMatch(/lesson\.yaml:2 minutes/)
    expect(problems.join('\n')).toMatch(/ru\.md:4 hints: needs three hints/)
  })

  test('answers, messages and words must fit each other', async () => {
    write({
      'lessons/01-one/lesson.yaml': LESSON.replace('b.ts: m', 'gone.ts: other'),
      'lessons/01-one/solution/main.ts': undefined,
    })
    const result = await loadCourse(dir)
    const problems = result.ok ? [] : result.problems.map((p) => p.message)
    expect(problems).toEqual(
      expect.arrayContaining([
        'has no message "other"',
        'has no main.ts',
        'wrong: says no message for wrong/b.ts',
        'wrong: names gone.ts, which is not there',
      ]),
    )
  })

  test('broken YAML and a missing file are named with their line', async () => {
    write({ 'course.yaml': 'id: c\nlessons: [\n', 'lessons/01-one/text/en.md': undefined })
    const result = await loadCourse(dir)
    expect(result.ok ? [] : result.problems[0]).toMatchObject({ file: 'course.yaml' })
  })

  test('a file that unfolds without end is refused', async () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefg'.split('').map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdef'[i]}`).join(', ')}]`),
    ].join('\n')
    write({ 'course.yaml': bomb })
    expect(await loadCourse(dir)).toMatchObject({
      ok: false,
      problems: [{ file: 'course.yaml', message: expect.stringMatching(/alias/i) }],
    })
  })

  test('whatever a file holds, loading says what is wrong with it and never throws', async () => {
    const files = Object.keys(GOOD).filter((file) => !file.endsWith('.ts'))
    const rubbish = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom(
        '&a [*a, *a]',
        '? ?',
        '- - -',
        '---\n',
        '---\n---\n',
        'slug: [',
        '\0',
        '{}',
        '[]',
        'null',
        '!!js/function x',
      ),
      fc
        .tuple(fc.constantFrom(LESSON, HEAD), fc.nat(200), fc.string({ maxLength: 5 }))
        .map(([text, at, bit]) => text.slice(0, at) + bit + text.slice(at)),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), rubbish, async (file, text) => {
        write({ [file]: text })
        const result = await loadCourse(dir)
        if (!result.ok)
          for (const problem of result.problems)
            expect(problem).toMatchObject({
              file: expect.any(String),
              line: expect.any(Number),
              message: expect.any(String),
            })
      }),
      { numRuns: 150 },
    )
  })
})
