/** The compute market of one node: takes jobs, has them done here and elsewhere, and does others' work. Rules in SPEC.md. */
import { createHash } from 'node:crypto'
import type { Bundles } from '../bundles/types.ts'
import type { JobModels } from '../inference/types.ts'
import type { Clock } from '../lib/clock.ts'
import {
  EARNINGS_DAYS,
  JOB_DEADLINE_MAX_MS,
  JOB_DEADLINE_MS,
  JOB_ID_MAX_CHARS,
  JOB_INPUT_MAX_BYTES,
  JOB_PART_FUEL_MAX,
  JOB_REPLICAS_MAX,
  JOBS_AT_ONCE_MAX,
  JOBS_PAGE_MAX,
  JOBS_PER_PERSON_MAX,
} from '../limits.ts'
import type { Wire } from '../link/types.ts'
import type { Json } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import { createEarnings } from './earnings.ts'
import { cidOf, fromBytes, toBytes, toJson } from './kinds/encoding.ts'
import { createBuyer, isUnderWay } from './market/buyer.ts'
import { evidenceOf } from './market/evidence.ts'
import type { ToBuyer, ToWorker } from './market/frames.ts'
import type { Identity, MarketLog } from './market/identity.ts'
import { paymentOf } from './market/owed.ts'
import { createPeers } from './market/peers.ts'
import { priceOf } from './market/price.ts'
import { createSeller } from './market/seller.ts'
import { offerSettings } from './settings.ts'
import type {
  Asker,
  Escrow,
  JobRecord,
  JobRequest,
  JobStore,
  Jobs,
  JobView,
  Money,
  OfferSettings,
  Standings,
  Tabs,
} from './types.ts'
import { POLICY, type Policy } from './verify/policy.ts'
import { evidenceCid, viewOf } from './view.ts'
import type { Executor } from './work/executor.ts'

export type JobsParts = {
  readonly self: Identity
  readonly executor: Executor
  readonly store: JobStore
  readonly escrow: Escrow
  /** For jobs that want batched receipts; absent: each payment is an entry of its own. */
  readonly tabs?: Tabs
  readonly standings: Standings
  /** Kept settings of this host, and where changes of them go. */
  readonly settings: { readonly now: OfferSettings; keep(settings: OfferSettings): Promise<void> }
  readonly wire?: Wire
  readonly bundles?: Bundles
  /** For kinds that check answers with a model. */
  readonly models?: JobModels
  readonly money?: Money
  /** Whose jobs may be hired out to other nodes. Absent: everybody's. */
  readonly mayHireOthers?: (asker: string) => Promise<boolean>
  /** Before somebody's job is written down. */
  readonly welcome?: (account: string) => Promise<void>
  readonly clock: Clock
  readonly random: () => number
  readonly log: MarketLog
}
export type JobsOptions = {
  readonly policy?: Policy
  readonly progressEveryMs?: number
  readonly quoteWindowMs?: number
  readonly askTimeoutMs?: number
  readonly settleAgainMs?: number
}

const no = (code: Refusal['code'], params?: Refusal['params']) =>
  ({ ok: false, refusal: { code, ...(params && { params }) } }) as const
const NAME = new RegExp(`^[\\x21-\\x7e]{1,${JOB_ID_MAX_CHARS}}$`)

