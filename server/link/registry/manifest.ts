/** Reads what a node says of itself: every field bounded. */
import { encode } from '@ipld/dag-cbor'
import { z } from 'zod'
import { MANIFEST_MAX_BYTES, NODE_ADDRESSES_MAX } from '../../limits.ts'
import type { Load, Manifest } from './types.ts'

const word = z.string().max(100)
const words = z.array(word).max(64)
const amount = z.number().nonnegative().max(Number.MAX_SAFE_INTEGER)

export const manifestSchema: z.ZodType<Manifest> = z
  .object({
    name: z.string().min(1).max(40),
    role: z.enum(['initial', 'trusted', 'local']),
    version: word,
    url: z
      .url({ protocol: /^https?$/ })
      .max(300)
      .optional(),
    zones: words,
    cpu: z.object({ cores: amount, model: word }),
    memoryMb: amount,
    gpus: z.array(z.object({ name: word, memoryMb: amount })).max(16),
    models: z
      .array(
        z.object({
          sha256: z.string().regex(/^[0-9a-f]{64}$/),
          name: word,
          quant: word.optional(),
          ctx: amount,
          tokensPerS: amount.optional(),
          slots: amount,
        }),
      )
      .max(64),
    services: words,
    prices: z.record(word, z.string().regex(/^\d{1,20}$/)),
    privacy: words,
  })
  .refine((manifest) => encode(manifest).length <= MANIFEST_MAX_BYTES, 'is too large') as z.ZodType<Manifest>

export const loadSchema: z.ZodType<Load> = z.object({ people: amount, agents: amount, cpuPct: amount, rssMb: amount })

export const addressesSchema = z
  .array(
    z
      .string()
      .max(300)
      .regex(/^\/[ -~]+$/),
  )
  .max(NODE_ADDRESSES_MAX)
