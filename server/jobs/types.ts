/** The compute market as the rest of the node sees it: jobs are handed in, watched, cancelled; a host decides what it works on. */
import type { Cid } from '../bundles/types.ts'
import type { AccountId, PendingState } from '../ledger/types.ts'
import type { NodeId, OwnerId } from '../link/types.ts'
import type { Json } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'

/** What crosses between buyer and worker: whatever deterministic CBOR can say, bytes included. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value }

/** Who may be shown the input: anybody, admitted nodes whose owners are known, this node alone. */
export const PRIVACY = ['public', 'trusted', 'own'] as const
export type Privacy = (typeof PRIVACY)[number]
/** `auto`: as many replicas as standing and value ask for. `quorum`: at least `replicas`, of different owners where there are any. */
export const VERIFY_MODES = ['auto', 'quorum'] as const
export type VerifyMode = (typeof VERIFY_MODES)[number]

export type JobLimits = {
  /** Of each part. */
  readonly fuel: number
  readonly memoryMb: number
  /** By the buyer's clock, milliseconds since 1970. */
  readonly deadlineMs: number
}

/** What somebody asks for. Made by the caller under an id of their own; the same again changes nothing. */
export type JobRequest = {
  readonly id: string
  readonly kind: string
  readonly input: Json
  readonly replicas?: number
  /** The most that all of it may cost, all replicas together. */
  readonly maxPriceMicro: bigint
  readonly privacy?: Privacy
  /** Only workers of different owners count, and the job waits for them until its deadline. */
  readonly strict?: boolean
  /** Many small payments to this node's own worker share one entry of the ledger; each has its receipt. */
  readonly batched?: boolean
  readonly limits?: { readonly fuel?: number; readonly memoryMb?: number; readonly deadlineMs?: number }
}
/** Who asks, and from which account it is paid. */
export type Asker = { readonly id: string; readonly account: AccountId }

/** `held`: the money is set aside and nothing is known yet. `lost`: the worker fell silent, failed or was too late. */
export type VoteStatus = 'held' | 'agreed' | 'committed' | 'revealed' | 'lost'
/** One worker's answer to one part, from agreement to payment. */
export type Vote = {
  /** `<job>.<part>.<attempt>`: names the work, its escrow and its payment. */
  readonly work: string
  readonly node: NodeId
  readonly owner: OwnerId
  readonly account: AccountId
  /** Set aside: the price of all the fuel it may take. */
  readonly priceMicro: string
  readonly perMFuelMicro: string
  readonly baseMicro: string
  status: VoteStatus
  /** SHA-256, hex, over node, work, salt, digest and meter: given before anybody reveals. */
  commitment?: string
  salt?: string
  /** SHA-256 of the encoded outcome, hex. */
  digest?: string
  /** Fuel that it took. */
  meter?: number
  /** Of a job that was called off: the fuel that is paid. */
  partMeter?: number
  /** Signature of the worker over its commitment, hex. */
  signature?: string
  /** From the agreement to the commitment, by the buyer's clock. */
  tookMs?: number
  /** What the kind found of its answer, and why. */
  found?: string
  /** How it was settled: `paid`, `void` (wrong or lost), `part` (cancelled). `held` while it is accepted on trust and may be looked at again. */
  settled?: 'paid' | 'void' | 'part' | 'held'
  paidMicro?: string
  /** What the market took on top of it. */
  feeMicro?: string
}

export type Outcome =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } }

export type PartState = {
  /** Of its encoded content. */
  readonly cid: Cid
  readonly stage: number
  /** The most that it may take. */
  readonly fuel: number
  readonly votes: Vote[]
  /** Drawn when the part is made: looked at twice whatever standing its first worker has. */
  readonly recheck: boolean
  /** What a worker must have for it. */
  readonly needs?: readonly string[]
  outcome?: Outcome
  digest?: string
  /** Odds against a wrong answer that it was accepted with. */
  credibility?: number
  /** 0 to 1, as the furthest worker tells it. */
  progress?: number
  /** A known answer that was slipped in: the digest it must have. */
  readonly canary?: string
}

export const JOB_STATUSES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

