/** Time that moves only when told, with the timers that hang on it: for tests of leases and back-off, and for the simulator. */
import type { Timers } from '../timers.ts'

type Entry = { readonly atMs: number; readonly seq: number; readonly run: () => void }

export function manualTime(startMs = 1_700_000_000_000) {
  let nowMs = startMs
  let seq = 0
  let entries: Entry[] = []
  const timers: Timers = {
    after(ms, run) {
      const entry = { atMs: nowMs + Math.max(0, ms), seq: seq++, run }
      entries.push(entry)
      return () => {
        entries = entries.filter((each) => each !== entry)
      }
    },
  }

  return {
    timers,
    clock: { now: () => nowMs },
    /** Runs whatever falls due, in order, letting promises settle between. */
    async advance(ms: number): Promise<void> {
      const untilMs = nowMs + ms
      for (;;) {
        await settle()
        const due = entries.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs || a.seq - b.seq)[0]
        if (!due) break
        entries = entries.filter((each) => each !== due)
        nowMs = Math.max(nowMs, due.atMs)
        due.run()
      }
      nowMs = untilMs
      await settle()
    },
  }
}

/** Lets everything run that waits for nothing but other promises. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise<void>((done) => setImmediate(done))
}
