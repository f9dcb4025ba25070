/** Reads a course from `content/<course>/` whole, or says everything that is wrong with it, file and line. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { LESSON_FILE_MAX_BYTES } from '../limits.ts'
import { LOCALES, type Locale } from '../protocol/ids.ts'
import { type CourseFile, courseFile, type LessonFile, type LessonHead, lessonFile, lessonHead } from './schema.ts'

export type Sources = Readonly<Record<string, string>>
export type Lesson = LessonFile & {
  /** `js-basics/07-loops-crane` */
  readonly id: string
  readonly order: number
  readonly text: Readonly<Record<Locale, LessonHead & { readonly body: string }>>
  /** Its code with what people read of it in their language. */
  readonly code: Readonly<Record<Locale, LessonCode>>
}
export type LessonCode = {
  readonly starter: Sources
  readonly solution: Sources
  /** File name under wrong/ -> sources. */
  readonly wrongAnswers: Readonly<Record<string, Sources>>
  /** Who acts in the trial. */
  readonly visitor?: NonNullable<LessonFile['trial']>['visitor']
}
export type Course = Omit<CourseFile, 'lessons'> & { readonly lessons: readonly Lesson[] }
export type Problem = { readonly file: string; readonly line: number; readonly message: string }
export type CourseResult =
  | { readonly ok: true; readonly course: Course }
  | { readonly ok: false; readonly problems: readonly Problem[] }

class Problems {
  readonly list: Problem[] = []
  add(file: string, line: number, message: string): undefined {
    this.list.push({ file, line, message })
  }
}

async function readText(dir: string, file: string, problems: Problems): Promise<string | undefined> {
  try {
    const path = join(dir, file)
    if ((await stat(path)).size > LESSON_FILE_MAX_BYTES)
      return problems.add(file, 1, `is larger than ${LESSON_FILE_MAX_BYTES} bytes`)
    return await readFile(path, 'utf8')
  } catch {
    return problems.add(file, 1, 'is missing or cannot be read')
  }
}

/** Parses YAML and checks its shape; `lineOffset` is for YAML that stands inside another file. */
function parseYaml<S extends z.ZodType>(
  text: string,
  file: string,
  schema: S,
  problems: Problems,
  lineOffset = 0,
): z.output<S> | undefined {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  for (const error of document.errors)
    problems.add(file, lines.linePos(error.pos[0]).line + lineOffset, error.message)
  if (document.errors.length > 0) return undefined
  let value: unknown
  try {
    value = document.toJS()
  } catch (error) {
    // More aliases than anybody writes by hand.
    return problems.add(file, 1 + lineOffset, error instanceof Error ? error.message : String(error))
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) {
    let node: unknown
    for (let depth = issue.path.length; depth > 0 && !node; depth--)
      node = document.getIn(issue.path.slice(0, depth), true)
    const range = (node as { range?: [number, number, number] } | undefined)?.range
    const line = range ? lines.linePos(range[0]).line : 1
    problems.add(file, line + lineOffset, `${issue.path.join('.') || 'the file'}: ${issue.message}`)
  }
  return undefined
}

async function readSources(dir: string, folder: string, problems: Problems): Promise<Sources> {
  const sources: Record<string, string> = {}
  const names = await readdir(join(dir, folder)).catch(() => [])
  for (const name of names.sort()) {
    if (!/^[\w.-]+\.[jt]s$/.test(name)) problems.add(`${folder}/${name}`, 1, 'is not a .ts or .js file')
    else sources[name] = (await readText(dir, `${folder}/${name}`, problems)) ?? ''
  }
  return sources
}

function parseMarkdown(text: string, file: string, problems: Problems): (LessonHead & { body: string }) | undefined {
  const match = /^---\n([\s\S]*?\n)---\n([\s\S]*)$/.exec(text)
  if (!match) return problems.add(file, 1, 'must begin with a head between two lines of ---')
  const head = parseYaml(match[1]!, file, lessonHead, problems, 1)
  return head && { ...head, body: match[2]!.trim() }
}

async function readLesson(
  root: string,
  course: string,
  folder: string,
  order: number,
  problems: Problems,
): Promise<Lesson | undefined> {
  const dir = join(root, 'lessons', folder)
  const own = new Problems()
  const source = await readText(dir, 'lesson.yaml', own)
  const file = source === undefined ? undefined : parseYaml(source, 'lesson.yaml', lessonFile, own)
  const text: Partial<Record<Locale, LessonHead & { body: string }>> = {}
  for (const locale of LOCALES) {
    const markdown = await readText(dir, `text/${locale}.md`, own)
    if (markdown !== undefined) text[locale] = parseMarkdown(markdown, `text/${locale}.md`, own)
  }
  const [starter, solution, wrong] = [
    await readSources(dir, 'starter', own),
    await readSources(dir, 'solution', own),
    await readSources(dir, 'wrong', own),
  ]
  if (file) checkTogether(file, text, { starter, solution, wrong }, own)
  problems.list.push(...own.list.map((problem) => ({ ...problem, file: `lessons/${folder}/${problem.file}` })))
  if (!file || own.list.length > 0) return undefined
  const wrongAnswers = Object.fromEntries(
    Object.entries(wrong).map(([name, code]) => [name, { [`main${name.slice(name.lastIndexOf('.'))}`]: code }]),
  )
  const written: LessonCode = { starter, solution, wrongAnswers, visitor: file.trial?.visitor }
  const code = Object.fromEntries(LOCALES.map((locale) => [locale, inWords(written, text[locale]!.code)]))
  return {
    ...file,
    id: `${course}/${folder}`,
    order,
    text: text as Lesson['text'],
    code: code as Lesson['code'],
  }
}

