/** Models of other nodes: read from the registry now and then, and this node's own offered there. */
import { createHash } from 'node:crypto'
import type { SigningKey } from '../../lib/ed25519.ts'
import { INFER_NEIGHBOURS_EVERY_MS } from '../../limits.ts'
import type { Network, NodeInfo, Offer } from '../../link/types.ts'
import type { Backend, BackendModel } from '../backend.ts'
import { createRemoteBackend, type RemoteNode } from './backend.ts'
import { INFER_PROTOCOL } from './frames.ts'
import { type ServeParts, serveInference } from './serve.ts'

type NetworkParts = Pick<Network, 'wire' | 'self' | 'owner' | 'nodes' | 'offer'> & {
  readonly identity: { readonly nodeKey: SigningKey }
}
export type Neighbours = AsyncDisposable & {
  backends(): readonly Backend[]
  refresh(): Promise<void>
}
/** How a model that is no file is marked, for its hash is of its name only. */
const NO_FILE = 'upstream'
const priceKeys = (name: string) => [`infer in ${name}`, `infer out ${name}`] as const

export function createNeighbours(
  network: NetworkParts,
  parts: Omit<ServeParts, 'key'> & {
    /** Of another owner, between 0 and 1. */
    readonly trust: (owner: string) => Promise<number>
  },
  log: { warn(fields: object, message: string): void },
): Neighbours {
  const known = new Map<string, RemoteNode>()
  const remotes = new Map<string, Backend>()
  let offered = ''
  network.wire.serveStream(
    INFER_PROTOCOL,
    serveInference({
      ...parts,
      key: network.identity.nodeKey,
      backends: () => parts.backends().filter(({ isOwnGround }) => isOwnGround),
    }),
  )
  const timer = setInterval(() => void refresh(), INFER_NEIGHBOURS_EVERY_MS)
  timer.unref()

  async function refresh(): Promise<void> {
    offerOwn()
    try {
      const nodes = (await network.nodes()).filter(({ self, alive, models }) => !self && alive && models.length > 0)
      const seen = await Promise.all(nodes.map(async (info) => [info.node, await remoteOf(info)] as const))
      known.clear()
      for (const [node, remote] of seen) known.set(node, remote)
      for (const node of known.keys())
        if (!remotes.has(node))
          remotes.set(
            node,
            createRemoteBackend(network.wire, node, () => known.get(node)),
          )
      for (const [node, backend] of remotes)
        if (!known.has(node)) {
          remotes.delete(node)
          await backend[Symbol.asyncDispose]()
        }
    } catch (err) {
      log.warn({ err }, 'the models of other nodes could not be listed')
    }
  }

  /** Says what this node has, when that has changed. Servers that are not the host's own are not rented out. */
  function offerOwn(): void {
    const prices: Record<string, string> = {}
    const models = parts
      .backends()
      .filter((backend) => backend.isOwnGround && backend.state().ready)
      .flatMap((backend) =>
        backend.models().map((model) => {
          const [priceIn, priceOut] = priceKeys(model.id)
          if (model.priceInMicro > 0n) prices[priceIn] = String(model.priceInMicro)
          if (model.priceOutMicro > 0n) prices[priceOut] = String(model.priceOutMicro)
          return offerOf(model, Math.max(1, backend.state().slots))
        }),
      )
    const offer: Offer = models.length > 0 ? { models, services: ['inference'], prices } : {}
    // Free places change with every request; they alone are no news.
    const said = JSON.stringify(offer, (key, value) => (key === 'slots' ? undefined : value))
    if (said === offered) return
    offered = said
    network.offer('inference', offer)
  }

  function offerOf(model: BackendModel, slots: number) {
    const speed = parts.measured.of(`embedded:${model.sha256}`, model.id).tokensPerS
    return {
      sha256: model.sha256 ?? createHash('sha256').update(model.id).digest('hex'),
      name: model.id,
      ...(model.sha256 === undefined && { quant: NO_FILE }),
      ctx: model.contextTokens ?? 4_096,
      ...(speed !== undefined && { tokensPerS: Math.round(speed) }),
      slots,
    }
  }

  async function remoteOf({ node, owner, role, models, prices }: NodeInfo): Promise<RemoteNode> {
    return {
      node,
      ...(owner !== undefined && { owner }),
      isTrusted: role === 'initial' || role === 'trusted',
      isOwnGround: role === 'initial' || (owner !== undefined && owner === network.owner),
      slots: models.reduce((sum, { slots }) => sum + slots, 0),
      trust: owner === undefined ? 0 : owner === network.owner ? 1 : await parts.trust(owner),
      models: models.map(({ sha256, name, quant, ctx, tokensPerS }) => {
        const [priceIn, priceOut] = priceKeys(name)
        return {
          id: name,
          ...(quant !== NO_FILE && { sha256 }),
          contextTokens: ctx,
          can: { chat: true, embed: quant !== NO_FILE },
          resumes: quant !== NO_FILE,
          priceInMicro: microOf(prices[priceIn]),
          priceOutMicro: microOf(prices[priceOut]),
          ...(tokensPerS !== undefined && { tokensPerS }),
        }
      }),
    }
  }

  return {
    backends: () => [...remotes.values()],
    refresh,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      network.offer('inference', {})
      await Promise.all([...remotes.values()].map((backend) => backend[Symbol.asyncDispose]()))
    },
  }
}

const microOf = (text: string | undefined): bigint =>
  text !== undefined && /^\d{1,15}$/.test(text) ? BigInt(text) : 0n
