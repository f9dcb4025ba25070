/** The author's lines back out of a program: what counts fuel was only put in, so taking it out leaves them as they were, without types. */
import type { Shift } from './compile/insertions.ts'
import type { Program, SourceFiles } from './types.ts'

function unwoven(text: string, shifts: readonly Shift[]): string {
  const lines = text.split('\n')
  for (const [line, column, length] of shifts) {
    const woven = lines[line - 1]!
    lines[line - 1] = woven.slice(0, column - 1) + woven.slice(column - 1 + length)
  }
  return lines.join('\n')
}

/** Compiles to the same program again. */
export const sourcesOf = ({ modules, shifts = {} }: Program): SourceFiles =>
  Object.fromEntries(Object.entries(modules).map(([path, text]) => [path, unwoven(text, shifts[path] ?? [])]))
