/**
 * `/academy/infer`: what two nodes say to each other over one stream about many answers at once.
 *
 * The asking side: OPEN in one or more parts, CREDIT, CANCEL. The answering side: STARTED, TOKENS with a running number from
 * the one that OPEN named, TOOL, END with a digest of all text since OPEN, FAIL, VECTORS, SCORE.
 */
import { z } from 'zod'
import { INFER_REMOTE_STREAMS_MAX } from '../../limits.ts'
import type { Served } from '../../link/types.ts'

export const INFER_PROTOCOL: Served = {
  protocol: 'infer',
  maxStreams: INFER_REMOTE_STREAMS_MAX,
  // Answers have limits of their own; these bound frames.
  perMinute: 60_000,
  perHour: 1_000_000,
  overRelay: true,
  admittedOnly: true,
}

const id = z.string().min(1).max(40)
const count = z.int().min(0)
export const AskingFrame = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('open'),
    id,
    seq: count,
    credit: count,
    more: z.boolean(),
    body: z.instanceof(Uint8Array),
  }),
  z.object({ t: z.literal('credit'), id, n: count }),
  z.object({ t: z.literal('cancel'), id }),
])
export type AskingFrame = z.output<typeof AskingFrame>

const ms = z.number().min(0)
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
export const AnsweringFrame = z.discriminatedUnion('t', [
  z.object({ t: z.literal('started'), id, sha256: z.string().optional(), inTokens: count.optional() }),
  z.object({ t: z.literal('tokens'), id, seq: count, text: z.string(), n: count }),
  z.object({ t: z.literal('tool'), id, call: z.object({ id: z.string(), name: z.string(), arguments: z.string() }) }),
  z.object({
    t: z.literal('end'),
    id,
    finish: z.enum(['stop', 'length', 'tool_calls', 'content_filter']),
    inTokens: count,
    outTokens: count,
    ms,
    digest: z.string(),
    /** The meter, signed by the node that answered. */
    signed: z.object({ body: bytes, key: bytes, sig: bytes }).optional(),
  }),
  z.object({
    t: z.literal('fail'),
    id,
    code: z.string(),
    msg: z.string(),
    param: z.string().optional(),
    retryAfterMs: z.number().optional(),
  }),
  z.object({ t: z.literal('vectors'), id, vectors: z.array(z.array(z.number())), inTokens: count, ms }),
  z.object({ t: z.literal('score'), id, meanLogProb: z.number(), firstChoice: z.number(), tokens: count }),
])
export type AnsweringFrame = z.output<typeof AnsweringFrame>

/** What OPEN carries, as JSON in its parts. */
const Text = z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })
export const OpenBody = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('chat'),
    model: z.string(),
    request: z.record(z.string(), z.json()),
    textSoFar: z.string().optional(),
  }),
  z.object({ do: z.literal('embed'), model: z.string(), texts: z.array(z.string()) }),
  z.object({ do: z.literal('score'), model: z.string(), messages: z.array(Text), answer: z.string() }),
])
export type OpenBody = z.output<typeof OpenBody>
