/** What is wrong with a world's files: all of it at once, each with its file and line. */
import { WORLD_PROBLEMS_MAX } from '../limits.ts'

export type Problem = {
  readonly file: string
  readonly line: number
  readonly column?: number
  readonly message: string
}

/** Where in the files something was written. */
export type Spot = { readonly file: string; readonly line: number; readonly column?: number }

export type Problems = {
  error(spot: Spot, message: string): void
  warn(spot: Spot, message: string): void
  readonly errors: readonly Problem[]
  readonly warnings: readonly Problem[]
}

export function createProblems(): Problems {
  const errors: Problem[] = []
  const warnings: Problem[] = []
  const add = (list: Problem[], spot: Spot, message: string) => {
    if (list.length < WORLD_PROBLEMS_MAX) list.push({ ...spot, message })
    else if (list.length === WORLD_PROBLEMS_MAX) list.push({ file: '', line: 0, message: 'and more' })
  }
  return {
    error: (spot, message) => add(errors, spot, message),
    warn: (spot, message) => add(warnings, spot, message),
    errors,
    warnings,
  }
}

/** `file:line:column message`, as editors and terminals understand it. */
export const formatProblem = ({ file, line, column, message }: Problem): string =>
  file ? `${file}:${line}${column ? `:${column}` : ''} ${message}` : message
