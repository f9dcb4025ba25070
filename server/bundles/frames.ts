/** Frames of `/academy/bundle/1.0.0`, one stream for each pull and node: each request is answered in order on the stream it came on. */
import { z } from 'zod'
import {
  BUNDLE_AUDIT_MAX_CHUNKS,
  BUNDLE_FRAMES_PER_HOUR,
  BUNDLE_FRAMES_PER_MINUTE,
  BUNDLE_GET_MAX_CHUNKS,
  BUNDLE_STREAMS_MAX,
} from '../limits.ts'
import type { Served } from '../link/types.ts'
import { isCid } from './manifest.ts'
import type { BundleKind } from './types.ts'

export const BUNDLE_PROTOCOL: Served = {
  protocol: 'bundle',
  maxStreams: BUNDLE_STREAMS_MAX,
  perMinute: BUNDLE_FRAMES_PER_MINUTE,
  perHour: BUNDLE_FRAMES_PER_HOUR,
  overRelay: true,
  admittedOnly: true,
}

/** The same for what is there for others, items and shared workspaces: nodes that no hub has admitted ask for it too. */
export const SHARED_BUNDLE_PROTOCOL: Served = { ...BUNDLE_PROTOCOL, protocol: 'shared-bundle', admittedOnly: false }
export const OPEN_KINDS: ReadonlySet<BundleKind> = new Set(['item', 'workspace'])

const cid = z.string().refine(isCid)
const index = z.number().int().min(0)
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)

/** GET names ranges `[first, count]`, at most `BUNDLE_GET_MAX_CHUNKS` chunks together. */
export const bundleRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('GET_MANIFEST'), cid }),
  z.object({ type: z.literal('HAVE'), cid }),
  z.object({
    type: z.literal('GET'),
    cid,
    ranges: z
      .array(z.tuple([index, z.number().int().min(1).max(BUNDLE_GET_MAX_CHUNKS)]))
      .min(1)
      .max(BUNDLE_GET_MAX_CHUNKS)
      .refine((ranges) => ranges.reduce((sum, [, count]) => sum + count, 0) <= BUNDLE_GET_MAX_CHUNKS),
  }),
  z.object({
    type: z.literal('AUDIT'),
    cid,
    nonce: bytes.refine((nonce) => nonce.length === 32),
    indices: z.array(index).min(1).max(BUNDLE_AUDIT_MAX_CHUNKS),
    deadlineMs: z.number().int().min(1),
  }),
])
export type BundleRequest = z.output<typeof bundleRequest>

const signed = z.object({ body: bytes, key: bytes, sig: bytes })

export const bundleAnswer = z.discriminatedUnion('type', [
  /** The manifest's own bytes: their hash is in the CID. */
  z.object({ type: z.literal('MANIFEST'), manifest: bytes, sig: signed.optional() }),
  z.object({ type: z.literal('HAVE'), bitmap: bytes }),
  z.object({ type: z.literal('CHUNK'), i: index, data: bytes }),
  z.object({ type: z.literal('PROOF'), hmac: z.array(bytes) }),
  z.object({ type: z.literal('ERROR'), code: z.string(), msg: z.string().optional() }),
])
export type BundleAnswer = z.output<typeof bundleAnswer>

/** Chunks as ranges, in their order. */
export function rangesOf(indices: readonly number[]): [number, number][] {
  const ranges: [number, number][] = []
  for (const i of indices) {
    const last = ranges.at(-1)
    if (last && last[0] + last[1] === i) last[1]++
    else ranges.push([i, 1])
  }
  return ranges
}
export const indicesOf = (ranges: readonly (readonly [number, number])[]): number[] =>
  ranges.flatMap(([first, count]) => Array.from({ length: count }, (_, k) => first + k))
