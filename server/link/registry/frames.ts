/** What crosses the wire between a node and a hub, in the protocol `node`. */
import { z } from 'zod'
import { REQUESTS_PER_HOUR, REQUESTS_PER_MINUTE } from '../../limits.ts'
import { signedSchema } from '../identity.ts'
import type { Served } from '../types.ts'
import { addressesSchema, loadSchema, manifestSchema } from './manifest.ts'

export const NODE_PROTOCOL: Served = {
  protocol: 'node',
  maxStreams: 4,
  perMinute: REQUESTS_PER_MINUTE,
  perHour: REQUESTS_PER_HOUR,
  overRelay: true,
  admittedOnly: false,
}

const nonce = z.instanceof(Uint8Array).refine((bytes) => bytes.length === 32, 'must have 32 bytes')
const mac = nonce

export const nodeRequest = z.discriminatedUnion('op', [
  z.object({ op: z.literal('hello'), nonceC: nonce, manifest: manifestSchema, addresses: addressesSchema }),
  z.object({
    op: z.literal('prove'),
    nonceS: nonce,
    proof: signedSchema,
    cert: signedSchema,
    invite: z.object({ id: z.string().max(64), mac }).optional(),
  }),
  z.object({
    op: z.literal('heartbeat'),
    leaseId: z.string().max(64),
    seq: z.number().int().nonnegative(),
    load: loadSchema.optional(),
    addresses: addressesSchema.optional(),
    manifest: manifestSchema.optional(),
    passUntilMs: z.number(),
  }),
  z.object({ op: z.literal('bye'), leaseId: z.string().max(64), reason: z.string().max(100) }),
  z.object({ op: z.literal('list'), after: z.string().max(100).optional() }),
  z.object({ op: z.literal('find'), node: z.string().max(100).optional(), name: z.string().max(100).optional() }),
  z.object({ op: z.literal('ping'), nonce }),
  z.object({ op: z.literal('work'), seed: nonce, steps: z.number().int().positive() }),
])
export type NodeRequest = z.infer<typeof nodeRequest>

/** What the proof of a joining node covers: both nonces, the hub it speaks to and itself, so that it is worth nothing elsewhere. */
export const proofSchema = z.object({ nonceS: nonce, nonceC: nonce, hub: z.string(), node: z.string() })
export const pingSchema = z.object({ nonce, node: z.string() })

const hub = z.object({ node: z.string(), addresses: addressesSchema })
export type HubAddress = z.infer<typeof hub>
const provenSchema = z.object({
  reach: z.enum(['public', 'lan', 'relay']),
  rttMs: z.number(),
  hashesPerMs: z.number(),
  atMs: z.number(),
})

export const challengeAnswer = z.object({ nonceS: nonce, hubTimeMs: z.number() })
export const admitAnswer = z.object({
  role: z.enum(['initial', 'trusted', 'local']),
  leaseId: z.string(),
  leaseTtlMs: z.number(),
  pass: signedSchema,
  hubs: z.array(hub),
  /** The hub carries relayed connections. */
  relay: z.boolean(),
  /** Requests a minute of each protocol, and bytes a minute. */
  quotas: z.object({ requestsPerMinute: z.number(), bytesPerMinute: z.number(), relayBytesPerMinute: z.number() }),
})
export type AdmitAnswer = z.infer<typeof admitAnswer>
export const heartbeatAnswer = z.object({
  leaseTtlMs: z.number(),
  pass: signedSchema.optional(),
  hubs: z.array(hub),
  proven: provenSchema.optional(),
})
export const nodeView = z.object({
  node: z.string(),
  owner: z.string(),
  role: z.enum(['initial', 'trusted', 'local']),
  name: z.string(),
  version: z.string(),
  manifest: manifestSchema,
  addresses: addressesSchema,
  proven: provenSchema.optional(),
  load: loadSchema.optional(),
  hub: z.string(),
  admittedAtMs: z.number(),
  renewedAtMs: z.number(),
})
export const listAnswer = z.object({ nodes: z.array(nodeView), next: z.string().optional() })
