/** Frames of `/academy/credits/1.0.0`: what another node may ask of this ledger. Amounts are decimal strings of micro-credits. */
import { z } from 'zod'
import {
  CREDITS_ID_MAX_CHARS,
  CREDITS_REQUESTS_PER_HOUR,
  CREDITS_REQUESTS_PER_MINUTE,
  CREDITS_STREAMS_MAX,
  TRANSFER_BATCH_MAX,
  TRANSFER_ID_MAX_CHARS,
  TRANSFER_MEMO_MAX_CHARS,
} from '../../limits.ts'
import type { Served } from '../../link/types.ts'
import type { PendingState } from '../types.ts'

export const CREDITS: Served = {
  protocol: 'credits',
  maxStreams: CREDITS_STREAMS_MAX,
  perMinute: CREDITS_REQUESTS_PER_MINUTE,
  perHour: CREDITS_REQUESTS_PER_HOUR,
  overRelay: true,
  admittedOnly: true,
}

const id = z.string().min(1).max(CREDITS_ID_MAX_CHARS)
const account = z.string().min(1).max(TRANSFER_ID_MAX_CHARS)
const amount = z.string().regex(/^[1-9]\d{0,18}$/)
const memo = z.string().max(TRANSFER_MEMO_MAX_CHARS).optional()
const linked = z.boolean().optional()
/** What nodes pay each other for; the rest is the academy's to say. */
const code = z.enum(['transfer', 'job', 'inference', 'fee', 'burn'])

const transfer = z.object({
  kind: z.literal('transfer'),
  id,
  from: account,
  to: account,
  amountMicro: amount,
  code,
  memo,
  linked,
})
const input = z.discriminatedUnion('kind', [
  transfer,
  transfer.extend({ kind: z.literal('pending'), timeoutMs: z.int().positive() }),
  z.object({
    kind: z.literal('post'),
    id,
    pendingId: account,
    amountMicro: amount.optional(),
    memo,
    linked,
  }),
  z.object({ kind: z.literal('void'), id, pendingId: account, memo, linked }),
])
export type DoorInput = z.output<typeof input>

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
const signed = z.object({ body: bytes, key: bytes, sig: bytes })

export const creditsRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('SUBMIT'), transfers: z.array(input).min(1).max(TRANSFER_BATCH_MAX) }),
  z.object({ type: z.literal('BALANCE') }),
  /** What is set aside from or for the caller, by its names in this ledger. */
  z.object({ type: z.literal('PENDING'), ids: z.array(account).min(1).max(TRANSFER_BATCH_MAX) }),
  z.object({ type: z.literal('REDEEM'), iou: signed, redemption: signed }),
])

/** In the order of the request; `id` is the name under which it stands in the ledger. */
export type Submitted = {
  readonly id: string
  readonly status: 'created' | 'exists' | 'refused'
  readonly reason?: string
  readonly logIndex?: number
}
export type CreditsAnswer =
  | { readonly type: 'RESULTS'; readonly results: readonly Submitted[] }
  | {
      readonly type: 'BALANCES'
      readonly accounts: readonly {
        readonly account: string
        readonly balanceMicro: string
        readonly availableMicro: string
      }[]
    }
  | {
      readonly type: 'PENDINGS'
      /** In the order of the request; nothing but the id of what is not the caller's. */
      readonly pendings: readonly {
        readonly id: string
        readonly state?: PendingState
        readonly to?: string
        readonly amountMicro?: string
      }[]
    }
  | { readonly type: 'REDEEMED'; readonly state: string }
