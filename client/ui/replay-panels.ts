/** What was then, beside the time line of a recording: variables, what came and went, memory, fuel, log; and the moment in words. */
import { t } from '../i18n.ts'
import * as facts from '../replay/facts.ts'
import { el } from './el.ts'

const PANELS = [
  ['replay.locals', facts.locals],
  ['replay.in', facts.cameIn],
  ['replay.out', facts.wentOut],
  ['replay.memory', facts.memory],
  ['replay.fuel.title', facts.fuel],
  ['replay.log', facts.log],
] as const

export type ReplayPanels = { readonly node: HTMLElement; show(now: facts.Moment): void }

export function createReplayPanels(): ReplayPanels {
  const panels = PANELS.map(([key, draw]) => {
    const id = key.replaceAll('.', '-')
    const body = el('div', {
      class: 'replay-panel-body',
      attrs: { tabindex: 0, role: 'group', 'aria-labelledby': id },
    })
    const node = el(
      'section',
      { class: 'replay-panel', attrs: { 'aria-labelledby': id, 'data-panel': key } },
      el('h3', { class: 'replay-title', t: key, attrs: { id } }),
      body,
    )
    return { node, show: (now: facts.Moment) => body.replaceChildren(draw(now)) }
  })
  return {
    node: el('div', { class: 'replay-panels' }, ...panels.map(({ node }) => node)),
    show(now) {
      for (const panel of panels) panel.show(now)
    },
  }
}

/** Which turn of how many, at which tick, and where the program stood in it. */
export function momentText({ past, turn, steps: { list }, step }: facts.Moment): string {
  const { tick } = past.recording.turns[turn]!
  const where = step
    ? t(step.waits ? 'replay.moment.waits' : 'replay.moment.line', { line: String(step.line), file: step.file })
    : t(list.length === 0 ? 'replay.moment.idle' : 'replay.moment.over')
  return `${t('replay.moment', { turn: String(turn + 1), of: String(past.lived.length), tick: String(tick) })}: ${where}`
}
