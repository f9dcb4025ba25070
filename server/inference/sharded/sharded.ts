/** What this node lends and borrows, as its host said: kept as two settings, taken up again at each start. */
import { basename } from 'node:path'
import { z } from 'zod'
import { INFER_CONTEXT_TOKENS, INFER_SEQUENCES, SHARD_NODES_MAX } from '../../limits.ts'
import type { Network } from '../../link/types.ts'
import type { Json } from '../../protocol/ids.ts'
import type { Backend } from '../backend.ts'
import { InferError } from '../errors.ts'
import type { InferenceStore } from '../store.ts'
import { createShardedBackend, type ShardedBackend } from './backend.ts'
import { findLlamaServers, type LlamaServers, sha256OfFile } from './build.ts'
import { createLender, type Lender } from './lend.ts'
import { createRentBook } from './rent.ts'
import { readLayers } from './split.ts'
import type { RentMoney, ShardedModel, ShardLog, ShardOffer } from './types.ts'

const micro = z.union([
  z.bigint(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(BigInt),
])
const Offer = z.object({
  memoryMb: z.int().min(1),
  threads: z.int().min(1),
  priceMicroPerMinute: micro,
  peers: z.array(z.string().min(1)).min(1),
})
const Model = z.object({
  id: z.string(),
  file: z.string(),
  sha256: z.string(),
  nodes: z.array(z.string()).min(1).max(SHARD_NODES_MAX),
  localMb: z.int().min(0),
  contextTokens: z.int().min(1),
  sequences: z.int().min(1),
  priceInMicro: micro,
  priceOutMicro: micro,
  maxPriceMicroPerMinute: micro,
})

export type NewSharded = {
  readonly file: string
  /** Names or ends of ids, as the network resolves them. */
  readonly nodes: readonly string[]
  readonly id?: string
  readonly localMb?: number
  readonly contextTokens?: number
  readonly priceInMicro?: bigint
  readonly priceOutMicro?: bigint
  readonly maxPriceMicroPerMinute?: bigint
}
export type Shards = AsyncDisposable & {
  backends(): readonly Backend[]
  /** Undefined: nothing any more. */
  lend(offer: ShardOffer | undefined): Promise<void>
  add(model: NewSharded, progress: (line: string) => void): Promise<{ readonly id: string; readonly sha256: string }>
  remove(idOrHash: string): Promise<boolean>
  list(): object
  /** From then on shards are lent and borrowed. */
  join(network: ShardNetwork, money: RentMoney): Promise<AsyncDisposable>
}
type ShardNetwork = Pick<Network, 'wire' | 'owner' | 'resolve' | 'nodes' | 'offer'>
export type ShardsParts = {
  /** Where `scripts/build-llama-servers.ts` left them. */
  readonly serversDir: string
  readonly settings: {
    get(key: string): Promise<Json | undefined>
    set(key: string, value: Json): Promise<void>
  }
  readonly store: Pick<InferenceStore, 'allowModel' | 'allowedModels' | 'forgetModel'>
  readonly now: () => number
  readonly log: ShardLog
}

const LEND = 'shards.lend'
const MODELS = 'shards.models'
const RENTS = 'shards.rents'

export function createShards({ serversDir, settings, store, now, log }: ShardsParts): Shards {
  const running = new Map<string, ShardedBackend>()
  let servers: LlamaServers | undefined
  let problem: string | undefined
  let joined: { network: ShardNetwork; lender: Lender; begin(model: ShardedModel): void } | undefined
  /** Owners of nodes, as far as they were heard of. */
  let owners: ReadonlyMap<string, string | undefined> = new Map()

  /** Looks again at what was built: a host builds while the node runs. */
  async function lookForServers(): Promise<void> {
    try {
      servers = await findLlamaServers(serversDir)
      problem = servers ? undefined : `none were built in ${serversDir}`
    } catch (error) {
      servers = undefined
      problem = (error as Error).message
    }
  }
  const kept = async (): Promise<readonly ShardedModel[]> =>
    z
      .array(Model)
      .catch([])
      .parse((await settings.get(MODELS)) ?? [])
  const keep = (models: readonly ShardedModel[]) => settings.set(MODELS, plain(models))
  const here = () => {
    if (joined) return joined
    throw new InferError('no_model', 'This node is in no network. Start it with --hub URL, or with --p2p true.')
  }
  async function learnOwners(): Promise<void> {
    if (joined) owners = new Map((await joined.network.nodes()).map(({ node, owner }) => [node, owner]))
  }
  const say = ({ network, lender }: NonNullable<typeof joined>) =>
    network.offer('shards', lender.offered() && servers ? { services: ['shards'] } : {})

  async function add(asked: NewSharded, progress: (line: string) => void) {
    const { network, begin } = here()
    await lookForServers()
    if (!servers) throw new InferError('unsupported', `${problem}. Build them with "npx academy shard build".`)
    if (asked.nodes.length < 1 || asked.nodes.length > SHARD_NODES_MAX)
      throw new InferError('bad_request', `A model is spread over one or ${SHARD_NODES_MAX} other nodes.`)
    const nodes: string[] = []
    for (const name of asked.nodes) nodes.push((await network.resolve(name)).node)
    if (new Set(nodes).size < nodes.length) throw new InferError('bad_request', 'That is the same node twice.')
    await readLayers(asked.file)
    progress(`reading ${basename(asked.file)}`)
    const sha256 = await sha256OfFile(asked.file)
    const model: ShardedModel = {
      id: asked.id ?? basename(asked.file).replace(/\.gguf$/i, ''),
      file: asked.file,
      sha256,
      nodes,
      localMb: asked.localMb ?? 0,
      contextTokens: asked.contextTokens ?? INFER_CONTEXT_TOKENS,
      sequences: INFER_SEQUENCES,
      priceInMicro: asked.priceInMicro ?? 0n,
      priceOutMicro: asked.priceOutMicro ?? 0n,
      maxPriceMicroPerMinute: asked.maxPriceMicroPerMinute ?? 0n,
    }
    const { id, file, priceInMicro, priceOutMicro } = model
    await store.allowModel({ sha256, id, file, priceInMicro, priceOutMicro, load: false, allowedAtMs: now() })
    await running.get(sha256)?.[Symbol.asyncDispose]()
    await keep([...(await kept()).filter((one) => one.sha256 !== sha256), model])
    await learnOwners()
    begin(model)
    return { id, sha256 }
  }

  async function remove(name: string): Promise<boolean> {
    const models = await kept()
    const model = models.find(({ id, sha256 }) => id === name || sha256 === name)
    if (!model) return false
    await keep(models.filter((one) => one !== model))
    await store.forgetModel(model.sha256)
    const backend = running.get(model.sha256)
    running.delete(model.sha256)
    await backend?.[Symbol.asyncDispose]()
    return true
  }

  /** Only a file that its host allowed, and that still is that file. */
  async function beginIfAllowed(model: ShardedModel, begin: (model: ShardedModel) => void): Promise<void> {
    const isAllowed = (await store.allowedModels()).some(({ sha256 }) => sha256 === model.sha256)
    const found = await sha256OfFile(model.file).catch(() => 'no file')
    if (isAllowed && found === model.sha256) begin(model)
    else
      log.warn(
        { model: model.id, file: model.file, allowed: isAllowed ? model.sha256 : 'none', found },
        'a sharded model was not loaded: its file is gone or is not what was allowed; add it anew with "academy shard add"',
      )
  }

  return {
    backends: () => [...running.values()],
    async lend(offer) {
      const now = here()
      await lookForServers()
      if (offer && !servers)
        throw new InferError('unsupported', `${problem}. Build them with "npx academy shard build".`)
      await settings.set(LEND, offer ? plain(offer) : null)
      await now.lender.offer(offer)
      say(now)
    },
    add,
    remove,
    list: () => ({
      servers: servers ? { build: servers.build } : { problem },
      lends: joined?.lender.offered() && plain(joined.lender.offered()),
      lent: joined?.lender.lent(),
      models: [...running.values()].map((backend) => ({
        ...(plain(backend.model) as object),
        ...backend.shardState(),
      })),
    }),
    async join(network, money) {
      await lookForServers()
      const rents = createRentBook({
        money,
        kept: { get: () => settings.get(RENTS), set: (value) => settings.set(RENTS, value) },
        now,
        log,
      })
      const lender = createLender({ wire: network.wire, servers: () => servers, money, log, now })
      const begin = (model: ShardedModel): void =>
        void running.set(
          model.sha256,
          createShardedBackend(model, {
            wire: network.wire,
            servers: () => servers,
            rents,
            isOwnGround: () => model.nodes.every((node) => owners.get(node) === network.owner),
            log,
            now,
          }),
        )
      await rents.load()
      joined = { network, lender, begin }
      const offer = Offer.safeParse(await settings.get(LEND))
      if (offer.success) await lender.offer(offer.data)
      say(joined)
      await learnOwners().catch(() => {})
      // A large file takes a while to read through, and an earlier debt to be paid; the world does not wait for it.
      void (async () => {
        await rents.settleLate()
        for (const model of await kept()) await beginIfAllowed(model, begin)
      })().catch((err) => log.warn({ err }, 'sharded models could not be taken up'))
      const timer = setInterval(() => void learnOwners().catch(() => {}), OWNERS_EVERY_MS)
      timer.unref()
      return {
        async [Symbol.asyncDispose]() {
          clearInterval(timer)
          joined = undefined
          const all = [...running.values()]
          running.clear()
          await Promise.all([lender[Symbol.asyncDispose](), ...all.map((one) => one[Symbol.asyncDispose]())])
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running.values()].map((backend) => backend[Symbol.asyncDispose]()))
    },
  }
}

const OWNERS_EVERY_MS = 30_000

/** With amounts as decimal strings. */
const plain = (value: unknown): Json =>
  JSON.parse(JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each))) as Json
