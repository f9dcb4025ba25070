/** Nodes this one has met or heard of: remembered over restarts, the best first when links are wanted. */
import { KNOWN_PEERS_MAX, RETRY_MAX_MS, RETRY_MIN_MS } from '../../limits.ts'
import type { KnownPeer, PeerStore } from '../registry/types.ts'
import { pauseMs } from '../timers.ts'
import type { NodeId, NodeRole, OwnerId } from '../types.ts'

export type Heard = {
  readonly node: NodeId
  readonly owner?: OwnerId
  readonly role?: NodeRole
  readonly name?: string
  readonly addresses?: readonly string[]
}

const RANK: Readonly<Record<NodeRole, number>> = { initial: 2, trusted: 1, local: 0 }

export type KnownPeers = Awaited<ReturnType<typeof openKnownPeers>>

/** @param trust how far an owner is trusted, higher is better; 0 for those nobody knows */
export async function openKnownPeers(
  store: PeerStore,
  now: () => number,
  random: () => number,
  trust: (owner: OwnerId | undefined) => number,
) {
  const peers = new Map<NodeId, KnownPeer>()
  const tryAtMs = new Map<NodeId, number>()
  const changed = new Set<NodeId>()
  for (const peer of await store.list(KNOWN_PEERS_MAX)) peers.set(peer.node, peer)

  function put(peer: KnownPeer): void {
    peers.delete(peer.node)
    peers.set(peer.node, peer)
    changed.add(peer.node)
    if (peers.size > KNOWN_PEERS_MAX) {
      const oldest = peers.keys().next().value!
      peers.delete(oldest)
      changed.delete(oldest)
      tryAtMs.delete(oldest)
    }
  }

  return {
    /** Something was heard of a node; `met` when it is connected, which counts more. */
    hear({ node, addresses, owner, role, name }: Heard, met: boolean): void {
      const known = peers.get(node)
      put({
        firstSeenMs: now(),
        failures: 0,
        ...known,
        ...(owner !== undefined && { owner }),
        ...(role && { role }),
        ...(name !== undefined && { name }),
        node,
        addresses: addresses && addresses.length > 0 ? addresses : (known?.addresses ?? []),
        lastSeenMs: met || !known ? now() : known.lastSeenMs,
        ...(met && { failures: 0 }),
      })
      if (met) tryAtMs.delete(node)
    },
    failed(node: NodeId): void {
      const known = peers.get(node)
      if (!known) return
      put({ ...known, failures: known.failures + 1 })
      tryAtMs.set(node, now() + pauseMs(known.failures, RETRY_MIN_MS * 4, RETRY_MAX_MS * 10, random))
    },
    /** Whom to try next: not those just tried in vain; better roles first, then more trusted owners, then fewer failures. */
    candidates(isConnected: (node: NodeId) => boolean): KnownPeer[] {
      const score = (peer: KnownPeer) => [
        RANK[peer.role ?? 'local'],
        trust(peer.owner),
        -peer.failures,
        peer.lastSeenMs,
      ]
      return [...peers.values()]
        .filter(
          ({ node, addresses }) => addresses.length > 0 && !isConnected(node) && (tryAtMs.get(node) ?? 0) <= now(),
        )
        .sort((a, b) => {
          const [x, y] = [score(a), score(b)]
          const i = x.findIndex((value, each) => value !== y[each])
          return i < 0 ? 0 : y[i]! - x[i]!
        })
    },
    get: (node: NodeId) => peers.get(node),
    list: (): KnownPeer[] => [...peers.values()].sort((a, b) => b.lastSeenMs - a.lastSeenMs),
    async save(): Promise<void> {
      const batch = [...changed].flatMap((node) => peers.get(node) ?? [])
      changed.clear()
      if (batch.length === 0) return
      await store.put(batch)
      await store.trim(KNOWN_PEERS_MAX)
    },
  }
}
