/** A bundle's manifest and its name: CIDv1 of the manifest's deterministic CBOR (multiformats CID specification, dag-cbor 0x71, sha2-256). */
import { createHash } from 'node:crypto'
import { code as DAG_CBOR, decode, encode } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { z } from 'zod'
import { BUNDLE_CHUNK_BYTES, BUNDLE_MAX_BYTES } from '../limits.ts'
import { BundleError } from './errors.ts'
import { BUNDLE_KINDS, type BundleKind, type BundleManifest, type Cid } from './types.ts'

const SHA2_256 = 0x12

export const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest())

export const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

const cidOf = (encoded: Uint8Array): Cid => CID.createV1(DAG_CBOR, create(SHA2_256, sha256(encoded))).toString()

export const chunksOf = (size: number): number => Math.ceil(size / BUNDLE_CHUNK_BYTES)

export const chunkAt = (bytes: Uint8Array, index: number): Uint8Array =>
  bytes.subarray(index * BUNDLE_CHUNK_BYTES, (index + 1) * BUNDLE_CHUNK_BYTES)

export const chunkSize = ({ size, chunk }: BundleManifest, index: number): number =>
  Math.min(chunk, size - index * chunk)

export type NamedManifest = { readonly cid: Cid; readonly manifest: BundleManifest; readonly encoded: Uint8Array }

export function manifestOf(kind: BundleKind, bytes: Uint8Array): NamedManifest {
  if (bytes.length > BUNDLE_MAX_BYTES)
    throw new BundleError('too_large', `A bundle holds at most ${BUNDLE_MAX_BYTES} bytes; this has ${bytes.length}.`)
  const chunks = Array.from({ length: chunksOf(bytes.length) }, (_, i) => sha256(chunkAt(bytes, i)))
  const manifest: BundleManifest = { kind, size: bytes.length, chunk: BUNDLE_CHUNK_BYTES, chunks }
  const encoded = encode(manifest)
  return { cid: cidOf(encoded), manifest, encoded }
}

const manifestSchema = z
  .strictObject({
    kind: z.enum(BUNDLE_KINDS),
    size: z.number().int().min(0).max(BUNDLE_MAX_BYTES),
    chunk: z.literal(BUNDLE_CHUNK_BYTES),
    chunks: z.array(z.instanceof(Uint8Array).refine((hash) => hash.length === 32)).max(chunksOf(BUNDLE_MAX_BYTES)),
  })
  .refine(({ size, chunks }) => chunks.length === chunksOf(size))

/** The manifest that these bytes are, if they are the ones of that name. */
export function readManifest(cid: Cid, encoded: Uint8Array): BundleManifest {
  if (cidOf(encoded) !== cid) throw new BundleError('damaged', `These bytes are not the manifest of ${cid}.`)
  const parsed = manifestSchema.safeParse(decoded(encoded))
  if (!parsed.success) throw new BundleError('damaged', `${cid} is not the name of a bundle.`)
  return parsed.data
}

function decoded(bytes: Uint8Array): unknown {
  try {
    return decode(bytes)
  } catch {
    return undefined
  }
}

/** Names become folders: only what the multiformats library writes itself is let through. */
export function isCid(text: string): boolean {
  try {
    const cid = CID.parse(text)
    return cid.version === 1 && cid.code === DAG_CBOR && cid.multihash.code === SHA2_256 && cid.toString() === text
  } catch {
    return false
  }
}
