/** Connections to other nodes: found, dialled, greeted; the best of several is the one that is used. */
import type { Connection, PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { within } from '../lib/within.ts'
import { DIAL_TIMEOUT_MS, GREET_TIMEOUT_MS, PARSED_NAMES_KEPT } from '../limits.ts'
import type { Admission, Known } from './admission/types.ts'
import { WireError } from './errors.ts'
import type { RelayNotice } from './notices.ts'
import type { P2p } from './p2p.ts'
import { ipOf, reachOf } from './reach.ts'
import type { StandingBook } from './standing.ts'
import type { Caller, LinkInfo, NodeId, Reach } from './types.ts'

type ConnectionsParts = {
  readonly p2p: P2p
  readonly standing: StandingBook
  readonly admission: Admission
  /** Where a node is, as the registry knows it: asked when its addresses are unknown or stale. */
  readonly locate: (node: NodeId) => Promise<readonly string[]>
  /** What a relay said of the way to a node. */
  readonly noticeAbout: (node: NodeId) => RelayNotice | undefined
  /** Shows who we are and learns who they are; over the connection that stands. */
  readonly greet: (node: NodeId) => Promise<void>
}

/** Names that were parsed lately: it takes longer than sending a frame. */
const parsed = new Map<NodeId, PeerId>()

export const peerOf = (node: NodeId): PeerId => {
  const known = parsed.get(node)
  if (known) return known
  try {
    const peer = peerIdFromString(node)
    if (parsed.size >= PARSED_NAMES_KEPT) parsed.delete(parsed.keys().next().value!)
    parsed.set(node, peer)
    return peer
  } catch (cause) {
    throw new WireError('E_NOT_FOUND', `${node} is not the name of a node.`, { cause })
  }
}

/** The address with the node's name at its end: whoever answers must hold its key. */
export const addressWith = (address: string, node: NodeId): string =>
  address.endsWith(`/p2p/${node}`) ? address : `${address}/p2p/${node}`

/** A connection says `open` until its socket is closed; what runs over it may have ended before. */
export const isOpen = (connection: Connection): boolean =>
  connection.status === 'open' && (connection as { muxer?: { status?: string } }).muxer?.status === 'open'

type Way = { readonly reach: Reach; readonly ip: string | undefined }
const ways = new WeakMap<Connection, Way>()
/** What the address at its other end says of a connection; that address does not change. */
function wayOf(connection: Connection): Way {
  let way = ways.get(connection)
  if (!way) {
    const address = connection.remoteAddr.toString()
    way = { reach: reachOf(address), ip: ipOf(address) }
    ways.set(connection, way)
  }
  return way
}
const NO_WAY: Way = { reach: 'direct', ip: undefined }
const isRelayed = (connection: Connection) => wayOf(connection).reach === 'relay'

export function createConnections({ p2p, standing, admission, locate, noticeAbout, greet }: ConnectionsParts) {
  const self = p2p.peerId.toString()
  const dials = new Map<NodeId, Promise<Connection>>()
  const greetings = new Map<NodeId, Promise<void>>()
  const listeners = new Set<(peer: Caller, state: 'open' | 'closed') => void>()
  const announced = new Set<NodeId>()

  function best(node: NodeId): Connection | undefined {
    const open = p2p.getConnections(peerOf(node)).filter(isOpen)
    return open.find((each) => !isRelayed(each)) ?? open[0]
  }

  const isRelayedOnly = (node: NodeId): boolean => {
    const connection = best(node)
    return connection !== undefined && isRelayed(connection)
  }

  function known(node: NodeId, connection: Connection | undefined): Known {
    const { owner, role } = standing.of(node)
    const { reach, ip } = connection ? wayOf(connection) : NO_WAY
    return {
      node,
      reach,
      ...(owner !== undefined && { owner }),
      ...(role !== undefined && { role }),
      ...(ip !== undefined && { address: ip }),
    }
  }

  /** As the rest of the node sees a peer. */
  function callerOf(node: NodeId): Caller {
    const { address: _, ...caller } = known(node, best(node))
    return caller
  }

  function refuseBanned(node: NodeId): void {
    const ban = admission.banned({ node, owner: standing.of(node).owner })
    if (ban) throw new WireError('E_BANNED', `${node} is banned from here for ${ban.reason}.`)
  }

  /** An open connection, dialled when there is none. */
  async function connect(node: NodeId, signal?: AbortSignal, timeoutMs?: number): Promise<Connection> {
    if (node === self) throw new WireError('E_UNREACHABLE', 'A node does not call itself.')
    const open = best(node)
    if (open) return open
    refuseBanned(node)
    // libp2p would hand out one that is still closing, or take the new one for its double.
    for (const closing of p2p.getConnections(peerOf(node))) drop(closing)
    let under = dials.get(node)
    if (!under) {
      under = dial(node).finally(() => dials.delete(node))
      under.catch(() => {})
      dials.set(node, under)
    }
    const reached =
      timeoutMs === undefined ? under : within(under, timeoutMs, late(`${node} cannot be reached in time.`))
    return signal ? await orAborted(reached, signal) : await reached
  }

  /** Ends a connection now, with whatever is under way on it. */
  const drop = (connection: Connection): void => connection.abort(new WireError('E_CLOSED', 'The link was given up.'))

  async function dial(node: NodeId): Promise<Connection> {
    const peer = peerOf(node)
    const signal = AbortSignal.timeout(DIAL_TIMEOUT_MS)
    const failures: unknown[] = []
    const known = await p2p.peerStore.get(peer).then(
      ({ addresses }) => addresses.length,
      () => 0,
    )
    // What is known already, then what the registry says, and what the DHT says last.
    const ways = [
      async () => (known > 0 ? await p2p.dial(peer, { signal }) : undefined),
      async () => {
        const found = await locate(node)
        return found.length > 0
          ? await p2p.dial(
              found.map((address) => multiaddr(addressWith(address, node))),
              { signal },
            )
          : undefined
      },
      async () => {
        const found = await p2p.peerRouting.findPeer(peer, { signal })
        return found.multiaddrs.length > 0 ? await p2p.dial(peer, { signal }) : undefined
      },
    ]
    for (const way of ways) {
      try {
        const connection = await way()
        if (connection) return connection
      } catch (error) {
        failures.push(error)
      }
    }
    const notice = noticeAbout(node)
    if (!notice) throw new WireError('E_UNREACHABLE', `${node} cannot be reached.`, { cause: failures.at(0) })
    const whose = notice.spent === self ? 'this node' : notice.spent
    throw new WireError(
      'E_UNREACHABLE',
      `${node} cannot be reached now: ${notice.relay} carries no more bytes of ${whose} for a while.`,
      { cause: failures.at(0), retryAfterMs: notice.retryAfterMs },
    )
  }

  /** Once for each node while it is connected. */
  function greeted(node: NodeId): Promise<void> {
    let under = greetings.get(node)
    if (!under) {
      under = within(greet(node), GREET_TIMEOUT_MS, late('The other node did not greet in time.')).catch(() => {})
      greetings.set(node, under)
    }
    return under
  }

  function announce(node: NodeId): void {
    if (announced.has(node) || !best(node)) return
    announced.add(node)
    const peer = callerOf(node)
    for (const listener of listeners) listener(peer, 'open')
  }

  p2p.addEventListener('connection:open', ({ detail: connection }) => {
    const node = connection.remotePeer.toString()
    // The dialler greets; the other side hears of it by the greeting, or asks for itself when none comes.
    if (connection.direction === 'outbound') void greeted(node).then(() => announce(node))
    else
      setTimeout(() => {
        if (best(node) && !announced.has(node)) void greeted(node).then(() => announce(node))
      }, GREET_TIMEOUT_MS / 5).unref()
  })
  // Relayed, and now it is known where they listen: the straight way is tried once. (libp2p's DCUtR tries public addresses only.)
  p2p.addEventListener('peer:identify', ({ detail: { peerId, connection, listenAddrs } }) => {
    if (!isRelayed(connection)) return
    const straight = listenAddrs.filter((address) => !address.toString().includes('/p2p-circuit'))
    if (straight.length === 0 || !isRelayedOnly(peerId.toString())) return
    p2p.services.parts.connectionManager
      .openConnection(
        straight.map((address) => multiaddr(addressWith(address.toString(), peerId.toString()))),
        { force: true, signal: AbortSignal.timeout(DIAL_TIMEOUT_MS) },
      )
      .catch(() => {})
  })
  p2p.addEventListener('peer:disconnect', ({ detail: peer }) => {
    const node = peer.toString()
    greetings.delete(node)
    if (!announced.delete(node)) return
    const caller = { ...standing.of(node), node, reach: 'direct' } as Caller
    for (const listener of listeners) listener(caller, 'closed')
  })

  return {
    best,
    connect,
    drop,
    greeted,
    callerOf,
    known,
    /** They greeted us. */
    heard(node: NodeId) {
      greetings.set(node, Promise.resolve())
      announce(node)
    },
    /** What they know of us may have run out. */
    greetAgain(node: NodeId): Promise<void> {
      greetings.delete(node)
      return greeted(node)
    },
    async dialAddresses(addresses: readonly string[], signal?: AbortSignal): Promise<NodeId> {
      const connection = await p2p
        .dial(addresses.map(addressOf), { signal: signal ?? AbortSignal.timeout(DIAL_TIMEOUT_MS) })
        .catch((cause) => {
          throw unreachable(addresses, cause)
        })
      const node = connection.remotePeer.toString()
      await greeted(node)
      return node
    },
    connected: (): Caller[] => [...announced].filter((node) => best(node)).map(callerOf),
    onConnection(listener: (peer: Caller, state: 'open' | 'closed') => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    links: (): LinkInfo[] =>
      [
        ...new Set(
          p2p
            .getConnections()
            .filter(isOpen)
            .map((each) => each.remotePeer.toString()),
        ),
      ].flatMap((node) => {
        const connection = best(node)
        if (!connection) return []
        const { name } = standing.of(node)
        return {
          ...callerOf(node),
          ...(name !== undefined && { name }),
          address: connection.remoteAddr.toString(),
          direction: connection.direction,
          sinceMs: connection.timeline.open,
          ...(connection.rtt !== undefined && { rttMs: connection.rtt }),
          connections: p2p.getConnections(connection.remotePeer).length,
        }
      }),
    async cut(node: NodeId) {
      await Promise.allSettled(p2p.getConnections(peerOf(node)).map((each) => each.close()))
    },
    /** As `cut`, without waiting for what is under way. */
    cutNow(node: NodeId) {
      for (const each of p2p.getConnections(peerOf(node))) drop(each)
    },
  }
}

/** Several addresses fail with an `AggregateError`; whoever speaks with another key, or none, cannot be understood, hangs up, or waits for more. */
/** Throws, in words, for what is no address. */
function addressOf(text: string): ReturnType<typeof multiaddr> {
  try {
    return multiaddr(text)
  } catch (cause) {
    const way = 'Its own host sees it with “academy id”, as /ip4/192.0.2.7/tcp/4001/p2p/12D3Koo….'
    throw new WireError('E_UNREACHABLE', `${text} is not an address of a node. ${way}`, { cause })
  }
}

function unreachable(addresses: readonly string[], cause: unknown): WireError {
  const failures = cause instanceof AggregateError ? (cause.errors as unknown[]) : [cause]
  const isSome = (what: RegExp) =>
    failures.some((each) => each instanceof Error && what.test(`${each.name} ${each.message}`))
  const where = addresses.slice(0, 3).join(', ')
  const why = isSome(/^EncryptionFailedError|ECONNRESET/)
    ? `Somebody answers at ${where} and cannot be understood: the key of a private network (--swarm-key) must be the same on both nodes, or on neither.`
    : isSome(/^(TimeoutError|AbortError)/)
      ? `Nobody answers in time at ${where}. A node of a private network with another key (--swarm-key) does not either.`
      : `Nobody can be reached at ${where}.`
  return new WireError('E_UNREACHABLE', why, { cause })
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

const late = (why: string) => (): Error => new WireError('E_UNREACHABLE', why)
