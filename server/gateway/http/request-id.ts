/** One id for each request: the caller's, when it is harmless to log, or a new one. */
import { randomUUID } from 'node:crypto'

const HARMLESS = /^[A-Za-z0-9._-]{1,64}$/

export function requestIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && HARMLESS.test(header) ? header : randomUUID()
}
