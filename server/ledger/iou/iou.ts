/** Making and reading promises to pay: needs the keys and nothing else, so that it works with the ledger out of reach. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { SigningKey } from '../../lib/ed25519.ts'
import { openSigned, type Signed, sign } from '../../lib/signed.ts'
import {
  IOU_CLOCK_SLACK_MS,
  IOU_HELD_MAX,
  IOU_MAX_MICRO,
  IOU_TERM_MAX_MS,
  TRANSFER_MEMO_MAX_CHARS,
} from '../../limits.ts'
import type { IouBody, IouRefusal, OwnerId, Redemption, RedemptionBody } from './types.ts'

const IOU = 'iou'
const REDEEM = 'iou-redeem'

const owner = z.string().regex(/^[0-9a-f]{64}$/)
const micro = z.string().regex(/^[1-9]\d{0,18}$/)
const body: z.ZodType<IouBody> = z.strictObject({
  v: z.literal(1),
  debtor: owner,
  creditor: owner,
  limitMicro: micro,
  nonce: z.string().regex(/^[\x21-\x7e]{8,64}$/),
  issuedAtMs: z.int().nonnegative(),
  expiresAtMs: z.int().nonnegative(),
  memo: z.string().max(TRANSFER_MEMO_MAX_CHARS).optional(),
})
const redemptionBody: z.ZodType<RedemptionBody> = z.strictObject({
  v: z.literal(1),
  iou: z.string().regex(/^[0-9a-f]{64}$/),
  amountMicro: micro,
})

export const hexOf = (key: Uint8Array): OwnerId => Buffer.from(key).toString('hex')
export const iouId = ({ body }: Signed): string => createHash('sha256').update(body).digest('hex')

export type Terms = Omit<IouBody, 'v' | 'debtor' | 'limitMicro'> & { readonly limitMicro: bigint }

/** A promise of the key's owner to pay the creditor up to a limit, until it expires. */
export function makeIou(terms: Terms, debtor: SigningKey): Signed {
  const { limitMicro, ...rest } = terms
  return sign(IOU, { v: 1, debtor: hexOf(debtor.publicKey), ...rest, limitMicro: String(limitMicro) }, debtor)
}

/** What the creditor hands in, for the whole of the limit or less. */
export function makeRedemption(iou: Signed, amountMicro: bigint, creditor: SigningKey): Redemption {
  return { iou, redemption: sign(REDEEM, { v: 1, iou: iouId(iou), amountMicro: String(amountMicro) }, creditor) }
}

/** The promise, when its debtor signed it and its terms can be kept; when it was expired is not looked at. */
export function openIou(signed: Signed): IouBody | IouRefusal {
  const opened = openSigned(IOU, signed, body)
  if (!opened || opened.debtor !== hexOf(signed.key)) return 'bad_signature'
  const { debtor, creditor, limitMicro, issuedAtMs, expiresAtMs } = opened
  const term = expiresAtMs - issuedAtMs
  if (debtor === creditor || BigInt(limitMicro) > IOU_MAX_MICRO || term <= 0 || term > IOU_TERM_MAX_MS)
    return 'bad_terms'
  return opened
}

/** Both halves of what is handed in, when they belong together. */
export function openRedemption({
  iou,
  redemption,
}: Redemption): { readonly terms: IouBody; readonly amountMicro: bigint } | IouRefusal {
  const terms = openIou(iou)
  if (typeof terms === 'string') return terms
  const asked = openSigned(REDEEM, redemption, redemptionBody)
  if (!asked || asked.iou !== iouId(iou)) return 'bad_signature'
  if (hexOf(redemption.key) !== terms.creditor) return 'not_for_you'
  const amountMicro = BigInt(asked.amountMicro)
  return amountMicro > BigInt(terms.limitMicro) ? 'over_limit' : { terms, amountMicro }
}

export type Held = {
  readonly id: string
  readonly debtor: OwnerId
  readonly nonce: string
  readonly limitMicro: bigint
}
export type Offer = {
  readonly me: OwnerId
  readonly nowMs: number
  /** What the debtor is trusted with, as last heard from the ledger. */
  readonly credit: { readonly availableMicro: bigint; readonly owedMicro: bigint }
  /** Promises of that debtor that are held and not handed in. */
  readonly held: readonly Held[]
}

/** Whether a creditor who cannot reach the ledger should take a promise: the reason if not. */
export function mayTake(signed: Signed, { me, nowMs, credit, held }: Offer): IouRefusal | undefined {
  const terms = openIou(signed)
  if (typeof terms === 'string') return terms
  if (terms.creditor !== me) return 'not_for_you'
  if (terms.expiresAtMs <= nowMs || terms.issuedAtMs > nowMs + IOU_CLOCK_SLACK_MS) return 'expired'
  if (credit.owedMicro > 0n) return 'credit_stopped'
  if (held.some(({ id }) => id === iouId(signed))) return undefined
  if (held.some(({ nonce }) => nonce === terms.nonce)) return 'nonce_used'
  if (held.length >= IOU_HELD_MAX) return 'too_many_held'
  const promised = held.reduce((sum, { limitMicro }) => sum + limitMicro, 0n)
  return promised + BigInt(terms.limitMicro) > credit.availableMicro ? 'over_credit' : undefined
}
