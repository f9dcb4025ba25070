/** Frames of `/academy/migrate/1.0.0`: to the registry, and between the nodes of a trip. Each may come twice, late or never. */
import { z } from 'zod'
import {
  TRIP_REQUESTS_PER_HOUR,
  TRIP_REQUESTS_PER_MINUTE,
  TRIP_STATE_MAX_CHARS,
  TRIP_STREAMS_MAX,
  TRIP_TEXT_MAX_CHARS,
  TRIP_TTL_MS,
} from '../limits.ts'
import type { Served } from '../link/types.ts'
import { TRAVEL_REFUSALS } from './types.ts'

export const MIGRATE_PROTOCOL: Served = {
  protocol: 'migrate',
  maxStreams: TRIP_STREAMS_MAX,
  perMinute: TRIP_REQUESTS_PER_MINUTE,
  perHour: TRIP_REQUESTS_PER_HOUR,
  overRelay: true,
  admittedOnly: true,
}

const text = z.string().min(1).max(TRIP_TEXT_MAX_CHARS)
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
const signed = z.object({ body: bytes, key: bytes, sig: bytes })
export const tripSchema = z.object({ mid: text, agentId: text, epoch: count, src: text, dst: text })
const refusal = z.enum(TRAVEL_REFUSALS)

/** What the registry is asked. */
export const registryRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('BEGIN'), trip: tripSchema, ttlMs: count.max(TRIP_TTL_MS) }),
  z.object({ type: z.literal('STATUS'), mid: text }),
  z.object({ type: z.literal('COMMIT'), trip: tripSchema, cid: text, stateHash: text, signed }),
  z.object({ type: z.literal('ABORT'), trip: tripSchema, reason: text }),
  z.object({ type: z.literal('WHERE'), agentId: text }),
  z.object({ type: z.literal('RECLAIM'), agentId: text, epoch: count }),
])
export type RegistryRequest = z.output<typeof registryRequest>

/** What nodes ask each other. */
export const travelRequest = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('OFFER'),
    trip: tripSchema,
    home: text,
    name: text,
    version: text,
    bytes: count,
    memoryMb: count,
  }),
  z.object({ type: z.literal('TRANSFER'), trip: tripSchema, cid: text }),
  z.object({ type: z.literal('ACTIVATE'), mid: text, agentId: text }),
  /** From its home: send it there. Asked again until it has left, or cannot. */
  z.object({ type: z.literal('CALL'), agentId: text, dst: text }),
  /** From its home: how it is now, for its owner. */
  z.object({ type: z.literal('STATE'), agentId: text, logAfter: count.optional() }),
  /** `last`: it has no turns here any more; what it had begun at that tick is in it as well. */
  z.object({
    type: z.literal('CHECKPOINT'),
    agentId: text,
    epoch: count,
    cid: text,
    tick: count,
    last: z.boolean().optional(),
  }),
])
export type TravelRequest = z.output<typeof travelRequest>

const intent = z.object({
  ...tripSchema.shape,
  status: z.enum(['open', 'committed', 'aborted']),
  reason: z.string().optional(),
  expiresInMs: z.number(),
})
export const registryAnswer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('INTENT'), intent }),
  z.object({ type: z.literal('UNKNOWN') }),
  z.object({
    type: z.literal('OWNER'),
    agentId: text,
    owner: text,
    epoch: count,
    home: text,
    hostIsDead: z.boolean(),
  }),
])
export type RegistryAnswer = z.output<typeof registryAnswer>

export const travelAnswer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ACCEPT') }),
  z.object({ type: z.literal('REJECT'), reason: refusal, text: z.string().max(TRIP_TEXT_MAX_CHARS) }),
  z.object({ type: z.literal('PREPARING') }),
  z.object({ type: z.literal('PREPARED'), cid: text, stateHash: text, signed }),
  z.object({ type: z.literal('ACTIVATED'), epoch: count }),
  z.object({ type: z.literal('KEPT') }),
  /** JSON, as its owner is shown it at home. */
  z.object({ type: z.literal('STATE'), json: z.string().max(TRIP_STATE_MAX_CHARS) }),
])
export type TravelAnswer = z.output<typeof travelAnswer>

/** What a destination signs: it has all of it, and it is this. */
export const preparedSchema = z.object({ mid: text, agentId: text, epoch: count, cid: text, stateHash: text })
