/** A no, with its why and its way out, in words. */
import type { ZoneView } from '../engine/types.ts'
import type { Locale, Params } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import { CATALOGUE } from '../protocol/text/index.ts'
import { render } from './render.ts'

/** `params.textKey` names a text of the world that says it better than the catalogue can. */
export function describeRefusal(refusal: Refusal, locale: Locale, world?: ZoneView): string {
  const params = refusal.params ?? {}
  const own = params.textKey
  if (typeof own === 'string' && world?.def.text.has(own)) return render(locale, own, params, world)
  return render(locale, `refusal.${refusal.code}`, withUsage(params, locale), world)
}

/** Who has not said enough is shown the command's own example. */
function withUsage(params: Params, locale: Locale): Params {
  const page = typeof params.command === 'string' ? CATALOGUE[locale][`help.${params.command}`] : undefined
  const example = page?.split('\n')[1]
  return example === undefined || params.usage !== undefined
    ? params
    : { ...params, usage: example.slice(example.indexOf(':') + 1).trim() }
}
