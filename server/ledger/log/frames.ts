/** Frames of `/academy/ledger/1.0.0` (the log's part of it) and `/academy/witness/1.0.0`, and messages of the topic. */
import { decode, encode } from '@ipld/dag-cbor'
import { z } from 'zod'
import { NOTE_MAX_CHARS, TLOG_REQUESTS_PER_HOUR, TLOG_REQUESTS_PER_MINUTE, TLOG_STREAMS_MAX } from '../../limits.ts'
import type { Served } from '../../link/types.ts'
import { HASH_BYTES } from '../../protocol/tlog/merkle.ts'
import { PROOF_MAX_HASHES } from '../../protocol/tlog/proofs.ts'
import { TILE_WIDTH } from '../../protocol/tlog/tiles.ts'

const served = (protocol: string): Served => ({
  protocol,
  maxStreams: TLOG_STREAMS_MAX,
  perMinute: TLOG_REQUESTS_PER_MINUTE,
  perHour: TLOG_REQUESTS_PER_HOUR,
  overRelay: true,
  admittedOnly: true,
})
export const LOG_PROTOCOL = served('ledger')
export const WITNESS_PROTOCOL = served('witness')
export const CHECKPOINT_TOPIC = 'academy/checkpoint/1'

const size = z.int().min(0)
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
const hash = bytes.refine((one) => one.length === HASH_BYTES)
const note = z.string().max(NOTE_MAX_CHARS)
const width = z.int().min(1).max(TILE_WIDTH)

export const logRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('GET_CHECKPOINT') }),
  z.object({ type: z.literal('GET_TILE'), level: z.int().min(0).max(63), index: size, width }),
  /** Entries of a bundle from one on, as many as a frame takes. */
  z.object({ type: z.literal('GET_ENTRIES'), index: size, width, from: z.int().min(0).max(TILE_WIDTH).default(0) }),
  /** Of an entry into the published tree, or between two sizes of it. */
  z.object({ type: z.literal('PROVE'), index: size }),
  z.object({ type: z.literal('PROVE_CONSISTENCY'), oldSize: size, newSize: size }),
])
export type LogRequest = z.output<typeof logRequest>

export const logAnswer = z.discriminatedUnion('type', [
  /** Without a note before the first that enough witnesses saw: they need the key to see it. */
  z.object({ type: z.literal('CHECKPOINT'), note: note.optional(), key: z.string() }),
  z.object({ type: z.literal('TILE'), data: bytes }),
  /** `next` is the entry to ask for next, while there are more. */
  z.object({ type: z.literal('ENTRIES'), data: bytes, next: z.int().min(1).max(TILE_WIDTH).optional() }),
  z.object({ type: z.literal('PROOF'), hashes: z.array(hash).max(PROOF_MAX_HASHES), checkpoint: note.optional() }),
])
export type LogAnswer = z.output<typeof logAnswer>

export const witnessRequest = z.discriminatedUnion('type', [
  /** Which key cosigns there. */
  z.object({ type: z.literal('WHO') }),
  z.object({ type: z.literal('LATEST'), origin: z.string().max(NOTE_MAX_CHARS) }),
  z.object({
    type: z.literal('ADD_CHECKPOINT'),
    oldSize: size,
    proof: z.array(hash).max(PROOF_MAX_HASHES),
    note,
  }),
])
export const witnessAnswer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('KEY'), key: z.string().max(1_000) }),
  z.object({ type: z.literal('LATEST'), note: note.optional() }),
  /** Signature lines as signed-note writes them. */
  z.object({ type: z.literal('COSIG'), lines: note }),
  z.object({ type: z.literal('CONFLICT'), size, note: note.optional() }),
  z.object({ type: z.literal('BADPROOF') }),
  z.object({ type: z.literal('REFUSED'), why: z.string().max(100) }),
])
export type WitnessAnswer = z.output<typeof witnessAnswer>

const text64 = z.string().max(100)
const topicMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('CHECKPOINT'), note }),
  z.object({
    type: z.literal('EVIDENCE'),
    a: note,
    b: note,
    root: text64.optional(),
    proof: z.array(text64).max(PROOF_MAX_HASHES).optional(),
  }),
])
export type TopicMessage = z.output<typeof topicMessage>

/** Absent fields may not be `undefined` in CBOR. */
const present = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

export const encodeTopic = (message: TopicMessage): Uint8Array => encode(present(message))

export function decodeTopic(message: Uint8Array): TopicMessage | undefined {
  try {
    return topicMessage.safeParse(decode(message)).data
  } catch {
    return undefined
  }
}
export const frameOf = (answer: LogAnswer | WitnessAnswer): Readonly<Record<string, unknown>> => present(answer)
