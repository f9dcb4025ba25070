/** Failures of calls to other nodes as problem documents: their codes begin with `E_`. */
import type { ProblemCode } from '../../protocol/problems.ts'
import { HttpProblem } from './problem.ts'

const PROBLEM: Readonly<Record<string, ProblemCode>> = {
  E_NOT_FOUND: 'not_found',
  E_REJECTED: 'invalid_parameter',
  E_MALFORMED: 'invalid_parameter',
  E_TOO_LARGE: 'body_too_large',
  E_LIMITED: 'too_many_requests',
  E_FORBIDDEN: 'forbidden',
  E_BANNED: 'forbidden',
  E_NOT_ADMITTED: 'forbidden',
  E_CONFLICT: 'conflict',
  E_UNREACHABLE: 'unavailable',
  E_TIMEOUT: 'unavailable',
  E_CLOSED: 'unavailable',
  E_UNSUPPORTED: 'unavailable',
}

export async function onWire<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const { code, message, retryAfterMs } = error as { code?: string; message?: string; retryAfterMs?: number }
    const problem = typeof code === 'string' ? PROBLEM[code] : undefined
    if (!problem) throw error
    throw new HttpProblem(problem, { detail: message, ...(retryAfterMs !== undefined && { retryAfterMs }) })
  }
}
