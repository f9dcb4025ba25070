/** A replayed turn as lines on a terminal. */
import type { ProgramError } from '../protocol/agent-io.ts'
import { errorSentence } from '../protocol/text/program.ts'
import type { Difference, Step } from './replay.ts'

type Trace = { memory: string }

type Shown = Pick<Step, 'outcome' | 'memory' | 'path'> & {
  readonly turn: { readonly tick: number; readonly inputs: readonly unknown[] }
}

/** What came in, where it went, what was asked for, what was logged, what changed in memory, and where it ended when it did. */
export function stepLines({ turn, outcome, memory, path = [] }: Shown, before: Trace): readonly string[] {
  const changes = memoryChanges(before.memory, memory)
  before.memory = memory
  const { calls, logs, error, failed, finished, fuelUsed } = outcome
  const wrong = error ?? failed
  return [
    `${turn.tick}  fuel ${fuelUsed}`,
    ...turn.inputs.map((input) => `  < ${inputLine(input as Input)}`),
    ...(path.length > 0 ? [`  @ ${pathText(path)}`] : []),
    ...logs.map(({ level, text }) => `  ${level === 'log' ? '|' : `${level}:`} ${text}`),
    ...calls.map(
      ({ call, action, args }) => `  > ${call} me.${action}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`,
    ),
    ...changes.map((change) => `  = ${change}`),
    ...(wrong ? [`  ! ${whereOf(wrong)}${errorSentence('en', wrong as ProgramError)} (${wrong.code})`] : []),
    ...(finished ? ['  the program has ended'] : []),
  ]
}

const PATH_MAX_LINES = 60

/** `main.ts 3 4 5, lib.ts 2, main.ts 6`. */
function pathText(path: NonNullable<Step['path']>): string {
  let text = ''
  let last = { file: '', line: 0 }
  for (const at of path.slice(0, PATH_MAX_LINES)) {
    if (at.file !== last.file) text += `${text ? ', ' : ''}${at.file} ${at.line}`
    else if (at.line !== last.line) text += ` ${at.line}`
    last = at
  }
  return path.length > PATH_MAX_LINES ? `${text} …` : text
}

type Input =
  | { readonly type: 'result'; readonly call: number; readonly ok: true; readonly value: unknown }
  | {
      readonly type: 'result'
      readonly call: number
      readonly ok: false
      readonly refusal: { code: string; message: string }
    }
  | { readonly type: 'event'; readonly name: string; readonly data: unknown }
  | { readonly type: 'eval'; readonly source: string }

const INPUT_MAX_CHARS = 160
const cut = (text: string): string => (text.length > INPUT_MAX_CHARS ? `${text.slice(0, INPUT_MAX_CHARS)}…` : text)

function inputLine(input: Input): string {
  if (input.type === 'eval') return `console ${cut(input.source)}`
  if (input.type === 'event') return `${input.name} ${cut(JSON.stringify(input.data))}`
  if (!input.ok) return `${input.call} refused: ${input.refusal.code}: ${cut(input.refusal.message)}`
  return `${input.call} ${input.value === null ? 'done' : cut(JSON.stringify(input.value))}`
}

const whereOf = ({ file, line, column }: Readonly<Record<string, unknown>>): string =>
  line === undefined ? '' : `${file}:${line}:${column ?? 1} `

function memoryChanges(before: string, after: string): readonly string[] {
  if (before === after) return []
  const was = JSON.parse(before) as Record<string, unknown>
  const is = JSON.parse(after) as Record<string, unknown>
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]))
    .map((key) =>
      Object.hasOwn(is, key) ? `memory.${key} = ${cut(JSON.stringify(is[key]))}` : `memory.${key} is gone`,
    )
}

export const differenceLine = ({ tick, what, recorded, here }: Difference): string =>
  what === 'program'
    ? 'The sources come to another program here: they were changed, or recorded by another version. Record it anew to compare it turn by turn.'
    : `At tick ${tick} the ${what} differs.\n  recorded: ${cut(recorded)}\n  here:     ${cut(here)}`
