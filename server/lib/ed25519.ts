/** Ed25519 (RFC 8032) by Node's own crypto, with raw keys: 32-byte seeds and public keys, 64-byte signatures. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'

/** DER around a raw key (RFC 8410 section 7). */
const SEED_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

export type SigningKey = {
  /** 32 bytes: the name of whoever signs. */
  readonly publicKey: Uint8Array
  /** 32 bytes, secret. */
  readonly seed: Uint8Array
  sign(bytes: Uint8Array): Uint8Array
}

/** A key from its 32-byte seed, or a new one. */
export function signingKey(seed?: Uint8Array): SigningKey {
  const secret: KeyObject = seed
    ? createPrivateKey({ key: Buffer.concat([SEED_PREFIX, seed]), format: 'der', type: 'pkcs8' })
    : generateKeyPairSync('ed25519').privateKey
  const raw = secret.export({ format: 'der', type: 'pkcs8' }).subarray(SEED_PREFIX.length)
  const publicKey = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_PREFIX.length)
  return {
    seed: new Uint8Array(raw),
    publicKey: new Uint8Array(publicKey),
    sign: (bytes) => new Uint8Array(sign(null, bytes, secret)),
  }
}

const known = new Map<string, KeyObject>()

/** False for a wrong signature and for anything that is no key or no signature. */
export function isSignedBy(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  const name = Buffer.from(publicKey).toString('hex')
  let key = known.get(name)
  try {
    if (!key) {
      key = createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, publicKey]), format: 'der', type: 'spki' })
      if (known.size >= 4096) known.clear()
      known.set(name, key)
    }
    return verify(null, bytes, key, signature)
  } catch {
    return false
  }
}
