/** A network in memory: the same `Wire`, with a hand on every frame. For tests, the chaos harness and the simulator. */
import { decode, encode } from '@ipld/dag-cbor'
import { FRAME_MAX_BYTES, REQUEST_TIMEOUT_MS } from '../limits.ts'
import { type WireCode, WireError } from './errors.ts'
import type { Caller, CallOptions, Frame, FrameStream, NodeId, NodeRole, OwnerId, Served, Wire } from './types.ts'

export type Passage = {
  readonly from: NodeId
  readonly to: NodeId
  readonly protocol: string
  /** `request` and `answer` of requests, `frame` of streams, `topic` of gossip. */
  readonly what: 'request' | 'answer' | 'frame' | 'topic'
  readonly frame: Frame
}
/** What becomes of a frame: how many copies arrive (none: it is lost), and when, by the network's own scheduler. */
export type Fate = { readonly copies: number; readonly delayMs: number }

export type MemoryNetwork = {
  join(node: { id: NodeId; owner?: OwnerId; role?: NodeRole }): Wire & { leave(): void }
  /** Decides over every frame from now on; absent, each arrives once and at once. */
  onPassage(decide: ((passage: Passage) => Fate) | undefined): void
  /** Cuts or mends the link between two nodes, both ways. */
  cut(a: NodeId, b: NodeId, isCut: boolean): void
}

export type MemoryNetworkOptions = {
  /** Runs something after a delay; `setTimeout` unless told. A simulator gives its own. */
  readonly schedule?: (run: () => void, delayMs: number) => void
  readonly requestTimeoutMs?: number
}

type Node = {
  readonly caller: Caller
  readonly answers: Map<string, (frame: Frame, from: Caller, signal: AbortSignal) => Promise<Frame>>
  readonly takers: Map<string, (stream: FrameStream) => Promise<void>>
  readonly hears: Map<string, Set<(message: Uint8Array, from: NodeId) => void>>
  readonly listeners: Set<(peer: Caller, state: 'open' | 'closed') => void>
}

/** What crosses is encoded and decoded again, so that nothing passes here that could not pass a wire. */
function crossing(frame: Frame): Frame {
  const bytes = encode(frame)
  if (bytes.length > FRAME_MAX_BYTES) throw new WireError('E_TOO_LARGE', `A frame holds ${FRAME_MAX_BYTES} bytes.`)
  return decode(bytes)
}

const asAnswer = (error: unknown): Frame =>
  error instanceof WireError
    ? { code: error.code, msg: error.message, ...(error.retryAfterMs ? { retryAfterMs: error.retryAfterMs } : {}) }
    : { code: 'E_INTERNAL', msg: 'The other node failed at it.' }

