/** What the operator of a node sees and does: links, use, bans, known nodes, and words to everybody. */
import { decode, encode } from '@ipld/dag-cbor'
import { z } from 'zod'
import { BROADCAST_MAX_CHARS } from '../limits.ts'
import type { Admission } from './admission/types.ts'
import type { KnownPeers } from './discovery/known.ts'
import { WireError } from './errors.ts'
import type { StandingBook } from './standing.ts'
import type { DhtDesk, Link, NetworkDesk, NodeId } from './types.ts'

const TOPIC = 'academy/broadcast/1'
const shape = z.object({ text: z.string().min(1).max(BROADCAST_MAX_CHARS) })

export type Broadcast = { readonly from: NodeId; readonly name: string; readonly text: string }

export type DeskParts = {
  readonly link: Link
  readonly admission: Admission
  readonly known: KnownPeers
  readonly standing: StandingBook
  readonly dht: DhtDesk
}

export function createDesk({ link, admission, known, standing, dht }: DeskParts): NetworkDesk & {
  /** Words from initial and trusted nodes; others are not passed on. */
  onBroadcast(listener: (said: Broadcast) => void): () => void
} {
  return {
    links: link.links,
    known: known.list,
    uses: admission.uses,
    bans: admission.bans,
    ban: (subject, why, forMs) => admission.ban(subject, 'operator', why, forMs),
    unban: admission.unban,
    async broadcast(text) {
      if (!shape.safeParse({ text }).success)
        throw new WireError('E_TOO_LARGE', `A word to all nodes has 1 to ${BROADCAST_MAX_CHARS} characters.`)
      await link.publish(TOPIC, encode({ text }))
    },
    onBroadcast: (listener) =>
      link.subscribe(TOPIC, (message, from) => {
        const { role, name } = standing.of(from)
        if (role !== 'initial' && role !== 'trusted') return
        const said = shape.safeParse(decode(message))
        if (said.success) listener({ from, name: name ?? from.slice(-8), text: said.data.text })
      }),
    stats() {
      const links = link.links()
      const { requests, relayedBytes } = link.stats()
      return {
        links: links.length,
        relayed: links.filter(({ reach }) => reach === 'relay').length,
        requests,
        relayedBytes,
        dhtNodes: link.dht.size(),
        knownPeers: known.list().length,
        bans: admission.bans().length,
        topics: link.topics(),
      }
    },
    dht,
  }
}
