/** A market of several nodes in one process: the real buyers and sellers over the network in memory, with workers that do as they are told. */
import type { Bundles } from '../../bundles/types.ts'
import type { JobModels } from '../../inference/types.ts'
import { createMemoryNetwork, type MemoryNetwork } from '../../link/memory-wire.ts'
import type { Wire } from '../../link/types.ts'
import { createJobs, type JobsParts } from '../jobs.ts'
import { fromBytes, toBytes } from '../kinds/encoding.ts'
import { KINDS } from '../kinds/index.ts'
import type { JobKind } from '../kinds/kind.ts'
import { WorkerFailed } from '../kinds/script.ts'
import { defaultOffer } from '../settings.ts'
import { createStandings, type StandingsParts } from '../standings.ts'
import type { Escrow, Jobs, OfferSettings, Outcome, Result, Value } from '../types.ts'
import { POLICY, type Policy } from '../verify/policy.ts'
import type { Executor } from '../work/executor.ts'
import { createMemoryStore, type MemoryStore } from './memory-store.ts'
import { createPurse, type Purse } from './purse.ts'

export type WorkerPlan = {
  /** What it answers in place of the truth. */
  readonly lie?: (outcome: Outcome) => Outcome
  /** Waited for before each answer. */
  readonly before?: () => Promise<unknown>
  /** Answers so without having done anything. */
  readonly instead?: (part: Value) => Outcome
  readonly offer?: Partial<OfferSettings>
  /** What it works and checks with where a kind asks a model. */
  readonly models?: JobModels
}
export type MarketNode = {
  readonly id: string
  readonly jobs: Jobs
  readonly store: MemoryStore
  /** Gone as if its power had been cut; what it had kept stays. */
  kill(): Promise<void>
}
export type Market = {
  readonly network: MemoryNetwork
  readonly purse: Purse
  node(id: string, plan?: WorkerPlan & { readonly store?: MemoryStore }): Promise<MarketNode>
  [Symbol.asyncDispose](): Promise<void>
}

/** Markets of a test file, each with so much for one person. What is kept open is closed in the reverse order. */
export function createMarkets(account: string, giveMicro: bigint) {
  const open: AsyncDisposable[] = []
  return {
    keep: (one: AsyncDisposable) => void open.push(one),
    market(options?: Parameters<typeof createMarket>[0]): Market {
      const made = createMarket(options)
      made.purse.give(account, giveMicro)
      open.push(made)
      return made
    },
    async closeAll() {
      for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
    },
  }
}

/** What was given; a refusal is the test's failure. */
export const got = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal))
  return result.value
}

export function createMarket(
  options: {
    readonly policy?: Partial<Policy>
    readonly progressEveryMs?: number
    readonly askTimeoutMs?: number
    /** In place of the purse in memory. */
    readonly money?: (wire: Wire) => { readonly escrow: Escrow; readonly money: JobsParts['money'] }
    readonly bundles?: (wire: Wire) => Promise<Bundles>
    readonly trust?: (id: string) => StandingsParts['trust']
  } = {},
): Market {
  const network = createMemoryNetwork()
  const purse = createPurse()
  const nodes = new Set<MarketNode>()
  const policy = { ...POLICY, recheck: 0, canary: 0, newcomers: 0, ...options.policy }
  return {
    network,
    purse,
    async node(id, { store = createMemoryStore(), offer, ...plan } = {}) {
      const wire: Wire & { leave(): void } = network.join({ id, owner: `owner-${id}`, role: 'trusted' })
      const clock = { now: Date.now }
      const money = options.money?.(wire) ?? { escrow: purse, money: purse.money }
      const trust = options.trust?.(id)
      const bundles = await options.bundles?.(wire)
      const jobs = await createJobs(
        {
          self: { node: id, owner: `owner-${id}`, account: `node:${id}` },
          executor: inProcess(plan, bundles),
          ...(plan.models && { models: plan.models }),
          ...(bundles && { bundles }),
          store,
          escrow: money.escrow,
          standings: createStandings({ store, clock, ...(trust && { trust }) }),
          settings: { now: { ...defaultOffer(4), ...offer }, keep: async () => {} },
          wire,
          ...(money.money && { money: money.money }),
          clock,
          random: Math.random,
          log: { debug() {}, warn() {}, error() {} },
        },
        {
          policy,
          progressEveryMs: options.progressEveryMs ?? 100,
          quoteWindowMs: 300,
          askTimeoutMs: options.askTimeoutMs ?? 500,
          settleAgainMs: 100,
        },
      )
      const node: MarketNode = {
        id,
        jobs,
        store,
        async kill() {
          nodes.delete(node)
          wire.leave()
          await jobs[Symbol.asyncDispose]()
        },
      }
      nodes.add(node)
      return node
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...nodes].map((node) => node.kill()))
    },
  }
}

/** Works in this very process: for small parts. */
export function inProcess({ lie, before, instead, models }: WorkerPlan, bundles?: Bundles): Executor {
  const kinds: ReadonlyMap<string, JobKind> = new Map(KINDS.map((kind) => [kind.name, kind]))
  let working = 0
  return {
    kinds,
    async run({ kind: name, part, signal, progress, buyer }) {
      const kind = kinds.get(name)!
      working++
      try {
        progress(0.5)
        const stopped = new Promise<never>((_, reject) =>
          signal.addEventListener('abort', () => reject(new WorkerFailed('called off')), { once: true }),
        )
        stopped.catch(() => {})
        if (before) await Promise.race([before(), stopped])
        if (instead) return { bytes: toBytes(instead(fromBytes(part))), fuel: kind.fuelOf(fromBytes(part)) }
        if (kind.perform) {
          const services = {
            sandbox: undefined as never,
            compile: undefined as never,
            bundles,
            ...(models && { models }),
            buyer,
            signal,
            progress,
          }
          const { outcome, fuel } = await kind.perform(fromBytes(part), services)
          return { bytes: toBytes(outcome), fuel }
        }
        const done = kind.run!(fromBytes(part), progress)
        const outcome: Outcome = { ok: true, value: done.value }
        return { bytes: toBytes(lie ? lie(outcome) : outcome), fuel: done.fuel }
      } finally {
        working--
      }
    },
    has: (name, needs) => kinds.get(name)?.has?.(needs, { ...(models && { models }) }) ?? true,
    async release(name, part) {
      await kinds.get(name)?.release?.(fromBytes(part), { bundles })
    },
    resize() {},
    stats: () => ({ hosts: 1, working, waiting: 0 }),
  }
}
