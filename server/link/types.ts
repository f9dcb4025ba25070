/** The network as the rest of the node sees it: requests, streams and topics between nodes. No libp2p type leaves this room. */

import type { Ban, PeerUse } from './admission/types.ts'
import type { KnownPeer, Load, Manifest, Proven } from './registry/types.ts'

/** A libp2p peer id in text: the name of a machine, not of a person. */
export type NodeId = string
/** The owner's Ed25519 public key in lower-case hex: the name of whoever answers for a node. */
export type OwnerId = string
export type NodeRole = 'initial' | 'trusted' | 'local'
/** How a connected node is reached. */
export type Reach = 'lan' | 'direct' | 'relay'

/** What a frame carries: a map of deterministic CBOR (@ipld/dag-cbor), at most `FRAME_MAX_BYTES` encoded. */
export type Frame = { readonly [field: string]: unknown }

/** Who calls, as far as this node knows: `owner` of nodes that showed their owner's certificate, `role` only of nodes that were admitted. */
export type Caller = {
  readonly node: NodeId
  readonly owner?: OwnerId
  readonly role?: NodeRole
  readonly reach: Reach
}

/** What each protocol says of itself before it may be served. */
export type Served = {
  /** `node`, `message`, `bundle` …: `/academy/<name>/1.0.0` on the wire. */
  readonly protocol: string
  /** Streams a peer may have open at once. */
  readonly maxStreams: number
  /** Requests a peer may make, or streams it may open: a token bucket of its own. Frames of a stream are bounded by their bytes. */
  readonly perMinute: number
  readonly perHour: number
  /** Also over a relayed connection. */
  readonly overRelay: boolean
  /** Answers admitted nodes only; the protocols of admission itself answer anybody. */
  readonly admittedOnly: boolean
}

/** An open stream of frames, both ways. It ends for both when either side aborts, and half when one side closes. */
export type FrameStream = {
  readonly peer: Caller
  /** Resolves when there is room for more: back-pressure is this promise. Throws `WireError` when the stream is gone. */
  send(frame: Frame): Promise<void>
  /** Frames of the other side, until it closes; throws `WireError` when the stream breaks. */
  readonly frames: AsyncIterable<Frame>
  /** Nothing more will be sent. */
  close(): Promise<void>
  abort(error: Error): void
}

export type CallOptions = { readonly timeoutMs?: number; readonly signal?: AbortSignal }

/** One node's place in the network: implemented over libp2p, and in memory for tests, chaos and simulations. */
export type Wire = {
  readonly self: NodeId
  /** Answers requests of a protocol; a thrown `WireError` goes back as `{ code, msg, retryAfterMs? }`, anything else as `E_INTERNAL`. */
  serve(served: Served, answer: (request: Frame, caller: Caller, signal: AbortSignal) => Promise<Frame>): void
  /** Takes streams of a protocol; the stream ends when the promise does. */
  serveStream(served: Served, take: (stream: FrameStream) => Promise<void>): void
  /** One request and its answer, over the one long-lived stream to that node. Throws `WireError`. */
  request(to: NodeId, protocol: string, request: Frame, options?: CallOptions): Promise<Frame>
  /** A stream of its own. Throws `WireError`. */
  open(to: NodeId, protocol: string, options?: CallOptions): Promise<FrameStream>
  publish(topic: string, message: Uint8Array): Promise<void>
  subscribe(topic: string, hear: (message: Uint8Array, from: NodeId) => void): () => void
  /** Nodes connected now. */
  connected(): readonly Caller[]
  onConnection(listener: (peer: Caller, state: 'open' | 'closed') => void): () => void
}

/** A link that stands, for people to look at. */
export type LinkInfo = Caller & {
  readonly name?: string
  /** The address of the other end, a multiaddr. */
  readonly address: string
  readonly direction: 'inbound' | 'outbound'
  readonly sinceMs: number
  readonly rttMs?: number
  readonly connections: number
}

/** Key and value for everybody to read; only the owner of a key can write it. Keys stand under the owner's name. Throws `WireError`. */
export type Dht = {
  /** Puts it under this node's owner; answers how many other nodes took it. The value is at most some 3.5 KiB. */
  put(
    name: string,
    value: Uint8Array,
    signal?: AbortSignal,
  ): Promise<{ readonly owner: OwnerId; readonly name: string; readonly nodes: number }>
  get(
    name: string,
    owner?: OwnerId,
    signal?: AbortSignal,
  ): Promise<{ readonly value: Uint8Array; readonly seq: number } | undefined>
  findNode(node: NodeId, signal?: AbortSignal): Promise<NodeAddresses | undefined>
  /** Says that this node has something: a CID, or any text by its SHA-256. */
  provide(key: string, signal?: AbortSignal): Promise<{ readonly cid: string; readonly nodes: number }>
  findProviders(key: string, signal?: AbortSignal): Promise<readonly NodeAddresses[]>
  /** Puts again what this node has put; answers how many values found a taker. */
  republish(signal?: AbortSignal): Promise<number>
  /** Nodes in the routing table. */
  size(): number
}
export type NodeAddresses = { readonly node: NodeId; readonly addresses: readonly string[] }

