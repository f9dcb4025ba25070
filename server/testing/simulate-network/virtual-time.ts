/** Time that jumps from one event to the next: a binary heap of what is due, so that hours of ten thousand nodes pass in seconds. */
import type { Timers } from '../../link/timers.ts'

type Entry = { readonly atMs: number; readonly seq: number; run: (() => void) | undefined }

export type VirtualTime = {
  readonly clock: { now(): number }
  readonly timers: Timers
  schedule(run: () => void, delayMs: number): void
  /** Events that have run. */
  events(): number
  /** Runs everything due until that moment, in order; promises settle after each event. */
  runUntil(atMs: number): Promise<void>
}

const isBefore = (a: Entry, b: Entry) => a.atMs < b.atMs || (a.atMs === b.atMs && a.seq < b.seq)

export function createVirtualTime(startMs: number): VirtualTime {
  const heap: Entry[] = []
  let nowMs = startMs
  let seq = 0
  let events = 0

  function push(delayMs: number, run: () => void): Entry {
    const entry: Entry = { atMs: nowMs + Math.max(0, delayMs), seq: seq++, run }
    let i = heap.push(entry) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!isBefore(entry, heap[parent]!)) break
      heap[i] = heap[parent]!
      i = parent
    }
    heap[i] = entry
    return entry
  }

  function pop(): Entry {
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return first
    let i = 0
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[i] = heap[child]!
      i = child
    }
    heap[i] = last
    return first
  }

  return {
    clock: { now: () => nowMs },
    timers: {
      after(ms, run) {
        const entry = push(ms, run)
        return () => {
          entry.run = undefined
        }
      },
    },
    schedule: (run, delayMs) => void push(delayMs, run),
    events: () => events,
    async runUntil(atMs) {
      await settled()
      while (heap.length > 0 && heap[0]!.atMs <= atMs) {
        const { atMs: dueMs, run } = pop()
        if (!run) continue
        nowMs = dueMs
        events++
        run()
        await settled()
      }
      nowMs = atMs
    },
  }
}

/** What is simulated waits for promises and for this time alone: once the microtasks are through, nothing is left to do now. */
const settled = () => new Promise<void>((done) => setImmediate(done))
