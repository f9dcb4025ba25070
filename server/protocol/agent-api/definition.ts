/** The `academy` module in one place: the runtime, the declarations and the price list are all made from this. */
import type { AgentAction, AgentEventName } from '../agent-io.ts'

/** What a parameter takes: `thing` and `person` are a name in plain words, an id, or something that `look` showed. */
export type ApiParamKind = 'text' | 'direction' | 'thing' | 'person' | 'ticks' | 'node' | 'options' | 'data' | 'terms'
export type ApiParam = { readonly name: string; readonly kind: ApiParamKind; readonly optional?: true }

export type ApiAction = {
  readonly name: AgentAction
  readonly params: readonly ApiParam[]
  /** TypeScript type of what the promise resolves to. */
  readonly resolves: string
  /** World time until the answer comes, in tides; 0 for what takes as long as it takes. */
  readonly ticks: number
  /** Fuel for asking, whatever comes of it. */
  readonly fuel: number
  /** Whether the body is busy meanwhile: such actions are done one after another. */
  readonly body: boolean
}

const text = (name: string): ApiParam => ({ name, kind: 'text' })
const thing = (name: string): ApiParam => ({ name, kind: 'thing' })
const person = (name: string): ApiParam => ({ name, kind: 'person' })

export const API_ACTIONS: readonly ApiAction[] = [
  { name: 'look', params: [], resolves: 'Place', ticks: 1, fuel: 20, body: false },
  {
    name: 'go',
    params: [{ name: 'direction', kind: 'direction' }],
    resolves: 'Place',
    ticks: 4,
    fuel: 20,
    body: true,
  },
  { name: 'say', params: [text('text')], resolves: 'void', ticks: 3, fuel: 20, body: true },
  { name: 'tell', params: [person('to'), text('text')], resolves: 'void', ticks: 3, fuel: 20, body: true },
  { name: 'take', params: [thing('item')], resolves: 'void', ticks: 3, fuel: 20, body: true },
  { name: 'drop', params: [thing('item')], resolves: 'void', ticks: 3, fuel: 20, body: true },
  { name: 'give', params: [thing('item'), person('to')], resolves: 'void', ticks: 3, fuel: 20, body: true },
  {
    name: 'use',
    params: [thing('item'), { ...thing('with'), optional: true }],
    resolves: 'void',
    ticks: 4,
    fuel: 20,
    body: true,
  },
  { name: 'wait', params: [{ name: 'ticks', kind: 'ticks' }], resolves: 'void', ticks: 0, fuel: 5, body: false },
  {
    name: 'ask',
    params: [text('prompt'), { name: 'options', kind: 'options', optional: true }],
    resolves: 'Plain',
    ticks: 0,
    fuel: 100,
    body: false,
  },
  {
    name: 'compute',
    params: [text('kind'), { name: 'input', kind: 'data' }, { name: 'terms', kind: 'terms', optional: true }],
    resolves: 'Plain',
    ticks: 0,
    fuel: 100,
    body: false,
  },
  { name: 'hop', params: [{ name: 'node', kind: 'node' }], resolves: 'void', ticks: 0, fuel: 100, body: true },
  {
    name: 'mark',
    params: [text('glyph'), { ...text('note'), optional: true }],
    resolves: 'void',
    ticks: 1,
    fuel: 20,
    body: false,
  },
  { name: 'clearMarks', params: [], resolves: 'void', ticks: 1, fuel: 5, body: false },
]

export type ApiEvent = {
  readonly name: AgentEventName
  readonly data: readonly { readonly name: string; readonly type: string; readonly optional?: true }[]
}

const field = (name: string, type = 'string') => ({ name, type })
const maybe = (name: string, type = 'string') => ({ name, type, optional: true as const })

export const API_EVENTS: readonly ApiEvent[] = [
  { name: 'hear', data: [field('from'), field('name'), field('text'), field('how', "'say' | 'shout' | 'emote'")] },
  { name: 'told', data: [field('from'), field('name'), field('text')] },
  {
    name: 'arrive',
    data: [field('who'), field('name'), field('kind', "'player' | 'agent' | 'npc'"), maybe('from', 'Direction')],
  },
  {
    name: 'leave',
    data: [field('who'), field('name'), field('kind', "'player' | 'agent' | 'npc'"), maybe('direction', 'Direction')],
  },
  {
    name: 'item',
    data: [
      field('item'),
      field('name'),
      field('what', "'here' | 'gone' | 'mine' | 'changed'"),
      maybe('state'),
      maybe('by'),
    ],
  },
  { name: 'use', data: [field('who'), field('name'), field('thing'), maybe('item'), field('verb')] },
  { name: 'wake', data: [field('why', "'rest' | 'code'")] },
  { name: 'tide', data: [field('tick', 'number')] },
]

/** Everything that `import { … } from 'academy'` can name. */
export const API_EXPORTS = ['me', 'on', 'now', 'random', 'Refusal'] as const

export const apiAction = (name: string): ApiAction | undefined => API_ACTIONS.find((action) => action.name === name)

/** Fuel of what the author's own lines do; built-ins that take more for more are priced by size. */
export const FUEL_PRICES = {
  call: 1,
  loop: 1,
  array: 1,
  object: 1,
  function: 1,
  regexp: 1,
  wait: 1,
  new: 1,
  perElements: 4,
} as const
