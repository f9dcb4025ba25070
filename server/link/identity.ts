/** Who this node is: its own key, and its owner's key that vouches for it. Both are files in the data directory that only its user reads. */
import { join } from 'node:path'
import { z } from 'zod'
import { type SigningKey, signingKey } from '../lib/ed25519.ts'
import { nodeIdOf } from '../lib/node-id.ts'
import { loadSecretFile, readSecretFile } from '../lib/secret-file.ts'
import { openSigned, type Signed, sign } from '../lib/signed.ts'
import { CLOCK_SKEW_MAX_MS, OWNER_CERT_TTL_MS } from '../limits.ts'
import type { NodeId, OwnerId } from './types.ts'

export type Identity = {
  readonly node: NodeId
  readonly nodeKey: SigningKey
  readonly owner: OwnerId
  readonly ownerKey: SigningKey
  /** The owner's word that this node is theirs: `{ node, issuedMs, expiresMs }`, signed as `owner-cert`. */
  readonly ownerCert: Signed
}

class KeyFileError extends Error {
  readonly code = 'bad_key_file'
}

/** A bytes field of a signed object that came over a wire. */
export const signedSchema = z.object({
  body: z.instanceof(Uint8Array),
  key: z.instanceof(Uint8Array),
  sig: z.instanceof(Uint8Array),
})
const certSchema = z.object({ node: z.string(), issuedMs: z.number(), expiresMs: z.number() })

export const ownerIdOf = (key: Uint8Array): OwnerId => Buffer.from(key).toString('hex')

/** @param ownerKeyFile where the owner's key is kept, when it is not in the data directory */
export async function loadIdentity(dataDir: string, nowMs: number, ownerKeyFile?: string): Promise<Identity> {
  const [nodeKey, ownerKey] = await Promise.all([
    loadKey(join(dataDir, 'node.key')),
    ownerKeyFile === undefined ? loadKey(join(dataDir, 'owner.key')) : requireKey(ownerKeyFile),
  ])
  return identityOf(nodeKey, ownerKey, nowMs)
}

export function identityOf(nodeKey: SigningKey, ownerKey: SigningKey, nowMs: number): Identity {
  const node = nodeIdOf(nodeKey.publicKey)
  return {
    node,
    nodeKey,
    ownerKey,
    owner: ownerIdOf(ownerKey.publicKey),
    ownerCert: sign('owner-cert', { node, issuedMs: nowMs, expiresMs: nowMs + OWNER_CERT_TTL_MS }, ownerKey),
  }
}

/** Whose node it is, by a certificate; undefined when that is not this node's, not in force or not genuine. */
export function ownerBy(cert: Signed, node: NodeId, nowMs: number): OwnerId | undefined {
  const body = openSigned('owner-cert', cert, certSchema)
  if (body?.node !== node || body.expiresMs < nowMs || body.issuedMs > nowMs + CLOCK_SKEW_MAX_MS) return undefined
  return ownerIdOf(cert.key)
}

const damaged = (path: string) => () =>
  new KeyFileError(`${path} does not hold an Ed25519 seed of 32 bytes in base64url.`)

const loadKey = async (path: string): Promise<SigningKey> => signingKey(await loadSecretFile(path, damaged(path)))

async function requireKey(path: string): Promise<SigningKey> {
  const seed = await readSecretFile(path, damaged(path))
  if (!seed) throw new KeyFileError(`There is no key at ${path}.`)
  return signingKey(seed)
}
