/** The parts of inference: the host's models, the router, credits and keys, and what the rest of the node is handed of them. */
import { join } from 'node:path'
import { createSealer } from '../accounts/seal.ts'
import type { Accounts } from '../accounts/types.ts'
import type { WorldDef } from '../engine/types.ts'
import { createAgentAsk } from '../inference/agent-ask.ts'
import { createCallers, isApiKey } from '../inference/callers.ts'
import { createSpeaker } from '../inference/characters/speaker.ts'
import { createEscrow } from '../inference/escrow.ts'
import { createHostModels } from '../inference/host-models.ts'
import { createInference } from '../inference/inference.ts'
import { createLimiter, USUAL_LIMITS } from '../inference/limiter.ts'
import { createMeasurements } from '../inference/measurements.ts'
import { createReceipts } from '../inference/receipts.ts'
import { createNeighbours, type Neighbours } from '../inference/remote/neighbours.ts'
import { createShards } from '../inference/sharded/sharded.ts'
import type { Callers, Inference, JobModels, Keys } from '../inference/types.ts'
import { createUsageBook } from '../inference/usage.ts'
import { createJobModels } from '../inference/verify/job.ts'
import type { Trust } from '../ledger/trust/types.ts'
import type { Ledger } from '../ledger/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { SigningKey } from '../lib/ed25519.ts'
import type { Network } from '../link/types.ts'
import type { Database } from '../storage/database.ts'
import { createInferenceStore } from '../storage/inference.ts'
import { createSettings } from '../storage/settings.ts'
import { firstGrant } from './compute.ts'
import { createModelControl, isLoopback, type ModelControl } from './model-control.ts'
import { createRentMoney, withShards } from './shards.ts'

type JoinedNetwork = Network & { readonly identity: { readonly nodeKey: SigningKey } }
type Log = Record<'info' | 'warn' | 'error', (fields: object, message: string) => void>
export type InferenceAssemblyParts = {
  readonly database: Database
  readonly ledger: Ledger
  readonly accounts: Pick<Accounts, 'moderation' | 'findByName'>
  readonly keySecret: Uint8Array
  readonly clock: Clock
  readonly log: Log
}
export type InferenceConfig = {
  readonly model?: string
  readonly gpu: 'auto' | 'off'
  readonly upstream?: string
  readonly upstreamKey?: string
  readonly inferRate: number
  readonly characters: boolean
  readonly characterTokens: number
  readonly llamaServers?: string | undefined
  readonly dataDir: string
}

export type InferenceAssembly = AsyncDisposable & {
  readonly inference: Inference
  readonly callers: Callers & Keys
  readonly isApiKey: (token: string) => boolean
  readonly control: ModelControl
  /** People of the world speak through a model; the world is handed in once it is open. Absent: they say what is written. */
  readonly speaker?: (world: () => WorldDef) => ReturnType<typeof createSpeaker>
  /** For the compute market: the job `infer`. */
  readonly jobModels: JobModels
  /** `me.ask` of agents. */
  readonly agentAsk: ReturnType<typeof createAgentAsk>
  /** From then on this node's models are offered to others, and theirs can be asked. */
  join(network: JoinedNetwork, trust: Pick<Trust, 'of'>): AsyncDisposable
}

