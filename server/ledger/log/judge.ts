/** What a note means that bears our own signature: nothing new, that we forgot something, or that there are two of us. */
import { sameBytes, toBase64 } from '../../protocol/tlog/bytes.ts'
import { type Checkpoint, parseCheckpoint, signedBy } from '../../protocol/tlog/checkpoint.ts'
import type { Evidence } from '../../protocol/tlog/evidence.ts'
import { formatNote, type NoteKey } from '../../protocol/tlog/note.ts'
import type { Proving } from './proving.ts'
import type { LogStop } from './types.ts'

export type Judgement =
  | { readonly kind: 'agrees' | 'not_ours' }
  /** It is longer than all we have: we were put back to an earlier state. */
  | { readonly kind: 'forgotten'; readonly checkpoint: Checkpoint }
  /** It is of entries that are not ours, and longer than what we signed of ours: no two histories were signed, but ours may not go on. */
  | { readonly kind: 'diverged'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'forked'; readonly evidence: Evidence }

type Own = {
  readonly key: NoteKey
  /** Leaves that are stored. */
  readonly size: number
  readonly proving: Pick<Proving, 'root' | 'consistency'>
  /** Our last signed note, for evidence. */
  readonly signed: string
}

export async function judge(text: string, { key, size, proving, signed }: Own): Promise<Judgement> {
  const checkpoint = parseCheckpoint(text)
  if (!checkpoint || checkpoint.origin !== key.name || !signedBy(checkpoint, key)) return { kind: 'not_ours' }
  if (checkpoint.size > size) return { kind: 'forgotten', checkpoint }
  const root = await proving.root(checkpoint.size)
  if (sameBytes(root, checkpoint.root)) return { kind: 'agrees' }
  const own = parseCheckpoint(signed)
  if (!own || own.size < checkpoint.size) return { kind: 'diverged', checkpoint }
  const notes = { a: written(checkpoint), b: written(own) }
  if (checkpoint.size === own.size) return { kind: 'forked', evidence: notes }
  const proof = await proving.consistency(checkpoint.size, own.size)
  return { kind: 'forked', evidence: { ...notes, root: toBase64(root), proof: proof.map(toBase64) } }
}

const written = ({ note }: Checkpoint): string => formatNote(note)

export const rolledBack = (signed: Checkpoint, size: number): LogStop => ({
  code: 'log_rolled_back',
  message:
    `The transparency log "${signed.origin}" has signed ${signed.size} entries and its database holds ${size}: ` +
    'it was restored from an old backup. Going on would make a second history, so nothing is signed and nothing is posted. ' +
    'Restore a newer backup; or, when there is none, begin another log with "academy ledger new-log" and restart: receipts of the entries that are gone stay valid against the old one.',
})

export const rolledBackBy = (origin: string, witness: string, seen: number, size: number): LogStop => ({
  code: 'log_rolled_back',
  message:
    `The witness ${witness} has cosigned ${seen} entries of the transparency log "${origin}" and its database holds ${size}: ` +
    'it was restored from an old backup. Going on would make a second history, so nothing is signed and nothing is posted. ' +
    'Restore a newer backup; or begin another log with "academy ledger new-log" and restart. ' +
    'If the witness is wrong, take it out of ACADEMY_LOG_WITNESSES.',
})

export const diverged = (signed: Checkpoint): LogStop => ({
  code: 'log_diverged',
  message:
    `The transparency log "${signed.origin}" has signed ${signed.size} entries that are not those in its database: ` +
    'the database is another one, or its entries were changed. Nothing is signed and nothing is posted. ' +
    'Put the right database back; or begin another log with "academy ledger new-log" and restart.',
})

export const guardMissing = (origin: string): LogStop => ({
  code: 'log_guard_missing',
  message:
    `The database says that the transparency log "${origin}" was signed by this node, but the file "signed-head" of its data directory is gone, ` +
    'and without it nobody can tell whether the database is up to date. Put the directory "log" back from a copy; or begin another log with "academy ledger new-log" and restart.',
})

export const forked = (origin: string): LogStop => ({
  code: 'log_forked',
  message:
    `The transparency log "${origin}" has signed two histories that cannot both be true. The two notes are published as evidence at /api/v1/ledger/evidence. ` +
    'Nothing is signed and nothing is posted. Find out who else has this node\'s keys; then begin another log with "academy ledger new-log" and restart.',
})
