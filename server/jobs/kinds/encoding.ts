/** Values as bytes, in the one encoding that a value has, and the names of bytes. */
import { createHash } from 'node:crypto'
import { decode, encode } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { create as digestOf } from 'multiformats/hashes/digest'
import type { Cid } from '../../bundles/types.ts'
import type { Value } from '../types.ts'

const SHA2_256 = 0x12

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
export const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')

/** Deterministic CBOR. Throws for what has no encoding: NaN, the infinities, `undefined`. */
export const toBytes = (value: Value | object): Uint8Array => encode(value)
export const fromBytes = (bytes: Uint8Array): Value => decode(bytes)
/** CIDv1, raw, sha2-256: names bytes that travel inside a frame or a row. */
export const cidOf = (bytes: Uint8Array): Cid => CID.createV1(raw.code, digestOf(SHA2_256, sha256(bytes))).toString()

/** A value as JSON can say it: bytes as base64 under the key `base64`. */
export function toJson(value: Value): import('../../protocol/ids.ts').Json {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(toJson)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]))
  return value as string | number | boolean | null
}
