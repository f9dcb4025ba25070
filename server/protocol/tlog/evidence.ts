/** Evidence that a log has forked: two heads that it signed and that cannot both be true. Anyone can check it who has the log's key. */
import { fromBase64, sameBytes } from './bytes.ts'
import { type Checkpoint, parseCheckpoint, signedBy } from './checkpoint.ts'
import type { NoteKey } from './note.ts'
import { verifyConsistency } from './proofs.ts'

/**
 * Two notes of one log, `a` the smaller. Of equal size, their different roots are enough. Otherwise `root` is the root that the
 * tree of `b` had at the size of `a`, and `proof` (RFC 9162 section 2.1.4) shows that it had it. Bytes are base64.
 */
export type Evidence = {
  readonly a: string
  readonly b: string
  readonly root?: string
  readonly proof?: readonly string[]
}

/** Whether it shows that the log which owns the key signed two heads of different histories. */
export function provesFork({ a, b, root, proof = [] }: Evidence, key: NoteKey): boolean {
  const older = parseCheckpoint(a)
  const newer = parseCheckpoint(b)
  if (!older || !newer || !isOwn(older, key) || !isOwn(newer, key) || older.size > newer.size) return false
  if (older.size === newer.size) return !sameBytes(older.root, newer.root)
  const shown = root === undefined ? undefined : fromBase64(root)
  const hashes = proof.map(fromBase64)
  if (!shown || sameBytes(shown, older.root) || !hashes.every((hash) => hash !== undefined)) return false
  return verifyConsistency({
    oldSize: older.size,
    oldRoot: shown,
    newSize: newer.size,
    newRoot: newer.root,
    proof: hashes,
  })
}

const isOwn = (checkpoint: Checkpoint, key: NoteKey): boolean =>
  checkpoint.origin === key.name && signedBy(checkpoint, key)
