/** Answers by request id, for a while: a request that is sent again is answered again and not done again. */
import { ANSWERS_KEPT_MAX, ANSWERS_KEPT_MAX_BYTES, ANSWERS_KEPT_MS } from '../limits.ts'
import type { Frame } from './types.ts'

type Kept = { readonly answer: Promise<Frame>; readonly atMs: number; bytes: number }

export function createKeptAnswers(now: () => number) {
  const kept = new Map<string, Kept>()
  let bytes = 0

  function drop(key: string): void {
    bytes -= kept.get(key)?.bytes ?? 0
    kept.delete(key)
  }

  function sweep(): void {
    for (const [key, { atMs }] of kept) {
      if (kept.size <= ANSWERS_KEPT_MAX && bytes <= ANSWERS_KEPT_MAX_BYTES && now() - atMs < ANSWERS_KEPT_MS) return
      drop(key)
    }
  }

  return {
    /** Runs it unless the same was asked before. */
    once(key: string, run: () => Promise<Frame>): Promise<Frame> {
      const before = kept.get(key)
      if (before) return before.answer
      const entry: Kept = { answer: run(), atMs: now(), bytes: 0 }
      kept.set(key, entry)
      void entry.answer.then((frame) => {
        if (kept.get(key) !== entry) return
        // A failure is not kept: whoever asks again may fare better.
        if (frame.ok === undefined) return drop(key)
        entry.bytes = sizeOf(frame)
        bytes += entry.bytes
        sweep()
      })
      return entry.answer
    },
  }
}

/** Roughly what a frame holds in memory; its byte strings are what counts. */
function sizeOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength + 64
  if (typeof value === 'string') return value.length * 2 + 16
  if (typeof value !== 'object' || value === null) return 16
  let sum = 64
  for (const [name, each] of Object.entries(value)) sum += name.length + sizeOf(each)
  return sum
}
