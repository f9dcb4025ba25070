/** The network part of a node: its identity, its link, its place in the registry, and what it knows of the others. */
import { join } from 'node:path'
import {
  DHT_REPUBLISH_MS,
  INBOX_SWEEP_MS,
  INVITE_USES_MAX,
  NODE_ADDRESSES_MAX,
  RELAY_RESERVATIONS_MAX,
} from '../limits.ts'
import { createAdmission } from './admission/admission.ts'
import type { Admission, BanStore } from './admission/types.ts'
import { createDesk } from './desk.ts'
import { createDhtDesk } from './dht/desk.ts'
import { createDirectory } from './directory.ts'
import { createDiscovery } from './discovery/discovery.ts'
import { type KnownPeers, openKnownPeers } from './discovery/known.ts'
import { WireError } from './errors.ts'
import { type Identity, loadIdentity } from './identity.ts'
import { createLink } from './link.ts'
import { createMessages } from './messages/messages.ts'
import { createOffers } from './offers.ts'
import { serveNode } from './registry/door.ts'
import type { HubAddress } from './registry/frames.ts'
import { hubAt } from './registry/hub-page.ts'
import { type InviteCode, makeInvite } from './registry/invite.ts'
import { createMember, type SessionStore } from './registry/member.ts'
import { createProber, pingNode } from './registry/probe.ts'
import { type AdmissionPolicy, createRegistrar } from './registry/registrar.ts'
import type { InviteStore, Load, Manifest, NodeStore, PeerStore } from './registry/types.ts'
import { keepPlaceAtRelay } from './relay-place.ts'
import { createStandingBook } from './standing.ts'
import { repeat, systemTimers } from './timers.ts'
import type {
  DhtRecordStore,
  InboxStore,
  Link,
  Network,
  NetworkState,
  NodeId,
  NodeInfo,
  NodeRole,
  OwnerId,
} from './types.ts'

export type NetworkOptions = {
  readonly dataDir: string
  readonly role: NodeRole
  readonly name: string
  readonly version: string
  readonly url?: string
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[]
  readonly announce?: readonly string[]
  readonly hubUrl?: string
  readonly invite?: InviteCode
  readonly ownerKeyFile?: string
  readonly swarmKey?: Uint8Array
  readonly mdns: boolean
  readonly policy: AdmissionPolicy
}
export type NetworkParts = {
  /** Stores that belong to this node among those that share a database are made once its name is known. */
  readonly stores: (self: NodeId) => {
    readonly nodes: NodeStore
    readonly invites: InviteStore
    readonly bans: BanStore
    readonly peers: PeerStore
    readonly records: DhtRecordStore
    readonly inbox: InboxStore
    readonly session: SessionStore
  }
  readonly clock: { now(): number }
  readonly machine: () => Pick<Manifest, 'cpu' | 'memoryMb'>
  readonly load?: () => Load
  /** How far an owner is trusted; 0 for strangers. */
  readonly trust?: (owner: OwnerId | undefined) => number
  readonly log: Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>
}
export type RunningNetwork = Network & {
  readonly identity: Identity
  readonly admission: Admission
  readonly link: Link
  readonly known: KnownPeers
  /** Until when this node may take its lease for granted, by its own clock; a hub has one for ever. */
  leaseUntilMs(): number
  readonly desk: ReturnType<typeof createDesk>
  [Symbol.asyncDispose](): Promise<void>
}

