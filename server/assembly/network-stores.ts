/** What the network part of a node keeps, in the node's database; each node's own among those that share one. */
import type { NetworkParts } from '../link/network.ts'
import type { SessionStore } from '../link/registry/member.ts'
import type { Json } from '../protocol/ids.ts'
import type { Database } from '../storage/database.ts'
import { createInboxStore } from '../storage/inbox.ts'
import { createInviteStore, createNodeStore } from '../storage/nodes.ts'
import { createBanStore, createDhtRecordStore, createPeerStore } from '../storage/peers.ts'
import { createSettings } from '../storage/settings.ts'

export const networkStores =
  (database: Database): NetworkParts['stores'] =>
  (self) => ({
    nodes: createNodeStore(database),
    invites: createInviteStore(database),
    bans: createBanStore(database, self),
    peers: createPeerStore(database, self),
    records: createDhtRecordStore(database, self),
    inbox: createInboxStore(database),
    session: sessionIn(createSettings(database), self),
  })

function sessionIn(settings: ReturnType<typeof createSettings>, self: string): SessionStore {
  const key = `network.session.${self}`
  return {
    async read() {
      // Loaded with the rest of the link, and only where there is something to link with.
      const { sessionSchema } = await import('../link/registry/member.ts')
      const parsed = sessionSchema.safeParse(await settings.get(key))
      return parsed.success ? parsed.data : undefined
    },
    write: (session) => settings.set(key, session as unknown as Json),
  }
}
