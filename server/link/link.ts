/** The wire over libp2p: requests over one long-lived stream for each node and protocol, streams of their own, topics, and the DHT. */
import type { Connection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { REQUEST_TIMEOUT_MS, REQUESTS_PER_HOUR, REQUESTS_PER_MINUTE } from '../limits.ts'
import type { Admission } from './admission/types.ts'
import { createAnswers } from './answers.ts'
import { type CallStream, createCallStream, newRequestId } from './calls.ts'
import { createConnections, isOpen, peerOf } from './connections.ts'
import { createDht } from './dht/dht.ts'
import { WireError } from './errors.ts'
import { createFrameStream } from './frame-stream.ts'
import type { Identity } from './identity.ts'
import { createNotices } from './notices.ts'
import { type P2pOptions, startP2p } from './p2p.ts'
import { createRelayMeter } from './relay.ts'
import type { StandingBook } from './standing.ts'
import { createTopics } from './topics.ts'
import type {
  CallOptions,
  DhtRecordStore,
  Frame,
  FrameStream,
  Link,
  NodeAddresses,
  NodeId,
  NodeRole,
  Served,
} from './types.ts'

export type LinkParts = {
  readonly identity: Identity
  readonly standing: StandingBook
  readonly admission: Admission
  readonly records: DhtRecordStore
  readonly clock: { now(): number }
  /** Where the registry says a node is. */
  readonly locate?: (node: NodeId) => Promise<readonly string[]>
  /** Starts libp2p; tests look behind it. */
  readonly start?: typeof startP2p
  readonly log: { warn(fields: object, message: string): void; debug(fields: object, message: string): void }
}
export type LinkOptions = Omit<P2pOptions, 'nodeKey' | 'gater'> & {
  /** What this node carries as a relay for one node; by default `RELAY_BYTES_PER_MINUTE`. */
  readonly relayBytesPerMinute?: Readonly<Record<NodeRole, number>>
}

/** Streams of requests and streams of their own have different names on the wire. */
const requestsOf = (protocol: string) => `/academy/${protocol}/1.0.0`
const streamsOf = (protocol: string) => `/academy/${protocol}-stream/1.0.0`

/** Open streams to one node of one protocol. */
const OPEN_STREAMS_MAX = 1_024

/** On first contact nodes show each other whose they are and that they were admitted. */
const GREET: Served = {
  protocol: 'greet',
  maxStreams: 2,
  perMinute: REQUESTS_PER_MINUTE,
  perHour: REQUESTS_PER_HOUR,
  overRelay: true,
  admittedOnly: false,
}

/** A stream could not be opened because its connection is closing: another connection may do. */
class LinkClosing extends WireError {}
/** What libp2p calls it. */
const CLOSING: ReadonlySet<string> = new Set(['ConnectionClosedError', 'MuxerClosedError'])

/** Opening is under way or done. */
type Calls = { readonly connection: Connection; readonly opening: Promise<CallStream> }

export async function createLink(parts: LinkParts, options: LinkOptions): Promise<Link> {
  const { identity, standing, admission, records, clock, log, start = startP2p } = parts
  const now = () => clock.now()
  const relay = createRelayMeter({
    standing,
    now,
    ...(options.relayBytesPerMinute && { bytesPerMinute: options.relayBytesPerMinute }),
    onSpent: (node, others, retryAfterMs) => notices.tell(node, others, retryAfterMs),
  })
  const banned = (node: NodeId) => admission.banned({ node, owner: standing.of(node).owner }) !== undefined

  const p2p = await start({
    ...options,
    nodeKey: identity.nodeKey,
    gater: {
      denyInboundConnection: ({ remoteAddr }) =>
        admission.banned({ address: /^\/ip[46]\/([^/]+)/.exec(remoteAddr.toString())?.[1] }) !== undefined,
      denyInboundEncryptedConnection: (peer) => banned(peer.toString()),
      denyDialPeer: (peer) => banned(peer.toString()),
      denyInboundRelayReservation: (source) => !relay.mayReserve(source.toString()),
      denyOutboundRelayedConnection: (source, target) =>
        !relay.mayConnect(source.toString(), target.toString()) || banned(target.toString()),
    },
  })
  relay.watch(() => p2p.getConnections())

  const report = (error: unknown, what: string) => log.warn({ err: error, what }, 'the network failed at something')
  const answers = createAnswers({ admission, now, report })
  const topics = createTopics(p2p, now, report)
  const connections = createConnections({
    p2p,
    standing,
    admission,
    locate: parts.locate ?? (async () => []),
    noticeAbout: (node) => notices.about(node),
    greet: async (node) => standing.take(node, await request(node, GREET.protocol, standing.greeting())),
  })
  /** By node and protocol. */
  const streams = new Map<string, Calls>()

  /** The one stream for requests; a better connection than the one it was opened on takes over. */
  function callsTo(node: NodeId, protocol: string, connection: Connection): Promise<CallStream> {
    const key = `${node} ${protocol}`
    const known = streams.get(key)
    if (known?.connection === connection) return known.opening
    void known?.opening.then((calls) => calls.retire()).catch(() => {})
    const forget = () => {
      if (streams.get(key) === entry) streams.delete(key)
    }
    const opening = newStream(connection, node, requestsOf(protocol)).then((stream) =>
      createCallStream(stream, forget),
    )
    const entry: Calls = { connection, opening }
    streams.set(key, entry)
    opening.catch(forget)
    return opening
  }

  /** Something to do over a link. One that turns out to be closing as a stream is opened on it is given up for another, once: nothing was sent. */
  async function over<T>(
    node: NodeId,
    { signal, timeoutMs }: CallOptions,
    use: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const connection = await connections.connect(node, signal, timeoutMs)
    try {
      return await use(connection)
    } catch (error) {
      if (!(error instanceof LinkClosing) || signal?.aborted) throw error
      connections.drop(connection)
      return use(await connections.connect(node, signal, timeoutMs))
    }
  }

  async function newStream(
    connection: Connection,
    node: NodeId,
    protocol: string,
    signal?: AbortSignal,
  ): Promise<Stream> {
    try {
      return await connection.newStream(protocol, {
        runOnLimitedConnection: true,
        maxOutboundStreams: OPEN_STREAMS_MAX,
        signal: signal ?? AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      })
    } catch (cause) {
      if (signal?.aborted) throw signal.reason
      if ((cause as Error).name === 'UnsupportedProtocolError')
        throw new WireError('E_UNSUPPORTED', `${protocol} is not spoken at ${node}.`, { cause })
      const Closed = CLOSING.has((cause as Error).name) || !isOpen(connection) ? LinkClosing : WireError
      throw new Closed('E_CLOSED', `No stream to ${node} could be opened.`, { cause })
    }
  }

  async function request(node: NodeId, protocol: string, body: Frame, call: CallOptions = {}): Promise<Frame> {
    const { timeoutMs = REQUEST_TIMEOUT_MS, signal } = call
    const startedMs = now()
    const once = async (id: Uint8Array): Promise<Frame> => {
      const calls = await over(node, { ...call, timeoutMs }, async (connection) => {
        if (protocol !== GREET.protocol) await connections.greeted(node)
        return callsTo(node, protocol, connection)
      })
      return calls.call({ id, ts: now(), body }, Math.max(1, timeoutMs - (now() - startedMs)), signal)
    }
    const id = newRequestId(startedMs)
    try {
      return await once(id)
    } catch (error) {
      if (!(error instanceof WireError) || signal?.aborted) throw error
      // A stream that broke under a request: the same id again, so that it is not done twice.
      if (error.code === 'E_CLOSED' && protocol !== GREET.protocol) return once(id)
      if (error.code !== 'E_NOT_ADMITTED' || !standing.greeting().pass) throw error
      await connections.greetAgain(node)
      return once(newRequestId(now()))
    }
  }

  async function open(node: NodeId, protocol: string, { timeoutMs = REQUEST_TIMEOUT_MS, signal }: CallOptions = {}) {
    const patience = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])])
    const stream = await over(node, { signal: patience }, async (connection) => {
      await connections.greeted(node)
      return newStream(connection, node, streamsOf(protocol), patience)
    })
    return createFrameStream(stream, { peer: connections.callerOf(node) })
  }

  function serve(served: Served, answer: Parameters<Link['serve']>[1]): void {
    const handled = p2p.handle(
      requestsOf(served.protocol),
      (stream, connection) => {
        const node = connection.remotePeer.toString()
        answers.serve(stream, { served, answer, caller: () => connections.known(node, connection) })
      },
      { maxInboundStreams: Math.max(2, served.maxStreams), runOnLimitedConnection: true, force: true },
    )
    handled.catch((error: unknown) => report(error, served.protocol))
  }

  function serveStream(served: Served, take: (stream: FrameStream) => Promise<void>): void {
    const handled = p2p.handle(
      streamsOf(served.protocol),
      async (stream, connection) => {
        const node = connection.remotePeer.toString()
        const from = () => connections.known(node, connection)
        const frames = createFrameStream(stream, {
          peer: from(),
          admit: (bytes) => admission.passage(from(), bytes),
          onMalformed: (error) => admission.offence(from(), 'malformed', `${served.protocol}: ${error.message}`),
        })
        const refused = admission.refusal(from(), served, 0)
        if (refused) return frames.refuse(refused)
        try {
          await take(frames)
          await frames.close()
        } catch (error) {
          if (!(error instanceof WireError)) report(error, served.protocol)
          frames.abort(error as Error)
        }
      },
      { maxInboundStreams: served.maxStreams, runOnLimitedConnection: true, force: true },
    )
    handled.catch((error: unknown) => report(error, served.protocol))
  }

  const notices = createNotices({ self: identity.node, serve, request, now, log })
  serve(GREET, async (greeting, { node }) => {
    standing.take(node, greeting)
    const ban = admission.banned({ node, owner: standing.of(node).owner })
    if (ban) throw new WireError('E_BANNED', `Banned for ${ban.reason}.`, { retryAfterMs: ban.untilMs - now() })
    connections.heard(node)
    return standing.greeting()
  })
  const stopHearing = admission.onBan(() => {
    for (const { node } of connections.links())
      if (admission.banned(connections.known(node, connections.best(node)))) connections.cutNow(node)
  })

  const discoveries = new Set<(found: NodeAddresses) => void>()
  p2p.addEventListener('peer:discovery', ({ detail: { id, multiaddrs } }) => {
    for (const listener of discoveries) listener({ node: id.toString(), addresses: multiaddrs.map(String) })
  })

  return {
    self: identity.node,
    serve,
    serveStream,
    request,
    open,
    publish: topics.publish,
    subscribe: topics.subscribe,
    topics: topics.topics,
    connected: connections.connected,
    onConnection: connections.onConnection,
    dht: createDht({ p2p, identity, now, store: records }),
    addresses: () => p2p.getMultiaddrs().map(String),
    dial: connections.dialAddresses,
    async learn(node, addresses) {
      if (node === identity.node || addresses.length === 0) return
      await p2p.peerStore.merge(peerOf(node), { multiaddrs: addresses.map((address) => multiaddr(address)) })
    },
    links: connections.links,
    cut: connections.cut,
    async listenThrough(relayAddress) {
      await p2p.services.parts.transportManager.listen([multiaddr(`${relayAddress}/p2p-circuit`)])
    },
    async reaches(node, address, signal) {
      try {
        const target = multiaddr(address.includes('/p2p/') ? address : `${address}/p2p/${node}`)
        const connection = await p2p.services.parts.connectionManager.openConnection(target, { force: true, signal })
        await connection.close()
        return true
      } catch {
        return false
      }
    },
    onDiscovery(listener) {
      discoveries.add(listener)
      return () => discoveries.delete(listener)
    },
    stats() {
      const { requests, bytes } = answers.running()
      return { requests, requestBytes: bytes, relayedBytes: relay.carriedBytes() }
    },
    async [Symbol.asyncDispose]() {
      stopHearing()
      relay.stop()
      await p2p.stop()
      await p2p.stopStore()
    },
  }
}
