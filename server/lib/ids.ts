/** Branded, readable, time-ordered ids: `player_01j…` (a UUIDv7, RFC 9562 section 5.7, in Crockford base 32). */
import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** Makes `<prefix>_<26 characters>`; ids made later sort later (to the millisecond). */
export function newId<P extends string>(prefix: P, nowMs: number = Date.now()): `${P}_${string}` {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  let value = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  for (let i = 0; i < 26; i++) {
    text = ALPHABET[Number(value & 31n)] + text
    value >>= 5n
  }
  return `${prefix}_${text}`
}
