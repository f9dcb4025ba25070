/** The workbench: a project's files in the editor, run and stopped from here, with the agent's log below. */

import { academyDts } from '../../server/protocol/agent-api/index.ts'
import type { Agent, Lesson } from '../../server/protocol/api.ts'
import type { Diagnostic } from '../../server/protocol/diagnostics.ts'
import { errorSentence, remarkSentence } from '../../server/protocol/text/program.ts'
import { createEditor } from '../editor/editor.ts'
import { startLanguage } from '../editor/language.ts'
import { PHRASES } from '../editor/phrases.ts'
import { locale, onLocale, t } from '../i18n.ts'
import { AGENT_REFRESH_MS } from '../limits.ts'
import { createKeep } from '../net/storage.ts'
import { createAgentLog } from './agent-log.ts'
import { createAgentStatus, isGoing } from './agent-status.ts'
import { createClashes } from './clashes.ts'
import { createFileTabs } from './code-files.ts'
import { createDesk, isEntry } from './desk.ts'
import { button, el, glyph } from './el.ts'
import { findingText } from './finding-text.ts'
import { whileLookedAt } from './looked-at.ts'
import { createNote } from './note.ts'
import { isOff, setOff } from './off.ts'
import { onOpenFile } from './open-file.ts'
import type { PaneContext } from './panes.ts'
import { problemText } from './problem-text.ts'
import { createProjectForm } from './project-form.ts'
import { createSaver, type SaveState } from './saver.ts'
import { sureButton } from './sure-button.ts'
import { whenPlaying } from './when-playing.ts'
import { type AgentChange, workshopOf } from './workshop.ts'

const DTS = 'academy.d.ts'
const opening = () => t('panels.code.opening')
const labelOf = (path: string) => t('panels.editor.label', { path: path || 'main.ts' })
const phrases = () =>
  Object.fromEntries(Object.entries(PHRASES).map(([phrase, key]) => [phrase, t(`panels.editor.${key}`)]))