export function createMemoryNetwork(options: MemoryNetworkOptions = {}): MemoryNetwork {
  const schedule =
    options.schedule ?? ((run, delayMs) => void (delayMs > 0 ? setTimeout(run, delayMs) : queueMicrotask(run)))
  const nodes = new Map<NodeId, Node>()
  const cuts = new Set<string>()
  let decide: ((passage: Passage) => Fate) | undefined
  const pair = (a: NodeId, b: NodeId) => (a < b ? `${a} ${b}` : `${b} ${a}`)
  const reachable = (a: NodeId, b: NodeId) => nodes.has(a) && nodes.has(b) && !cuts.has(pair(a, b))

  /** Sees a frame over; `arrive` runs once for each copy. */
  function pass(passage: Passage, arrive: (frame: Frame) => void): void {
    const { copies, delayMs } = decide?.(passage) ?? { copies: 1, delayMs: 0 }
    for (let copy = 0; copy < copies; copy++) {
      schedule(() => {
        if (reachable(passage.from, passage.to)) arrive(crossing(passage.frame))
      }, delayMs)
    }
  }

  function request(from: Node, to: NodeId, protocol: string, frame: Frame, call: CallOptions): Promise<Frame> {
    const self = from.caller.node
    const sent = crossing(frame)
    return new Promise((resolve, reject) => {
      if (!reachable(self, to)) return reject(new WireError('E_UNREACHABLE', `${to} cannot be reached.`))
      const ended = new AbortController()
      const end = (settle: () => void) => {
        if (ended.signal.aborted) return
        ended.abort()
        call.signal?.removeEventListener('abort', cancel)
        settle()
      }
      const cancel = () => end(() => reject(call.signal!.reason))
      if (call.signal?.aborted) return cancel()
      call.signal?.addEventListener('abort', cancel)
      const late = () => end(() => reject(new WireError('E_TIMEOUT', `${to} did not answer in time.`)))
      if (options.schedule) schedule(late, call.timeoutMs ?? options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS)
      else {
        const timer = setTimeout(late, call.timeoutMs ?? options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS)
        ended.signal.addEventListener('abort', () => clearTimeout(timer))
      }
      pass({ from: self, to, protocol, what: 'request', frame: sent }, (arrived) => {
        const answer = nodes.get(to)?.answers.get(protocol)
        const answered = answer
          ? answer(arrived, from.caller, ended.signal).then(crossing).catch(asAnswer)
          : Promise.resolve(asAnswer(new WireError('E_UNSUPPORTED', `${protocol} is not spoken here.`)))
        void answered.then((reply) =>
          pass({ from: to, to: self, protocol, what: 'answer', frame: reply }, (back) =>
            end(() =>
              typeof back.code === 'string' && back.code.startsWith('E_')
                ? reject(
                    new WireError(back.code as WireCode, String(back.msg), {
                      ...(typeof back.retryAfterMs === 'number' ? { retryAfterMs: back.retryAfterMs } : {}),
                    }),
                  )
                : resolve(back),
            ),
          ),
        )
      })
    })
  }

  function open(from: Node, to: NodeId, protocol: string): FrameStream {
    const other = nodes.get(to)
    if (!other || !reachable(from.caller.node, to)) throw new WireError('E_UNREACHABLE', `${to} cannot be reached.`)
    const take = other.takers.get(protocol)
    if (!take) throw new WireError('E_UNSUPPORTED', `${protocol} is not spoken there.`)
    const [here, there] = streamPair(from.caller, other.caller, (side, frame, arrive) => {
      const [a, b] = side === 0 ? [from.caller.node, to] : [to, from.caller.node]
      if (!reachable(a, b)) throw new WireError('E_CLOSED', 'The link is gone.')
      pass({ from: a, to: b, protocol, what: 'frame', frame: crossing(frame) }, arrive)
    })
    void take(there).then(
      () => there.close(),
      (error: Error) => there.abort(error),
    )
    return here
  }

  return {
    onPassage: (next) => {
      decide = next
    },
    cut(a, b, isCut) {
      if (isCut) cuts.add(pair(a, b))
      else cuts.delete(pair(a, b))
      for (const [one, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const peer = nodes.get(other)?.caller
        if (peer) for (const listener of nodes.get(one)?.listeners ?? []) listener(peer, isCut ? 'closed' : 'open')
      }
    },
    join({ id, owner, role }) {
      const caller: Caller = { node: id, reach: 'lan', ...(owner ? { owner } : {}), ...(role ? { role } : {}) }
      const node: Node = { caller, answers: new Map(), takers: new Map(), hears: new Map(), listeners: new Set() }
      nodes.set(id, node)
      for (const other of nodes.values()) {
        if (other === node) continue
        for (const listener of other.listeners) listener(caller, 'open')
      }
      return {
        self: id,
        serve: ({ protocol }: Served, answer) => void node.answers.set(protocol, answer),
        serveStream: ({ protocol }: Served, take) => void node.takers.set(protocol, take),
        request: async (to, protocol, frame, call = {}) => request(node, to, protocol, frame, call),
        open: async (to, protocol) => open(node, to, protocol),
        async publish(topic, message) {
          for (const [to, { hears }] of nodes) {
            if (to === id || !reachable(id, to)) continue
            for (const hear of hears.get(topic) ?? [])
              pass({ from: id, to, protocol: topic, what: 'topic', frame: { message } }, (frame) =>
                hear(frame.message as Uint8Array, id),
              )
          }
        },
        subscribe(topic, hear) {
          const all = node.hears.get(topic) ?? new Set()
          node.hears.set(topic, all.add(hear))
          return () => all.delete(hear)
        },
        connected: () =>
          [...nodes.values()].map((other) => other.caller).filter(({ node: n }) => n !== id && reachable(id, n)),
        onConnection(listener) {
          node.listeners.add(listener)
          return () => node.listeners.delete(listener)
        },
        leave() {
          nodes.delete(id)
          for (const other of nodes.values()) for (const listener of other.listeners) listener(caller, 'closed')
        },
      }
    },
  }
}

type Side = 0 | 1

/** Two ends of one stream; `carry` takes each frame across. */
function streamPair(
  opener: Caller,
  taker: Caller,
  carry: (side: Side, frame: Frame, arrive: (frame: Frame) => void) => void,
): [FrameStream, FrameStream] {
  const queues = [new FrameQueue(), new FrameQueue()] as const
  const end = (side: Side): FrameStream => ({
    peer: side === 0 ? taker : opener,
    async send(frame) {
      if (queues[side].broken) throw queues[side].broken
      carry(side, frame, (arrived) => queues[side === 0 ? 1 : 0].push(arrived))
      await new Promise<void>((resolve) => queueMicrotask(resolve))
    },
    frames: queues[side],
    async close() {
      // After what is still under way.
      carry(side, {}, () => queues[side === 0 ? 1 : 0].end())
    },
    abort(error) {
      for (const queue of queues) queue.fail(new WireError('E_CLOSED', error.message, { cause: error }))
    },
  })
  return [end(0), end(1)]
}

/** Frames that wait to be read, by one reader. */
class FrameQueue implements AsyncIterable<Frame> {
  broken: WireError | undefined
  private readonly waiting: Frame[] = []
  private ended = false
  private wake: () => void = () => {}

  push(frame: Frame): void {
    if (this.ended) return
    this.waiting.push(frame)
    this.wake()
  }
  end(): void {
    this.ended = true
    this.wake()
  }
  fail(error: WireError): void {
    this.broken ??= error
    this.wake()
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<Frame> {
    while (true) {
      const next = this.waiting.shift()
      if (next) yield next
      else if (this.broken) throw this.broken
      else if (this.ended) return
      else await new Promise<void>((resolve) => (this.wake = resolve))
    }
  }
}
