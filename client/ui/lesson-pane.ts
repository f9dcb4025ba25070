/** Lessons: which are open, what this one asks, hints one at a time, the verdict with its reasons, and what comes next. */
import type { CheckReport, Lesson, LessonDetail, Project } from '../../server/protocol/api.ts'
import { locale, onLocale, t } from '../i18n.ts'
import { button, el, glyph } from './el.ts'
import { lessonTasks } from './lesson-tasks.ts'
import { markdown } from './markdown.ts'
import { createNote } from './note.ts'
import { isOff, setOff } from './off.ts'
import { openFile } from './open-file.ts'
import type { PaneContext } from './panes.ts'
import { creditsOf } from './purse-credits.ts'
import { openPurse } from './purse-dialog.ts'
import { whenPlaying } from './when-playing.ts'
import { workshopOf } from './workshop.ts'

const MARKS: Readonly<Record<Lesson['status'], string>> = { locked: '·', open: '○', started: '◐', passed: '●' }

export function mount(element: HTMLElement, context: PaneContext): () => void {
  const shop = workshopOf(context)
  let lessons: readonly Lesson[] = []
  let current: LessonDetail | undefined
  let report: CheckReport | undefined
  let busy = false

  const list = el('select', {
    class: 'input',
    tLabel: 'panels.lesson.choose',
    on: { change: () => void guarded(() => open(list.value)) },
  })
  const progress = el('p', { class: 'lesson-progress' })
  const body = el('article', { class: 'lesson', attrs: { 'aria-labelledby': 'lesson-title' } })
  const note = createNote()
  element.append(el('div', { class: 'code-tools lesson-choice' }, list, progress), body, note.node)

  async function guarded(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      note.failed(error)
    }
  }

  async function reload(wanted?: string): Promise<void> {
    lessons = await shop.lessons()
    showList()
    const passed = lessons.filter((one) => one.status === 'passed').length
    progress.textContent = t('panels.lesson.progress', { passed, all: lessons.length })
    const next = lessons.find((one) => one.status === 'started') ?? lessons.find((one) => one.status === 'open')
    const slug = wanted ?? current?.slug ?? (next ?? lessons.at(-1))?.slug
    if (slug) await open(slug)
  }
  function showList(): void {
    list.replaceChildren(...lessons.map(option))
    if (current) list.value = current.slug
  }
  const option = ({ slug, status, order, title }: Lesson): HTMLElement =>
    el(
      'option',
      { attrs: { value: slug, disabled: status === 'locked' } },
      `${MARKS[status]} ${order}. ${title} — ${t(`panels.lesson.${status}`)}`,
    )

  async function open(slug: string): Promise<void> {
    const next = await shop.lesson(slug)
    if (current?.slug !== slug) {
      report = undefined
      note.clear()
      element.scrollTop = 0
    }
    current = next
    lessons = lessons.map((one) => (one.slug === slug ? next : one))
    showList()
    draw()
  }

  /** Draws anew; whoever was on one of its buttons is on it still. */
  function draw(): void {
    if (!current) return
    const act = body.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.act
      : undefined
    const lesson = current
    const text = el('div', { class: 'prose' })
    text.innerHTML = markdown(lesson.text)
    body.replaceChildren(
      el('h2', { class: 'lesson-title', attrs: { id: 'lesson-title' } }, lesson.title),
      el('p', { class: 'lesson-meta' }, meta(lesson)),
      ...(lesson.status === 'passed' ? [passedCard(lesson)] : []),
      text,
      el('h3', { class: 'lesson-heading', attrs: { id: 'lesson-tasks' } }, t('panels.lesson.tasks')),
      lessonTasks(lesson, report, (path, line) => void guarded(() => takeUp(lesson, path, line))),
      ...whereabouts(lesson),
      ...hints(lesson),
      actions(lesson),
    )
    if (act) body.querySelector<HTMLElement>(`[data-act="${act}"]`)?.focus()
  }

  const meta = ({ minutes, rewardMicro, status }: LessonDetail): string =>
    t('panels.lesson.meta', { minutes, credits: creditsOf(rewardMicro), state: t(`panels.lesson.${status}`) })

  /** What it brought, and the next one, a press away. */
  function passedCard({ rewardMicro, slug }: LessonDetail): HTMLElement {
    const next = lessons.find((one) => one.slug !== slug && (one.status === 'started' || one.status === 'open'))
    const amount = creditsOf(rewardMicro)
    return el(
      'section',
      { class: 'lesson-passed', tLabel: 'panels.lesson.passed-label' },
      el(
        'p',
        { class: 'lesson-passed-words' },
        glyph('●'),
        ` ${t('panels.lesson.passed-words', { credits: amount })}`,
      ),
      el(
        'div',
        { class: 'lesson-actions' },
        next &&
          press('next', 'panels.lesson.next', () => takeLesson(next), 'button button-main', { title: next.title }),
        press('receipt', 'panels.lesson.receipt', () => openPurse(context.api)),
      ),
      !next && el('p', {}, t('panels.lesson.all-done')),
    )
  }

  /** A lantern steps out beside its owner; a lesson is set somewhere. */
  function whereabouts({ place, status }: LessonDetail): HTMLElement[] {
    const { picture, player } = context.store.get()
    const here = picture?.characters.get(player?.id ?? '')?.place
    if (!place || status === 'passed' || here === undefined || here === place.id) return []
    return [el('p', { class: 'lesson-place' }, t('panels.lesson.place', { place: place.name[locale()] }))]
  }

  const hints = ({ hintsShown }: LessonDetail): HTMLElement[] =>
    hintsShown.length === 0
      ? []
      : [
          el('h3', { class: 'lesson-heading' }, t('panels.lesson.hints')),
          el(
            'ol',
            { class: 'lesson-hints' },
            ...hintsShown.map((words) => {
              const hint = el('li', { class: 'lesson-hint' })
              hint.innerHTML = markdown(words)
              return hint
            }),
          ),
        ]

  function actions(lesson: LessonDetail): HTMLElement {
    const hasCode = Object.keys(lesson.starter).length > 0
    const isPassed = lesson.status === 'passed'
    const hint = press('hint', 'panels.lesson.hint', askHint, 'button', { left: lesson.hintsLeft })
    setOff(hint, lesson.hintsLeft === 0)
    return el(
      'div',
      { class: 'lesson-actions' },
      hasCode &&
        press('take', 'panels.lesson.take', () => takeUp(lesson), isPassed ? 'button' : 'button button-main'),
      !isPassed && press('check', 'panels.lesson.check', check),
      !isPassed && hint,
    )
  }

  const press = (
    act: string,
    key: string,
    action: () => Promise<void> | void,
    name = 'button',
    params?: Readonly<Record<string, string | number>>,
  ): HTMLButtonElement => {
    const node = button(
      {
        class: name,
        attrs: { 'data-act': act },
        on: { click: () => isOff(node) || void guarded(async () => action()) },
      },
      t(key, params),
    )
    return node
  }

  /** The project that belongs to a lesson carries its slug as a name. */
  const projectOf = async (slug: string): Promise<Project | undefined> =>
    (await shop.projects()).find((one) => one.name === slug)

  /** Puts the lesson's code on the workbench: as it was left, or the starter on the first time. */
  async function takeUp(lesson: LessonDetail, path = Object.keys(lesson.starter)[0], line?: number): Promise<void> {
    if (lesson.status === 'open') await context.api.post(`/api/v1/lessons/${lesson.slug}/start`)
    const project = (await projectOf(lesson.slug)) ?? (await shop.createProject(lesson.slug, lesson.slug))
    openFile(context, { project: project.id, path, ...(line !== undefined && { line }) })
  }

  async function takeLesson({ slug }: Lesson): Promise<void> {
    await open(slug)
    const lesson = current!
    if (lesson.status === 'open') await context.api.post(`/api/v1/lessons/${slug}/start`)
    if (Object.keys(lesson.starter).length > 0) await takeUp(lesson)
    else body.querySelector<HTMLElement>('[data-act]')?.focus()
  }

  async function check(): Promise<void> {
    if (!current || busy) return
    busy = true
    note.say(() => t('panels.lesson.checking'))
    try {
      const lesson = current
      const project = Object.keys(lesson.starter).length > 0 ? await projectOf(lesson.slug) : undefined
      const { passed } = await shop.checkLesson(lesson.slug, project?.id)
      if (passed) await reload(lesson.slug)
      note.say(() => t(`panels.lesson.verdict-${passed ? 'passed' : 'not-yet'}`), passed ? 'good' : 'bad')
    } finally {
      busy = false
    }
  }

  async function askHint(): Promise<void> {
    if (!current) return
    await context.api.post(`/api/v1/lessons/${current.slug}/hint`)
    await open(current.slug)
  }

  const stops = [
    shop.onReport((slug, next) => {
      if (slug !== current?.slug) return
      report = next
      draw()
    }),
    context.onOutput(({ kind, data }) => {
      if (kind !== 'lesson') return
      const { lesson, status } = (data ?? {}) as { lesson?: string; status?: string }
      void guarded(() => reload(status === 'passed' ? lesson : undefined))
    }),
    context.store.watch(
      ({ picture, player }) => picture?.characters.get(player?.id ?? '')?.place,
      () => current?.place && draw(),
    ),
    context.store.watch(
      ({ connection }) => connection,
      (connection) => connection === 'online' && !current && void guarded(() => reload()),
    ),
    onLocale(() => void guarded(() => reload())),
    whenPlaying(context, () => {
      current = undefined
      void guarded(() => reload())
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