export async function startNetwork(parts: NetworkParts, options: NetworkOptions): Promise<RunningNetwork> {
  await using stack = new AsyncDisposableStack()
  const { clock, log, machine, load, trust = () => 0 } = parts
  const { dataDir, role, name, version, url, hubUrl, invite } = options
  const now = () => clock.now()
  const report = (error: unknown) => log.warn({ err: error }, 'the network failed at something; it goes on')
  const identity = await loadIdentity(dataDir, now(), options.ownerKeyFile)
  const self = identity.node
  const stores = parts.stores(self)
  const standing = createStandingBook(identity, now)
  const admission = await createAdmission({ store: stores.bans, now, log })
  const link = stack.use(
    await createLink(
      {
        identity,
        standing,
        admission,
        records: stores.records,
        clock,
        log,
        locate: (node) => directory.locate(node),
      },
      {
        listen: options.listen,
        ...(options.announce && { announce: options.announce }),
        storeDir: join(dataDir, 'p2p'),
        ...(role !== 'local' && { relayReservations: RELAY_RESERVATIONS_MAX[role] }),
        dhtServer: role !== 'local',
        mdns: options.mdns,
        ...(invite && { bootstrap: invite.addresses }),
        ...(options.swarmKey && { swarmKey: options.swarmKey }),
      },
    ),
  )
  const known = await openKnownPeers(stores.peers, now, Math.random, trust)
  const offers = createOffers({ name, role, version, ...(url !== undefined && { url }) }, machine)
  const describe = () => ({
    manifest: offers.manifest(),
    addresses: link.addresses().slice(0, NODE_ADDRESSES_MAX),
    ...(load && { load: load() }),
  })

  const isHub = role === 'initial'
  const common = { wire: link, identity, standing, clock, timers: systemTimers, self: describe, log }
  const registrar = isHub
    ? createRegistrar(
        { ...common, admission, store: stores.nodes, invites: stores.invites },
        { policy: options.policy, relay: true },
      )
    : undefined
  const seeds = async (): Promise<HubAddress[]> => [
    ...(invite ? [{ node: invite.hub, addresses: [...invite.addresses] }] : []),
    ...(hubUrl !== undefined ? [await hubAt(hubUrl)] : []),
  ]
  const member =
    isHub || (hubUrl === undefined && !invite)
      ? undefined
      : createMember({
          ...common,
          sessions: stores.session,
          random: Math.random,
          seeds,
          dial: dialHub,
          ...(invite && { invite }),
        })

  async function dialHub({ node, addresses }: HubAddress): Promise<void> {
    if (link.connected().some((peer) => peer.node === node)) return
    await link.learn(node, addresses)
    if (addresses.length > 0) await link.dial(addresses)
  }

  const hubs = (): readonly NodeId[] => {
    if (registrar) return [self, ...registrar.hubs().flatMap(({ node }) => (node === self ? [] : [node]))]
    const at = member?.state()
    const first = at?.is === 'joined' ? [at.hub] : []
    return [...new Set([...first, ...(member?.hubs() ?? []).map(({ node }) => node)])]
  }

  function state(): NetworkState {
    if (registrar) return { is: 'hub' }
    return member ? member.state() : { is: 'alone' }
  }

  function ownInfo(): NodeInfo {
    const { manifest, addresses, load: ownLoad } = { load: undefined, ...describe() }
    const proven = member?.proven()
    return {
      ...directory.infoOf({ node: self, owner: identity.owner, role, name, version, manifest, addresses }),
      self: true,
      ...(ownLoad && { load: ownLoad }),
      ...(proven && { proven }),
    }
  }

  const directory = createDirectory({
    link,
    known,
    ...(isHub && { table: stores.nodes }),
    hubs,
    isAlone: () => state().is === 'alone',
    ownInfo,
    now,
  })

  serveNode({ wire: link, identity, registrar })
  if (registrar) {
    // The hub looks at those it admitted.
    const prober = createProber({
      wire: link,
      store: stores.nodes,
      now,
      reaches: link.reaches,
      report: (error, node) => log.debug({ err: error, node }, 'a node could not be looked at'),
    })
    registrar.onChange(({ node, what }) => {
      if (what === 'joined' && node.hub === self && node.node !== self) prober.probe(node)
    })
    await registrar.start()
    stack.defer(() => registrar.stop())
  }
  if (member && role === 'local') keepPlaceAtRelay({ link, member, log })

  const discovery = createDiscovery({
    link,
    known,
    standing,
    timers: systemTimers,
    role,
    directory: () => directory.recent().catch(() => []),
    report,
  })
  discovery.start()
  stack.defer(() => discovery.stop())
  const often = (everyMs: number, work: () => Promise<unknown>) =>
    stack.defer(repeat(systemTimers, () => everyMs, work, report))
  often(DHT_REPUBLISH_MS, () => link.dht.republish())
  if (member) {
    await member.start()
    stack.defer(() => member.stop('it was stopped'))
  }

  const messages = createMessages({
    wire: link,
    nodeKey: identity.nodeKey,
    role,
    inbox: stores.inbox,
    clock,
    timers: systemTimers,
    routers: () => [...hubs(), ...link.connected().flatMap((peer) => (peer.role === 'trusted' ? [peer.node] : []))],
    report,
  })
  stack.defer(() => messages.stop())
  often(INBOX_SWEEP_MS, () => stores.inbox.expire(now()))

  const desk = createDesk({
    link,
    admission,
    known,
    standing,
    dht: createDhtDesk(link.dht, stores.records, identity.owner),
  })
  const stopped = stack.move()
  return {
    wire: link,
    link,
    self,
    owner: identity.owner,
    role,
    identity,
    admission,
    known,
    leaseUntilMs: () => (isHub ? Number.POSITIVE_INFINITY : (member?.leaseUntilMs() ?? 0)),
    desk,
    messages,
    dht: link.dht,
    state,
    addresses: link.addresses,
    nodes: directory.nodes,
    node: directory.node,
    resolve: directory.resolve,
    hubs,
    ping: (to, signal) => pingNode(link, to, signal),
    offer(part, offer) {
      offers.put(part, offer)
      member?.tell()
    },
    onNode(listener) {
      return registrar
        ? registrar.onChange(({ node: record, what }) => listener(directory.infoOf(record), what))
        : () => {}
    },
    onState: (listener) => member?.onState((next) => listener(next)) ?? (() => {}),
    async invite({ role: as, uses, ttlMs }) {
      if (!registrar) throw new WireError('E_FORBIDDEN', 'Only an initial node invites.')
      const { invite: made, code } = makeInvite(
        { node: self, addresses: link.addresses() },
        { role: as, uses: Math.min(uses, INVITE_USES_MAX), nowMs: now(), ...(ttlMs !== undefined && { ttlMs }) },
      )
      await stores.invites.put(made)
      return code
    },
    [Symbol.asyncDispose]: () => stopped.disposeAsync(),
  }
}
