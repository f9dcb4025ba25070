/** Signed objects as nodes hand them to each other: the signed bytes are the wire bytes. */
import { decode, encode } from '@ipld/dag-cbor'
import type { z } from 'zod'
import { isSignedBy, type SigningKey } from './ed25519.ts'

/** `sig` is Ed25519 by `key` over `academy/<type>/v1\n` followed by `body`, which is deterministic CBOR. */
export type Signed = { readonly body: Uint8Array; readonly key: Uint8Array; readonly sig: Uint8Array }

const signedBytes = (type: string, body: Uint8Array) => Buffer.concat([Buffer.from(`academy/${type}/v1\n`), body])

export function sign(type: string, value: object, key: SigningKey): Signed {
  const body = encode(value)
  return { body, key: key.publicKey, sig: key.sign(signedBytes(type, body)) }
}

/** What was signed, or undefined when the signature is wrong or the body is not what `schema` asks for. */
export function openSigned<T>(type: string, signed: Signed, schema: z.ZodType<T>): T | undefined {
  if (!isSignedBy(signed.key, signedBytes(type, signed.body), signed.sig)) return undefined
  try {
    const parsed = schema.safeParse(decode(signed.body))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
