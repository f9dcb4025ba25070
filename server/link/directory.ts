/** Who is in the network: from the registry, or from what this node knows by itself when no hub can be asked. */
import { DIRECTORY_KEPT_MS } from '../limits.ts'
import type { KnownPeers } from './discovery/known.ts'
import { WireError } from './errors.ts'
import { listAnswer, NODE_PROTOCOL } from './registry/frames.ts'
import type { NodeRecord, NodeStore } from './registry/types.ts'
import type { Frame, Link, NodeId, NodeInfo } from './types.ts'

/** Pages of the registry's answer are read up to so many nodes. */
const DIRECTORY_MAX = 1_000
const NAMESAKES_MAX = 8

/** Of the registry's record, what a hub tells. */
export type NodeRecordLike = Pick<
  NodeRecord,
  'node' | 'owner' | 'role' | 'name' | 'version' | 'manifest' | 'addresses'
> &
  Partial<Pick<NodeRecord, 'proven' | 'load' | 'admittedAtMs' | 'renewedAtMs'>>

export type DirectoryParts = {
  readonly link: Link
  readonly known: KnownPeers
  /** The registry's table, on a hub. */
  readonly table?: NodeStore
  /** Whom to ask, the best first. */
  readonly hubs: () => readonly NodeId[]
  readonly isAlone: () => boolean
  readonly ownInfo: () => NodeInfo
  readonly now: () => number
}

export function createDirectory({ link, known, table, hubs, isAlone, ownInfo, now }: DirectoryParts) {
  const self = link.self
  let kept: { readonly atMs: number; readonly nodes: Promise<readonly NodeRecordLike[]> } | undefined

  /** Of each hub in turn, the first answer. */
  async function askHubs<T>(ask: (hub: NodeId) => Promise<T>): Promise<T> {
    let failure: unknown = new WireError('E_UNREACHABLE', 'This node is in no network.')
    for (const hub of hubs()) {
      try {
        return await ask(hub)
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }

  async function find(
    what: { readonly node: NodeId } | { readonly name: string },
  ): Promise<readonly NodeRecordLike[]> {
    if (table) {
      if ('name' in what) return table.named(what.name, NAMESAKES_MAX)
      const one = await table.get(what.node)
      return one && one.leftAtMs === undefined && one.expiresAtMs > now() ? [one] : []
    }
    return askHubs(async (hub) => {
      const answer = await link.request(hub, NODE_PROTOCOL.protocol, { op: 'find', ...what })
      return listAnswer.parse(answer).nodes
    })
  }

  async function all(): Promise<readonly NodeRecordLike[]> {
    if (table) return table.alive()
    return askHubs(async (hub) => {
      const nodes: NodeRecordLike[] = []
      let after: string | undefined
      do {
        const answer: Frame = await link.request(hub, NODE_PROTOCOL.protocol, {
          op: 'list',
          ...(after !== undefined && { after }),
        })
        const page = listAnswer.parse(answer)
        nodes.push(...page.nodes)
        after = page.next
      } while (after !== undefined && nodes.length < DIRECTORY_MAX)
      return nodes
    })
  }

  /** All nodes alive, asked for again only after a while. */
  function recent(): Promise<readonly NodeRecordLike[]> {
    if (!kept || kept.atMs < now() - DIRECTORY_KEPT_MS) {
      const nodes = all()
      kept = { atMs: now(), nodes }
      nodes.catch(() => {
        kept = undefined
      })
    }
    return kept.nodes
  }

  function infoOf(record: NodeRecordLike): NodeInfo {
    const { node, owner, role, name, version, manifest: says, addresses } = record
    const standing = link.links().find((each) => each.node === node)
    return {
      node,
      self: false,
      name,
      role,
      version,
      owner,
      alive: true,
      ...(says.url !== undefined && { url: says.url }),
      zones: says.zones,
      services: says.services,
      models: says.models,
      prices: says.prices,
      cpu: says.cpu,
      memoryMb: says.memoryMb,
      gpus: says.gpus,
      ...(record.proven && { proven: record.proven }),
      ...(record.load && { load: record.load }),
      addresses,
      ...(record.admittedAtMs !== undefined && { admittedAtMs: record.admittedAtMs }),
      ...(record.renewedAtMs !== undefined && { lastSeenMs: record.renewedAtMs }),
      ...(standing && { link: standing }),
    }
  }

  /** Without a registry: whom we are linked with, and whom we knew. */
  function remembered(): NodeInfo[] {
    const links = new Map(link.links().map((each) => [each.node, each]))
    const peers = new Map(known.list().map((peer) => [peer.node, peer]))
    return [...new Set([...links.keys(), ...peers.keys()])].map((node) => {
      const [standing, peer] = [links.get(node), peers.get(node)]
      const owner = standing?.owner ?? peer?.owner
      return {
        node,
        self: false,
        name: standing?.name ?? peer?.name ?? node.slice(-8),
        role: standing?.role ?? peer?.role ?? 'local',
        version: '',
        ...(owner !== undefined && { owner }),
        alive: standing !== undefined,
        zones: [],
        services: [],
        models: [],
        prices: {},
        gpus: [],
        addresses: peer?.addresses ?? [],
        ...(peer && { lastSeenMs: peer.lastSeenMs }),
        ...(standing && { link: standing }),
      }
    })
  }

  async function nodes(): Promise<readonly NodeInfo[]> {
    const others = isAlone()
      ? remembered()
      : await recent().then(
          (found) => found.filter(({ node }) => node !== self).map(infoOf),
          () => remembered(),
        )
    return [ownInfo(), ...others]
  }

  async function node(id: NodeId): Promise<NodeInfo | undefined> {
    if (id === self) return ownInfo()
    const [record] = await find({ node: id }).catch(() => [])
    return record ? infoOf(record) : (await nodes()).find((each) => each.node === id)
  }

  async function resolve(text: string): Promise<NodeInfo> {
    const exact = text.startsWith('12D3Koo') && text.length > 40 ? await node(text) : undefined
    if (exact) return exact
    const lower = text.toLowerCase()
    const fitting = (await nodes()).filter(
      (each) => each.name.toLowerCase() === lower || (text.length >= 6 && each.node.endsWith(text)),
    )
    const found = fitting.length > 0 ? fitting : (await find({ name: text }).catch(() => [])).map(infoOf)
    if (found.length === 0) throw new WireError('E_NOT_FOUND', `No node is called ${text}.`)
    if (found.length > 1)
      throw new WireError(
        'E_CONFLICT',
        `Several nodes are called ${text}: name one by the end of its id, such as ${found[0]!.node.slice(-8)}.`,
      )
    return found[0]!
  }

  return {
    nodes,
    node,
    resolve,
    infoOf,
    recent,
    /** Addresses from the registry: its own table on a hub, the hub's answer elsewhere; and a relay of the hub's for whoever cannot be dialled. */
    async locate(id: NodeId): Promise<readonly string[]> {
      // Where hubs are is known from joining: to ask one about itself, or about the other, would be to wait for oneself.
      if (hubs().includes(id)) return []
      const record = await find({ node: id }).then(
        (found) => found[0],
        () => undefined,
      )
      const through = hubs().flatMap((hub) =>
        hub === self || hub === id ? [] : [`/p2p/${hub}/p2p-circuit/p2p/${id}`],
      )
      return [...(record?.addresses ?? []), ...(record ? through : [])]
    },
  }
}
