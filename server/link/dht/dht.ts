/** The distributed hash table: values signed by their owners, nodes, and who provides what. */
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { DHT_QUERY_TIMEOUT_MS } from '../../limits.ts'
import { peerOf } from '../connections.ts'
import { WireError } from '../errors.ts'
import type { Identity } from '../identity.ts'
import type { P2p } from '../p2p.ts'
import type { Dht, DhtRecordStore } from '../types.ts'
import { dhtKey, makeRecord, readRecord } from './record.ts'

export type DhtParts = {
  readonly p2p: P2p
  readonly identity: Identity
  readonly now: () => number
  /** What this node put, so that it can be put again. */
  readonly store: DhtRecordStore
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._:/-]{0,199}$/u

/** A CID as it is given; any other text by its SHA-256, so that words can be provided too. */
async function cidOf(key: string): Promise<CID> {
  try {
    return CID.parse(key)
  } catch {
    return CID.createV1(raw.code, await sha256.digest(new TextEncoder().encode(key)))
  }
}

export function createDht({ p2p, identity, now, store }: DhtParts): Dht {
  const table = p2p.services.dht
  const options = (signal?: AbortSignal) => ({ signal: signal ?? AbortSignal.timeout(DHT_QUERY_TIMEOUT_MS) })
  const named = (name: string) => {
    if (!NAME.test(name)) throw new WireError('E_REJECTED', 'A key has 1 to 200 letters, digits and . _ : / -')
    return name
  }

  /** How many nodes took it. */
  async function spread(key: Uint8Array, record: Uint8Array, signal?: AbortSignal): Promise<number> {
    let taken = 0
    try {
      for await (const event of table.put(key, record, options(signal)))
        if (event.name === 'PEER_RESPONSE' && event.messageName === 'PUT_VALUE') taken++
    } catch (error) {
      if (taken === 0 && hasPeers()) throw failed('put', error)
    }
    return taken
  }

  const hasPeers = () => p2p.getConnections().length > 0

  return {
    async put(name, value, signal) {
      const key = dhtKey(identity.owner, named(name))
      const before = await store.get(name)
      const seq = Math.max(now(), (before?.seq ?? 0) + 1)
      const record = makeRecord({ name, value, seq }, identity.ownerKey)
      await store.put({ name, record, seq, putAtMs: now() })
      return { owner: identity.owner, name, nodes: await spread(key, record, signal) }
    },
    async get(name, owner = identity.owner, signal) {
      const key = dhtKey(owner, named(name))
      let best: { seq: number; value: Uint8Array } | undefined
      const consider = (bytes: Uint8Array) => {
        const body = readRecord(key, bytes)
        if (body && body.seq > (best?.seq ?? -1)) best = body
      }
      if (owner === identity.owner) {
        const own = await store.get(name)
        if (own) consider(own.record)
      }
      try {
        for await (const event of table.get(key, options(signal))) if (event.name === 'VALUE') consider(event.value)
      } catch (error) {
        if (!best && hasPeers() && !isNotFound(error)) throw failed('get', error)
      }
      return best && { value: best.value, seq: best.seq }
    },
    async findNode(node, signal) {
      try {
        for await (const event of table.findPeer(peerOf(node), options(signal)))
          if (event.name === 'FINAL_PEER')
            return { node: event.peer.id.toString(), addresses: event.peer.multiaddrs.map(String) }
      } catch (error) {
        if (!isNotFound(error)) throw failed('find', error)
      }
      return undefined
    },
    async provide(key, signal) {
      const cid = await cidOf(key)
      let nodes = 0
      try {
        for await (const event of table.provide(cid, options(signal)))
          if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') nodes++
      } catch (error) {
        if (hasPeers()) throw failed('provide', error)
      }
      return { cid: cid.toString(), nodes }
    },
    async findProviders(key, signal) {
      const cid = await cidOf(key)
      const found = new Map<string, readonly string[]>()
      try {
        for await (const event of table.findProviders(cid, options(signal)))
          if (event.name === 'PROVIDER' || event.name === 'PEER_RESPONSE')
            for (const { id, multiaddrs } of event.providers) found.set(id.toString(), multiaddrs.map(String))
      } catch (error) {
        if (found.size === 0 && !isNotFound(error)) throw failed('find providers', error)
      }
      return [...found].map(([node, addresses]) => ({ node, addresses }))
    },
    async republish(signal) {
      let put = 0
      for (const { name, record } of await store.list())
        if ((await spread(dhtKey(identity.owner, name), record, signal).catch(() => 0)) > 0) put++
      return put
    },
    size: () => (table as unknown as { routingTable?: { size: number } }).routingTable?.size ?? 0,
  }
}

const isNotFound = (error: unknown) => /NotFound|QueryAborted|NoValue/.test((error as Error)?.name ?? '')
const failed = (what: string, cause: unknown) =>
  new WireError('E_TIMEOUT', `The DHT did not answer to ${what}.`, { cause })
