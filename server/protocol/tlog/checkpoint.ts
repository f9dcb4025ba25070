/** Checkpoints, C2SP tlog-checkpoint: the head of a log as a signed note; and the cosignatures of witnesses on it, C2SP tlog-cosignature. */
import { fromBase64, toBase64, utf8 } from './bytes.ts'
import { HASH_BYTES, type Hash } from './merkle.ts'
import {
  isBy,
  KEY_TYPE,
  type Note,
  type NoteKey,
  type NoteSignature,
  parseNote,
  verifyEd25519,
  verifySignature,
} from './note.ts'

export type Head = { readonly origin: string; readonly size: number; readonly root: Hash }
/** `note` is the whole text that was signed and its signatures, as they came. */
export type Checkpoint = Head & { readonly note: Note }

export const formatHead = ({ origin, size, root }: Head): string => `${origin}\n${size}\n${toBase64(root)}\n`

/** The note's text as a head; extension lines are let through, for they are signed and mean nothing here. */
export function parseHead(text: string): Head | undefined {
  if (!text.endsWith('\n')) return undefined
  const [origin, size, root, ...more] = text.slice(0, -1).split('\n')
  if (!origin || !/^(0|[1-9]\d{0,15})$/.test(size ?? '') || more.includes('')) return undefined
  const hash = fromBase64(root ?? '')
  const leaves = Number(size)
  return hash?.length === HASH_BYTES && Number.isSafeInteger(leaves)
    ? { origin, size: leaves, root: hash }
    : undefined
}

/** Not trusted yet: see `signedBy`. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const note = parseNote(text)
  const head = note && parseHead(note.text)
  return head && { ...head, note }
}

/**
 * Whether a log's key signed it. A known key whose signature is wrong spoils the whole note, as signed-note says; signatures of
 * others are passed over.
 */
export function signedBy({ note }: Pick<Checkpoint, 'note'>, key: NoteKey): boolean {
  const own = note.signatures.filter((one) => isBy(key, one))
  return own.length > 0 && key.type === KEY_TYPE.ed25519 && own.every((one) => verifySignature(key, one, note.text))
}

/** What a witness signs: when it saw the head, and the note's text. */
export const cosignedMessage = (atS: number, text: string): Uint8Array => utf8(`cosignature/v1\ntime ${atS}\n${text}`)

const TIME_BYTES = 8

/** The seconds since 1970 that stand before the signature; undefined for what is no cosignature. */
export function cosignedAtS({ bytes }: NoteSignature): number | undefined {
  if (bytes.length !== TIME_BYTES + 64) return undefined
  const at = Number(new DataView(bytes.buffer, bytes.byteOffset, TIME_BYTES).getBigUint64(0))
  return Number.isSafeInteger(at) ? at : undefined
}

/** When the witness saw it, if one of the note's cosignatures is by this key and holds. */
export function cosignedBy({ note }: Pick<Checkpoint, 'note'>, key: NoteKey): number | undefined {
  if (key.type !== KEY_TYPE.cosignature) return undefined
  for (const one of note.signatures) {
    const at = isBy(key, one) ? cosignedAtS(one) : undefined
    if (at !== undefined && verifyEd25519(one.bytes.slice(TIME_BYTES), cosignedMessage(at, note.text), key.key))
      return at
  }
  return undefined
}

/** The bytes of a cosignature line, after the key's id. */
export function cosignatureBytes(atS: number, signature: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(TIME_BYTES + signature.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(atS))
  bytes.set(signature, TIME_BYTES)
  return bytes
}
