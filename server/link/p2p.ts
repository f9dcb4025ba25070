/** One libp2p node, put together for us: which transports, which services, and the defaults that would break a school behind one address. */
import { autoNAT } from '@libp2p/autonat'
import { bootstrap } from '@libp2p/bootstrap'
import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { dcutr } from '@libp2p/dcutr'
import { type GossipSub, gossipsub } from '@libp2p/gossipsub'
import { identify, identifyPush } from '@libp2p/identify'
import type { ComponentLogger, ConnectionGater, Libp2p, Logger } from '@libp2p/interface'
import { type KadDHT, kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { mdns } from '@libp2p/mdns'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { preSharedKey } from '@libp2p/pnet'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { LevelDatastore } from 'datastore-level'
import { createLibp2p } from 'libp2p'
import type { SigningKey } from '../lib/ed25519.ts'
import {
  CONNECTIONS_MAX,
  CONNECTIONS_PENDING_MAX,
  CONNECTIONS_PER_ADDRESS_PER_S,
  DIAL_TIMEOUT_MS,
  RELAY_RESERVATION_TTL_MS,
  STREAM_WINDOW_MAX_BYTES,
  TOPIC_MESSAGE_MAX_BYTES,
} from '../limits.ts'
import { selectRecord, validateRecord } from './dht/record.ts'

export type P2pOptions = {
  readonly nodeKey: SigningKey
  /** Multiaddrs to listen on; none: only outbound connections, and a relay. */
  readonly listen: readonly string[]
  /** Multiaddrs to tell others instead, behind a port mapping. */
  readonly announce?: readonly string[]
  /** Where peers, their addresses and the DHT's records are kept; absent: in memory. */
  readonly storeDir?: string
  /** Carries connections of others, up to so many. */
  readonly relayReservations?: number
  /** Answers the DHT's queries, besides asking. */
  readonly dhtServer: boolean
  readonly mdns: boolean
  /** Addresses of nodes to begin with, from an invitation. */
  readonly bootstrap?: readonly string[]
  /** A private swarm: only nodes with the same 95 bytes of key can speak with this one. */
  readonly swarmKey?: Uint8Array
  readonly gater: ConnectionGater
}

type Services = { readonly dht: KadDHT; readonly pubsub: GossipSub; readonly parts: Parts }
/** What libp2p gives its services only. */
export type Parts = {
  readonly transportManager: { listen(addresses: unknown[]): Promise<void> }
  readonly connectionManager: {
    openConnection(
      address: unknown,
      options: { force?: boolean; signal?: AbortSignal },
    ): Promise<{ close(): Promise<void> }>
  }
}
export type P2p = Libp2p & { readonly services: Services; readonly stopStore: () => Promise<void> }

const KAD_PROTOCOL = '/academy/kad/1.0.0'
const MDNS_SERVICE = '_academy-p2p._udp.local'
/** libp2p logs through `debug`; what concerns us comes back as errors and events. */
const quiet: ComponentLogger = {
  forComponent: () => Object.assign(() => {}, { enabled: false, trace() {}, error() {}, newScope: () => quietLog }),
}
const quietLog: Logger = quiet.forComponent('')

export async function startP2p(options: P2pOptions): Promise<P2p> {
  const { nodeKey, listen, announce, storeDir, relayReservations, dhtServer, swarmKey, gater } = options
  const datastore = storeDir === undefined ? undefined : new LevelDatastore(storeDir)
  await datastore?.open()
  try {
    const node = await createLibp2p<Services & Record<string, unknown>>({
      privateKey: privateKeyFromRaw(Buffer.concat([nodeKey.seed, nodeKey.publicKey])),
      logger: quiet,
      ...(datastore && { datastore }),
      addresses: { listen: [...listen], ...(announce && { announce: [...announce] }) },
      transports: [
        tcp({ dialOpts: { noDelay: true }, listenOpts: { noDelay: true } }),
        webSockets(),
        circuitRelayTransport(),
      ],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: STREAM_WINDOW_MAX_BYTES } })],
      ...(swarmKey && { connectionProtector: preSharedKey({ psk: swarmKey }) }),
      connectionGater: gater,
      connectionManager: {
        maxConnections: CONNECTIONS_MAX,
        maxIncomingPendingConnections: CONNECTIONS_PENDING_MAX,
        inboundConnectionThreshold: CONNECTIONS_PER_ADDRESS_PER_S,
        dialTimeout: DIAL_TIMEOUT_MS,
        addressDialTimeout: DIAL_TIMEOUT_MS / 2,
        // Whom to stay connected to, and how patiently, is decided in discovery.
        reconnectRetries: 0,
      },
      // A busy machine answers late without being gone; leases tell who is.
      connectionMonitor: { pingInterval: 30_000, abortConnectionOnPingFailure: false, protocolPrefix: 'academy' },
      peerDiscovery: [
        ...(options.mdns ? [mdns({ serviceTag: MDNS_SERVICE })] : []),
        ...(options.bootstrap?.length ? [bootstrap({ list: [...options.bootstrap] })] : []),
      ],
      services: {
        identify: identify({ protocolPrefix: 'academy' }),
        identifyPush: identifyPush({ protocolPrefix: 'academy' }),
        ping: ping({ protocolPrefix: 'academy' }),
        dcutr: dcutr(),
        autonat: autoNAT({ protocolPrefix: 'academy' }),
        dht: kadDHT({
          protocol: KAD_PROTOCOL,
          clientMode: !dhtServer,
          // Ours is one network, lan and internet together: private addresses are as good as others.
          peerInfoMapper: passthroughMapper,
          allowQueryWithZeroPeers: true,
          validators: { academy: validateRecord },
          selectors: { academy: selectRecord },
        }),
        pubsub: gossipsub({
          allowPublishToZeroTopicPeers: true,
          ignoreDuplicatePublishError: true,
          runOnLimitedConnection: true,
          maxInboundDataLength: TOPIC_MESSAGE_MAX_BYTES,
          // Thirty nodes of one class have one address: with the default weight a fifth of the messages is lost, silently.
          scoreParams: { IPColocationFactorWeight: 0 },
        }),
        ...(relayReservations && {
          relay: circuitRelayServer({
            maxInboundHopStreams: relayReservations * 4,
            maxOutboundStopStreams: relayReservations * 4,
            reservations: {
              maxReservations: relayReservations,
              // Two minutes and 128 KiB by default: our relays carry bundles, and count bytes themselves.
              applyDefaultLimit: false,
              reservationTtl: RELAY_RESERVATION_TTL_MS,
            },
          }),
        }),
        parts: (components: Parts): Parts => ({
          get transportManager() {
            return components.transportManager
          },
          get connectionManager() {
            return components.connectionManager
          },
        }),
      } as never,
    })
    if (dhtServer) await node.services.dht.setMode('server', { force: true })
    return Object.assign(node as unknown as P2p, { stopStore: async () => datastore?.close() })
  } catch (error) {
    await datastore?.close()
    throw error
  }
}
