/** Bodies of the routes about API keys and the use of models. Amounts are decimal strings of micro-credits. */
import { z } from 'zod'

const Micro = z.string().regex(/^\d{1,18}$/)
const Limits = z.object({
  budgetMicro: Micro.optional(),
  budgetTokens: z.int().min(1).optional(),
  requestsPerMinute: z.int().min(1).max(100_000).optional(),
  tokensPerMinute: z.int().min(1).max(1_000_000_000).optional(),
  concurrency: z.int().min(1).max(10_000).optional(),
})
const Scopes = z.array(z.enum(['chat', 'embed', 'models'])).min(1)

export const NewKeyBody = Limits.extend({
  name: z.string().min(1).max(80),
  scopes: Scopes.optional(),
  models: z.array(z.string().min(1).max(200)).max(50).optional(),
  personalOnly: z.boolean().optional(),
  expiresAtMs: z.int().positive().optional(),
})
export const ApiKey = Limits.extend({
  id: z.string(),
  name: z.string(),
  hint: z.string(),
  scopes: Scopes,
  models: z.array(z.string()),
  personalOnly: z.boolean(),
  createdAtMs: z.number(),
  expiresAtMs: z.number().optional(),
  revokedAtMs: z.number().optional(),
  lastUsedMs: z.number().optional(),
  spentMicro: Micro,
  spentTokens: z.number(),
})
export const NewKeyAnswer = ApiKey.extend({ secret: z.string() })
export const UsageLine = z.object({
  day: z.string(),
  model: z.string(),
  node: z.string(),
  keyId: z.string(),
  requests: z.number(),
  inTokens: z.number(),
  outTokens: z.number(),
  costMicro: Micro,
})
export const Receipt = z.object({
  id: z.string(),
  node: z.string(),
  model: z.string(),
  costMicro: Micro,
  atMs: z.number(),
  body: z.base64(),
  key: z.base64(),
  sig: z.base64(),
})
export const ModelsAnswer = z.object({
  ok: z.boolean(),
  why: z.enum(['none', 'loading', 'down']).optional(),
  progress: z.number().optional(),
  models: z.array(
    z.object({ id: z.string(), nodes: z.array(z.string()), priceInMicro: Micro, priceOutMicro: Micro }),
  ),
})
export const PrivacyBody = z.object({ minor: z.boolean() })