export function mount(element: HTMLElement, context: PaneContext): () => void {
  const shop = workshopOf(context)
  const keep = createKeep(() => localStorage)
  let lessons: readonly Lesson[] = []
  let agent: Agent | undefined
  let running = false
  /** The agent that was started from here and has not come to its end. */
  let watched: string | undefined
  /** The project that note and log speak of. */
  let opened: string | undefined
  /** The open project's lesson was passed by what runs now. */
  let passedNow = false
  /** What the node said of the sources at the last run. */
  let found: readonly Diagnostic[] = []

  const note = createNote()
  const log = createAgentLog()
  const status = createAgentStatus(context.store, { onLine: (file, line) => void guarded(() => goTo(file, line)) })
  const choice = el('select', {
    class: 'input code-choice',
    tLabel: 'panels.project.choose',
    on: { change: () => void guarded(() => openProject(choice.value)) },
  })
  const runButton = button(
    { class: 'button button-main', on: { click: () => void run() } },
    glyph('▶'),
    el('span', { t: 'panels.code.run' }),
  )
  const stopButton = button(
    { class: 'button', on: { click: () => void guarded(stop) } },
    glyph('■'),
    el('span', { t: 'panels.code.stop' }),
  )
  const form = createProjectForm((name) => void guarded(() => newProject(name)))
  const discard = sureButton({
    t: 'panels.project.delete',
    sure: 'panels.project.delete-sure',
    run: () => void guarded(discardProject),
  })
  const tabs = createFileTabs({
    open: (path) => void guarded(() => desk.openFile(path)),
    add: (path) => void guarded(() => add(path)),
    remove: (path) => void guarded(() => desk.remove(path)),
  })
  const host = el('div', { class: 'editor' })
  element.append(
    el(
      'div',
      { class: 'code-tools' },
      runButton,
      stopButton,
      el('div', { class: 'code-project' }, choice, form.plus, discard),
    ),
    form.node,
    tabs.node,
    host,
    note.node,
    status.node,
    log.node,
  )
  setOff(stopButton, true)
  showOpen()
  note.say(opening)

  const language = startLanguage()
  language.write(DTS, academyDts(locale()))
  const editor = createEditor(host, {
    language,
    label: labelOf(''),
    onChange: (path, text) => desk.typed(path, text),
    onRun: () => void run(),
    phrases,
    sentence: findingText,
  })
  const saver = createSaver({
    keep,
    read: shop.read,
    write: shop.write,
    onState: tellSaved,
    onSaved: (project) => desk.know(project),
    onClash: (clash) => clashes.came(clash),
  })
  const clashes = createClashes(({ path, theirs }) =>
    note.say(() => t('panels.code.clash', { path }), 'bad', {
      label: () => t('panels.code.take-theirs'),
      run: () => {
        if (path === desk.path()) editor.replace(path, theirs)
        desk.typed(path, theirs)
      },
    }),
  )
  const desk = createDesk({
    shop,
    saver,
    keep,
    onText(path, text) {
      if (text === undefined) editor.close(path)
      else if (path === desk.path()) editor.replace(path, text)
      else if (/\.[jt]s$/.test(path)) language.write(path, text)
    },
    onOpen(path, text) {
      editor.open(path, text)
      editor.relabel(labelOf(desk.path()))
      showTabs()
      remark()
    },
  })

  /** Until there is code, nothing can be done with it. */
  function showOpen(project?: string): void {
    setOff(runButton, project === undefined)
    setOff(discard, project === undefined)
    choice.disabled = project === undefined
  }
  function showTabs(): void {
    const paths = desk.project()?.files.map((file) => file.path) ?? []
    tabs.show([...paths.filter(isEntry), ...paths.filter((path) => !isEntry(path))], desk.path())
  }
  function tellSaved(state: SaveState, error?: unknown): void {
    if (running) return
    if (state === 'retrying') note.say(() => t('panels.code.retrying', { reason: problemText(error) }), 'bad')
    else if (state === 'refused') note.say(() => t('panels.code.failed', { reason: problemText(error) }), 'bad')
    else note.say(() => t(`panels.code.${state === 'saved' ? 'saved' : 'saving'}`))
  }

  /** Does it, and says why when it could not be done. Nothing typed is lost: it stays in the editor and with the saver. */
  async function guarded(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      note.say(() => t('panels.code.failed', { reason: problemText(error) }), 'bad')
    }
  }

  const lessonOf = (): Lesson | undefined => lessons.find((one) => one.slug === desk.project()?.name)
  const titleOf = (name: string): string => lessons.find((one) => one.slug === name)?.title ?? name
  function showChoice(): void {
    choice.replaceChildren(
      ...desk.projects().map((one) => el('option', { attrs: { value: one.id } }, titleOf(one.name))),
    )
    choice.value = desk.project()?.id ?? ''
    showOpen(desk.project()?.id)
  }

  async function openProject(id?: string): Promise<void> {
    await desk.load(id)
    const project = desk.project()
    // Before anything else is asked for: what is said from here on is of this project, and stays.
    if (project?.id !== opened) {
      if (opened !== undefined) note.clear()
      opened = project?.id
      found = []
      log.clear()
      clashes.opened(opened)
    }
    lessons = await shop.lessons().catch(() => lessons)
    showChoice()
    note.clear(opening)
    agent = (await shop.agents()).find((one) => one.projectId === project?.id)
    showAgent()
    if (agent) log.show(await shop.log(agent.id, log.lastId()))
  }

  async function newProject(name: string): Promise<void> {
    await saver.flush()
    await openProject((await shop.createProject(name, 'empty')).id)
    editor.focus()
  }
  async function discardProject(): Promise<void> {
    const project = desk.project()
    if (!project) return
    await saver.flush()
    await shop.discardProject(project.id)
    await openProject()
    note.say(() => t('panels.project.deleted', { name: titleOf(project.name) }))
  }
  async function add(path: string): Promise<void> {
    await desk.add(path)
    editor.focus()
  }
  async function goTo(file: string, line: number): Promise<void> {
    if (file !== desk.path()) await desk.openFile(file)
    editor.goTo(line)
  }

  /** Marks in the open file what the node said of it: of its sources, or what the program stumbled over. */
  function remark(go = false): void {
    const said = found.map((one) => ({ ...one, message: remarkSentence(locale(), one) }))
    const error = agent?.error
    const stumbled =
      error?.line === undefined
        ? []
        : [
            {
              file: error.file ?? 'main.ts',
              line: error.line,
              column: error.column,
              message: errorSentence(locale(), error as Parameters<typeof errorSentence>[1]),
            },
          ]
    editor.remark(
      [...said, ...(said.length > 0 ? [] : stumbled)].filter(({ file }) => file === desk.path()),
      go,
    )
  }

  function showAgent(): void {
    status.show(agent)
    setOff(stopButton, !isGoing(agent))
    remark()
  }

  async function run(): Promise<void> {
    if (running || isOff(runButton)) return
    running = true
    runButton.setAttribute('aria-busy', 'true')
    note.say(() => t('panels.code.starting'))
    await guarded(start)
    running = false
    runButton.removeAttribute('aria-busy')
  }

  async function start(): Promise<void> {
    await saver.flush()
    const project = desk.project()
    if (!project) return
    found = await shop.check(project.id)
    const first = found.find((one) => one.severity === 'error')
    if (first) return showMistake(first)
    passedNow = false
    agent = await shop.run(project)
    watched = agent.id
    showAgent()
    if (!passedNow) note.say(() => t('panels.code.running'), 'good')
  }

  async function showMistake(first: Diagnostic): Promise<void> {
    if (first.file !== desk.path()) await desk.openFile(first.file)
    remark(true)
    const { file, line } = first
    note.say(() => t('panels.agent.error', { file, line, message: remarkSentence(locale(), first) }), 'bad', {
      label: () => t('panels.lesson.line', { line }),
      run: () => void guarded(() => goTo(file, line)),
    })
  }

  async function stop(): Promise<void> {
    if (!agent || isOff(stopButton)) return
    watched = undefined
    agent = await shop.stop(agent.id)
    note.say(() => t('panels.code.stopped'))
  }

  /** A program that came to its end is held against its lesson at once: what is missing is said where it was run. */
  async function ended({ error }: Agent): Promise<void> {
    watched = undefined
    const lesson = lessonOf()
    const project = desk.project()
    if (error) return note.say(() => t('panels.code.stumbled'), 'bad')
    if (passedNow) return
    note.say(() => t('panels.code.ended'))
    if (!project || (lesson?.status !== 'started' && lesson?.status !== 'open')) return
    const report = await shop.checkLesson(lesson.slug, project.id)
    const missing = report.tasks.find((task) => !task.passed)
    if (report.passed || passedNow) return showPassed()
    note.say(() => t('panels.code.not-yet', { message: missing?.message ?? '' }), 'bad', {
      label: () => t('panels.code.to-lesson'),
      run: () => context.open('lesson'),
    })
  }
  function showPassed(): void {
    note.say(() => t('panels.code.passed'), 'good', {
      label: () => t('panels.code.next'),
      run: () => context.open('lesson'),
    })
  }

  function agentChanged({ agent: next, log: entries, gone }: AgentChange): void {
    if (next.projectId !== desk.project()?.id) return
    agent = gone ? undefined : next
    if (gone) watched = undefined
    showAgent()
    if (entries) log.show(entries)
    if (next.id === watched && !isGoing(next) && !running) void guarded(() => ended(next))
  }

  /** What is typed here and not saved stays, and goes over it; then the note offers the other text. */
  async function filesChanged(id: string, paths: readonly string[]): Promise<void> {
    if (id !== desk.project()?.id) return
    await desk.refresh()
    showTabs()
    const path = desk.path()
    if (paths.includes(path) && saver.draft(id, path) === undefined)
      note.say(() => t('panels.code.from-disk', { path }))
  }

  const stops = [
    shop.onAgent(agentChanged),
    shop.onFiles((id, paths) => void guarded(() => filesChanged(id, paths))),
    context.onOutput(({ kind, data }) => {
      if (kind !== 'lesson') return
      const { lesson, status: state } = (data ?? {}) as { lesson?: string; status?: string }
      void shop.lessons().then((list) => {
        lessons = list
      })
      if (state !== 'passed' || lesson !== desk.project()?.name) return
      passedNow = true
      showPassed()
    }),
    onOpenFile(({ project: id, path, line }) => {
      void guarded(async () => {
        if (!desk.project() || (id && id !== desk.project()?.id)) await openProject(id)
        if (path && path !== desk.path()) await desk.openFile(path)
        if (line) editor.goTo(line)
        editor.focus()
      })
    }),
    onLocale(() => {
      language.write(DTS, academyDts(locale()))
      editor.relabel(labelOf(desk.path()))
      remark()
      void guarded(async () => {
        lessons = await shop.lessons()
        showChoice()
      })
    }),
    context.store.watch(
      (state) => state.connection,
      (connection) => {
        if (connection !== 'online') return
        void saver.flush().catch(() => undefined)
        // What could not be opened before is opened now.
        if (desk.path() === '' && context.store.get().player) void guarded(() => openProject())
      },
    ),
    whileLookedAt(element, AGENT_REFRESH_MS, async () => {
      if (isGoing(agent)) await shop.refresh()
    }),
    whenPlaying(context, () => void guarded(() => openProject())),
  ]
  const back = () => {
    if (!document.hidden) void desk.refresh().then(showTabs, () => undefined)
  }
  document.addEventListener('visibilitychange', back)
  return () => {
    document.removeEventListener('visibilitychange', back)
    for (const stopIt of stops) stopIt()
    saver.close()
    status.close()
    editor.destroy()
  }
}
