/**
 * Messages for those who live on this node: written down before they are handed over and marked after, so that a crash loses none that
 * was acknowledged; an id that was handed over is known for a day, over restarts too.
 */
import type { Signed } from '../../lib/signed.ts'
import { INBOX_BATCH, INBOX_MAX, INBOX_NODE_MAX, INBOX_RECIPIENTS_SWEPT, INBOX_TTL_MS } from '../../limits.ts'
import { WireError } from '../errors.ts'
import type { Doorstep, HeldMessage, InboxStore, NodeId } from '../types.ts'
import { fromBytes, type Sent, toBytes, unseal } from './envelope.ts'
import { type Answer, isWay } from './frames.ts'

export type MailboxParts = {
  readonly self: NodeId
  readonly inbox: InboxStore
  readonly now: () => number
  readonly report: (error: unknown) => void
  /** To the node where the one it is for has gone from here. */
  readonly sendOn: (node: NodeId, signed: Signed) => Promise<Answer>
}

/** Ids are their senders' own: those of two nodes may be the same. */
const heldId = (where: 'here' | 'away', node: NodeId, { id, from }: Sent): string =>
  `${where} ${node} ${from.node} ${id}`

export const toHeld = (
  where: 'here' | 'away',
  node: NodeId,
  recipient: string,
  message: Sent,
  signed: Signed,
  nowMs: number,
): HeldMessage => ({
  id: heldId(where, node, message),
  where,
  node,
  recipient,
  sender: message.from.id,
  envelope: toBytes(signed),
  storedAtMs: nowMs,
  expiresAtMs: nowMs + INBOX_TTL_MS,
})

type Bounds = Parameters<InboxStore['put']>[1]
export const INBOX_BOUNDS: Bounds = { perRecipient: INBOX_MAX, perNode: INBOX_NODE_MAX }
/** A hub said of these that they are kept: there is room for as many again. */
const FROM_HUB_BOUNDS: Bounds = { perRecipient: 2 * INBOX_MAX, perNode: 2 * INBOX_NODE_MAX }

export function createMailbox({ self, inbox, now, report, sendOn }: MailboxParts) {
  let door: Doorstep | undefined
  /** Handed over to somebody who has not written them down yet: they wait still, and are not handed over again meanwhile. */
  const inHand = new Set<string>()
  const byRecipient = new Map<string, Promise<unknown>>()

  /** One after the other for each recipient, so that what waits and what comes keep their order. */
  function inTurn<T>(recipient: string, work: () => Promise<T>): Promise<T> {
    const result = (byRecipient.get(recipient) ?? Promise.resolve()).then(work)
    const settled = result.then(
      () => {},
      () => {},
    )
    byRecipient.set(recipient, settled)
    void settled.then(() => byRecipient.get(recipient) === settled && byRecipient.delete(recipient))
    return result
  }

  async function keep(recipient: string, message: Sent, signed: Signed, bounds = INBOX_BOUNDS): Promise<void> {
    if (!(await inbox.put(toHeld('here', self, recipient, message, signed, now()), bounds)))
      throw new WireError('E_LIMITED', 'Too many messages wait for them already.', { retryAfterMs: 600_000 })
  }

  async function deliver(message: Sent, signed: Signed, bounds = INBOX_BOUNDS): Promise<Answer> {
    if (!door) throw new WireError('E_UNSUPPORTED', 'Nobody can be reached on this node.')
    const id = heldId('here', self, message)
    // What was handed over stays so, wherever its recipient has gone since.
    if ((await inbox.state(id)) === 'given') return { is: 'delivered' }
    const where = await door.find(message.to, message.from, bounds === FROM_HUB_BOUNDS ? undefined : message.id)
    if (where.is === 'unknown') throw new WireError('E_NOT_FOUND', `Nobody here is called ${message.to.name}.`)
    if (where.is === 'refused') throw new WireError('E_REJECTED', where.why)
    if (where.is === 'moved') return { is: 'moved', node: where.node }
    const { recipient, is } = where
    return inTurn(recipient, async () => {
      const isFlushed = is === 'here' && (await flush(recipient))
      const before = await inbox.state(id)
      if (before === 'given' || inHand.has(id)) return { is: 'delivered' }
      if (before === undefined) await keep(recipient, message, signed, bounds)
      return { is: isFlushed && (await give(id, recipient, message)) ? 'delivered' : 'kept' }
    })
  }

  /** False when they are not here any more. */
  async function give(id: string, recipient: string, { after: _, ...message }: Sent): Promise<boolean> {
    let taken: Promise<boolean> | undefined
    try {
      taken = (await door!.give(recipient, message))?.taken
    } catch {
      return false
    }
    if (!taken) {
      await inbox.given([id], now())
      return true
    }
    inHand.add(id)
    void taken
      .then((isTaken) => (isTaken ? inbox.given([id], now()) : undefined))
      .catch(report)
      .finally(() => inHand.delete(id))
    return true
  }

  /** What waits, in order; false when somebody left meanwhile. */
  async function flush(recipient: string): Promise<boolean> {
    for (;;) {
      const all = await inbox.list('here', self, recipient, INBOX_BATCH + inHand.size)
      const held = all.filter(({ id }) => !inHand.has(id))
      if (held.length === 0) return true
      for (const { id, envelope } of held) {
        const opened = unseal(fromBytes(envelope))
        if (!opened) await inbox.given([id], now())
        else if (!(await give(id, recipient, opened.message))) return false
      }
    }
  }

  /** What waits for one who has gone elsewhere goes after them; what nobody takes there is given up. */
  async function follow(recipient: string, node: NodeId): Promise<void> {
    for (const { id, envelope } of await inbox.list('here', self, recipient, INBOX_BATCH)) {
      if (inHand.has(id)) return
      const opened = unseal(fromBytes(envelope))
      try {
        if (opened && (await sendOn(node, opened.signed)).is === 'moved') return
      } catch (error) {
        if (isWay(error) || !(error instanceof WireError) || error.code === 'E_LIMITED') throw error
      }
      await inbox.given([id], now())
    }
  }

  return {
    open(opened: Doorstep) {
      door = opened
    },
    deliver,
    /** From a hub, which forgets it then: a move since is followed later. */
    async take(message: Sent, signed: Signed): Promise<void> {
      const answer = await deliver(message, signed, FROM_HUB_BOUNDS)
      if (answer.is !== 'moved') return
      const where = await door!.find(message.to, message.from)
      if (where.is === 'moved')
        await keep(where.recipient ?? message.to.id ?? message.to.name, message, signed, FROM_HUB_BOUNDS)
    },
    awake: (recipient: string) => inTurn(recipient, async () => void (door && (await flush(recipient)))),
    /** Looks for those for whom something waits: they may be here again, or elsewhere. */
    async sweep(): Promise<void> {
      if (!door) return
      for (const { recipient, envelope } of await inbox.waiting(self, INBOX_RECIPIENTS_SWEPT)) {
        const opened = unseal(fromBytes(envelope))
        if (!opened) continue
        const { to, from } = opened.message
        const where = await door.find({ ...to, id: recipient }, from)
        if (where.is === 'here') await inTurn(recipient, () => flush(recipient))
        else if (where.is === 'moved') await inTurn(recipient, () => follow(recipient, where.node))
      }
    },
  }
}
