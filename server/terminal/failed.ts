/** Errors that other parts throw, as a no in words. What says no code of its own is ours. */
import { isDiskFull } from '../lib/disk-full.ts'
import type { Locale, Params } from '../protocol/ids.ts'
import { REFUSALS, type RefusalCode } from '../protocol/refusals.ts'
import { CATALOGUE } from '../protocol/text/index.ts'
import { render } from '../voice/index.ts'

const CODES: ReadonlySet<string> = new Set(REFUSALS)

export function replyToError(
  error: unknown,
  locale: Locale,
): { readonly code: string; readonly text: string; readonly isOurs: boolean } {
  const { code, params } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly code?: unknown
    readonly params?: Params
  }
  const known = isDiskFull(error) ? 'zone_unavailable' : typeof code === 'string' ? code : 'internal'
  const key = keyOf(known)
  return key
    ? { code: known, text: render(locale, key, params), isOurs: known === 'internal' }
    : replyToError({ code: 'internal' }, locale)
}

/** The accounts' own words say it best; else the refusal's. */
function keyOf(code: string): string | undefined {
  const own = `error.${code}`
  if (CATALOGUE.en[own] !== undefined) return own
  return CODES.has(code as RefusalCode) ? `refusal.${code}` : undefined
}
