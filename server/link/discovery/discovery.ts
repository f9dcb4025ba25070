/** Keeps enough links: to nodes known from before, from the local network, from the registry and from gossip, the better-trusted first. */
import { decode, encode } from '@ipld/dag-cbor'
import { createCuckooFilter } from '@libp2p/utils'
import {
  ANNOUNCE_EVERY_MS,
  CANDIDATES_MAX,
  DISCOVERY_DIALS_AT_ONCE,
  DISCOVERY_EVERY_MS,
  HEARD_OF_MAX,
  KNOWN_PEERS_SAVE_MS,
  LINKS_WANTED,
} from '../../limits.ts'
import { addressesSchema } from '../registry/manifest.ts'
import type { NodeRecord } from '../registry/types.ts'
import type { StandingBook } from '../standing.ts'
import { repeat, type Timers } from '../timers.ts'
import type { Link, NodeRole } from '../types.ts'
import type { KnownPeers } from './known.ts'

const TOPIC = 'academy/nodes/1'
/** Wrongly held to be known: one in a thousand, who is then met another way. */
const FILTER_ERROR_RATE = 0.001

export type DiscoveryParts = {
  readonly link: Link
  readonly known: KnownPeers
  readonly standing: StandingBook
  readonly timers: Timers
  readonly role: NodeRole
  /** Some nodes of the registry; empty when it cannot be asked. */
  readonly directory: () => Promise<readonly NodeRecordLike[]>
  readonly report: (error: unknown) => void
}
type NodeRecordLike = Pick<NodeRecord, 'node' | 'owner' | 'role' | 'name' | 'addresses'>

export function createDiscovery({ link, known, standing, timers, role, directory, report }: DiscoveryParts) {
  let heardOf = createCuckooFilter(HEARD_OF_MAX, FILTER_ERROR_RATE)
  let heardCount = 0
  const stops: (() => void)[] = []

  /** True the first time, as far as a filter can tell. */
  function isNew(node: string): boolean {
    if (heardOf.has(node)) return false
    if (++heardCount > HEARD_OF_MAX) {
      heardOf = createCuckooFilter(HEARD_OF_MAX, FILTER_ERROR_RATE)
      heardCount = 1
    }
    heardOf.add(node)
    return true
  }

  const isLinked = (node: string) => node === link.self || link.connected().some((peer) => peer.node === node)

  async function tryOne(node: string, addresses: readonly string[]): Promise<void> {
    try {
      await link.learn(node, addresses)
      await link.dial(addresses.filter((each) => !each.includes('/p2p-circuit')).map((each) => withName(each, node)))
    } catch {
      known.failed(node)
    }
  }

  async function look(): Promise<void> {
    let missing = LINKS_WANTED[role] - link.connected().filter((peer) => peer.role !== 'local').length
    if (missing <= 0) return
    for (const node of await directory()) if (node.node !== link.self) known.hear(node, false)
    const candidates = known
      .candidates(isLinked)
      .filter((peer) => peer.role !== 'local' && peer.addresses.some((each) => !each.includes('/p2p-circuit')))
      .slice(0, CANDIDATES_MAX)
    while (missing > 0 && candidates.length > 0) {
      const batch = candidates.splice(0, Math.min(missing, DISCOVERY_DIALS_AT_ONCE))
      await Promise.all(batch.map(({ node, addresses }) => tryOne(node, addresses)))
      missing -= batch.filter(({ node }) => isLinked(node)).length
    }
  }

  async function announce(): Promise<void> {
    const addresses = link.addresses().slice(0, 8)
    if (addresses.length > 0 && link.connected().length > 0) await link.publish(TOPIC, encode({ addresses }))
  }

  return {
    start(): void {
      for (const { node, addresses } of known.list()) void link.learn(node, addresses).catch(report)
      stops.push(
        link.subscribe(TOPIC, (message, from) => {
          if (from === link.self) return
          const parsed = addressesSchema.safeParse((decode(message) as { addresses?: unknown } | null)?.addresses)
          if (!parsed.success || !isNew(`${from} ${parsed.data}`)) return
          known.hear({ node: from, addresses: parsed.data }, false)
        }),
        link.onDiscovery(({ node, addresses }) => {
          if (node === link.self || addresses.length === 0) return
          known.hear({ node, addresses }, false)
          if (!isLinked(node) && isNew(`lan ${node}`)) void tryOne(node, addresses)
        }),
        link.onConnection((peer, state) => {
          if (state !== 'open') return
          const { owner, role: theirs, name } = standing.of(peer.node)
          const address = link
            .links()
            .find(({ node, direction }) => node === peer.node && direction === 'outbound')?.address
          known.hear(
            {
              node: peer.node,
              ...(owner !== undefined && { owner }),
              ...(theirs && { role: theirs }),
              ...(name !== undefined && { name }),
              ...(address !== undefined && !address.includes('/p2p-circuit') && { addresses: [address] }),
            },
            true,
          )
        }),
        repeat(timers, () => DISCOVERY_EVERY_MS, look, report),
        repeat(timers, () => ANNOUNCE_EVERY_MS, announce, report),
        repeat(timers, () => KNOWN_PEERS_SAVE_MS, known.save, report),
      )
    },
    look,
    async stop(): Promise<void> {
      for (const stop of stops.splice(0)) stop()
      await known.save().catch(report)
    },
  }
}

const withName = (address: string, node: string): string =>
  address.includes('/p2p/') ? address : `${address}/p2p/${node}`
