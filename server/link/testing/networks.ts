/** Whole network parts in this process, on loopback, with what they would write down in memory. */
import { memoryBanStore } from '../admission/bans.ts'
import { memoryRecordStore } from '../dht/memory-store.ts'
import { memoryInboxStore } from '../messages/memory-inbox.ts'
import { type NetworkOptions, type RunningNetwork, startNetwork } from '../network.ts'
import { memoryInviteStore, memoryNodeStore, memoryPeerStore } from '../registry/memory-store.ts'
import type { NodeId } from '../types.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

type TestNetworkOptions = Partial<NetworkOptions> &
  Pick<NetworkOptions, 'dataDir' | 'role' | 'name'> & {
    /** Where to join. */
    readonly hubs?: { readonly node: NodeId; readonly addresses: readonly string[] }
  }

export function startTestNetwork({ hubs, ...options }: TestNetworkOptions): Promise<RunningNetwork> {
  const clock = { now: () => Date.now() }
  return startNetwork(
    {
      stores: () => ({
        nodes: memoryNodeStore(clock.now),
        invites: memoryInviteStore(),
        bans: memoryBanStore(),
        peers: memoryPeerStore(),
        records: memoryRecordStore(),
        inbox: memoryInboxStore(),
        session: { read: async () => undefined, write: async () => {} },
      }),
      clock,
      machine: () => ({ cpu: { cores: 1, model: 'a test' }, memoryMb: 1 }),
      log: quiet,
    },
    {
      version: 'test',
      listen: ['/ip4/127.0.0.1/tcp/0'],
      mdns: false,
      policy: 'open',
      ...(hubs && {
        invite: { id: 'none', secret: new Uint8Array(16), hub: hubs.node, addresses: hubs.addresses },
      }),
      ...options,
    },
  )
}
