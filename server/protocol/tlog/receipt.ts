/** A receipt: one entry of the log, its way into a checkpoint, and who has signed that. Checked here by arithmetic alone, in a browser too. */
import { RECEIPT_MAX_CHARS } from '../../limits.ts'
import { decodeEntry, type LedgerEntry, memoHashOf } from '../ledger-entry.ts'
import { fromBase64, sameBytes, toBase64 } from './bytes.ts'
import { type Checkpoint, parseCheckpoint, signedBy } from './checkpoint.ts'
import { type Hash, hashLeaf } from './merkle.ts'
import { parseKey } from './note.ts'
import { type Policy, type Sighting, sightings } from './policy.ts'
import { rootOfInclusion } from './proofs.ts'

export const RECEIPT_FORMAT = 'academy-receipt/1'

/** As it stands in the file: server/ledger/log/FORMAT.md. Bytes are base64. */
export type ReceiptFile = {
  readonly format: typeof RECEIPT_FORMAT
  readonly entry: string
  readonly index: number
  readonly proof: readonly string[]
  readonly checkpoint: string
  /** Whom the log says it is, and who watches it; a verifier that knows better goes by what it knows. */
  readonly policy: Policy
  /** Of an entry that holds the hash of its memo only. */
  readonly memo?: { readonly text: string; readonly salt: string }
}

/** A stable reason why a receipt does not hold. */
export type ReceiptFlaw =
  | 'not_a_receipt'
  | 'bad_entry'
  /** The memo is not the one that the entry is bound to. */
  | 'other_memo'
  | 'bad_checkpoint'
  | 'other_log'
  | 'bad_signature'
  | 'not_included'
  | 'too_few_witnesses'

export type ReceiptVerdict =
  | {
      readonly ok: true
      readonly entry: LedgerEntry
      readonly checkpoint: Checkpoint
      readonly policy: Policy
      /** How many hashes lead from the entry to the root. */
      readonly hashes: number
      /** Witnesses of different owners whose cosignatures hold. */
      readonly seenBy: readonly Sighting[]
      /** False when the log vouches for its own key: nothing was known of it before. */
      readonly isLogKnown: boolean
    }
  | { readonly ok: false; readonly reason: ReceiptFlaw; readonly have?: number; readonly need?: number }

const flaw = (reason: ReceiptFlaw, counts: { have?: number; need?: number } = {}): ReceiptVerdict => ({
  ok: false,
  reason,
  ...counts,
})

/** `known`: the log and witnesses this verifier goes by; without it the receipt's own word is taken, and the verdict says so. */
export function verifyReceipt(receipt: ReceiptFile | undefined, known?: Policy): ReceiptVerdict {
  if (!receipt) return flaw('not_a_receipt')
  const leaf = fromBase64(receipt.entry)
  const entry = leaf && decodeEntry(leaf)
  if (!leaf || !entry || entry.index !== receipt.index) return flaw('bad_entry')
  if (!isItsMemo(entry, receipt)) return flaw('other_memo')
  const checkpoint = parseCheckpoint(receipt.checkpoint)
  if (!checkpoint) return flaw('bad_checkpoint')
  const policy = known ?? receipt.policy
  const logKey = parseKey(policy.log)
  if (!logKey || logKey.name !== checkpoint.origin || receipt.policy.log !== policy.log) return flaw('other_log')
  if (!signedBy(checkpoint, logKey)) return flaw('bad_signature')
  if (!isIncluded(receipt, hashLeaf(leaf), checkpoint)) return flaw('not_included')
  const seenBy = sightings(checkpoint, policy)
  if (seenBy.length < policy.quorum) return flaw('too_few_witnesses', { have: seenBy.length, need: policy.quorum })
  return {
    ok: true,
    entry: receipt.memo ? { ...entry, memo: receipt.memo.text } : entry,
    checkpoint,
    policy,
    hashes: receipt.proof.length,
    seenBy,
    isLogKnown: known !== undefined,
  }
}

/** A receipt may leave the memo out; it may not give another one. */
function isItsMemo({ memoHash }: LedgerEntry, { memo }: ReceiptFile): boolean {
  if (memo === undefined) return true
  const salt = fromBase64(memo.salt)
  return salt !== undefined && memoHash === memoHashOf(memo.text, salt)
}

function isIncluded({ index, proof }: ReceiptFile, leaf: Hash, { size, root }: Checkpoint): boolean {
  const hashes = proof.map(fromBase64)
  if (!hashes.every((hash) => hash !== undefined)) return false
  const found = rootOfInclusion(index, size, leaf, hashes)
  return found !== undefined && sameBytes(found, root)
}

export type ReceiptParts = {
  readonly entry: Uint8Array
  readonly index: number
  readonly proof: readonly Hash[]
  readonly checkpoint: string
  readonly policy: Policy
  readonly memo?: ReceiptMemo
}
export type ReceiptMemo = { readonly text: string; readonly salt: Uint8Array }

/** What a receipt shows beside the entry, to whom it concerns. */
export const memoOf = ({ memo, memoSalt }: LedgerEntry): ReceiptMemo | undefined =>
  memo !== undefined && memoSalt ? { text: memo, salt: memoSalt } : undefined

export const makeReceipt = ({ entry, index, proof, checkpoint, policy, memo }: ReceiptParts): ReceiptFile => ({
  format: RECEIPT_FORMAT,
  entry: toBase64(entry),
  index,
  proof: proof.map(toBase64),
  checkpoint,
  policy,
  ...(memo && { memo: { text: memo.text, salt: toBase64(memo.salt) } }),
})

/** Undefined when the text is not a receipt of this form; unknown fields are passed over. */
export function parseReceipt(text: string): ReceiptFile | undefined {
  if (text.length > RECEIPT_MAX_CHARS) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(value) || value.format !== RECEIPT_FORMAT) return undefined
  const { entry, index, proof, checkpoint } = value
  const policy = readPolicy(value.policy)
  if (typeof entry !== 'string' || typeof checkpoint !== 'string' || !isTexts(proof) || !policy) return undefined
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) return undefined
  const memo = readMemo(value.memo)
  if (value.memo !== undefined && !memo) return undefined
  return { format: RECEIPT_FORMAT, entry, index, proof, checkpoint, policy, ...(memo && { memo }) }
}

const readMemo = (value: unknown): ReceiptFile['memo'] =>
  isRecord(value) && typeof value.text === 'string' && typeof value.salt === 'string'
    ? { text: value.text, salt: value.salt }
    : undefined

/** What an untrusted party says its policy is, in shape. */
export function readPolicy(value: unknown): Policy | undefined {
  if (!isRecord(value) || typeof value.log !== 'string' || !Array.isArray(value.witnesses)) return undefined
  const { log, quorum } = value
  if (typeof quorum !== 'number' || !Number.isSafeInteger(quorum) || quorum < 0) return undefined
  const witnesses = value.witnesses.map((one: unknown) =>
    isRecord(one) && typeof one.key === 'string' && typeof one.owner === 'string'
      ? { key: one.key, owner: one.owner }
      : undefined,
  )
  return witnesses.every((one) => one !== undefined) ? { log, witnesses, quorum } : undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')
