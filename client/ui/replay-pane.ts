/** Looking back: an agent's kept past, or a recording from a file, stepped through forwards and back. */
import type { RecordingFile } from '../../server/protocol/recording.ts'
import { createViewer } from '../editor/viewer.ts'
import { locale, onLocale, t } from '../i18n.ts'
import { REPLAY_STEP_MS } from '../limits.ts'
import { atEnd, byStep, byTurn, type Cursor } from '../replay/cursor.ts'
import * as facts from '../replay/facts.ts'
import { createFrame } from '../replay/frame.ts'
import { type Past, pastOf, type Verdict, verdictOf } from '../replay/past.ts'
import { fetchRecording, openRecording, prepare, saveRecording } from '../replay/recordings.ts'
import { createReplay, type Replay, ReplayError } from '../replay/replay.ts'
import type { Step, Steps } from '../replay/steps.ts'
import { onLookBack } from '../replay/wish.ts'
import { button, el, glyph } from './el.ts'
import { createNote } from './note.ts'
import { isOff, setOff } from './off.ts'
import type { PaneContext } from './panes.ts'
import { problemText } from './problem-text.ts'
import { createReplayPanels, momentText } from './replay-panels.ts'
import { createReplayPlace } from './replay-place.ts'
import { whenPlaying } from './when-playing.ts'
import { workshopOf } from './workshop.ts'

type Scene = { readonly past: Past; readonly replay: Replay; readonly verdict: Verdict }

const NO_STEPS: Steps = { list: [], dropped: 0 }
const KNOWN_FAILURES = ['silent', 'broken', 'nonsense', 'circle', 'unreadable']

