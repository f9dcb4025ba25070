/** The way out: in order for each two, straight where that works, else through a hub or a trusted node; one move is followed. */
import type { SigningKey } from '../../lib/ed25519.ts'
import type { Signed } from '../../lib/signed.ts'
import {
  MESSAGE_TEXT_MAX_BYTES,
  MESSAGE_TRIES,
  MESSAGES_WAITING_MAX,
  MESSAGES_WAITING_PER_PAIR_MAX,
  RETRY_MIN_MS,
} from '../../limits.ts'
import { WireError } from '../errors.ts'
import type { Timers } from '../timers.ts'
import type { Messages, NodeId, Wire } from '../types.ts'
import { type Sent, seal } from './envelope.ts'
import { type Answer, answerSchema, isWay, MESSAGE } from './frames.ts'

export type SendingParts = {
  readonly wire: Pick<Wire, 'self' | 'request'>
  readonly nodeKey: SigningKey
  readonly clock: { now(): number }
  readonly timers: Timers
  readonly routers: () => readonly NodeId[]
  /** For somebody on this node. */
  readonly receive: (message: Sent, signed: Signed) => Promise<Answer>
  /** This node is a hub itself: it keeps the message. */
  readonly hold: (node: NodeId, message: Sent, signed: Signed) => Promise<Answer>
}

export function createSending({ wire, nodeKey, clock, timers, routers, receive, hold }: SendingParts) {
  const self = wire.self
  /** The last of each pair, and whoever waits behind it. */
  const lines = new Map<string, { tail: Promise<unknown>; waiting: number; last?: string }>()
  let waiting = 0
  let isStopped = false

  const send: Messages['send'] = async (message) => {
    if (Buffer.byteLength(message.text) > MESSAGE_TEXT_MAX_BYTES)
      throw new WireError('E_TOO_LARGE', `A message has at most ${MESSAGE_TEXT_MAX_BYTES} bytes.`)
    const pair = `${message.from.id} ${message.to.node} ${message.to.id ?? message.to.name.toLowerCase()}`
    const line = lines.get(pair) ?? { tail: Promise.resolve(), waiting: 0 }
    if (line.waiting >= MESSAGES_WAITING_PER_PAIR_MAX || waiting >= MESSAGES_WAITING_MAX)
      throw new WireError('E_LIMITED', 'Too many messages wait already.', { retryAfterMs: 5_000 })
    lines.delete(pair)
    lines.set(pair, line)
    line.waiting++
    waiting++
    const sent = line.tail.then(async () => {
      const after = line.last
      line.last = message.id
      const isAfter = after !== undefined && after !== message.id
      return bring({ ...message, sentAtMs: clock.now(), ...(isAfter && { after }) })
    })
    line.tail = sent.catch(() => {})
    try {
      return await sent
    } finally {
      line.waiting--
      waiting--
      if (lines.size > MESSAGES_WAITING_MAX) lines.delete(lines.keys().next().value!)
    }
  }

  /** Follows one move; a second says that something runs in circles. */
  async function bring(message: Sent): Promise<'delivered' | 'kept'> {
    const first = await tryWays(message)
    if (first.is !== 'moved') return first.is
    const second = await tryWays({ ...message, to: { ...message.to, node: first.node ?? self } })
    if (second.is === 'moved') throw new WireError('E_CONFLICT', 'They move faster than messages do.')
    return second.is
  }

  async function tryWays(message: Sent): Promise<Answer> {
    const signed = seal(message, nodeKey)
    if (message.to.node === self) return receive(message, signed)
    for (let attempt = 1; ; attempt++) {
      try {
        return await straightOrThrough(message, signed)
      } catch (error) {
        if (!isWay(error) || attempt >= MESSAGE_TRIES || isStopped) throw error
        await new Promise<void>((done) => timers.after(RETRY_MIN_MS * 2 ** attempt, done))
      }
    }
  }

  async function straightOrThrough(message: Sent, signed: Signed): Promise<Answer> {
    const { node } = message.to
    let failure: unknown
    try {
      return await ask(node, signed, { hops: 0 })
    } catch (error) {
      if (!isWay(error)) throw error
      failure = error
    }
    for (const router of routers()) {
      if (router === self) return hold(node, message, signed)
      if (router === node) continue
      try {
        return await ask(router, signed, { hops: 0 })
      } catch (error) {
        if (!isWay(error)) throw error
        failure = error
      }
    }
    throw failure
  }

  /** @param how `moved`: the one it is for has gone to that node from this one. */
  const ask = async (
    node: NodeId,
    envelope: Signed,
    how: { readonly hops: number; readonly moved?: true },
  ): Promise<Answer> =>
    answerSchema.parse(await wire.request(node, MESSAGE.protocol, { op: 'send', envelope, ...how }))

  return {
    send,
    ask,
    stop() {
      isStopped = true
    },
  }
}
