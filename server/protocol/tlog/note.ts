/** Signed notes, C2SP signed-note: a text and lines of signatures over it, and the keys that made them. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { NOTE_MAX_CHARS, NOTE_SIGNATURES_MAX } from '../../limits.ts'
import { fromBase64, joined, toBase64, toHex, utf8 } from './bytes.ts'

export const KEY_TYPE = { ed25519: 0x01, cosignature: 0x04 } as const

/** A public key under its name. */
export type NoteKey = { readonly name: string; readonly id: string; readonly type: number; readonly key: Uint8Array }
/** `id` is the key's id in hex; `bytes` what follows it. */
export type NoteSignature = { readonly name: string; readonly id: string; readonly bytes: Uint8Array }
/** `text` ends with a newline. */
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] }

const DASH = '\u2014 '
const ID_BYTES = 4
const KEY_BYTES = 32
/** Nothing that Unicode calls a space, no plus. */
const NAME = /^[^\s\u0085+]+$/u

/** SHA-256(name, newline, type, key), its first four bytes, in hex. */
export const keyId = (name: string, type: number, key: Uint8Array): string =>
  toHex(sha256(joined(utf8(`${name}\n`), new Uint8Array([type]), key)).slice(0, ID_BYTES))

export const noteKey = (name: string, type: number, key: Uint8Array): NoteKey => ({
  name,
  id: keyId(name, type, key),
  type,
  key,
})

/** `<name>+<id in hex>+<base64 of type and key>` */
export const formatKey = ({ name, id, type, key }: NoteKey): string =>
  `${name}+${id}+${toBase64(joined(new Uint8Array([type]), key))}`

/** Undefined unless it is an Ed25519 key of a type known here and its id is right. */
export function parseKey(text: string): NoteKey | undefined {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text)
  const material = match && fromBase64(match[3]!)
  if (!match || !material || material.length !== 1 + KEY_BYTES || !NAME.test(match[1]!)) return undefined
  const type = material[0]!
  if (type !== KEY_TYPE.ed25519 && type !== KEY_TYPE.cosignature) return undefined
  const key = noteKey(match[1]!, type, material.slice(1))
  return key.id === match[2] ? key : undefined
}

/** Undefined for what is not a note. */
export function parseNote(text: string): Note | undefined {
  if (text.length > NOTE_MAX_CHARS || !text.isWellFormed() || hasControl(text)) return undefined
  const gap = text.lastIndexOf('\n\n')
  if (gap < 0 || !text.endsWith('\n')) return undefined
  const signatures = parseSignatureLines(text.slice(gap + 2))
  return signatures && signatures.length > 0 ? { text: text.slice(0, gap + 1), signatures } : undefined
}

/** Lines as they follow a note's text, each ended by a newline. */
export function parseSignatureLines(text: string): readonly NoteSignature[] | undefined {
  if (text === '') return []
  if (!text.endsWith('\n')) return undefined
  const lines = text.slice(0, -1).split('\n')
  if (lines.length > NOTE_SIGNATURES_MAX) return undefined
  const signatures = lines.map(parseSignatureLine)
  return signatures.every((one) => one !== undefined) ? signatures : undefined
}

function parseSignatureLine(line: string): NoteSignature | undefined {
  if (!line.startsWith(DASH)) return undefined
  const [name, encoded, ...rest] = line.slice(DASH.length).split(' ')
  const bytes = fromBase64(encoded ?? '')
  if (!name || !NAME.test(name) || rest.length > 0 || !bytes || bytes.length <= ID_BYTES) return undefined
  return { name, id: toHex(bytes.slice(0, ID_BYTES)), bytes: bytes.slice(ID_BYTES) }
}

export const formatNote = ({ text, signatures }: Note): string =>
  `${text}\n${signatures.map(formatSignature).join('')}`

export function formatSignature({ name, id, bytes }: NoteSignature): string {
  const idBytes = Uint8Array.from({ length: ID_BYTES }, (_, i) => Number.parseInt(id.slice(2 * i, 2 * i + 2), 16))
  return `${DASH}${name} ${toBase64(joined(idBytes, bytes))}\n`
}

export const isBy = (key: NoteKey, { name, id }: NoteSignature): boolean => key.name === name && key.id === id

/** Whether a signature of type 0x01 over the note's text holds. */
export const verifySignature = ({ key }: NoteKey, { bytes }: NoteSignature, text: string): boolean =>
  verifyEd25519(bytes, utf8(text), key)

/** RFC 8032 as written: no cofactor, no odd encodings. */
export function verifyEd25519(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  if (signature.length !== 64 || key.length !== KEY_BYTES) return false
  try {
    return ed25519.verify(signature, message, key, { zip215: false })
  } catch {
    return false
  }
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 0x20 && text[i] !== '\n') return true
  return false
}
