/** The last outputs of a person, encoded once, so that any of their pages can be sent what it has not shown yet. */
import { TERMINAL_RING_MAX_CHARS, TERMINAL_RING_MAX_OUTPUTS } from '../../limits.ts'
import { plainBlock } from '../../protocol/plain-text.ts'
import type { OutputDraft } from '../../protocol/terminal.ts'

export type Ring = {
  /** Takes the output in and gives it the next id. */
  push(draft: OutputDraft): number
  /** The encoded packet of an id, while it is kept. */
  at(id: number): string | undefined
  /** Id of the oldest output kept; `last + 1` when there is none. */
  readonly oldest: number
  readonly last: number
}

export type RingLimits = { readonly outputs: number; readonly chars: number }
const LIMITS: RingLimits = { outputs: TERMINAL_RING_MAX_OUTPUTS, chars: TERMINAL_RING_MAX_CHARS }

/** `firstId` must be above every id this person has ever been sent: the gateway takes it from the clock. */
export function createRing(firstId: number, limits: RingLimits = LIMITS): Ring {
  const packets: string[] = []
  let start = 0
  let oldest = firstId
  let chars = 0
  const drop = () => {
    chars -= packets[start]!.length
    packets[start] = ''
    start++
    oldest++
    if (start > limits.outputs) {
      packets.splice(0, start)
      start = 0
    }
  }
  return {
    push(draft) {
      const id = oldest + (packets.length - start)
      const packet = encodeOutput(id, draft)
      packets.push(packet)
      chars += packet.length
      while (packets.length - start > limits.outputs || (chars > limits.chars && packets.length - start > 1)) drop()
      return id
    },
    at: (id) => (id < oldest ? undefined : packets[start + (id - oldest)]),
    get oldest() {
      return oldest
    },
    get last() {
      return oldest + (packets.length - start) - 1
    },
  }
}

const bodies = new WeakMap<OutputDraft, string>()

/** An Engine.IO message holding a Socket.IO event; the body of a draft that goes to many people is encoded once. */
function encodeOutput(id: number, draft: OutputDraft): string {
  let body = bodies.get(draft)
  if (body === undefined) {
    const { kind, data } = draft
    // The last door before a person's terminal, whoever wrote it: another node, a model, an agent's log.
    const text = plainBlock(draft.text)
    body = JSON.stringify(data === undefined ? { kind, text } : { kind, text, data }).slice(1)
    bodies.set(draft, body)
  }
  return `42/terminal,["output",{"id":"${id}",${body}]`
}
