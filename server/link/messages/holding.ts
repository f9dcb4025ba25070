/** A hub's side: messages for nodes that are away, handed over when those are back. */
import type { Signed } from '../../lib/signed.ts'
import { INBOX_BATCH, MESSAGES_WAITING_MAX } from '../../limits.ts'
import { WireError } from '../errors.ts'
import type { Frame, InboxStore, NodeId } from '../types.ts'
import type { Sent } from './envelope.ts'
import type { Answer } from './frames.ts'
import { INBOX_BOUNDS, toHeld } from './mailbox.ts'

export type HoldingParts = { readonly inbox: InboxStore; readonly now: () => number }

export function createHolding({ inbox, now }: HoldingParts) {
  /** What each was given last, until it confirms. */
  const handed = new Map<NodeId, readonly string[]>()
  return {
    async hold(node: NodeId, message: Sent, signed: Signed): Promise<Answer> {
      const recipient = message.to.id ?? message.to.name.toLowerCase()
      if (!(await inbox.put(toHeld('away', node, recipient, message, signed, now()), INBOX_BOUNDS)))
        throw new WireError('E_LIMITED', 'Too many messages wait for them already.', { retryAfterMs: 600_000 })
      return { is: 'kept' }
    },
    /** Some of what is held for the node that asks; asking again says that those have arrived, and they are forgotten. */
    async handOver(node: NodeId): Promise<Frame> {
      await inbox.remove(handed.get(node) ?? [])
      const held = await inbox.list('away', node, undefined, INBOX_BATCH)
      handed.delete(node)
      handed.set(
        node,
        held.map(({ id }) => id),
      )
      if (handed.size > MESSAGES_WAITING_MAX) handed.delete(handed.keys().next().value!)
      return { envelopes: held.map(({ envelope }) => envelope) }
    },
  }
}