export async function createJobs(parts: JobsParts, options: JobsOptions = {}): Promise<Jobs> {
  const { self, executor, store, escrow, standings, clock, random, log, bundles, money } = parts
  let offer = parts.settings.now
  executor.resize(offer.hosts)
  const peers = createPeers(self, parts.wire, options.askTimeoutMs)
  const listeners = new Set<(asker: string, job: JobView) => void>()
  const under = new Map<string, JobRecord>()
  const submitting = new Map<string, Promise<boolean>>()
  const seller = createSeller({
    self,
    executor,
    store,
    settings: () => offer,
    tell: peers.ask,
    ...(bundles && { bundles }),
    ...(money && { money }),
    clock,
    log,
    ...(options.progressEveryMs && { progressEveryMs: options.progressEveryMs }),
  })
  const buyer = createBuyer({
    self,
    peers,
    kinds: executor.kinds,
    store,
    escrow,
    ...(parts.tabs && { tabs: parts.tabs }),
    standings,
    ...(bundles && { bundles }),
    ...(parts.models && { models: parts.models }),
    clock,
    random,
    policy: options.policy ?? POLICY,
    log,
    valueMicro: (kind, fuel) =>
      Number(priceOf({ perMFuelMicro: offer.prices[kind] ?? '20000', baseMicro: offer.baseMicro }, fuel)),
    changed(job) {
      // What was held or owed has been settled since.
      if (!isUnderWay(job) && !job.unsettled && !buyer.isRunning(job.id)) under.delete(job.id)
      if (listeners.size === 0) return
      const view = viewOf(job, self)
      for (const listener of listeners) listener(job.asker, view)
    },
    ...(options.progressEveryMs && { progressEveryMs: options.progressEveryMs }),
    ...(options.quoteWindowMs && { quoteWindowMs: options.quoteWindowMs }),
    ...(options.settleAgainMs && { settleAgainMs: options.settleAgainMs }),
  })
  peers.serve(async (message, from) =>
    message.t === 'PROGRESS' || message.t === 'COMMIT' || message.t === 'FAILED'
      ? buyer.hear(message satisfies ToBuyer, from)
      : seller.answer(message satisfies ToWorker, from),
  )
  await seller.resume()
  for (const job of await store.open()) carry(job)

  function carry(job: JobRecord): void {
    under.set(job.id, job)
    void buyer.run(job).finally(() => {
      if (!job.unsettled) under.delete(job.id)
      for (const done of waiting.get(job.id) ?? []) done()
      waiting.delete(job.id)
    })
  }
  const waiting = new Map<string, Set<() => void>>()

  /** Names of different people's jobs never meet. */
  const idOf = (asker: string, name: string): string =>
    `j${createHash('sha256').update(`${asker}\0${name}`).digest('hex').slice(0, 30)}`

  async function find(asker: string, name: string): Promise<JobRecord | undefined> {
    const id = idOf(asker, name)
    const job = under.get(id) ?? (await store.get(id))
    if (job && job.status === 'done' && job.result === undefined) rejoin(job)
    return job?.asker === asker ? job : undefined
  }

  /** The result is made of the parts' outcomes, which are what is kept. */
  function rejoin(job: JobRecord): void {
    const last = Math.max(...job.parts.map(({ stage }) => stage))
    const results = job.parts
      .filter(({ stage }) => stage === last)
      .map(({ outcome }) => (outcome?.ok ? outcome.value : null))
    job.result = executor.kinds.get(job.kind)?.join(fromBytes(job.inputBytes), results) ?? null
  }

  function recordOf({ id: asker, account }: Asker, request: JobRequest): JobRecord | Refusal {
    const kind = executor.kinds.get(request.kind)
    if (!kind) return { code: 'no_such_kind', params: { kind: request.kind } }
    const input = kind.input.safeParse(request.input)
    if (!input.success) {
      const issue = input.error.issues[0]!
      return {
        code: 'bad_job_input',
        params: { kind: kind.name, path: issue.path.join('.') || 'input', why: issue.message },
      }
    }
    const bytes = encoded(input.data)
    if (!bytes) return { code: 'bad_job_input', params: { kind: kind.name, path: 'input', why: 'is no plain data' } }
    if (bytes.length > JOB_INPUT_MAX_BYTES)
      return { code: 'job_too_large', params: { maxBytes: JOB_INPUT_MAX_BYTES } }
    const now = clock.now()
    const { fuel = JOB_PART_FUEL_MAX, memoryMb = 64, deadlineMs = JOB_DEADLINE_MS } = request.limits ?? {}
    return {
      id: idOf(asker, request.id),
      name: request.id,
      asker,
      payer: account,
      kind: kind.name,
      inputCid: cidOf(bytes),
      inputBytes: bytes,
      verify: {
        mode: (request.replicas ?? 1) > 1 ? 'quorum' : 'auto',
        replicas: Math.min(JOB_REPLICAS_MAX, request.replicas ?? 1),
        strict: request.strict ?? false,
      },
      privacy: request.privacy ?? 'public',
      batched: request.batched ?? false,
      limits: { fuel, memoryMb, deadlineMs: now + Math.min(deadlineMs, JOB_DEADLINE_MAX_MS) },
      maxPriceMicro: String(request.maxPriceMicro),
      createdAtMs: now,
      updatedAtMs: now,
      parts: [],
      status: 'queued',
      unsettled: false,
      stages: 0,
    }
  }

  function fullFor(asker: string) {
    let mine = 0
    for (const job of under.values()) if (job.asker === asker && isUnderWay(job)) mine++
    if (mine >= JOBS_PER_PERSON_MAX) return no('job_limit', { max: JOBS_PER_PERSON_MAX })
    return under.size >= JOBS_AT_ONCE_MAX ? no('busy') : undefined
  }

  async function add(job: JobRecord): Promise<boolean> {
    await parts.welcome?.(job.payer)
    const created = await store.create(job)
    if (created) {
      buyer.announce(job)
      carry(job)
    }
    return created
  }

  return {
    async submit(asker, request) {
      if (!NAME.test(request.id)) return no('bad_job_id')
      // Ids are nearly always new: what was kept is looked up where there is no room for another, or where writing finds it taken.
      const full = fullFor(asker.id)
      const isLooked = full !== undefined || under.has(idOf(asker.id, request.id))
      const earlier = isLooked ? await find(asker.id, request.id) : undefined
      if (full && !earlier) return full
      const isOwn = parts.mayHireOthers && !(await parts.mayHireOthers(asker.id))
      const record = recordOf(asker, isOwn ? { ...request, privacy: 'own' } : request)
      if ('code' in record) return { ok: false, refusal: record }
      if (earlier)
        return isSame(earlier, record)
          ? { ok: true, value: { job: viewOf(earlier, self), created: false } }
          : no('job_id_taken')
      const making = submitting.get(record.id) ?? add(record)
      const first = !submitting.has(record.id)
      submitting.set(record.id, making)
      const created = await making.finally(() => submitting.delete(record.id))
      if (created && first) return { ok: true, value: { job: viewOf(record, self), created: true } }
      const there = await find(asker.id, request.id)
      if (!there || !isSame(there, record)) return no('job_id_taken')
      return { ok: true, value: { job: viewOf(there, self), created: false } }
    },
    async get(asker, name) {
      const job = await find(asker, name)
      return job ? { ok: true, value: viewOf(job, self) } : no('no_such_job', { id: name })
    },
    async list(asker, limit = JOBS_PAGE_MAX) {
      const kept = await store.list(asker, Math.min(limit, JOBS_PAGE_MAX))
      return kept.map((job) => viewOf(under.get(job.id) ?? job, self))
    },
    async pieces(asker, name, after) {
      const job = await find(asker, name)
      if (!job) return no('no_such_job', { id: name })
      const live = executor.kinds.get(job.kind)?.live
      const done = live
        ? job.parts.flatMap(({ outcome, stage }, index) =>
            outcome?.ok && stage >= 0 ? [{ index, value: outcome.value }] : [],
          )
        : []
      // By the order in which they came, which is not kept over a restart: whoever asks from the beginning gets them all.
      const order = pieceOrder(
        job,
        done.map(({ index }) => index),
      )
      const pieces = order
        .slice(after)
        .map((index) => ({ index, value: toJson(done.find((one) => one.index === index)!.value) }))
      return { ok: true, value: { status: job.status, pieces, next: order.length } }
    },
    async evidence(asker, name) {
      const job = await find(asker, name)
      if (!job) return no('no_such_job', { id: name })
      const all = job.parts.map((part, index) => ({
        ...evidenceOf(job, index),
        payments: part.votes.map((vote) => ({
          work: vote.work,
          transfer: paymentOf(vote),
          settled: vote.settled ?? 'open',
          paidMicro: vote.paidMicro ?? '0',
        })),
      }))
      return { ok: true, value: toJson({ job: name, cid: evidenceCid(job), parts: all }) }
    },
    async cancel(asker, name) {
      const job = await find(asker, name)
      if (!job) return no('no_such_job', { id: name })
      if (isUnderWay(job)) {
        buyer.cancel(job)
        await untilEnded(job)
      }
      return { ok: true, value: viewOf(job, self) }
    },
    async ended(asker, name, signal) {
      const job = await find(asker, name)
      if (!job) return no('no_such_job', { id: name })
      await untilEnded(job, signal)
      // One that was read from the store while it was under way says nothing of how it ended.
      const now = isUnderWay(job) ? ((await find(asker, name)) ?? job) : job
      return { ok: true, value: viewOf(now, self) }
    },
    kinds: () =>
      [...executor.kinds.keys()].map((name) => ({
        name,
        ...(offer.prices[name] !== undefined && { perMFuelMicro: offer.prices[name] }),
      })),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    host: {
      settings: () => offer,
      async change(change) {
        const next = offerSettings.parse({ ...offer, ...change })
        await parts.settings.keep(next as OfferSettings)
        offer = next as OfferSettings
        executor.resize(offer.hosts)
        return offer
      },
      earnings: () => createEarnings(store, clock.now(), EARNINGS_DAYS),
      load: seller.load,
    },
    async [Symbol.asyncDispose]() {
      await buyer[Symbol.asyncDispose]()
      await seller[Symbol.asyncDispose]()
    },
  }

  async function untilEnded(job: JobRecord, signal?: AbortSignal): Promise<void> {
    if (!buyer.isRunning(job.id)) return
    await new Promise<void>((resolve) => {
      const all = waiting.get(job.id) ?? new Set()
      waiting.set(job.id, all.add(resolve))
      signal?.addEventListener('abort', () => resolve(), { once: true })
    })
  }
}

function encoded(value: unknown): Uint8Array | undefined {
  try {
    return toBytes(value as Json & object)
  } catch {
    return undefined
  }
}

/** The same wish: its deadline counts from when it was first made. */
const isSame = (a: JobRecord, b: JobRecord): boolean =>
  a.kind === b.kind &&
  a.inputCid === b.inputCid &&
  a.maxPriceMicro === b.maxPriceMicro &&
  a.verify.replicas === b.verify.replicas

const orders = new WeakMap<JobRecord, number[]>()
function pieceOrder(job: JobRecord, done: readonly number[]): readonly number[] {
  const order = orders.get(job) ?? []
  orders.set(job, order)
  for (const index of done) if (!order.includes(index)) order.push(index)
  return order
}
