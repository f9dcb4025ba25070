/** A lesson's steps: which are done, what the last check said of the others, and the line it means. */
import type { CheckReport, LessonDetail } from '../../server/protocol/api.ts'
import { t } from '../i18n.ts'
import { button, el, glyph } from './el.ts'

type GoTo = (path: string, line: number) => void

export function lessonTasks(lesson: LessonDetail, report: CheckReport | undefined, goTo: GoTo): HTMLElement {
  return el(
    'ul',
    { class: 'lesson-tasks', attrs: { 'aria-labelledby': 'lesson-tasks' } },
    ...lesson.tasks.map((task) =>
      taskRow(
        task,
        report?.tasks.find((one) => one.id === task.id),
        goTo,
      ),
    ),
  )
}

function taskRow(
  { text, done, count }: LessonDetail['tasks'][number],
  verdict: CheckReport['tasks'][number] | undefined,
  goTo: GoTo,
): HTMLElement {
  const met = done || verdict?.passed === true
  const state = met ? t('panels.lesson.done') : count ? t('panels.lesson.count', count) : ''
  return el(
    'li',
    { class: met ? 'is-done' : '' },
    glyph(met ? '●' : '○'),
    el('span', {}, text, state !== '' && el('span', { class: 'lesson-state' }, ` ${state}`)),
    !met && verdict?.message ? remark(verdict.message, verdict.file, verdict.line, goTo) : undefined,
  )
}

function remark(message: string, path: string | undefined, line: number | undefined, goTo: GoTo): HTMLElement {
  return el(
    'p',
    { class: 'lesson-remark' },
    glyph('!'),
    ` ${message} `,
    line !== undefined &&
      button(
        { class: 'link', on: { click: () => goTo(path ?? 'main.ts', line) } },
        t('panels.lesson.line', { line }),
      ),
  )
}
