/** A message as it travels: signed by the node of its sender, so that whoever passes it on can change nothing. */
import { decode, encode } from '@ipld/dag-cbor'
import { z } from 'zod'
import type { SigningKey } from '../../lib/ed25519.ts'
import { publicKeyOf } from '../../lib/node-id.ts'
import { openSigned, type Signed, sign } from '../../lib/signed.ts'
import { MESSAGE_TEXT_MAX_BYTES } from '../../limits.ts'
import { signedSchema } from '../identity.ts'
import type { NodeMessage } from '../types.ts'

const word = z.string().min(1).max(128)
const messageSchema = z.object({
  id: word,
  from: z.object({ node: word, id: word, name: word }),
  to: z.object({ node: word, id: word.optional(), name: word }),
  text: z.string().refine((text) => Buffer.byteLength(text) <= MESSAGE_TEXT_MAX_BYTES, 'is too long'),
  sentAtMs: z.number(),
  /** The one before it from the same sender to the same recipient, if there was one lately. */
  after: word.optional(),
})
export type Sent = NodeMessage & { readonly after?: string }

export const seal = (message: Sent, nodeKey: SigningKey): Signed => sign('message', message, nodeKey)

/** Undefined when it is not signed by the node it says it is from. */
export function unseal(envelope: unknown): { readonly message: Sent; readonly signed: Signed } | undefined {
  const signed = signedSchema.safeParse(envelope)
  if (!signed.success) return undefined
  const message = openSigned('message', signed.data, messageSchema) as Sent | undefined
  if (!message) return undefined
  const key = publicKeyOf(message.from.node)
  return key && Buffer.compare(key, signed.data.key) === 0 ? { message, signed: signed.data } : undefined
}

export const toBytes = (signed: Signed): Uint8Array => encode(signed)
export const fromBytes = (bytes: Uint8Array): unknown => decode(bytes)