export type DhtRecordStore = {
  get(name: string): Promise<DhtOwnRecord | undefined>
  list(): Promise<readonly DhtOwnRecord[]>
  put(record: DhtOwnRecord): Promise<void>
}
/** `record` is what stands on the DHT, signed. */
export type DhtOwnRecord = {
  readonly name: string
  readonly record: Uint8Array
  readonly seq: number
  readonly putAtMs: number
}

/** The wire over libp2p, with what the room itself needs of it. */
export type Link = Wire & {
  readonly dht: Dht
  /** Where this node can be reached, multiaddrs with its name at the end. */
  addresses(): readonly string[]
  /** Connects to whoever is at these addresses (all of one node) and greets them. */
  dial(addresses: readonly string[], signal?: AbortSignal): Promise<NodeId>
  /** Keeps addresses of a node for later. */
  learn(node: NodeId, addresses: readonly string[]): Promise<void>
  links(): readonly LinkInfo[]
  cut(node: NodeId): Promise<void>
  /** Takes a place at a relay, under an address of it: others reach this node through it from then on. */
  listenThrough(relayAddress: string): Promise<void>
  /** Whether a fresh connection to that address works and ends at that node. */
  reaches(node: NodeId, address: string, signal: AbortSignal): Promise<boolean>
  /** Nodes that were heard of on the local network or from others. */
  onDiscovery(listener: (found: NodeAddresses) => void): () => void
  topics(): readonly string[]
  stats(): { readonly requests: number; readonly requestBytes: number; readonly relayedBytes: number }
  [Symbol.asyncDispose](): Promise<void>
}

/** What is known of a node, by whoever asks: the registry's record where there is one, and the link to it where there is one. */
export type NodeInfo = {
  readonly node: NodeId
  readonly self: boolean
  readonly name: string
  readonly role: NodeRole
  readonly version: string
  readonly owner?: OwnerId
  /** Alive by its lease; a node outside any network is alive to itself. */
  readonly alive: boolean
  readonly url?: string
  readonly zones: readonly string[]
  readonly services: readonly string[]
  readonly models: Manifest['models']
  readonly prices: Readonly<Record<string, string>>
  /** What it says of its machine: claims. */
  readonly cpu?: Manifest['cpu']
  readonly memoryMb?: number
  readonly gpus: Manifest['gpus']
  /** What a hub found out for itself. */
  readonly proven?: Proven
  readonly load?: Load
  readonly addresses: readonly string[]
  readonly admittedAtMs?: number
  readonly lastSeenMs?: number
  readonly link?: LinkInfo
}

/** Where this node stands in the network. */
export type NetworkState =
  | { readonly is: 'alone' }
  /** It is a hub itself. */
  | { readonly is: 'hub' }
  | { readonly is: 'joining'; readonly failures: number; readonly why?: string }
  | { readonly is: 'joined'; readonly hub: NodeId }
  | { readonly is: 'refused'; readonly code: string; readonly why: string }
  | { readonly is: 'stopped' }

/** What a node offers others, said by the parts that offer it. */
export type Offer = Partial<Pick<Manifest, 'zones' | 'models' | 'services' | 'prices' | 'privacy' | 'gpus'>>

/** The network as the parts of a node use it. */
export type Network = {
  readonly wire: Wire
  readonly self: NodeId
  readonly owner: OwnerId
  readonly role: NodeRole
  readonly dht: Dht
  state(): NetworkState
  /** This node's addresses, as others can dial them. */
  addresses(): readonly string[]
  /** Every node alive, this one first; from the registry, or from what is known when no hub can be asked. */
  nodes(): Promise<readonly NodeInfo[]>
  node(id: NodeId): Promise<NodeInfo | undefined>
  /** By id, by the end of an id (six characters or more), or by name. Throws `E_NOT_FOUND`, or `E_CONFLICT` when several fit. */
  resolve(text: string): Promise<NodeInfo>
  /** The initial nodes, the one that has us first; of a hub itself first. */
  hubs(): readonly NodeId[]
  /** Milliseconds of a signed round trip. Throws `WireError`. */
  ping(node: NodeId, signal?: AbortSignal): Promise<number>
  /** Says what this node offers from now on, under a name for each part of the node that does. */
  offer(part: string, offer: Offer): void
  /** A node joined, left, or its lease ended: on hubs only, within the lease and a sweep. */
  onNode(listener: (node: NodeInfo, what: 'joined' | 'left' | 'changed') => void): () => void
  onState(listener: (state: NetworkState) => void): () => void
  readonly messages: Messages
  /** An invitation to join as that role; hubs only. */
  invite(terms: { readonly role: NodeRole; readonly uses: number; readonly ttlMs?: number }): Promise<string>
}

