/** The relay's side of a relayed connection: whom it carries, how many of theirs, how many bytes; and what it says to those it carries no further. */
import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Connection, Stream } from '@libp2p/interface'
import { METERS_MAX, RELAY_BYTES_PER_MINUTE, RELAYED_CONNECTIONS_MAX } from '../limits.ts'
import { createBuckets, type Rate } from './admission/bucket.ts'
import { WireError } from './errors.ts'
import type { StandingBook } from './standing.ts'
import type { NodeId, NodeRole } from './types.ts'

/** How often new relayed connections are looked for, besides right after each was asked for. */
const SWEEP_MS = 1_000
const AFTER_ASKING_MS = [0, 10, 50, 250] as const
/** A few bytes are there again at once; what is worth a connection is not. */
const RETRY_NO_EARLIER_MS = 10_000

export type RelayMeterParts = {
  readonly standing: StandingBook
  readonly now: () => number
  /** By role; by default `RELAY_BYTES_PER_MINUTE`. */
  readonly bytesPerMinute?: Readonly<Record<NodeRole, number>>
  /** What a node sends is carried no further for a while: it and whoever it speaks to are to be told. */
  readonly onSpent: (node: NodeId, others: readonly NodeId[], retryAfterMs: number) => void
}
/** Called by libp2p with each piece as it comes off the connection, whoever listens. */
type Receiving = Stream & { onData(data: { readonly byteLength: number }): void }

export function createRelayMeter({
  standing,
  now,
  onSpent,
  bytesPerMinute = RELAY_BYTES_PER_MINUTE,
}: RelayMeterParts) {
  const buckets = createBuckets(now, METERS_MAX)
  const metered = new WeakSet<Stream>()
  /** Those a node was connected to here, lately. */
  const partners = new Map<NodeId, Set<NodeId>>()
  /** Those who have spent their bytes. */
  const closedUntilMs = new Map<NodeId, number>()
  let connections: () => readonly Connection[] = () => []
  let carriedBytes = 0

  const rateOf = (node: NodeId): Rate => ({ size: bytesPerMinute[standing.of(node).role ?? 'local'], perMs: 60_000 })
  const streamsOf = (node: NodeId, ...protocols: readonly string[]) =>
    connections()
      .filter(({ remotePeer }) => remotePeer.toString() === node)
      .flatMap(({ streams }) => streams.filter(({ protocol }) => protocols.includes(protocol)))

  function meter(stream: Stream, node: NodeId): void {
    if (metered.has(stream)) return
    metered.add(stream)
    const receiving = stream as Receiving
    const onData = receiving.onData.bind(receiving)
    receiving.onData = (data) => {
      carriedBytes += data.byteLength
      const waitMs = buckets.take(node, rateOf(node), data.byteLength)
      if (waitMs > 0) return close(node, Math.max(waitMs, RETRY_NO_EARLIER_MS))
      onData(data)
    }
  }

  function close(node: NodeId, waitMs: number): void {
    closedUntilMs.delete(node)
    closedUntilMs.set(node, now() + waitMs)
    if (closedUntilMs.size > METERS_MAX) closedUntilMs.delete(closedUntilMs.keys().next().value!)
    const why = new WireError('E_LIMITED', 'The relay carries no more bytes for this node now.')
    const streams = streamsOf(node, RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC)
    if (streams.length > 0) onSpent(node, [...(partners.get(node) ?? [])], waitMs)
    for (const stream of streams) stream.abort(why)
  }

  function sweep(): void {
    for (const { remotePeer, streams } of connections())
      for (const stream of streams)
        if (
          (stream.protocol === RELAY_V2_HOP_CODEC && stream.direction === 'inbound') ||
          (stream.protocol === RELAY_V2_STOP_CODEC && stream.direction === 'outbound')
        )
          meter(stream, remotePeer.toString())
  }
  const sweeping = setInterval(sweep, SWEEP_MS)
  sweeping.unref()

  function meet(a: NodeId, b: NodeId): void {
    for (const [node, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const known = partners.get(node) ?? new Set()
      partners.delete(node)
      partners.set(node, known.add(other))
      if (known.size > RELAYED_CONNECTIONS_MAX.initial) known.delete(known.values().next().value!)
    }
    if (partners.size > METERS_MAX) partners.delete(partners.keys().next().value!)
  }

  return {
    /** Whether somebody may listen through this relay: only who was admitted. */
    mayReserve: (node: NodeId): boolean => standing.of(node).role !== undefined,
    /** Whether a node may be connected to another here, who is then counted from the first byte. */
    mayConnect(node: NodeId, to: NodeId): boolean {
      const { role } = standing.of(node)
      if (role === undefined || streamsOf(node, RELAY_V2_HOP_CODEC).length > RELAYED_CONNECTIONS_MAX[role])
        return false
      for (const each of [node, to]) {
        const waitMs = (closedUntilMs.get(each) ?? 0) - now()
        if (waitMs <= 0) continue
        onSpent(each, [each === node ? to : node], waitMs)
        return false
      }
      meet(node, to)
      for (const ms of AFTER_ASKING_MS) setTimeout(sweep, ms).unref()
      return true
    },
    watch(list: () => readonly Connection[]) {
      connections = list
    },
    carriedBytes: () => carriedBytes,
    stop: () => clearInterval(sweeping),
  }
}
