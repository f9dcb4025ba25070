/** Hands on a lantern that goes: pause, one turn, go on, a line for its program, and the way back into its past. */
import type { Agent, EvalAnswer } from '../../server/protocol/api.ts'
import { errorSentence } from '../../server/protocol/text/program.ts'
import { locale, t } from '../i18n.ts'
import { lookBack } from '../replay/wish.ts'
import { isGoing } from './agent-status.ts'
import { button, el, glyph } from './el.ts'
import { isOff, setOff } from './off.ts'
import type { PaneContext } from './panes.ts'

type Guarded = (action: () => Promise<unknown>) => Promise<void>
export type AgentLive = { readonly controls: HTMLElement; readonly console: HTMLElement; show(agent: Agent): void }

export function createAgentLive(context: PaneContext, id: string, guarded: Guarded): AgentLive {
  const { api } = context
  let held = false
  const path = (act: string) => `/api/v1/agents/${encodeURIComponent(id)}/${act}`
  const act = async (what: 'pause' | 'resume' | 'step') => show(await api.post<Agent>(path(what)))

  const label = el('span')
  const mark = glyph('‖')
  const pause = button(
    { class: 'button', on: { click: () => isOff(pause) || void guarded(() => act(held ? 'resume' : 'pause')) } },
    mark,
    label,
  )
  const step = button(
    { class: 'button', on: { click: () => isOff(step) || void guarded(() => act('step')) } },
    glyph('⇥'),
    el('span', { t: 'replay.live.step.button' }),
  )
  const back = button(
    { class: 'button', on: { click: () => lookBack(context, id) } },
    glyph('‹'),
    el('span', { t: 'replay.look' }),
  )
  const controls = el('div', { class: 'code-tools' }, pause, step, back)

  const inputId = `agent-console-${id}`
  const line = el('input', {
    class: 'input',
    tPlaceholder: 'replay.live.console.hint',
    attrs: { id: inputId, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', maxlength: 2000 },
  })
  const run = button({ class: 'button', tLabel: 'replay.live.console.run', attrs: { type: 'submit' } }, glyph('↵'))
  const answer = el('output', { class: 'agent-answer', attrs: { for: inputId } })
  const form = el(
    'form',
    {
      class: 'agent-console',
      on: {
        submit(event) {
          event.preventDefault()
          const source = line.value.trim()
          if (source === '' || isOff(run)) return
          setOff(run, true)
          void guarded(() => ask(source)).finally(() => setOff(run, false))
        },
      },
    },
    el('label', { t: 'replay.live.console', attrs: { for: inputId } }),
    el('div', { class: 'agent-console-line' }, line, run),
    answer,
  )

  async function ask(source: string): Promise<void> {
    answer.textContent = ''
    const said = await api.post<EvalAnswer>(path('eval'), { source })
    answer.textContent = said.error
      ? errorSentence(locale(), said.error as Parameters<typeof errorSentence>[1])
      : said.pending
        ? t('replay.live.pending')
        : `= ${said.text ?? ''}`
    line.select()
  }

  function show(agent: Agent): void {
    held = agent.held ?? false
    const lives = isGoing(agent) || held
    const key = held ? 'replay.live.resume.button' : 'replay.live.pause.button'
    label.setAttribute('data-t-text', key)
    label.textContent = t(key)
    mark.textContent = held ? '▶' : '‖'
    setOff(pause, !lives)
    setOff(step, !lives)
    form.hidden = !lives
  }
  return { controls, console: form, show }
}
