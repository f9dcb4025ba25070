/** Parses what came in by its schema; what does not fit is named by path, never repeated. */
import type { z } from 'zod'
import { HttpProblem } from './problem.ts'

const ISSUES_MAX = 20

export function parse<S extends z.ZodType>(
  schema: S,
  value: unknown,
  code: 'invalid_body' | 'invalid_parameter',
): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success && !holdsNul(parsed.data)) return parsed.data
  const found = parsed.success ? [NUL_ISSUE] : parsed.error.issues
  const issues = found
    .slice(0, ISSUES_MAX)
    .map((issue) => ({ path: issue.path.join('.'), message: issue.message.slice(0, 300) }))
  throw new HttpProblem(code, { issues })
}

const NUL_ISSUE = { path: [] as PropertyKey[], message: 'A text holds the character U+0000' }

/** The one character that a text of the database cannot hold; without recursion, for what is nested may be deep. */
export function holdsNul(value: unknown): boolean {
  const waiting = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next === 'string' && next.includes('\0')) return true
    if (typeof next === 'object' && next !== null)
      for (const [key, part] of Object.entries(next)) waiting.push(key, part)
  }
  return false
}
