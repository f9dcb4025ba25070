/** Whether an error comes of a disk without room, however deep the libraries have wrapped it. */

/** PostgreSQL `disk_full`, and the system's own words for no room and no quota. */
const CODES: ReadonlySet<unknown> = new Set(['53100', 'ENOSPC', 'EDQUOT'])
const WORDS = /no space left on device|could not extend file/i
const DEPTH = 6

export function isDiskFull(error: unknown, depth = DEPTH): boolean {
  if (typeof error !== 'object' || error === null || depth === 0) return false
  const { code, originalCode, message, cause, meta, driverAdapterError, errors } = error as Record<string, unknown>
  if (CODES.has(code) || CODES.has(originalCode)) return true
  if (typeof message === 'string' && WORDS.test(message)) return true
  return [cause, meta, driverAdapterError, ...(Array.isArray(errors) ? errors : [])].some((inner) =>
    isDiskFull(inner, depth - 1),
  )
}
