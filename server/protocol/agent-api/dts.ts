/** The declarations of the `academy` module, for the editor in the page and the author's own, in the reader's language. */
import { DIRECTIONS, type Locale } from '../ids.ts'
import { message } from '../text/index.ts'
import { API_ACTIONS, API_EVENTS, type ApiAction, type ApiEvent, type ApiParam } from './definition.ts'

const PARAM_TYPES: Readonly<Record<ApiParam['kind'], string>> = {
  text: 'string | number | boolean',
  direction: 'Direction | (string & {})',
  thing: 'string | Item',
  person: 'string | Character',
  ticks: 'number',
  node: 'string',
  options: '{ schema?: object }',
  data: 'Plain',
  terms: "{ maxPrice?: number; replicas?: number; strict?: boolean; privacy?: 'public' | 'trusted' | 'own' }",
}

const SHAPES = `  export type Direction = ${DIRECTIONS.map((d) => `'${d}'`).join(' | ')}
  export type Exit = { direction: Direction; to: string; name: string; door?: { name: string; closed: boolean; locked: boolean } }
  export type Character = { id: string; name: string; kind: 'player' | 'agent' | 'npc' }
  export type Item = { id: string; name: string; thing: string; state?: string; fixed: boolean }
  export type Place = { place: string; name: string; exits: Exit[]; characters: Character[]; items: Item[] }
  /** JSON */
  export type Plain = any`

/** The text of a `.d.ts` file; the same words for the same language. */
export function academyDts(locale: Locale): string {
  const doc = (key: string) => `/** ${message(locale, `agents.api.${key}`)} */`
  return `declare module 'academy' {
${SHAPES}

  ${doc('me')}
  export const me: {
${API_ACTIONS.map((action) => `    ${actionDoc(locale, action)}\n    ${action.name}(${params(action)}): Promise<${action.resolves}>`).join('\n')}
    ${doc('memory')}
    memory: { [key: string]: Plain }
    ${doc('name')}
    readonly name: string
    ${doc('id')}
    readonly id: string
    ${doc('fuel')}
    readonly fuel: number
  }

  export type Events = {
${API_EVENTS.map((event) => `    ${doc(event.name === 'use' ? 'use_event' : event.name)}\n    ${event.name}: ${fields(event)}`).join('\n')}
  }
  ${doc('on')}
  export function on<E extends keyof Events>(event: E, handler: (data: Events[E]) => unknown): () => void

  ${doc('now')}
  export function now(): number

  ${doc('random')}
  export function random(): number
  export function random(below: number): number
  export function random<T>(list: readonly T[]): T

  ${doc('Refusal')}
  export class Refusal extends Error {
    readonly code: string
  }
}

interface Console {
  log(...values: unknown[]): void
  info(...values: unknown[]): void
  debug(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
}
declare const console: Console
`
}

const params = ({ params: list }: ApiAction) =>
  list
    .map(
      ({ name, kind, optional }) => `${name === 'with' ? 'other' : name}${optional ? '?' : ''}: ${PARAM_TYPES[kind]}`,
    )
    .join(', ')

const fields = ({ data }: ApiEvent) =>
  `{ ${data.map(({ name, type, optional }) => `${name}${optional ? '?' : ''}: ${type}`).join('; ')} }`

const actionDoc = (locale: Locale, { name, ticks, fuel }: ApiAction) =>
  `/** ${message(locale, `agents.api.${name}`)} (${message(locale, 'agents.api.price', { ticks, fuel })}) */`

export type PriceLine = {
  readonly action: string
  readonly ticks: number
  readonly fuel: number
  readonly text: string
}

/** What each action costs, in the reader's language. */
export const priceList = (locale: Locale): readonly PriceLine[] =>
  API_ACTIONS.map(({ name, ticks, fuel }) => ({
    action: name,
    ticks,
    fuel,
    text: message(locale, 'agents.api.price', { ticks, fuel }),
  }))
