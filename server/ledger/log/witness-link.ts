/** A witness as a log sees it, whatever it is reached by. */
import type { Hash } from '../../protocol/tlog/merkle.ts'
import type { NoteKey, NoteSignature } from '../../protocol/tlog/note.ts'

export type Witnessing =
  | { readonly kind: 'cosigned'; readonly signatures: readonly NoteSignature[] }
  /** It has cosigned another size; `note` is what it cosigned, where it says so. */
  | { readonly kind: 'conflict'; readonly size: number; readonly note?: string }
  | { readonly kind: 'refused'; readonly why: string }

export type WitnessLink = {
  readonly key: NoteKey
  /** Whose node it is; two nodes of one owner are one witness. */
  readonly owner: string
  /** Throws when it cannot be reached. */
  add(oldSize: number, proof: readonly Hash[], note: string, signal: AbortSignal): Promise<Witnessing>
  /** The last head of that log it cosigned. */
  latest?(origin: string, signal: AbortSignal): Promise<string | undefined>
}