/** A job as it is kept: everything that is needed to go on with it after a restart. */
export type JobRecord = {
  /** The node's own name for it: what transfers and work are named after. */
  readonly id: string
  /** The caller's name for it. */
  readonly name: string
  readonly asker: string
  readonly payer: AccountId
  readonly kind: string
  readonly inputCid: Cid
  readonly inputBytes: Uint8Array
  readonly verify: { readonly mode: VerifyMode; readonly replicas: number; readonly strict: boolean }
  readonly privacy: Privacy
  readonly batched: boolean
  readonly limits: JobLimits
  readonly maxPriceMicro: string
  readonly createdAtMs: number
  readonly parts: PartState[]
  status: JobStatus
  updatedAtMs: number
  /** True until every vote is settled. */
  unsettled: boolean
  stages: number
  error?: { readonly code: string; readonly message: string }
  result?: Value
  resultCid?: Cid
  finishedAtMs?: number
}

/** A part done for somebody, as its worker keeps it. */
export type WorkRecord = {
  readonly work: string
  readonly buyer: NodeId
  readonly kind: string
  readonly priceMicro: string
  readonly atMs: number
  /** CBOR of what was agreed on. */
  readonly agreement: Uint8Array
  status: 'agreed' | 'committed' | 'paid' | 'void'
  paidMicro: string
  /** CBOR of the answer that was committed to, until it is paid or void. */
  answer?: Uint8Array
  transferId?: string
  evidence?: string
}

export type Earnings = {
  readonly days: readonly { readonly day: string; readonly micro: string; readonly parts: number }[]
  readonly kinds: readonly { readonly kind: string; readonly micro: string; readonly parts: number }[]
  readonly totalMicro: string
  readonly recent: readonly Pick<WorkRecord, 'work' | 'kind' | 'paidMicro' | 'atMs' | 'transferId' | 'status'>[]
}

/** What a host offers. Hours are of the host's own clock; quiet from `fromHour` up to `toHour`. */
export type OfferSettings = {
  readonly paused: boolean
  /** Parts worked on at once. */
  readonly hosts: number
  readonly memoryMb: number
  readonly quiet?: { readonly fromHour: number; readonly toHour: number }
  /** Kinds offered, and the price of a million fuel; a kind that is not here is not offered. */
  readonly prices: Readonly<Record<string, string>>
  /** For each part, whatever it takes. */
  readonly baseMicro: string
}

export type JobView = {
  readonly id: string
  readonly kind: string
  readonly status: JobStatus
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly finishedAtMs?: number
  readonly deadlineMs: number
  readonly maxPriceMicro: string
  readonly heldMicro: string
  readonly paidMicro: string
  /** To the market, on top. */
  readonly feeMicro: string
  readonly parts: { readonly done: number; readonly of: number; readonly progress: number }
  readonly workers: number
  readonly owners: number
  readonly verified?: { readonly mode: 'quorum' | 'trust' | 'own'; readonly credibility: number }
  readonly result?: Json
  readonly resultCid?: Cid
  readonly evidenceCid?: Cid
  readonly error?: { readonly code: string; readonly message: string }
}
/** Results of parts, in the order in which they came: what a live view shows. */
export type JobPieces = {
  readonly status: JobStatus
  readonly pieces: readonly { readonly index: number; readonly value: Json }[]
  readonly next: number
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal }

export type Jobs = {
  /** Resolves once the job is written down. `created` is false for one that was there already. */
  submit(asker: Asker, request: JobRequest): Promise<Result<{ readonly job: JobView; readonly created: boolean }>>
  get(asker: string, id: string): Promise<Result<JobView>>
  list(asker: string, limit?: number): Promise<readonly JobView[]>
  /** Results so far, from the `after`th on. */
  pieces(asker: string, id: string, after: number): Promise<Result<JobPieces>>
  /** What was decided and why, as it is named in the ledger. */
  evidence(asker: string, id: string): Promise<Result<Json>>
  cancel(asker: string, id: string): Promise<Result<JobView>>
  /** Resolves when the job has ended; at once for one that has. */
  ended(asker: string, id: string, signal?: AbortSignal): Promise<Result<JobView>>
  /** Kinds there are, with what this node asks for them. */
  kinds(): readonly { readonly name: string; readonly perMFuelMicro?: string }[]
  onChange(listener: (asker: string, job: JobView) => void): () => void
  readonly host: JobHost
  [Symbol.asyncDispose](): Promise<void>
}
export type JobHost = {
  settings(): OfferSettings
  change(settings: Partial<OfferSettings>): Promise<OfferSettings>
  earnings(): Promise<Earnings>
  load(): { readonly working: number; readonly waiting: number; readonly hosts: number }
}