/** The same with every piece of text that has a translation in its place. Longer ones go first: one may stand in another. */
function inWords<T>(value: T, words: LessonHead['code']): T {
  const pairs = Object.entries(words).sort(([a], [b]) => b.length - a.length)
  if (pairs.length === 0) return value
  const inner = (part: unknown): unknown => {
    if (typeof part === 'string') return pairs.reduce((text, [from, to]) => text.replaceAll(from, () => to), part)
    if (Array.isArray(part)) return part.map(inner)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([name, each]) => [name, inner(each)]))
  }
  return inner(value) as T
}

type LessonParts = Readonly<Record<'starter' | 'solution' | 'wrong', Sources>>

/** What no single file can tell: that words, answers and messages fit each other. */
function checkTogether(
  file: LessonFile,
  text: Partial<Record<Locale, LessonHead>>,
  parts: LessonParts,
  problems: Problems,
): void {
  const messages = [
    ...file.mistakes.map((m) => m.message),
    ...file.tasks.flatMap((task) => (task.check.kind === 'ast' ? [task.check.message] : [])),
    ...Object.values(file.wrong),
  ]
  const visitor = file.trial?.visitor
  const said = visitor ? [visitor.name, ...visitor.acts.flatMap(({ input }) => Object.values(input).map(String))] : []
  const written = [...Object.values(parts).flatMap((sources) => Object.values(sources)), ...said]
  for (const locale of LOCALES) {
    const head = text[locale]
    if (!head) continue
    for (const task of file.tasks)
      if (!head.tasks[task.id]) problems.add(`text/${locale}.md`, 1, `says nothing of task ${task.id}`)
    for (const key of new Set(messages))
      if (!head.messages[key]) problems.add(`text/${locale}.md`, 1, `has no message "${key}"`)
    for (const key of Object.keys(head.code))
      if (!written.some((one) => one.includes(key)))
        problems.add(
          `text/${locale}.md`,
          1,
          `code: translates ${JSON.stringify(key)}, which the lesson's code does not say`,
        )
  }
  if (!file.trial) return
  for (const part of ['starter', 'solution'] as const)
    if (!parts[part]['main.ts'] && !parts[part]['main.js']) problems.add(part, 1, 'has no main.ts')
  const names = Object.keys(parts.wrong)
  if (names.length < 2) problems.add('wrong', 1, 'needs at least two wrong answers')
  for (const name of names)
    if (!file.wrong[name]) problems.add('lesson.yaml', 1, `wrong: says no message for wrong/${name}`)
  for (const name of Object.keys(file.wrong))
    if (!parts.wrong[name]) problems.add('lesson.yaml', 1, `wrong: names ${name}, which is not there`)
}

/** Reads `dir` (`content/<course>`). Loading changes nothing; a course with problems is not used at all. */
export async function loadCourse(dir: string): Promise<CourseResult> {
  const problems = new Problems()
  const source = await readText(dir, 'course.yaml', problems)
  const file = source === undefined ? undefined : parseYaml(source, 'course.yaml', courseFile, problems)
  const lessons: Lesson[] = []
  for (const [index, folder] of (file?.lessons ?? []).entries()) {
    const lesson = await readLesson(dir, file!.id, folder, index + 1, problems)
    if (lesson) lessons.push(lesson)
  }
  const slugs = new Set<string>()
  for (const lesson of lessons) {
    for (const need of lesson.needs)
      if (!slugs.has(need))
        problems.add(`lessons/${lesson.id.split('/')[1]}/lesson.yaml`, 1, `needs ${need}, which no earlier lesson is`)
    if (slugs.has(lesson.slug)) problems.add('course.yaml', 1, `two lessons are called ${lesson.slug}`)
    if (lesson.rewards.badge && !file!.badges[lesson.rewards.badge])
      problems.add('course.yaml', 1, `has no badge ${lesson.rewards.badge}`)
    slugs.add(lesson.slug)
  }
  if (!file || problems.list.length > 0) return { ok: false, problems: problems.list }
  return { ok: true, course: { ...file, lessons } }
}
