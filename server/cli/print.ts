/** What a command prints on standard output: words and JSON, with nothing in either that the terminal would obey. */
import { plainBlock } from '../protocol/plain-text.ts'

export const words = (line: string): void => console.log(plainBlock(line))

/** JSON escapes the lower controls by itself, and leaves DEL and the upper ones (ECMA-48 C1) as they are. */
const ESCAPED = /[\u007f-\u009f]/g
export const json = (value: unknown): void =>
  console.log(JSON.stringify(value, null, 2).replace(ESCAPED, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`))
