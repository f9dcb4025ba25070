/** Promises to pay between owners, made and taken without the ledger, and paid by it once when they are handed in. */
import type { Signed } from '../../lib/signed.ts'
import type { OwnerId } from '../trust/types.ts'

export type { OwnerId }

/** What the debtor signs, as `academy/iou/v1`. */
export type IouBody = {
  readonly v: 1
  readonly debtor: OwnerId
  readonly creditor: OwnerId
  /** The most that may be asked for, in micro-credits, as a decimal string. */
  readonly limitMicro: string
  /** The debtor's own number of it; one is used once. */
  readonly nonce: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  readonly memo?: string
}
/** What the creditor signs to be paid, as `academy/iou-redeem/v1`: whoever carries it can neither change nor gain anything. */
export type RedemptionBody = {
  readonly v: 1
  /** SHA-256 of the promise's signed body, in hex. */
  readonly iou: string
  readonly amountMicro: string
}
export type Redemption = { readonly iou: Signed; readonly redemption: Signed }

export type IouRefusal =
  | 'bad_signature'
  | 'bad_terms'
  | 'not_for_you'
  | 'expired'
  | 'over_limit'
  | 'over_credit'
  | 'credit_stopped'
  | 'too_many_held'
  /** Another promise of that debtor bears the number. */
  | 'nonce_used'
  | 'already_redeemed'
  | 'account_frozen'
  | 'not_found'
  /** Taken, and the debtor could not pay: its credit stops until it does. */
  | 'defaulted'

export type IouState = 'accepted' | 'redeemed' | 'defaulted' | 'repaid'
export type Iou = {
  readonly id: string
  readonly debtor: OwnerId
  readonly creditor: OwnerId
  /** What was asked for. */
  readonly amountMicro: bigint
  readonly nonce: string
  readonly expiresAtMs: number
  readonly state: IouState
  readonly acceptedAtMs: number
  readonly endedAtMs?: number
  readonly body: Uint8Array
  readonly sig: Uint8Array
}
export type IouResult = { readonly ok: true; readonly iou: Iou } | { readonly ok: false; readonly reason: IouRefusal }

/** At the ledger. */
export type Ious = {
  /** Pays once; handed in again it answers what it came to. */
  redeem(handed: Redemption): Promise<IouResult>
  /** Pays what the owner defaulted on, oldest first, as far as its credits go; how many it paid. */
  repay(debtor: OwnerId): Promise<number>
  /** Defaulted and not repaid, in micro-credits. */
  owed(debtor: OwnerId): Promise<bigint>
  find(id: string): Promise<Iou | undefined>
  [Symbol.asyncDispose](): Promise<void>
}

export type IouStore = {
  /** Keeps it as `accepted`; false when its id or its nonce stands already. */
  insert(iou: Iou): Promise<boolean>
  find(id: string): Promise<Iou | undefined>
  /** Only from one of these states. */
  end(id: string, from: readonly IouState[], to: IouState, atMs: number): Promise<void>
  /** Oldest first. */
  defaulted(debtor: OwnerId, limit: number): Promise<readonly Iou[]>
  owed(debtor: OwnerId): Promise<bigint>
  debtors(): Promise<readonly OwnerId[]>
}
