/** What inference keeps: API keys by their hash, usage summed by day, what is set aside in the ledger, models and servers that the host allowed. */
import type { PlayerId } from '../protocol/ids.ts'
import type { KeyView, ReceiptView, UsageView } from './types.ts'

export type ApiKey = KeyView & {
  readonly playerId: PlayerId
  /** SHA-256 of the key in hex; the key itself is shown once and never kept. */
  readonly hash: string
}

/** A sum over one day (UTC), tenant, key, model and serving node. */
export type UsageRow = UsageView & { readonly tenant: string }

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

/** What another node signed for, kept as evidence. */
export type ReceiptRow = ReceiptView & { readonly tenant: string }

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
