/** Signed notes, checkpoints and cosignatures, read from the C2SP texts (signed-note, tlog-checkpoint, tlog-cosignature) with Node's crypto alone. */
import { createHash, createPublicKey, verify } from 'node:crypto'

export type Verifier = {
  readonly name: string
  readonly algorithm: number
  readonly keyId: Buffer
  readonly publicKey: Buffer
}

/** A vkey: `<name>+<key id, 8 hex digits>+<base64(algorithm || public key)>`. */
export function readVkey(vkey: string): Verifier {
  const [name, id, ...rest] = vkey.split('+')
  // Base64 has plus signs of its own.
  const material = Buffer.from(rest.join('+'), 'base64')
  const keyId = createHash('sha256').update(name!).update('\n').update(material).digest().subarray(0, 4)
  if (keyId.toString('hex') !== id) throw new Error(`the id of ${name} is ${keyId.toString('hex')}, not ${id}`)
  return { name: name!, algorithm: material[0]!, keyId, publicKey: material.subarray(1) }
}

export type SignedNote = { readonly text: string; readonly lines: readonly { name: string; blob: Buffer }[] }

export function readNote(note: string): SignedNote {
  const cut = note.lastIndexOf('\n\n')
  const text = note.slice(0, cut + 1)
  const lines = note
    .slice(cut + 2)
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const match = /^— (\S+) (\S+)$/u.exec(line)
      if (!match) throw new Error(`not a signature line: ${line}`)
      return { name: match[1]!, blob: Buffer.from(match[2]!, 'base64') }
    })
  return { text, lines }
}

function ed25519(publicKey: Buffer, message: Buffer, signature: Buffer): boolean {
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') },
    format: 'jwk',
  })
  return verify(null, message, key, signature)
}

/** Whether `verifier` signed the note: algorithm 0x01 over the text, 0x04 over the text with its time before it. */
export function isSigned({ text, lines }: SignedNote, { name, algorithm, keyId, publicKey }: Verifier): boolean {
  return lines.some((line) => {
    if (line.name !== name || !line.blob.subarray(0, 4).equals(keyId)) return false
    const rest = line.blob.subarray(4)
    if (algorithm === 1) return rest.length === 64 && ed25519(publicKey, Buffer.from(text), rest)
    if (algorithm !== 4 || rest.length !== 72) return false
    const message = `cosignature/v1\ntime ${rest.readBigUInt64BE(0)}\n${text}`
    return ed25519(publicKey, Buffer.from(message), rest.subarray(8))
  })
}

/** Origin, size and root of a checkpoint's text. */
export function readCheckpoint({ text }: SignedNote): { origin: string; size: number; root: Buffer } {
  const [origin, size, root] = text.split('\n')
  return { origin: origin!, size: Number(size), root: Buffer.from(root!, 'base64') }
}

/** Entries of a bundle of tlog-tiles: a big-endian 16-bit length before each. */
export function readBundle(bytes: Uint8Array): Buffer[] {
  const buffer = Buffer.from(bytes)
  const entries: Buffer[] = []
  for (let at = 0; at < buffer.length; ) {
    const length = buffer.readUInt16BE(at)
    entries.push(buffer.subarray(at + 2, at + 2 + length))
    at += 2 + length
  }
  return entries
}

/** `tile/<L>/<N>[.p/<W>]` as tlog-tiles names it: N in groups of three digits, all but the last with an x before. */
export function tileName(level: number, index: number, width: number): string {
  const digits = String(index)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  const groups = padded.match(/.../g)!
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/')
  return `tile/${level}/${path}${width === 256 ? '' : `.p/${width}`}`
}
