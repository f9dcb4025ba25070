/** What a new project may begin as: the program's own templates, and the starters of the lessons with what the lesson asks as a test. */
import { resolve } from 'node:path'
import { stringify } from 'yaml'
import { AuthorProblem } from '../author/problem.ts'
import { TEMPLATE_NAMES, type Template, templateOf } from '../author/scaffold.ts'
import { type Lesson, loadCourse } from '../lessons/load.ts'

const COURSE = resolve(import.meta.dirname, '../../content/js-basics')

export async function findTemplate(name: string): Promise<Template> {
  const own = templateOf(name)
  if (own) return own
  const loaded = await loadCourse(COURSE)
  const lessons = loaded.ok ? loaded.course.lessons : []
  const lesson = lessons.find(({ slug }) => slug === name)
  if (lesson) return { files: lesson.code.en.starter, test: testOf(lesson) }
  const names = [...TEMPLATE_NAMES, ...lessons.map(({ slug }) => slug)].join(', ')
  throw new AuthorProblem('no_template', `There is no template ${name}. There are ${names}.`)
}

/** What the lesson's trial looks for; how a program is written only the lesson judges. */
function testOf({ slug, trial, tasks }: Lesson): string | undefined {
  const expect = tasks.flatMap(({ check }): object[] => {
    if (check.kind === 'state') return check.by === 'player' ? [] : [{ holds: check.holds }]
    if (check.kind === 'ast' || check.by === 'player') return []
    const { match, count, distinct, within } = check
    return [
      {
        happens: match,
        ...(count > 1 && { count }),
        ...(distinct !== undefined && { distinct }),
        ...(within !== undefined && { within: `${within / 10}s` }),
      },
    ]
  })
  if (!trial || expect.length === 0) return undefined
  const { place, ticks, visitor } = trial
  const head = '# What the lesson asks. It fails until the program does it.\n'
  return head + stringify({ name: slug, place, ticks, ...(visitor && { visitors: [visitor] }), expect })
}
