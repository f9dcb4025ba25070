/** Takes the value out of a part's answer; a refusal becomes a problem document. */
import type { Refusal } from '../../protocol/refusals.ts'
import { RefusalProblem } from './problem.ts'

type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal }

export function granted<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw new RefusalProblem(result.refusal)
}
