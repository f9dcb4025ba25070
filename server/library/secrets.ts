/** What must not be shared by mistake: keys, tokens and passwords in files, by their usual forms. What is found is named by its place, never shown. */
import { SECRETS_SHOWN } from '../limits.ts'
import type { Files } from './types.ts'

/** Forms that their makers gave them so that they can be found. */
const KNOWN_FORMS: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----/,
  /\bgh[pousr]_[A-Za-z0-9]{36,}\b/,
  /\bgithub_pat_[A-Za-z0-9_]{40,}/,
  /\bglpat-[\w-]{20,}/,
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /\bA(?:KI|SI)A[0-9A-Z]{16}\b/,
  /\bxox[abposr]-[\w-]{10,}/,
  /\bak_[A-Za-z0-9_-]{20,}/,
  /\bsk-[A-Za-z0-9_-]{20,}/,
  /\bAIza[0-9A-Za-z_-]{35}/,
  /\bacademy-(?=[\w-]*[A-Z0-9])[\w-]{40,}/,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/,
  /\b[a-z][a-z0-9+]*:\/\/[^\s:@/'"]+:[^\s:@/'"]{3,}@/i,
]
/** `password = "…"`: something called a secret is given a value that is none of the usual stand-ins. */
const NAMED =
  /(?:^|[\s{,(])["']?[\w.-]*(?:api[_-]?key|secret|token|passw(?:or)?d|private[_-]?key|credential)[\w.-]*["']?\s*[:=]\s*["'`]([^"'`\s$]{8,})["'`]/i
const STAND_IN = /^(?:x+|\*+|\.+|<.*>|your[-_ ].*|change[-_ ]?me.*|example.*|placeholder.*|test.*|dummy.*|redacted)$/i

const FILE_NAMES =
  /(?:^|\/)(?:credentials?|secrets?|id_(?:rsa|ed25519|ecdsa)|service[-_]account|owner\.key|node\.key|key-secret)\b[^/]*$/i

/** Whether a setting's name says that its value is nobody else's business. */
export const isSecretName = (name: string): boolean =>
  /key|secret|token|passw|credential|cookie|auth|private/i.test(name)

/** Looked at in pieces that overlap, so that no line, however long, takes more than its length. */
const PIECE_CHARS = 800
const OVERLAP_CHARS = 200

function isSecretLine(line: string): boolean {
  for (let from = 0; from === 0 || from + OVERLAP_CHARS < line.length; from += PIECE_CHARS - OVERLAP_CHARS) {
    const piece = line.slice(from, from + PIECE_CHARS)
    if (KNOWN_FORMS.some((form) => form.test(piece))) return true
    const value = NAMED.exec(piece)?.[1]
    if (value !== undefined && !STAND_IN.test(value)) return true
  }
  return false
}

/** Where something that looks like a secret stands: `main.ts:12`. */
export function secretsIn(files: Files): readonly string[] {
  const found: string[] = []
  for (const [path, text] of Object.entries(files)) {
    if (FILE_NAMES.test(path)) found.push(path)
    for (const [index, line] of text.split('\n').entries()) {
      if (found.length >= SECRETS_SHOWN) return found
      if (isSecretLine(line)) found.push(`${path}:${index + 1}`)
    }
  }
  return found
}
