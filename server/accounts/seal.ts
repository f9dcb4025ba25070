/** What the node's secret is used for, each use with a key of its own (HKDF, RFC 5869): sealing private keys, deriving successors of tokens. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { assert } from '../lib/assert.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16

export type Sealer = {
  /** AES-256-GCM: nonce, tag, ciphertext. `label` must be the same when opening. */
  seal(plain: Uint8Array, label: string): Uint8Array
  /** Undefined when it was sealed under another secret or label, or altered. */
  open(sealed: Uint8Array, label: string): Buffer | undefined
  /** 256 bits that only a holder of the secret can compute from the input. */
  derive(input: string): Buffer
}

export function createSealer(secret: Uint8Array): Sealer {
  assert(secret.length >= 32, 'the node secret has at least 32 bytes')
  const keyFor = (use: string) => Buffer.from(hkdfSync('sha256', secret, '', `academy ${use}`, 32))
  const sealKey = keyFor('seal v1')
  const deriveKey = keyFor('derive v1')
  return {
    seal(plain, label) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce).setAAD(Buffer.from(label))
      const body = Buffer.concat([cipher.update(plain), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body])
    },
    open(sealed, label) {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined
      const bytes = Buffer.from(sealed)
      try {
        const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        })
        decipher.setAAD(Buffer.from(label)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
      } catch {
        return undefined
      }
    },
    derive: (input) => createHmac('sha256', deriveKey).update(input).digest(),
  }
}
