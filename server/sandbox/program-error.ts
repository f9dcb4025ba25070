/** From what an isolate says of an error to what its author is told: the author's own line, and the code of a sentence. */
import type { ProgramError } from '../protocol/agent-io.ts'
import type { Params } from '../protocol/ids.ts'
import { columnBefore } from './compile/insertions.ts'
import type { Program } from './types.ts'

/** As the prelude and the host report it. */
export type ReportedError = {
  readonly name: string
  readonly message: string
  readonly stack?: string
  readonly code?: string
  readonly params?: Params
}

type Frame = { readonly what: string; readonly file: string; readonly line: number; readonly column: number }

export function programError(
  program: Program,
  { name, message, stack = '', code, params }: ReportedError,
): ProgramError {
  const frames = authorsFrames(program, stack)
  const said = code === undefined ? recognise(name, message) : { code, params }
  const { file, line, column } = frames[0] ?? { file: undefined, line: undefined, column: undefined }
  const trace = [`${name}: ${message}`, ...frames.map((f) => `    at ${f.what}${f.file}:${f.line}:${f.column}`)].join(
    '\n',
  )
  return { name, message, ...said, file, line, column, stack: frames.length > 0 ? trace : undefined }
}

/** Lines of a V8 stack that lie in the program's own files, with the columns that its author sees. */
function authorsFrames(program: Program, stack: string): readonly Frame[] {
  return stack.split('\n').flatMap((text): Frame[] => {
    const match = /^\s+at (?:(.*?) \()?([^():]+):(\d+):(\d+)\)?$/.exec(text)
    const file = match?.[2]
    if (!file || !Object.hasOwn(program.modules, file)) return []
    const line = Number(match[3])
    const column = columnBefore(program.shifts?.[file] ?? [], line, Number(match[4]))
    return [{ what: match[1] ? `${match[1]} ` : '', file, line, column }]
  })
}

/** V8's messages are the only sign of what a program did wrong; tests hold them to the engine we run. */
const KNOWN: readonly { readonly pattern: RegExp; readonly code: string; readonly params?: readonly string[] }[] = [
  { pattern: /^(Date|performance|Temporal) is not defined$/, code: 'no_clock', params: ['name'] },
  {
    pattern: /^(setTimeout|setInterval|setImmediate|queueMicrotask) is not defined$/,
    code: 'no_timer',
    params: ['name'],
  },
  {
    pattern:
      /^(fetch|XMLHttpRequest|WebSocket|require|process|window|document|alert|prompt|Intl|BigInt|Buffer) is not defined$/,
    code: 'not_here',
    params: ['name'],
  },
  { pattern: /^(\S+) is not defined$/, code: 'undefined_name', params: ['name'] },
  { pattern: /^Cannot access '(.+)' before initialization$/, code: 'used_too_early', params: ['name'] },
  { pattern: /^Assignment to constant variable\.$/, code: 'assigned_constant' },
  {
    pattern: /^Cannot (?:read|set) properties of (undefined|null) \((?:reading|setting) '(.*)'\)$/,
    code: 'property_of_nothing',
    params: ['nothing', 'name'],
  },
  {
    pattern: /^Cannot destructure .* as it is (undefined|null)\.$/,
    code: 'nothing_to_take_apart',
    params: ['nothing'],
  },
  {
    pattern: /^(.+) is not a function(?: or its return value is not iterable)?$/,
    code: 'not_a_function',
    params: ['name'],
  },
  { pattern: /^(.+) is not (?:async )?iterable(?: .*)?$/, code: 'not_iterable', params: ['name'] },
  { pattern: /^(.+) is not a constructor$/, code: 'not_a_constructor', params: ['name'] },
  { pattern: /^Class constructor (.+) cannot be invoked without 'new'$/, code: 'needs_new', params: ['name'] },
  { pattern: /^Invalid (?:string|array) length$/, code: 'too_long' },
  { pattern: /^Maximum call stack size exceeded$/, code: 'stack_overflow' },
  {
    pattern: /^Unexpected (?:token|end of JSON input|non-whitespace)|in JSON at position|is not valid JSON/,
    code: 'bad_json',
  },
  { pattern: /^Converting circular structure to JSON/, code: 'circular' },
  { pattern: /^Code cannot be made from text here\.$/, code: 'no_eval' },
  { pattern: /does not provide an export named '(.+)'$/, code: 'no_such_export', params: ['name'] },
  { pattern: /^Invalid regular expression/, code: 'bad_regexp' },
]

function recognise(name: string, message: string): { readonly code: string; readonly params?: Params } {
  for (const { pattern, code, params = [] } of KNOWN) {
    const match = pattern.exec(message)
    if (match) return { code, params: Object.fromEntries(params.map((key, i) => [key, match[i + 1] ?? ''])) }
  }
  return { code: name === 'SyntaxError' ? 'syntax' : 'thrown', params: { name, message } }
}
