/** `POST /v1/embeddings`, as OpenAI defines it. */
import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import type { Inference, InferPrincipal, Privacy } from '../../inference/types.ts'
import { INFER_EMBED_TEXTS_MAX } from '../../limits.ts'
import { readBody } from './errors.ts'
import { sendJson, servedHeaders } from './reply.ts'

const Body = z.object({
  model: z.string().optional(),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(INFER_EMBED_TEXTS_MAX)]),
  encoding_format: z.enum(['float', 'base64']).optional(),
})

export async function serveEmbeddings(
  inference: Inference,
  raw: unknown,
  {
    principal,
    privacy,
    res,
  }: { readonly principal: InferPrincipal; readonly privacy: Privacy | undefined; readonly res: ServerResponse },
): Promise<void> {
  const { model, input, encoding_format: format } = readBody(Body, raw)
  const gone = new AbortController()
  res.on('close', () => gone.abort())
  const texts = typeof input === 'string' ? [input] : input
  const { vectors, usage, served } = await inference.embed(
    { texts, ...(model !== undefined && { model }), ...(privacy && { privacy }) },
    principal,
    { signal: gone.signal },
  )
  if (res.destroyed) return
  sendJson(
    res,
    200,
    {
      object: 'list',
      model: served.model,
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: format === 'base64' ? base64Of(vector) : vector,
      })),
      usage: { prompt_tokens: usage.inTokens, total_tokens: usage.inTokens },
    },
    servedHeaders(served),
  )
}

/** Little-endian 32-bit floats, as the official clients read them. */
const base64Of = (vector: readonly number[]) => Buffer.from(new Float32Array(vector).buffer).toString('base64')
