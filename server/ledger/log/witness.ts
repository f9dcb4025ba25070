/** Witnesses other people's logs: checks that a head goes on from the last one seen, stores it, and only then cosigns. C2SP tlog-witness. */

import type { Clock } from '../../lib/clock.ts'
import { createInTurn } from '../../lib/in-turn.ts'
import { WITNESSED_LOGS_MAX } from '../../limits.ts'
import { sameBytes } from '../../protocol/tlog/bytes.ts'
import { type Checkpoint, parseCheckpoint, signedBy } from '../../protocol/tlog/checkpoint.ts'
import { EMPTY_ROOT, type Hash } from '../../protocol/tlog/merkle.ts'
import { formatKey, type NoteKey, type NoteSignature } from '../../protocol/tlog/note.ts'
import { PROOF_MAX_HASHES, verifyConsistency } from '../../protocol/tlog/proofs.ts'
import type { WitnessSigner } from './identity.ts'
import type { WitnessedHead, WitnessStore } from './types.ts'

export type AddCheckpoint = { readonly oldSize: number; readonly proof: readonly Hash[]; readonly note: string }
/** In the order in which tlog-witness wants it checked. */
export type Witnessed =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unknown_log' }
  | { readonly kind: 'bad_signature' }
  | { readonly kind: 'conflict'; readonly size: number; readonly note?: string }
  | { readonly kind: 'bad_proof' }
  | { readonly kind: 'cosigned'; readonly signature: NoteSignature }

export type Witness = {
  /** `<name>+<id>+<base64>` */
  readonly key: string
  add(request: AddCheckpoint): Promise<Witnessed>
  /** The last head of a log that was cosigned here. */
  latest(origin: string): Promise<string | undefined>
}

type Parts = {
  readonly signer: WitnessSigner
  readonly store: WitnessStore
  readonly clock: Clock
  /** The key of a log that is witnessed here, by its origin. */
  readonly logKey: (origin: string) => NoteKey | undefined
  /** A log showed two heads of one size, or a head that the one seen before does not lead to. */
  readonly onSuspect?: (seen: string, shown: string) => void
}

export function createWitness({ signer, store, clock, logKey, onSuspect }: Parts): Witness {
  const inTurn = createInTurn<string>()

  async function add({ oldSize, proof, note }: AddCheckpoint): Promise<Witnessed> {
    const head = parseCheckpoint(note)
    if (!head || proof.length > PROOF_MAX_HASHES) return { kind: 'malformed' }
    const key = logKey(head.origin)
    if (!key) return { kind: 'unknown_log' }
    if (!signedBy(head, key)) return { kind: 'bad_signature' }
    if (!Number.isSafeInteger(oldSize) || oldSize < 0 || oldSize > head.size) return { kind: 'malformed' }
    return inTurn(head.origin, () => advance(head, oldSize, proof, note))
  }

  async function advance(
    head: Checkpoint,
    oldSize: number,
    proof: readonly Hash[],
    note: string,
  ): Promise<Witnessed> {
    const seen = await store.head(head.origin)
    if (!seen && (await store.count()) >= WITNESSED_LOGS_MAX) return { kind: 'unknown_log' }
    if (oldSize !== (seen?.size ?? 0)) return conflict(seen)
    const old = seen && parseCheckpoint(seen.note)!
    if (old && head.size === oldSize && !sameBytes(head.root, old.root)) {
      onSuspect?.(seen.note, note)
      return conflict(seen)
    }
    const claim = { oldSize, oldRoot: old?.root ?? EMPTY_ROOT, newSize: head.size, newRoot: head.root, proof }
    if (!verifyConsistency(claim)) {
      if (old) onSuspect?.(seen.note, note)
      return { kind: 'bad_proof' }
    }
    const kept = await store.replace(seen, { origin: head.origin, size: head.size, note, atMs: clock.now() })
    if (!kept) return conflict(await store.head(head.origin))
    return { kind: 'cosigned', signature: signer.cosign(head.note.text, Math.floor(clock.now() / 1000)) }
  }

  return { key: formatKey(signer.key), add, latest: async (origin) => (await store.head(origin))?.note }
}

const conflict = (seen: WitnessedHead | undefined): Witnessed => ({
  kind: 'conflict',
  size: seen?.size ?? 0,
  ...(seen ? { note: seen.note } : {}),
})
