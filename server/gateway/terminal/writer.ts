/**
 * One connection's way out: everything of a turn in one write, outputs from the person's ring, and never more than one write outstanding.
 * A client that does not read therefore costs one batch of memory; what it misses stays in the ring, and what falls out of the ring is said to be lost.
 */
import { TERMINAL_BATCH_MAX_CHARS } from '../../limits.ts'
import { framesOf } from './frames.ts'
import type { Ring } from './ring.ts'

/** The part of an Engine.IO socket that is used. `sent` is called when the operating system has taken the bytes. */
export type Wire = {
  readonly readyState: string
  write(data: string, options: object, sent: () => void): unknown
}

export type Writer = {
  /** Something new is in the ring or in `control`: written at the end of this turn of the event loop. */
  wake(): void
  /** Queues a packet that is no output: an acknowledgement, an ending. */
  control(packet: string): void
  /** Writes now. */
  flush(): void
  /** Since when the outstanding write has waited, on the monotonic clock; undefined when there is none. */
  readonly waitingSinceMs: number | undefined
}

export type WriterOptions = {
  readonly ring: Ring
  /** Id of the last output this page has. */
  readonly after: number
  /** The encoded remark for a gap, given an id that is free. */
  readonly gap: (id: number) => string
  readonly schedule?: (flush: () => void) => void
}

export function createWriter(wire: Wire, { ring, after, gap, schedule = atEndOfTurn }: WriterOptions): Writer {
  let cursor = after
  let controls: string[] = []
  let scheduled = false
  let waitingSinceMs: number | undefined
  const sent = () => {
    waitingSinceMs = undefined
    if (controls.length > 0 || cursor < ring.last) wake()
  }
  const flush = () => {
    scheduled = false
    if (wire.readyState !== 'open' || waitingSinceMs !== undefined) return
    const batch = nextBatch()
    if (batch.length === 0) return
    waitingSinceMs = performance.now()
    // Engine.IO writes a frame made beforehand as it is: socket.io's own broadcasts use the same option.
    wire.write('', { wsPreEncodedFrame: [framesOf(batch)] }, sent)
  }
  const wake = () => {
    if (scheduled) return
    scheduled = true
    schedule(flush)
  }
  return {
    wake,
    control(packet) {
      controls.push(packet)
      wake()
    },
    flush,
    get waitingSinceMs() {
      return waitingSinceMs
    },
  }

  function nextBatch(): string[] {
    const batch: string[] = []
    let chars = 0
    if (cursor < ring.oldest - 1) {
      cursor = ring.oldest - 1
      batch.push(gap(cursor))
    }
    while (cursor < ring.last && chars < TERMINAL_BATCH_MAX_CHARS) {
      const packet = ring.at(++cursor)!
      chars += packet.length
      batch.push(packet)
    }
    if (controls.length > 0) {
      for (const packet of controls) batch.push(packet)
      controls = []
    }
    return batch
  }
}

let due: (() => void)[] = []

/** One immediate for all connections: they are written one after another when every line that came in has been looked at. */
function atEndOfTurn(flush: () => void): void {
  if (due.push(flush) > 1) return
  setImmediate(() => {
    const flushes = due
    due = []
    for (const each of flushes) each()
  })
}
