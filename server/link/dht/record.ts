/** Values on the DHT: signed by the owner under whose name they stand, so that nobody else can change them. */
import { decode, encode } from '@ipld/dag-cbor'
import { z } from 'zod'
import type { SigningKey } from '../../lib/ed25519.ts'
import { openSigned, type Signed, sign } from '../../lib/signed.ts'
import { DHT_VALUE_MAX_BYTES } from '../../limits.ts'
import { WireError } from '../errors.ts'
import { ownerIdOf, signedSchema } from '../identity.ts'

/** `seq` grows with each put of the same name; the highest wins. */
const bodySchema = z.object({ name: z.string(), value: z.instanceof(Uint8Array), seq: z.number() })
export type DhtBody = { readonly name: string; readonly value: Uint8Array; readonly seq: number }

/** `/academy/<owner>/<name>`: libp2p picks the validator by the first part. */
export const dhtKey = (owner: string, name: string): Uint8Array =>
  new TextEncoder().encode(`/academy/${owner}/${name}`)

export function makeRecord(body: DhtBody, key: SigningKey): Uint8Array {
  const bytes = encode(sign('dht', body, key))
  if (bytes.length > DHT_VALUE_MAX_BYTES)
    throw new WireError('E_TOO_LARGE', `A value takes ${DHT_VALUE_MAX_BYTES} bytes with its signature.`)
  return bytes
}

/** What stands under a key, or undefined when it is not genuine or not of that name. */
export function readRecord(key: Uint8Array, bytes: Uint8Array): DhtBody | undefined {
  if (bytes.length > DHT_VALUE_MAX_BYTES) return undefined
  const [, space, owner, ...name] = new TextDecoder().decode(key).split('/')
  try {
    const signed: Signed = signedSchema.parse(decode(bytes))
    const body = openSigned('dht', signed, bodySchema)
    return space === 'academy' && ownerIdOf(signed.key) === owner && body?.name === name.join('/') ? body : undefined
  } catch {
    return undefined
  }
}

export function validateRecord(key: Uint8Array, bytes: Uint8Array): void {
  if (!readRecord(key, bytes)) throw new WireError('E_REJECTED', 'This value is not signed by the owner of its key.')
}

/** The index of the newest; of two with one number, the one whose bytes sort later. */
export function selectRecord(key: Uint8Array, records: readonly Uint8Array[]): number {
  let best = 0
  records.forEach((bytes, i) => {
    const [a, b] = [readRecord(key, bytes)?.seq ?? -1, readRecord(key, records[best]!)?.seq ?? -1]
    if (a > b || (a === b && Buffer.compare(bytes, records[best]!) > 0)) best = i
  })
  return best
}
