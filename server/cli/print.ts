/** What a command prints: words and JSON, with nothing in either that the terminal would obey, whoever wrote it. */
import { plainBlock, plainLine } from '../protocol/plain-text.ts'

/** Lines of an answer, on standard output. */
export const words = (lines: string): void => console.log(plainBlock(lines))

/** Progress and warnings, on standard error: the answer can be sent into a file without them. */
export const say = (lines: string): void => console.error(plainBlock(lines))

/** A line of a list. What others wrote stays in its cell: it begins no line and no cell of its own. */
export const row = (...cells: readonly string[]): void => console.log(cells.map(plainLine).join('\t'))

export const json = (value: unknown): void => console.log(escaped(JSON.stringify(value, null, 2)))

/** One of many values, each on its line. */
export const jsonLine = (value: unknown): void => console.log(escaped(JSON.stringify(value)))

/** A finding; one that is not good ends the command with 1, for scripts. */
export function finish(finding: { readonly ok: boolean; readonly [part: string]: unknown }): void {
  json(finding)
  if (!finding.ok) process.exitCode = 1
}

/** JSON escapes the lower controls by itself, and leaves DEL and the upper ones (ECMA-48 C1) as they are. */
const LEFT_BY_JSON = /[\u007f-\u009f]/g
const escaped = (text: string): string =>
  text.replace(LEFT_BY_JSON, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`)
