/** What buyer and worker say to each other over `/academy/market/1.0.0`: parsed where it arrives. */
import { z } from 'zod'
import { JOB_ID_MAX_CHARS, JOB_INLINE_MAX_BYTES, JOB_PART_FUEL_MAX, JOB_RESULT_MAX_BYTES } from '../../limits.ts'
import type { Served } from '../../link/types.ts'
import { PRIVACY } from '../types.ts'

export const MARKET: Served = {
  protocol: 'market',
  maxStreams: 4,
  perMinute: 6_000,
  perHour: 120_000,
  overRelay: true,
  admittedOnly: true,
}

const micro = z.string().regex(/^\d{1,19}$/)
const name = z.string().min(1).max(64)
const work = z
  .string()
  .min(1)
  .max(JOB_ID_MAX_CHARS + 32)
const digest = z.string().regex(/^[0-9a-f]{64}$/)
const cid = z.string().min(10).max(128)
const fuel = z.number().int().min(0).max(JOB_PART_FUEL_MAX)
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
const atMs = z.number().int().min(0)

export const rfq = z.object({
  t: z.literal('RFQ'),
  job: z.string().min(1).max(JOB_ID_MAX_CHARS),
  kind: name,
  inputCid: cid,
  /** Of its dearest part. */
  fuel,
  memoryMb: z.number().int().min(1).max(65_536),
  deadlineMs: atMs,
  privacy: z.enum(PRIVACY),
  /** The most that a part may cost. */
  maxPriceMicro: micro,
  /** What the worker must have for it. */
  needs: z.array(z.string().max(128)).max(8).optional(),
})
export const agree = z.object({
  t: z.literal('AGREE'),
  work,
  job: z.string().min(1).max(JOB_ID_MAX_CHARS),
  kind: name,
  cid,
  part: bytes.refine((all) => all.length <= JOB_INLINE_MAX_BYTES).optional(),
  fuel,
  memoryMb: z.number().int().min(1).max(65_536),
  deadlineMs: atMs,
  privacy: z.enum(PRIVACY),
  perMFuelMicro: micro,
  baseMicro: micro,
  /** Set aside for this work under this id. */
  hold: z.string().min(1).max(128),
  priceMicro: micro,
})
export type Agreement = z.infer<typeof agree>

export const toWorker = z.discriminatedUnion('t', [
  rfq,
  agree,
  z.object({ t: z.literal('REVEAL'), work }),
  z.object({
    t: z.literal('VERDICT'),
    work,
    outcome: z.enum(['paid', 'void', 'part', 'held']),
    paidMicro: micro,
    transfer: z.string().max(128).optional(),
    evidence: cid.optional(),
  }),
  z.object({ t: z.literal('CANCEL'), work }),
])
export type ToWorker = z.infer<typeof toWorker>

export const toBuyer = z.discriminatedUnion('t', [
  z.object({ t: z.literal('PROGRESS'), work, share: z.number().min(0).max(1), meter: fuel }),
  z.object({ t: z.literal('COMMIT'), work, commitment: digest, signature: z.string().max(128).optional() }),
  /** It will not be done: the worker's own misfortune. */
  z.object({ t: z.literal('FAILED'), work, reason: z.string().max(300) }),
])
export type ToBuyer = z.infer<typeof toBuyer>
export const request = z.union([toWorker, toBuyer])

export const quote = z.object({
  t: z.literal('QUOTE'),
  account: z.string().min(1).max(128),
  perMFuelMicro: micro,
  baseMicro: micro,
  etaMs: atMs,
  expiresMs: atMs,
})
export type Quote = z.infer<typeof quote>
export const refusal = z.object({ t: z.literal('NO'), reason: z.string().max(100) })
export const ack = z.object({ t: z.literal('ACK') })
export const reveal = z.object({
  t: z.literal('REVEALED'),
  salt: digest,
  digest,
  meter: fuel,
  bytes: bytes.refine((all) => all.length <= JOB_INLINE_MAX_BYTES * 2).optional(),
  /** Of a bundle, where it is too long for a frame. */
  cid: cid.optional(),
  size: z.number().int().max(JOB_RESULT_MAX_BYTES),
})
export const metered = z.object({ t: z.literal('METERED'), meter: fuel })
