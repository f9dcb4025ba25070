/** The verdict on one test: each expectation against what happened, and what happened instead. Pure. */
import {
  counted,
  type EventMatch,
  type FieldMatch,
  fits,
  fitsFields,
  matchesEvent,
} from '../agents/simulation/match.ts'
import type { Happening, SimulationResult } from '../agents/simulation/simulation.ts'
import { AUTHOR_REPORT_EVENTS } from '../limits.ts'
import type { AgentTest, Expectation } from './test-file.ts'

export type Verdict = {
  readonly line: number
  readonly ok: boolean
  readonly expected: string
  /** What was so instead; only of one that failed. */
  readonly got?: string
}

type Came = Omit<SimulationResult, 'recorded'> & { readonly found?: readonly string[]; readonly fuel: number }

/** One for each expectation, and one more when the program failed and nobody expected it. */
export function judge(test: AgentTest, came: Came): readonly Verdict[] {
  const verdicts = test.expect.map(({ line, is }): Verdict => {
    const got = whatInstead(is, came)
    return { line, ok: got === undefined, expected: inWords(is), ...(got !== undefined && { got }) }
  })
  const wantsError = test.expect.some(({ is }) => 'error' in is)
  if (!came.error || wantsError) return verdicts
  return [...verdicts, { line: 1, ok: false, expected: 'no error', got: errorLine(came) }]
}

/** Undefined when it is as expected. */
function whatInstead(is: Expectation, came: Came): string | undefined {
  if ('happens' in is) {
    const found = counted({ ...is, match: is.happens }, came.happenings)
    if (found.length >= is.count) return undefined
    return `${is.count > 1 ? `${found.length} of ${is.count}; ` : ''}${nearest(is.happens, came.happenings)}`
  }
  if ('never' in is) {
    const found = came.happenings.find(({ event }) => matchesEvent(event, is.never))
    return found && `it happened: ${eventLine(found)}`
  }
  if ('refused' in is) {
    const match: EventMatch = {
      type: 'refused',
      ...(typeof is.refused === 'string' ? { code: is.refused } : is.refused),
    }
    return came.happenings.some(({ event }) => matchesEvent(event, match))
      ? undefined
      : nearest({ type: 'refused' }, came.happenings)
  }
  if ('logs' in is) {
    const texts = came.logs.filter(({ level }) => level !== 'system').map(({ text }) => text)
    return texts.some((text) => fits(text, is.logs))
      ? undefined
      : `the log says ${JSON.stringify(texts.slice(-AUTHOR_REPORT_EVENTS))}`
  }
  if ('memory' in is)
    return fitsFields(came.memory, is.memory) ? undefined : `memory is ${JSON.stringify(came.memory)}`
  if ('holds' in is) return came.found?.includes(is.holds) ? undefined : 'it does not hold at the end'
  if ('error' in is) {
    const match: Readonly<Record<string, FieldMatch>> = typeof is.error === 'string' ? { code: is.error } : is.error
    return came.error && fitsFields(came.error, match) ? undefined : errorLine(came)
  }
  return came.fuel < is.fuelBelow ? undefined : `it used ${came.fuel}`
}

const errorLine = ({ error }: Came): string =>
  error
    ? `${error.file ?? 'main.ts'}:${error.line ?? 1}:${error.column ?? 1} ${error.name}: ${error.message} (${error.code})`
    : 'there was no error'

/** Events of the kind that was asked for, or all, so that the difference can be seen. */
function nearest(wanted: EventMatch, happenings: readonly Happening[]): string {
  const kind = happenings.filter(({ event }) => fits(event.type, wanted.type!))
  const shown = kind.length > 0 ? kind : happenings
  if (shown.length === 0) return 'nothing happened'
  const lines = shown.slice(-AUTHOR_REPORT_EVENTS).map(eventLine)
  return `what happened: ${shown.length > lines.length ? '… ' : ''}${lines.join('; ')}`
}

const LEFT_OUT = new Set(['type', 'who', 'by', 'item', 'place'])

/** `12 moved to=harbor:pier direction=east` */
export function eventLine({ tick, event }: Happening): string {
  const fields = Object.entries(event)
    .filter(([key, value]) => !LEFT_OUT.has(key) && value !== undefined)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return [`${tick}`, event.type, ...fields].join(' ')
}

const flow = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll(/"(\w+)":/g, '$1: ')
    .replaceAll(',', ', ')

function inWords(is: Expectation): string {
  if ('happens' in is) {
    const { happens, count, distinct, within } = is
    const often = count > 1 ? ` ${count} times` : ''
    const apart = distinct ? `, each with another ${distinct}` : ''
    return `happens${often} ${flow(happens)}${apart}${within ? ` within ${within} tides` : ''}`
  }
  const [[key, value]] = Object.entries(is) as [[string, unknown]]
  return `${key} ${typeof value === 'string' || typeof value === 'number' ? value : flow(value)}`
}
