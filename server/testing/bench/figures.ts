/** What a benchmark hands back, and how its samples become figures. */

export type Figure = { readonly value: number; readonly unit: string; readonly samples?: readonly number[] }
export type Figures = Readonly<Record<string, Figure>>
export type Bench = (options: { readonly short: boolean; readonly note: (line: string) => void }) => Promise<Figures>

/** Nearest-rank percentile, `p` in 0…100. */
export function percentile(samples: readonly number[], p: number): number {
  if (samples.length === 0) return Number.NaN
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil((p / 100) * sorted.length) - 1))]!
}

/** The median of repeated runs of the same thing; the runs stay as samples. */
export const median = (samples: readonly number[], unit: string): Figure => ({
  value: percentile(samples, 50),
  unit,
  samples,
})

/** At most this many raw samples go into the JSON: enough to draw a curve from. */
const SAMPLES_MAX = 2_000

/** A percentile of many measurements; an even choice of them is kept. */
export function quantile(samples: readonly number[], p: number, unit: string): Figure {
  const step = Math.max(1, Math.ceil(samples.length / SAMPLES_MAX))
  return { value: percentile(samples, p), unit, samples: samples.filter((_, i) => i % step === 0) }
}