export function mount(element: HTMLElement, context: PaneContext): () => void {
  const { api, store } = context
  const shop = workshopOf(context)
  let scene: Scene | undefined
  let cursor: Cursor = { turn: 0, step: 0 }
  const steps = new Map<number, Steps>()
  let playing: ReturnType<typeof setTimeout> | undefined
  /** Counts what was opened, so that what comes late is not shown. */
  let opening = 0
  let shownFile = ''

  // --- what is there to choose from -----------------------------------------------------------------------------------

  const choice = el('select', {
    class: 'input code-choice',
    tLabel: 'replay.choose',
    attrs: { id: 'replay-agent' },
    on: { change: () => choice.value !== '' && void openAgent(choice.value) },
  })
  const file = el('input', {
    tLabel: 'replay.open',
    attrs: { type: 'file', accept: '.json,application/json', hidden: true, id: 'replay-file' },
    on: { change: () => void openFile() },
  })
  const open = button({ class: 'button', t: 'replay.open', on: { click: () => file.click() } })
  const save = button({
    class: 'button',
    t: 'replay.save',
    on: { click: () => !isOff(save) && scene && saveRecording(scene.past.recording) },
  })
  const note = createNote()
  const empty = el('p', { class: 'replay-empty', t: 'replay.empty' })

  // --- time -----------------------------------------------------------------------------------------------------------

  const slider = el('input', {
    class: 'replay-slider',
    tLabel: 'replay.timeline',
    attrs: { type: 'range', min: 0, max: 0, step: 1, value: 0, 'aria-describedby': 'replay-keys' },
    on: { input: () => void go({ turn: Number(slider.value), step: 0 }) },
  })
  const control = (key: string, mark: string, run: () => void, main = false): HTMLButtonElement =>
    button(
      {
        class: main ? 'button button-main' : 'button',
        tLabel: key,
        tTitle: key,
        on: { click: () => scene && run() },
      },
      glyph(mark),
    )
  const play = control('replay.play', '▶', () => (playing === undefined ? start() : pause()), true)
  const controls = el(
    'div',
    { class: 'replay-controls', tLabel: 'replay.controls', attrs: { role: 'group' } },
    control('replay.turn.back', '⇤', () => void go(byTurn(cursor, -1, count()))),
    control('replay.line.back', '←', () => void line(-1)),
    play,
    control('replay.line.on', '→', () => void line(1)),
    control('replay.turn.on', '⇥', () => void go(byTurn(cursor, 1, count()))),
  )
  const moment = el('p', { class: 'replay-moment', attrs: { id: 'replay-moment' } })
  const keys = el('p', { class: 'replay-keys', t: 'replay.keys', attrs: { id: 'replay-keys' } })
  const place = createReplayPlace(store)
  const trouble = el('p', { class: 'agent-error', attrs: { hidden: true } })
  const sourceTitle = el('h3', { class: 'replay-title' })
  const source = el('div', { class: 'editor replay-source' })
  const viewer = createViewer(source, t('replay.source', { file: '' }))

  const panels = createReplayPanels()
  const stage = el(
    'div',
    { class: 'replay-stage', attrs: { hidden: true } },
    slider,
    controls,
    moment,
    keys,
    place.node,
    trouble,
    sourceTitle,
    source,
    panels.node,
  )
  element.append(
    el('h2', { class: 'visually-hidden', t: 'panels.replay.title' }),
    el('div', { class: 'code-tools' }, choice, open, file, save),
    note.node,
    empty,
    stage,
  )
  element.classList.add('replay')
  setOff(save, true)

  // --- moving ---------------------------------------------------------------------------------------------------------

  const count = (): number => scene?.past.lived.length ?? 0
  const stepCount = (turn: number) => steps.get(turn)?.list.length

  async function stepsAt(turn: number): Promise<Steps> {
    const known = steps.get(turn)
    if (known || !scene) return known ?? NO_STEPS
    const found = await scene.replay.steps(turn)
    steps.set(turn, found)
    return found
  }

  async function go(to: Cursor | { readonly turn: number; readonly step: 'end' }): Promise<void> {
    const at = opening
    try {
      const { list } = await stepsAt(to.turn)
      if (at !== opening) return
      cursor = { turn: to.turn, step: to.step === 'end' ? list.length : Math.min(to.step, list.length) }
      show()
    } catch (error) {
      if (at === opening) failed(error)
    }
  }

  async function line(by: 1 | -1): Promise<void> {
    await stepsAt(cursor.turn)
    await go(byStep(cursor, by, count(), stepCount))
  }

  function start(): void {
    if (atEnd(cursor, count(), stepCount)) cursor = { turn: 0, step: 0 }
    const tick = async () => {
      await line(1)
      if (playing === undefined) return
      if (atEnd(cursor, count(), stepCount)) pause()
      else playing = setTimeout(tick, REPLAY_STEP_MS)
    }
    playing = setTimeout(tick, 0)
    drawPlay()
  }

  function pause(): void {
    clearTimeout(playing)
    playing = undefined
    drawPlay()
  }

  function drawPlay(): void {
    const key = playing === undefined ? 'replay.play' : 'replay.pause'
    for (const target of ['aria-label', 'title'] as const) {
      play.setAttribute(`data-t-${target}`, key)
      play.setAttribute(target, t(key))
    }
    play.replaceChildren(glyph(playing === undefined ? '▶' : '‖'))
  }

  /** On the time line and its buttons: a native slider knows Home, End, left and right by itself. */
  function onKey(event: KeyboardEvent): void {
    if (!scene || event.altKey || event.ctrlKey || event.metaKey) return
    const onSlider = event.target === slider
    const actions: Readonly<Record<string, () => void>> = {
      ArrowUp: () => void line(-1),
      ArrowDown: () => void line(1),
      ArrowLeft: () => void go(byTurn(cursor, -1, count())),
      ArrowRight: () => void go(byTurn(cursor, 1, count())),
      Home: () => void go({ turn: 0, step: 0 }),
      End: () => void go({ turn: count() - 1, step: 'end' }),
      ...(onSlider && { ' ': () => (playing === undefined ? start() : pause()) }),
    }
    const act = actions[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  slider.addEventListener('keydown', onKey)
  controls.addEventListener('keydown', onKey)

  // --- showing --------------------------------------------------------------------------------------------------------

  function show(): void {
    if (!scene) return
    const { past } = scene
    const turnSteps = steps.get(cursor.turn) ?? NO_STEPS
    const step = turnSteps.list[cursor.step]
    const now = { past, turn: cursor.turn, steps: turnSteps, step }
    slider.value = String(cursor.turn)
    const words = momentText(now)
    slider.setAttribute('aria-valuetext', words)
    moment.textContent = words
    showSource(past, step ?? turnSteps.list.at(-1), step === undefined)
    panels.show(now)
    trouble.textContent = facts.trouble(now)
    trouble.hidden = trouble.textContent === ''
    place.show(past, cursor.turn)
  }

  function showSource({ recording: { program } }: Past, step: Step | undefined, over: boolean): void {
    const path = step?.file ?? (shownFile || program.entry)
    shownFile = path
    sourceTitle.textContent = t('replay.source', { file: path })
    viewer.relabel(sourceTitle.textContent)
    viewer.show(program.sources[path] ?? '', over ? undefined : step?.line, step?.waits ?? false)
  }

  // --- opening --------------------------------------------------------------------------------------------------------

  async function openAgent(id: string): Promise<void> {
    const at = begin()
    note.say(() => t('replay.loading'))
    try {
      const recording = await fetchRecording(api, id)
      if (at === opening) await openScene(recording, at)
    } catch (error) {
      if (at === opening) failed(error)
    }
  }

  async function openFile(): Promise<void> {
    const [given] = file.files ?? []
    file.value = ''
    if (!given) return
    const at = begin()
    choice.value = ''
    const recording = await openRecording(given)
    if (at !== opening) return
    if (!recording) return note.say(() => t('replay.failed.bad_file'), 'bad')
    try {
      await openScene(recording, at)
    } catch (error) {
      if (at === opening) failed(error)
    }
  }

  /** Puts away what was open. */
  function begin(): number {
    pause()
    scene?.replay.close()
    scene = undefined
    steps.clear()
    shownFile = ''
    stage.hidden = true
    empty.hidden = true
    setOff(save, true)
    return ++opening
  }

  async function openScene(recording: RecordingFile, at: number): Promise<void> {
    if (recording.turns.length === 0) return note.say(() => t('replay.nothing'))
    const { plan, diagnostics } = await prepare(api, recording)
    if (at !== opening) return
    if (!plan) return note.say(() => t('replay.failed.compile', { detail: diagnostics[0]?.message ?? '' }), 'bad')
    const of = recording.turns.length
    const replay = createReplay({
      recording,
      plan,
      openFrame: (listener) => createFrame(element, listener),
      onProgress: (turns) =>
        at === opening &&
        turns % 100 === 0 &&
        note.say(() => t('replay.living', { turns: String(turns), of: String(of) })),
    })
    note.say(() => t('replay.living', { turns: '0', of: String(of) }))
    const lived = await replay.all().catch((error: unknown) => {
      replay.close()
      throw error
    })
    if (at !== opening) return replay.close()
    const past = pastOf(recording, lived)
    scene = { past, replay, verdict: verdictOf(past, plan.hash) }
    slider.max = String(lived.length - 1)
    stage.hidden = false
    setOff(save, false)
    drawVerdict()
    await go({ turn: lived.length - 1, step: 'end' })
  }

  function drawVerdict(): void {
    if (!scene) return
    const { verdict, past } = scene
    if (!verdict.agrees) note.say(() => t(`replay.departs.${verdict.where}`), 'bad')
    else
      note.say(() => t('replay.agrees', { turns: verdict.turns, fuel: past.fuel.toLocaleString(locale()) }), 'good')
  }

  function failed(error: unknown): void {
    if (error instanceof ReplayError && error.code === 'closed') return
    const known = error instanceof ReplayError && KNOWN_FAILURES.includes(error.code) ? error : undefined
    note.say(
      () =>
        known
          ? t(`replay.failed.${known.code}`, { detail: known.message })
          : t('replay.failed.other', { detail: problemText(error) }),
      'bad',
    )
  }

  async function reload(): Promise<void> {
    const agents = await shop.agents()
    const before = choice.value
    choice.replaceChildren(
      el('option', { t: 'replay.choose.none', attrs: { value: '' } }),
      ...agents.map(({ id, name }) => el('option', { attrs: { value: id } }, name)),
    )
    choice.value = agents.some(({ id }) => id === before) ? before : ''
  }

  const wish = (agent: string) => {
    void reload()
      .then(() => {
        choice.value = agent
        return openAgent(agent)
      })
      .catch(failed)
  }
  const stops = [
    onLookBack(wish),
    onLocale(show),
    whenPlaying(context, () => void reload().catch(failed)),
    store.watch(
      ({ picture }) => picture?.zone,
      () => scene && place.show(scene.past, cursor.turn),
    ),
    store.watch(
      ({ pane }) => pane,
      (pane) => {
        if (pane !== 'replay') pause()
        else void reload().catch(() => undefined)
      },
    ),
  ]
  return () => {
    for (const stop of stops) stop()
    begin()
    viewer.destroy()
    store.set({ past: undefined })
  }
}