/** The DHT as people use it: each has keys of their own under the owner of the node they are on. Throws `WireError`. */
export type DhtDesk = {
  /** `key` is a word of one's own; the answer's key is what others say to find it. */
  put(person: string, key: string, text: string): Promise<{ readonly key: string; readonly nodes: number }>
  /** One's own word, or a whole key: `<owner>/p/<person>/<word>`. */
  get(
    person: string,
    key: string,
  ): Promise<{ readonly key: string; readonly value: string; readonly seq: number } | undefined>
  find(node: NodeId): Promise<NodeAddresses | undefined>
  provide(key: string): Promise<{ readonly cid: string; readonly nodes: number }>
  providers(key: string): Promise<readonly NodeId[]>
  republish(): Promise<number>
}

/** What an operator sees and does beyond what everybody may. */
export type NetworkDesk = {
  links(): readonly LinkInfo[]
  known(): readonly KnownPeer[]
  uses(): readonly PeerUse[]
  bans(): readonly Ban[]
  ban(subject: Ban['subject'], why: string, forMs?: number): Promise<Ban>
  unban(subject: Ban['subject']): Promise<boolean>
  /** A word to every node that listens, shown to the people on them. */
  broadcast(text: string): Promise<void>
  stats(): NetworkStats
  readonly dht: DhtDesk
}
export type NetworkStats = {
  readonly links: number
  readonly relayed: number
  readonly requests: number
  readonly relayedBytes: number
  readonly dhtNodes: number
  readonly knownPeers: number
  readonly bans: number
  readonly topics: readonly string[]
}

/** Somebody on a node: a person or an agent, by id where it is known, else by name. */
export type Party = { readonly node: NodeId; readonly id?: string; readonly name: string }
export type NodeMessage = {
  readonly id: string
  readonly from: Party & { readonly id: string }
  readonly to: Party
  readonly text: string
  readonly sentAtMs: number
}
/** Where somebody is whom a message is for. */
export type Whereabouts =
  | { readonly is: 'here'; readonly recipient: string }
  /** They live here and are not awake: messages wait. */
  | { readonly is: 'absent'; readonly recipient: string }
  | { readonly is: 'unknown' }
  /** They take no messages of that sender. */
  | { readonly is: 'refused'; readonly why: string }
  /** An agent that lives elsewhere now; `recipient` where its id here is known. */
  | { readonly is: 'moved'; readonly node: NodeId; readonly recipient?: string }
/** How messages are handed to people and agents of this node. */
/** `id` of a message that comes straight from its sender's node; what a hub has kept was let through when it was kept. */
export type Doorstep = {
  find(to: Party, from: NodeMessage['from'], id?: NodeMessage['id']): Promise<Whereabouts>
  /** To somebody who is here. Throws when it could not be handed over: it then waits. After a crash in the middle of it the same id comes once more: who hears keeps the ids they had. */
  give(recipient: string, message: NodeMessage): Promise<Handed | undefined>
}
/**
 * `taken`: it is in their hands and not written down there yet. It stays in the inbox until this comes to true, and is handed over again after it
 * has come to false, or after a crash. Absent: they have it.
 */
export type Handed = { readonly taken?: Promise<boolean> }

/** Messages between people and agents on any two nodes: in order for each pair, each once, waiting for the absent. */
export type Messages = {
  /**
   * `delivered`: they have it; `kept`: it waits for them. Sending the same id again is answered again and delivered once.
   * Throws `WireError`: `E_NOT_FOUND` (nobody of that name), `E_REJECTED` (they take none of yours), `E_LIMITED`, `E_UNREACHABLE`.
   */
  send(message: Omit<NodeMessage, 'sentAtMs'>): Promise<'delivered' | 'kept'>
  /** Messages for this node's people are taken from then on. */
  openDoor(door: Doorstep): void
  /** Somebody is here now: what waited for them is delivered, in order. */
  awake(recipient: string): Promise<void>
}

/** Messages that wait, and the ids of those that were handed over lately. */
export type InboxStore = {
  /** False when the inbox of that recipient, or the node's as a whole, is full. The same id again changes nothing. */
  put(held: HeldMessage, bounds: { readonly perRecipient: number; readonly perNode: number }): Promise<boolean>
  state(id: string): Promise<'waiting' | 'given' | undefined>
  /** Those that wait, oldest first. `recipient` absent: of everybody on that node. */
  list(
    where: HeldMessage['where'],
    node: NodeId,
    recipient: string | undefined,
    limit: number,
  ): Promise<readonly HeldMessage[]>
  /** The oldest for each of those on that node for whom something waits. */
  waiting(node: NodeId, limit: number): Promise<readonly HeldMessage[]>
  /** Handed over: of these only the ids are kept, for `INBOX_GIVEN_KEPT_MS`. */
  given(ids: readonly string[], nowMs: number): Promise<void>
  remove(ids: readonly string[]): Promise<void>
  /** Forgets what waited, and what was known, for too long. */
  expire(nowMs: number): Promise<number>
}
/** `envelope` is the signed message as it came. */
export type HeldMessage = {
  readonly id: string
  /** `here`: on the node where its recipient lives; `away`: on a hub, for that node. */
  readonly where: 'here' | 'away'
  readonly node: NodeId
  readonly recipient: string
  readonly sender: string
  readonly envelope: Uint8Array
  readonly storedAtMs: number
  readonly expiresAtMs: number
}
