/** What inference keeps: API keys by their hash, usage summed by day, what is set aside in the ledger, models and servers that the host allowed. */
import type { PlayerId } from '../protocol/ids.ts'

export type KeyScope = 'chat' | 'embed' | 'models'

export type ApiKey = {
  readonly id: string
  readonly playerId: PlayerId
  readonly name: string
  /** SHA-256 of the key in hex; the key itself is shown once and never kept. */
  readonly hash: string
  /** Its first characters, to be told apart by. */
  readonly hint: string
  readonly scopes: readonly KeyScope[]
  /** Those it may ask; empty: all. */
  readonly models: readonly string[]
  readonly budgetMicro?: bigint
  readonly budgetTokens?: number
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly concurrency?: number
  /** Everything asked with it is personal. */
  readonly personalOnly: boolean
  readonly createdAtMs: number
  readonly expiresAtMs?: number
  readonly revokedAtMs?: number
  readonly spentMicro: bigint
  readonly spentTokens: number
  readonly lastUsedMs?: number
}

/** A sum over one day (UTC), tenant, key, model and serving node. */
export type UsageRow = {
  /** `2026-11-20` */
  readonly day: string
  readonly tenant: string
  /** Empty without a key. */
  readonly keyId: string
  readonly model: string
  readonly node: string
  readonly requests: number
  readonly inTokens: number
  readonly outTokens: number
  readonly costMicro: bigint
}

/** Credits set aside for one tenant and payee; `usedMicro` of them are owed. */
export type EscrowRow = {
  /** The id of the pending transfer. */
  readonly id: string
  readonly tenant: string
  readonly payee: string
  readonly heldMicro: bigint
  readonly usedMicro: bigint
  readonly openedAtMs: number
}

/** What another node signed for, kept as evidence: id, body, key and signature as they came. */
export type ReceiptRow = {
  readonly id: string
  readonly tenant: string
  readonly node: string
  readonly model: string
  readonly costMicro: bigint
  readonly atMs: number
  readonly body: Uint8Array
  readonly key: Uint8Array
  readonly sig: Uint8Array
}

export type AllowedModel = {
  readonly sha256: string
  readonly id: string
  readonly file: string
  readonly priceInMicro: bigint
  readonly priceOutMicro: bigint
  /** It is loaded when the node starts. */
  readonly load: boolean
  readonly allowedAtMs: number
}

export type UpstreamRow = {
  readonly name: string
  readonly kind: 'openai' | 'anthropic'
  readonly url: string
  /** Sealed under the node's secret. */
  readonly keySealed?: Uint8Array
  /** Empty: whatever the server lists. */
  readonly models: readonly string[]
  readonly resumes: boolean
  readonly ownGround: boolean
  readonly priceInMicro: bigint
  readonly priceOutMicro: bigint
}

export type InferenceStore = {
  /** False when the id is taken. */
  addKey(key: ApiKey): Promise<boolean>
  keyByHash(hash: string): Promise<ApiKey | undefined>
  keysOf(player: PlayerId): Promise<readonly ApiKey[]>
  /** False when there is none of that person's, or it was revoked already. */
  revokeKey(player: PlayerId, id: string, atMs: number): Promise<boolean>

  /** Adds to what is there, and to what the keys have spent; all or nothing. */
  addUsage(rows: readonly UsageRow[], atMs: number): Promise<void>
  /** Newest first. */
  usageOf(tenant: string, limit: number): Promise<readonly UsageRow[]>

  /** Those that are there stay as they are. */
  addReceipts(rows: readonly ReceiptRow[]): Promise<void>
  /** Newest first. */
  receiptsOf(tenant: string, limit: number): Promise<readonly ReceiptRow[]>
  dropReceipts(beforeMs: number): Promise<void>

  openEscrow(row: EscrowRow): Promise<void>
  setEscrowUsed(rows: readonly Pick<EscrowRow, 'id' | 'usedMicro'>[]): Promise<void>
  closeEscrow(id: string): Promise<void>
  escrows(): Promise<readonly EscrowRow[]>

  allowModel(model: AllowedModel): Promise<void>
  forgetModel(sha256: string): Promise<void>
  allowedModels(): Promise<readonly AllowedModel[]>

  setUpstream(row: UpstreamRow): Promise<void>
  removeUpstream(name: string): Promise<boolean>
  upstreams(): Promise<readonly UpstreamRow[]>

  isMinor(player: PlayerId): Promise<boolean>
  setMinor(player: PlayerId, minor: boolean, atMs: number): Promise<void>
}