/** Money of the market: set aside at agreement, its fee with it, paid or given back at the verdict. Each call may be repeated. */
export type Escrow = {
  /** What money set aside for that account is called where the payee can see it. */
  nameOf(holdId: string, to: AccountId): string
  hold(hold: Hold): Promise<'held' | 'insufficient_funds' | 'refused'>
  /** Pays `amountMicro` of what was set aside, with the fee, and gives the rest back; 0 gives everything back. `gone`: it had expired. */
  settle(settle: Settlement): Promise<'settled' | 'gone'>
}
export type Hold = {
  readonly id: string
  readonly from: AccountId
  readonly to: AccountId
  readonly amountMicro: bigint
  readonly timeoutMs: number
  readonly memo: string
}
export type Settlement = {
  readonly id: string
  readonly holdId: string
  /** The payee. */
  readonly to: AccountId
  readonly amountMicro: bigint
  readonly fee?: { readonly id: string; readonly from: AccountId; readonly amountMicro: bigint }
  readonly memo: string
}
/** Money set aside for many small payments together: each is a receipt of this node's own, and may be written down with what it pays for. */
export type Tabs = Escrow & {
  /** False where the payer cannot fill a tab: it is held like any other. */
  draw(hold: Hold): Promise<boolean>
  /** The receipts that pay so: each to be written down by the caller, who then says so. Undefined where one was not drawn here. */
  receiptsOf(settlements: readonly Settlement[]): readonly Receipt[] | undefined
  written(settlements: readonly Settlement[]): void
}

/** A payee's side of money that is set aside, by its name where it stands. */
export type Money = {
  setAside(
    hold: string,
  ): Promise<{ readonly state?: PendingState; readonly to?: string; readonly amountMicro?: bigint }>
  /** Gives it back, once for each id. */
  letGo(id: string, hold: string): Promise<unknown>
}

/** What is known of an owner's work of one kind. */
export type Standing = {
  /** Answers of theirs that others confirmed since they last failed. */
  readonly passed: number
  /** Times they were caught with a wrong answer; any keeps them out until it is forgiven. */
  readonly failed: number
  /** Value of the confirmed answers. */
  readonly provenMicro: number
}
/** What came of one owner's answer. */
export type Outcomes = {
  readonly owner: OwnerId
  readonly kind: string
  readonly outcome: 'confirmed' | 'wrong' | 'lost'
  readonly valueMicro: bigint
  /** What the market took of the payment. */
  readonly feeMicro: bigint
  /** Job and evidence, for the `why` of the figure. */
  readonly why: string
}
export type Standings = {
  of(owner: OwnerId, kind: string): Promise<Standing>
  record(outcomes: readonly Outcomes[]): Promise<void>
}

/** Money set aside for many small payments together. */
export type TabRecord = {
  readonly id: string
  readonly from: AccountId
  readonly to: AccountId
  readonly heldMicro: bigint
}
export type Receipt = {
  readonly id: string
  readonly tab: string
  readonly amountMicro: bigint
  readonly memo: string
}

/** Where jobs and work are kept. Writes of one record are made in the order of the calls. */
export type JobStore = {
  /** False when there is one of that id. */
  create(job: JobRecord): Promise<boolean>
  /**
   * Everything but the input and the outcomes of parts, and receipts with it, together or not at all. Of several calls that wait
   * for one job the last state is written.
   */
  save(job: JobRecord, receipts?: readonly Receipt[]): Promise<void>
  /** The outcome of one part. */
  savePiece(job: JobRecord, index: number): Promise<void>
  get(id: string): Promise<JobRecord | undefined>
  list(asker: string, limit: number): Promise<readonly JobRecord[]>
  /** Those that have not ended, or owe something. */
  open(): Promise<readonly JobRecord[]>
  saveWork(work: WorkRecord): Promise<void>
  work(id: string): Promise<WorkRecord | undefined>
  openWork(): Promise<readonly WorkRecord[]>
  earnings(sinceMs: number): Promise<{
    readonly rows: readonly {
      readonly day: number
      readonly kind: string
      readonly micro: bigint
      readonly parts: number
    }[]
    readonly totalMicro: bigint
    readonly recent: readonly WorkRecord[]
  }>
  openTab(tab: TabRecord): Promise<void>
  openTabs(): Promise<readonly TabRecord[]>
  closeTab(id: string): Promise<void>
  /** Once; a repeated one is the same. */
  addReceipt(receipt: Receipt): Promise<void>
  hasReceipt(id: string): Promise<boolean>
  /** Of one tab, by id. */
  receipts(tab: string): Promise<readonly Receipt[]>
  standing(owner: OwnerId, kind: string): Promise<Standing>
  addOutcomes(outcomes: readonly Outcomes[], nowMs: number): Promise<void>
}
