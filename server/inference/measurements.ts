/** How quick and how reliable each backend has been with each model: what the router chooses by. In memory, from real requests only. */
import { INFER_MEASURED_MAX } from '../limits.ts'

export type Measured = {
  /** Until its first piece of text. */
  readonly firstTokenMs?: number
  readonly tokensPerS?: number
  /** Between 0 and 1: of the recent ones, the newer the heavier. */
  readonly failures: number
}
export type Measurements = {
  of(backend: string, model: string): Measured
  first(backend: string, model: string, ms: number): void
  done(backend: string, model: string, tokens: number, ms: number): void
  failed(backend: string, model: string): void
}

/** Weight of the newest in a moving average. */
const WEIGHT = 0.2
const NOTHING: Measured = { failures: 0 }

export function createMeasurements(): Measurements {
  const kept = new Map<string, Measured>()
  const keyOf = (backend: string, model: string) => `${backend} ${model}`
  const of = (backend: string, model: string) => kept.get(keyOf(backend, model)) ?? NOTHING
  const mean = (before: number | undefined, now: number) =>
    before === undefined ? now : before + (now - before) * WEIGHT
  function keep(backend: string, model: string, change: Partial<Measured>): void {
    const key = keyOf(backend, model)
    if (kept.size >= INFER_MEASURED_MAX && !kept.has(key)) kept.delete(kept.keys().next().value!)
    kept.set(key, { ...of(backend, model), ...change })
  }
  return {
    of,
    first: (backend, model, ms) => keep(backend, model, { firstTokenMs: mean(of(backend, model).firstTokenMs, ms) }),
    done(backend, model, tokens, ms) {
      const { failures, tokensPerS } = of(backend, model)
      const speed = tokens >= 4 && ms > 0 ? { tokensPerS: mean(tokensPerS, (tokens * 1_000) / ms) } : {}
      keep(backend, model, { failures: mean(failures, 0), ...speed })
    },
    failed: (backend, model) => keep(backend, model, { failures: mean(of(backend, model).failures, 1) }),
  }
}
