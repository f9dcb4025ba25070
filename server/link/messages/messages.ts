/** Messages between people and agents on any two nodes: straight where that works, else through a hub; in order, once, and kept for the absent. */
import type { SigningKey } from '../../lib/ed25519.ts'
import type { Signed } from '../../lib/signed.ts'
import { MESSAGE_IDS_KEPT, MESSAGES_SWEEP_MS } from '../../limits.ts'
import { WireError } from '../errors.ts'
import { repeat, type Timers } from '../timers.ts'
import type { Caller, InboxStore, Messages, NodeId, NodeRole, Wire } from '../types.ts'
import { fromBytes, type Sent, unseal } from './envelope.ts'
import { type Answer, isWay, MESSAGE } from './frames.ts'
import { createHolding } from './holding.ts'
import { createMailbox } from './mailbox.ts'
import { createSending } from './sending.ts'

export type MessagesParts = {
  readonly wire: Wire
  readonly nodeKey: SigningKey
  readonly role: NodeRole
  readonly inbox: InboxStore
  readonly clock: { now(): number }
  readonly timers: Timers
  /** Those who pass messages on, the best first. */
  readonly routers: () => readonly NodeId[]
  readonly report: (error: unknown) => void
}

export function createMessages(parts: MessagesParts): Messages & { stop(): void } {
  const { wire, nodeKey, role, inbox, clock, timers, routers, report } = parts
  const now = () => clock.now()
  const self = wire.self
  const holding = createHolding({ inbox, now })
  const sending = createSending({ wire, nodeKey, clock, timers, routers, receive, hold: holding.hold })
  const mailbox = createMailbox({
    self,
    inbox,
    now,
    report,
    sendOn: (node, signed) => sending.ask(node, signed, { hops: 0, moved: true }),
  })
  /** Ids of messages that came to an end here lately: the next of the same pair need not wait for what a hub holds. */
  const ended = new Set<string>()

  wire.serve(MESSAGE, async (request, caller) => {
    if (request.op === 'collect') return holding.handOver(caller.node)
    if (request.op !== 'send') throw new WireError('E_UNSUPPORTED', 'Only send and collect are known.')
    const opened = unseal(request.envelope)
    if (!opened) throw new WireError('E_MALFORMED', 'The message is not signed by the node it is from.')
    const { message, signed } = opened
    if (request.moved === true) return takeOver(message, signed, caller)
    if (caller.node !== message.from.node && caller.role !== 'initial' && caller.role !== 'trusted')
      throw new WireError('E_FORBIDDEN', 'Only initial and trusted nodes pass on the messages of others.')
    if (message.to.node === self) return receive(message, signed)
    if (role === 'local') throw new WireError('E_FORBIDDEN', 'This node passes on no messages.')
    if (request.hops !== 0)
      throw new WireError('E_UNREACHABLE', `${message.to.node} cannot be reached from here either.`)
    return passOn(message, signed)
  })

  /** From the node it was sent to, which says that its recipient lives here now. */
  function takeOver(message: Sent, signed: Signed, caller: Caller): Promise<Answer> {
    if (caller.node !== message.to.node)
      throw new WireError('E_FORBIDDEN', 'Only the node a message was sent to sends it on after a move.')
    return mailbox.deliver({ ...message, to: { ...message.to, node: self } }, signed)
  }

  async function passOn(message: Sent, signed: Signed): Promise<Answer> {
    const { node } = message.to
    try {
      return await sending.ask(node, signed, { hops: 1 })
    } catch (error) {
      if (!isWay(error) || role !== 'initial') throw error
      return holding.hold(node, message, signed)
    }
  }

  async function receive(message: Sent, signed: Signed): Promise<Answer> {
    const { after, from } = message
    // What a hub still holds of the same pair comes first. One that was under way may have begun before the link stood.
    if (after !== undefined && !ended.has(`${from.node} ${after}`)) await collect().catch(collect).catch(report)
    const answer = await mailbox.deliver(message, signed)
    remember(message)
    return answer
  }

  function remember({ from, id }: Sent): void {
    ended.add(`${from.node} ${id}`)
    if (ended.size > MESSAGE_IDS_KEPT) ended.delete(ended.values().next().value!)
  }

  let collecting: Promise<void> | undefined
  /** Asks the hubs for what they hold; asking again says that what they gave has arrived. */
  function collect(): Promise<void> {
    collecting ??= (async () => {
      for (const router of routers()) {
        if (router === self) continue
        for (;;) {
          const { envelopes } = await wire.request(router, MESSAGE.protocol, { op: 'collect' })
          if (!Array.isArray(envelopes) || envelopes.length === 0) break
          for (const bytes of envelopes) await takeHeld(bytes)
        }
      }
    })().finally(() => {
      collecting = undefined
    })
    return collecting
  }

  /** Throws what asking again may mend: the hub then keeps it. */
  async function takeHeld(bytes: unknown): Promise<void> {
    const opened = bytes instanceof Uint8Array ? unseal(fromBytes(bytes)) : undefined
    if (opened?.message.to.node !== self) return
    const { message, signed } = opened
    try {
      await mailbox.take(message, signed)
      remember(message)
    } catch (error) {
      if (!(error instanceof WireError) || error.code === 'E_UNSUPPORTED') throw error
      report(error)
    }
  }

  const stopWatching = wire.onConnection((peer, state) => {
    if (state === 'open' && peer.role === 'initial' && role !== 'initial') void collect().catch(report)
  })
  const stopSweeping = repeat(timers, () => MESSAGES_SWEEP_MS, mailbox.sweep, report)

  return {
    send: sending.send,
    openDoor(opened) {
      mailbox.open(opened)
      void collect().catch(report)
    },
    awake: mailbox.awake,
    stop() {
      sending.stop()
      stopWatching()
      stopSweeping()
    },
  }
}
