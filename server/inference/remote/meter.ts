/** What a node says that an answer took, signed with its key: what a dispute about a bill is settled by. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { SigningKey } from '../../lib/ed25519.ts'
import { publicKeyOf } from '../../lib/node-id.ts'
import { openSigned, type Signed, sign } from '../../lib/signed.ts'

const TYPE = 'infer-meter'
const digest = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().min(0)
const Meter = z.object({
  v: z.literal(1),
  /** The request, as the asker named it. */
  id: z.string().min(1).max(40),
  asker: z.string(),
  model: z.string(),
  /** SHA-256 of OPEN's body, and of all text since OPEN. */
  request: digest,
  text: digest,
  inTokens: count,
  outTokens: count,
  atMs: count,
})
export type Meter = z.output<typeof Meter>

export const signMeter = (meter: Meter, key: SigningKey): Signed => sign(TYPE, meter, key)

/** Undefined unless that node has signed it. */
export function openMeter(node: string, signed: Signed): Meter | undefined {
  const key = publicKeyOf(node)
  return key && Buffer.compare(key, signed.key) === 0 ? openSigned(TYPE, signed, Meter) : undefined
}

export const digestOf = (...bytes: readonly Uint8Array[]): string => {
  const hash = createHash('sha256')
  for (const each of bytes) hash.update(each)
  return hash.digest('hex')
}