export async function assembleInference(
  parts: InferenceAssemblyParts,
  config: InferenceConfig,
): Promise<InferenceAssembly> {
  const { database, ledger, accounts, keySecret, clock, log } = parts
  await using stack = new AsyncDisposableStack()
  const store = createInferenceStore(database)
  const now = clock.now
  const sealer = createSealer(keySecret)
  const usage = stack.use(createUsageBook(store, now, log))
  const receipts = stack.use(createReceipts(store, now, log))
  const escrow = stack.use(createEscrow({ ledger, store, now, log, welcome: firstGrant(ledger) }))
  await escrow.recover()
  const host = stack.use(createHostModels({ store, seal: sealer.seal, open: sealer.open, gpu: config.gpu, now, log }))
  const serversDir = config.llamaServers ?? join(config.dataDir, '.cache/llama-servers')
  const shards = stack.use(createShards({ serversDir, settings: createSettings(database), store, now, log }))
  const own = () => [...host.backends(), ...shards.backends()]
  const mayAct = async (player: string) =>
    !(await accounts.moderation.sanctions(player)).some(({ kind }) => kind === 'ban')
  const callers = createCallers({ store, usage, now, mayAct })
  const measured = createMeasurements()
  let neighbours: Neighbours | undefined
  let self = 'self'
  let resolveNode: Network['resolve'] | undefined
  const inference = createInference({
    backends: () => [...own(), ...(neighbours?.backends() ?? [])],
    measured,
    limiter: createLimiter(now, {
      ...USUAL_LIMITS,
      requestsPerMinute: config.inferRate,
      ...(config.inferRate > USUAL_LIMITS.requestsPerMinute && FREE),
    }),
    escrow,
    usage,
    receipts,
    now,
    payeeOf: ({ node }) => `node:${node === 'here' ? self : node}`,
  })
  await host.start()
  if (config.upstream !== undefined)
    await host.setUpstream({
      name: 'configured',
      kind: new URL(config.upstream).hostname.endsWith('anthropic.com') ? 'anthropic' : 'openai',
      url: config.upstream,
      models: [],
      resumes: false,
      ownGround: isLoopback(config.upstream),
      priceInMicro: 0n,
      priceOutMicro: 0n,
      ...(config.upstreamKey !== undefined && { key: config.upstreamKey }),
    })
  // A large file takes a while to read through; the world does not wait for it.
  if (config.model !== undefined)
    void host
      .addConfigured(config.model)
      .catch((err: Error) => log.error({ err, file: config.model }, 'the model could not be loaded'))
  const opened = stack.move()
  return {
    inference,
    callers,
    isApiKey,
    agentAsk: createAgentAsk(inference, callers, accounts.moderation.cleanTalk),
    ...(config.characters && {
      speaker: (world: () => WorldDef) =>
        createSpeaker({
          inference,
          callers,
          usage: store,
          world,
          clean: accounts.moderation.cleanTalk,
          tokensPerDay: config.characterTokens,
          now,
          log,
        }),
    }),
    jobModels: createJobModels({
      own,
      others: () => neighbours?.backends() ?? [],
      random: Math.random,
    }),
    control: withShards(createModelControl({ host, callers, accounts, clock }), shards, async (text) => {
      if (!resolveNode) throw new Error('This node is in no network. Start it with --hub URL, or with --p2p true.')
      return (await resolveNode(text)).node
    }),
    join(network, trust) {
      const done = (node: string, model: string, inTokens: number, outTokens: number) =>
        usage.add({ tenant: `node:${node}`, keyId: '', model, node: 'here', inTokens, outTokens, costMicro: 0n })
      const joined = createNeighbours(network, { backends: own, measured, done, now, trust: trustIn(trust) }, log)
      neighbours = joined
      self = network.self
      void joined.refresh()
      resolveNode = network.resolve
      const lending = shards.join(network, createRentMoney(ledger, network))
      lending.catch((err: Error) => log.error({ err }, 'shards could not be taken up'))
      return {
        async [Symbol.asyncDispose]() {
          neighbours = undefined
          resolveNode = undefined
          await (await lending.catch(() => undefined))?.[Symbol.asyncDispose]()
          await joined[Symbol.asyncDispose]()
        },
      }
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** A host who allows more requests than usual allows the tokens and the concurrency that go with them. */
const FREE = { tokensPerMinute: Number.MAX_SAFE_INTEGER, concurrency: 100_000 }

/** Verified work of the kind `infer` counts: nobody starts with nothing, and whoever was found wrong has less than a newcomer. */
const trustIn = (book: Pick<Trust, 'of'>) => async (owner: string) => {
  const { scorePermille, wrong } = await book.of(owner, 'infer')
  const earned = scorePermille / 2_000
  return wrong.count > 0 ? earned : 0.5 + earned
}
