/** What a host has earned: by day, by kind, and the newest of it. */
import type { Earnings, JobStore } from './types.ts'

const DAY_MS = 86_400_000

export async function createEarnings(
  store: Pick<JobStore, 'earnings'>,
  nowMs: number,
  days: number,
): Promise<Earnings> {
  const today = Math.floor(nowMs / DAY_MS)
  const first = today - days + 1
  const { rows, totalMicro, recent } = await store.earnings(first * DAY_MS)
  const byDay = Array.from({ length: days }, (_, i) => {
    const of = rows.filter(({ day }) => day === first + i)
    return {
      day: new Date((first + i) * DAY_MS).toISOString().slice(0, 10),
      micro: String(of.reduce((sum, { micro }) => sum + micro, 0n)),
      parts: of.reduce((sum, { parts }) => sum + parts, 0),
    }
  })
  const kinds = new Map<string, { micro: bigint; parts: number }>()
  for (const { kind, micro, parts } of rows) {
    const one = kinds.get(kind) ?? { micro: 0n, parts: 0 }
    kinds.set(kind, { micro: one.micro + micro, parts: one.parts + parts })
  }
  return {
    days: byDay,
    kinds: [...kinds]
      .map(([kind, { micro, parts }]) => ({ kind, micro: String(micro), parts }))
      .sort((a, b) => (a.kind < b.kind ? -1 : 1)),
    totalMicro: String(totalMicro),
    recent: recent.map(({ work, kind, paidMicro, atMs, transferId, status }) => ({
      work,
      kind,
      paidMicro,
      atMs,
      status,
      ...(transferId && { transferId }),
    })),
  }
}
