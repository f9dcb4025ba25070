/** The panels of a moment: place, variables, memory, what came and went, fuel, log; each a list in words. */
import { errorSentence } from '../../server/protocol/text/program.ts'
import { locale, t } from '../i18n.ts'
import { REPLAY_COST_LINES, REPLAY_LOG_LINES } from '../limits.ts'
import { el } from '../ui/el.ts'
import { type Call, type Input, memoryEntries, type Past, type Trouble } from './past.ts'
import { costs, type Step, type Steps } from './steps.ts'

export type Moment = {
  readonly past: Past
  readonly turn: number
  readonly steps: Steps
  /** Undefined at the end of the turn. */
  readonly step: Step | undefined
}

const none = (key: string) => el('p', { class: 'replay-none', t: key })
const row = (name: string, text: string, mark?: string) =>
  el(
    'div',
    { class: mark ? 'replay-row replay-row-changed' : 'replay-row' },
    el('dt', {}, name, mark ? ' ' : undefined, mark ? el('em', {}, t(mark)) : undefined),
    el('dd', {}, text),
  )
const list = (lines: readonly (HTMLElement | string)[]) =>
  el('ul', { class: 'replay-list' }, ...lines.map((line) => el('li', {}, line)))

export function locals({ step, steps }: Moment): HTMLElement {
  const shown = (step ?? steps.list.at(-1))?.locals ?? []
  if (shown.length === 0) return none('replay.locals.none')
  return el(
    'dl',
    {},
    ...shown.map(({ name, text, changed }) => row(name, text, changed ? 'replay.changed' : undefined)),
  )
}

export function memory({ past, turn }: Moment): HTMLElement {
  const entries = memoryEntries(past.memories[turn]!, past.memories[turn - 1] ?? past.recording.memory)
  if (entries.length === 0) return none('replay.memory.none')
  return el(
    'dl',
    {},
    ...entries.map(({ key, text, what }) => row(key, text, what === 'same' ? undefined : `replay.${what}`)),
  )
}

const said = ({ action, args }: Pick<Call, 'action' | 'args'>) =>
  `me.${action}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`

export function cameIn({ past, turn }: Moment): HTMLElement {
  const inputs = past.recording.turns[turn]!.inputs as unknown as readonly Input[]
  if (inputs.length === 0) return none('replay.in.none')
  const calls = new Map(past.lived.slice(0, turn).flatMap(({ calls: made }) => made.map((one) => [one.call, one])))
  return list(
    inputs.map((input) => {
      if (input.type === 'eval') return el('span', {}, t('replay.in.line'), ' ', el('code', {}, input.source))
      if (input.type === 'event') {
        const what = t('replay.in.event', { name: input.name })
        return el('span', {}, what, ' ', el('code', {}, short(JSON.stringify(input.data))))
      }
      const call = calls.get(input.call)
      const action = call ? said(call) : `${input.call}`
      if (!input.ok) return t('replay.in.refused', { action, message: input.refusal.message })
      return t('replay.in.ok', { action })
    }),
  )
}

export function wentOut({ past, turn, step }: Moment): HTMLElement {
  const made = past.lived[turn]!.calls.filter(({ call }) => !step || call < step.nextCall)
  return made.length === 0 ? none('replay.out.none') : list(made.map((one) => el('code', {}, said(one))))
}

export function fuel({ past, turn, steps, step }: Moment): HTMLElement {
  const total = past.lived[turn]!.fuelUsed
  const lines = costs(steps, total).slice(0, REPLAY_COST_LINES)
  const limit = past.recording.limits.fuelBurst
  return el(
    'div',
    {},
    el('p', {}, t('replay.fuel', { used: number(step?.fuel ?? total), limit: number(limit) })),
    list(
      lines.map(({ file, line, fuel: cost, times }) =>
        t('replay.fuel.line', { file, line: String(line), fuel: number(cost), times }),
      ),
    ),
    steps.dropped > 0 && el('p', {}, t('replay.fuel.dropped', { count: steps.dropped })),
  )
}

export function log({ past, turn, step }: Moment): HTMLElement {
  const written = step ? step.logged : past.lived[turn]!.logs.length
  const lines = past.log.slice(0, past.logStarts[turn]! + written).slice(-REPLAY_LOG_LINES)
  if (lines.length === 0) return none('replay.log.none')
  return list(
    lines.map(({ level, text, tick }) =>
      el(
        'span',
        { class: `agent-log-line agent-log-${level}` },
        el('span', { class: 'agent-log-tick', attrs: { 'aria-hidden': 'true' } }, `${tick}`),
        level !== 'log' && el('span', { class: 'visually-hidden', t: `panels.log.${level}` }),
        el('span', { class: 'agent-log-text' }, text),
      ),
    ),
  )
}

/** How it ended, when it ended at this turn. */
export function trouble({ past, turn, step }: Moment): string {
  const { error, failed } = past.lived[turn]!
  const wrong = error ?? failed
  if (!wrong || step) return ''
  const { end, program } = past.recording
  const known = end.error && turn === past.lived.length - 1 ? end.error : wrong
  const message = known.code === undefined ? known.message : errorSentence(locale(), known as never)
  const at = lineOf(wrong, Object.keys(program.sources))
  return at ? t('replay.error.line', { ...at, message }) : t('replay.error', { message })
}

/** The first of its own lines in a stack. */
function lineOf({ stack = '' }: Trouble, files: readonly string[]): { file: string; line: string } | undefined {
  for (const [, file, line] of stack.matchAll(/([^\s():]+):(\d+):\d+/g))
    if (file && line && files.includes(file)) return { file, line }
  return undefined
}

const number = (value: number) => value.toLocaleString(locale())
const short = (text: string) => (text.length > 200 ? `${text.slice(0, 200)}…` : text)
