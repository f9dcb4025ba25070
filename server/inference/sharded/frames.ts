/**
 * `/academy/rpc-tunnel`: requests about an agreement, and streams of raw bytes to the rpc-server that it stands for.
 *
 * A stream begins with OPEN of the side that borrows, answered by OPENED or NO; then DATA both ways until either side closes.
 */
import { z } from 'zod'
import { SHARD_REQUESTS_PER_HOUR, SHARD_REQUESTS_PER_MINUTE, SHARD_STREAMS_MAX } from '../../limits.ts'
import type { Served } from '../../link/types.ts'
import { SHARD_REASONS } from './types.ts'

export const TUNNEL_PROTOCOL: Served = {
  protocol: 'rpc-tunnel',
  maxStreams: SHARD_STREAMS_MAX,
  perMinute: SHARD_REQUESTS_PER_MINUTE,
  perHour: SHARD_REQUESTS_PER_HOUR,
  // A relay would carry every layer's activations for each token.
  overRelay: false,
  admittedOnly: true,
}

const id = z.uuid()
const build = z.string().regex(/^[0-9a-f]{64}$/)
const micro = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(BigInt)
/** The name of what is set aside for the next period. */
const hold = z.string().min(1).max(256)

export const AskFrame = z.discriminatedUnion('t', [
  z.object({ t: z.literal('terms') }),
  z.object({ t: z.literal('agree'), id, build, hold: hold.optional() }),
  z.object({ t: z.literal('renew'), id, hold: hold.optional() }),
  z.object({ t: z.literal('end'), id }),
])
export type AskFrame = z.output<typeof AskFrame>

const no = z.object({ t: z.literal('no'), reason: z.enum(SHARD_REASONS), msg: z.string().max(500) })
export type NoFrame = z.output<typeof no>
export const AnswerFrame = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('terms'),
    build,
    memoryMb: z.int().positive(),
    priceMicroPerMinute: micro,
    periodMinutes: z.int().positive(),
    account: z.string().max(200),
  }),
  /** It stands until then, unless it is renewed. */
  z.object({ t: z.literal('agreed'), leaseMs: z.int().positive() }),
  z.object({ t: z.literal('ended') }),
  no,
])
export type Terms = Extract<z.output<typeof AnswerFrame>, { t: 'terms' }>

export const TunnelFrame = z.discriminatedUnion('t', [
  z.object({ t: z.literal('open'), id }),
  z.object({ t: z.literal('opened') }),
  z.object({ t: z.literal('data'), b: z.instanceof(Uint8Array) }),
  no,
])
