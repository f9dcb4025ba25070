/** Lines on their way to the node: in order, one at a time, sent again under the same id until acknowledged. */
import type { LineAck } from '../../server/protocol/terminal.ts'
import { OUTBOX_MAX_COUNT } from '../limits.ts'

export type SentLine = { readonly id: string; readonly text: string }

type Deps = {
  /** Resolves with the node's answer; rejects when none came in time or the connection broke. */
  readonly send: (line: SentLine) => Promise<LineAck>
  readonly connected: () => boolean
  readonly newId: () => string
  readonly onAck: (line: SentLine, ack: LineAck) => void
}

export type Outbox = {
  /** False when too many lines wait already. */
  push(text: string): boolean
  /** To be called whenever the connection is there again. */
  flush(): void
  readonly waiting: number
}

export function createOutbox({ send, connected, newId, onAck }: Deps): Outbox {
  const queue: SentLine[] = []
  let sending = false

  async function pump(): Promise<void> {
    if (sending) return
    sending = true
    try {
      while (queue[0] && connected()) {
        const line = queue[0]
        const ack = await send(line).catch(() => undefined)
        if (!ack) continue
        queue.shift()
        onAck(line, ack)
      }
    } finally {
      sending = false
    }
  }

  return {
    push(text) {
      if (queue.length >= OUTBOX_MAX_COUNT) return false
      queue.push({ id: newId(), text })
      void pump()
      return true
    },
    flush: () => void pump(),
    get waiting() {
      return queue.length
    },
  }
}
