/** How an agent is: its state, where it stands, the fuel of its last turn, and what it stumbled over. */
import type { Agent } from '../../server/protocol/api.ts'
import { errorSentence } from '../../server/protocol/text/program.ts'
import { locale, onLocale, t } from '../i18n.ts'
import type { Store } from '../state.ts'
import { button, el, glyph } from './el.ts'

const MARKS: Readonly<Record<Agent['status'], string>> = {
  stopped: '■',
  running: '▶',
  resting: '…',
  paused: '‖',
  frozen: '✱',
  moved: '→',
}
const GOING: readonly Agent['status'][] = ['running', 'resting']

export type AgentStatus = {
  readonly node: HTMLElement
  show(agent: Agent | undefined): void
  close(): void
}
type Options = { readonly onLine?: (file: string, line: number) => void }

export const isGoing = (agent: Agent | undefined): boolean => agent !== undefined && GOING.includes(agent.status)

export function createAgentStatus(store: Store, { onLine }: Options = {}): AgentStatus {
  let shown: Agent | undefined
  const state = el('p', { class: 'agent-state', attrs: { role: 'status' } })
  const fuel = el('p', { class: 'agent-fuel' })
  const trouble = el('p', { class: 'agent-error' })
  const node = el('div', { class: 'agent-status' }, state, fuel, trouble)

  /** The map knows first where it walks; of other zones the node's last word counts. */
  function placeOf({ id, placeName }: Agent): string {
    const { picture } = store.get()
    const here = picture?.places.get(picture.characters.get(id)?.place ?? '')
    return here?.name[locale()] ?? placeName?.[locale()] ?? ''
  }

  function draw(): void {
    fuel.hidden = !shown || shown.fuel.used === 0
    trouble.hidden = !shown?.error
    node.dataset.status = shown?.status ?? 'none'
    if (!shown) {
      state.replaceChildren(t('panels.agent.none'))
      return
    }
    const place = placeOf(shown)
    state.replaceChildren(
      glyph(MARKS[shown.status]),
      el('strong', {}, t(`panels.agent.${shown.status}`)),
      place === '' ? '' : el('span', {}, t('panels.agent.at', { place })),
    )
    drawFuel(shown.fuel)
    if (shown.error) drawError(shown.error)
  }

  function drawFuel({ used, limit }: Agent['fuel']): void {
    const share = limit > 0 ? used / limit : 0
    const words = t(`panels.fuel.${share < 0.05 ? 'little' : share < 0.4 ? 'some' : share < 0.8 ? 'much' : 'most'}`)
    const percent = share < 0.01 ? '<1' : String(Math.round(share * 100))
    fuel.replaceChildren(
      el('span', {}, t('panels.agent.fuel', { words, percent })),
      el('meter', {
        tLabel: 'panels.fuel.label',
        attrs: { min: 0, max: limit, value: used, high: limit * 0.8, optimum: 0 },
      }),
    )
  }

  function drawError(error: NonNullable<Agent['error']>): void {
    const { file = 'main.ts', line } = error
    const go =
      line !== undefined &&
      onLine &&
      button({ class: 'link', on: { click: () => onLine(file, line) } }, t('panels.lesson.line', { line }))
    const sentence = errorSentence(locale(), error as Parameters<typeof errorSentence>[1])
    const words = line === undefined ? sentence : t('panels.agent.error', { file, line, message: sentence })
    trouble.replaceChildren(glyph('!'), el('span', {}, ` ${words} `), ...(go ? [go] : []))
  }

  const stopLocale = onLocale(draw)
  const stopPlace = store.watch(
    ({ picture }) => (shown ? picture?.characters.get(shown.id)?.place : undefined),
    () => shown && draw(),
  )
  draw()
  return {
    node,
    show(agent) {
      shown = agent
      draw()
    },
    close() {
      stopLocale()
      stopPlace()
    },
  }
}
