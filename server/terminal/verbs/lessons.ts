/** Learning: what there is, what is asked, whether it is done, and help on the way. */
import type { LessonDetail, LessonState, Lessons } from '../../lessons/types.ts'
import { plainText } from '../plain-text.ts'
import { no, type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'

type Work = (lessons: Lessons, args: string, session: SessionContext) => Promise<Reply>
const lessonVerb = (name: string, verbs: SessionVerb['verbs'], work: Work): SessionVerb => ({
  name,
  verbs,
  run: (args, session) =>
    session.services.lessons ? work(session.services.lessons, args.trim(), session) : no('not_here'),
})

/** Lessons are written in Markdown; the page shows it, a terminal reads it. */
const tell = (text: string, lesson?: LessonState): Reply =>
  reply(plainText(text), 'lesson', lesson && { lesson: lesson.slug })
const listOf = (lessons: Lessons, session: SessionContext) => lessons.list(session.person().id, session.locale())

/** The one under way, else the first that is open. */
async function currentSlug(lessons: Lessons, args: string, session: SessionContext): Promise<string | undefined> {
  if (args !== '') return args.toLowerCase()
  const all = await listOf(lessons, session)
  return (all.findLast((l) => l.status === 'started') ?? all.find((l) => l.status === 'open'))?.slug
}

function detailText(session: SessionContext, detail: LessonDetail): string {
  const tasks = detail.tasks.map(({ id, text, done, count }) => {
    const params = { id, text, done: done ? 'yes' : 'no', ...(count && { have: count.have, need: count.need }) }
    return `  ${session.words(count ? 'lesson.task_count' : 'lesson.task', params)}`
  })
  const head = session.words('lesson.title', { title: detail.title, minutes: detail.minutes })
  return [head, detail.text.trim(), session.words('lesson.tasks'), ...tasks, session.words('lesson.how')].join('\n')
}

export const quests = lessonVerb(
  'quests',
  { en: ['quests', 'quest', 'lessons', 'journal'], ru: ['задания', 'задание', 'уроки', 'квесты'] },
  async (lessons, _args, session) => {
    const all = await listOf(lessons, session)
    const lines = all.map(
      (l) => `  ${l.order}. ${session.words('lesson.line', { title: l.title, slug: l.slug, status: l.status })}`,
    )
    return tell([session.words('lesson.list'), ...lines, session.words('lesson.list_how')].join('\n'))
  },
)

export const lesson = lessonVerb(
  'lesson',
  { en: ['lesson', 'learn'], ru: ['урок', 'учить'] },
  async (lessons, args, session) => {
    const slug = await currentSlug(lessons, args, session)
    if (slug === undefined) return tell(session.words('lesson.all_done'))
    const started = await lessons.start(session.person().id, slug, session.locale())
    return started.ok ? tell(detailText(session, started.value), started.value) : { refusal: started.refusal }
  },
)

export const explain = lessonVerb(
  'explain',
  { en: ['explain'], ru: ['объяснить', 'объясни', 'пояснить'] },
  async (lessons, args, session) => {
    const slug = await currentSlug(lessons, args, session)
    if (slug === undefined) return tell(session.words('lesson.all_done'))
    const detail = await lessons.detail(session.person().id, slug, session.locale())
    return detail.ok ? tell(detailText(session, detail.value), detail.value) : { refusal: detail.refusal }
  },
)

export const check = lessonVerb(
  'check',
  { en: ['check'], ru: ['проверить', 'проверь', 'проверка'] },
  async (lessons, args, session) => {
    const slug = await currentSlug(lessons, args, session)
    if (slug === undefined) return tell(session.words('lesson.all_done'))
    const result = await lessons.check(session.person().id, slug, await sourcesFor(session, slug), session.locale())
    if (!result.ok) return { refusal: result.refusal }
    const { passed, tasks } = result.value
    const lines = tasks.map((t) => {
      const line = `  ${session.words('lesson.check_line', { id: t.id, passed: t.passed ? 'yes' : 'no' })}`
      const where = t.line === undefined ? '' : ` (${t.file ?? ''}:${t.line})`
      return t.message ? `${line} ${t.message}${where}` : line
    })
    return tell([session.words(passed ? 'lesson.passed' : 'lesson.not_yet'), ...lines].join('\n'))
  },
)

/** The project named as the lesson, or the only one there is. */
async function sourcesFor(
  { services, person }: SessionContext,
  slug: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const owner = person().id
  const projects = (await services.projects?.list(owner)) ?? []
  const project = projects.find((p) => p.name === slug) ?? (projects.length === 1 ? projects[0] : undefined)
  const sources = project && (await services.projects?.sources(owner, project.id))
  return sources?.ok ? sources.value : undefined
}

export const hint = lessonVerb(
  'hint',
  { en: ['hint'], ru: ['подсказка', 'подскажи'] },
  async (lessons, args, session) => {
    const slug = await currentSlug(lessons, args, session)
    if (slug === undefined) return tell(session.words('lesson.all_done'))
    const given = await lessons.hint(session.person().id, slug, session.locale())
    return given.ok
      ? tell(session.words('lesson.hint', { text: given.value.text, left: given.value.left }))
      : { refusal: given.refusal }
  },
)

export const review = lessonVerb(
  'review',
  { en: ['review'], ru: ['обзор', 'повторение', 'пройденное'] },
  async (lessons, args, session) => {
    if (args !== '') return explain.run(args, session, 'explain')
    const passed = (await listOf(lessons, session)).filter((l) => l.status === 'passed')
    if (passed.length === 0) return tell(session.words('lesson.none_passed'))
    return tell(
      [session.words('lesson.passed_list'), ...passed.map((l) => `  ${l.order}. ${l.title} (${l.slug})`)].join('\n'),
    )
  },
)

export const badges = lessonVerb(
  'badges',
  { en: ['badges'], ru: ['значки', 'награды'] },
  async (lessons, _args, session) => {
    const mine = await lessons.badges(session.person().id, session.locale())
    if (mine.length === 0) return tell(session.words('badges.none'))
    return tell([session.words('badges.head'), ...mine.map((b) => `  ${b.name}: ${b.text}`)].join('\n'))
  },
)
