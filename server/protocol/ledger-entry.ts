/**
 * One entry of the ledger, and the bytes it is hashed as: what a leaf of the log holds and an auditor replays.
 *
 * The encoding, version 1: eleven lines joined by `\n` in UTF-8, `academy-entry/1`, index, kind, atMs, id, from, to,
 * amountMicro, code, pendingId or `-`, expiresAtMs or `-`; then, where there is a memo, `\n` and the memo as it is. No line but
 * the memo can hold a `\n`, so that each entry has one encoding and each encoding one entry.
 *
 * Version 2, `academy-entry/2`, is of entries whose memo concerns its parties alone: the same lines, and a twelfth in place of the
 * memo, SHA-256 in hex over `academy-memo/1\n`, 16 bytes of salt and the memo in UTF-8. The parties have memo and salt.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

export const ENTRY_KINDS = ['transfer', 'pending', 'post', 'void', 'expire', 'freeze', 'thaw'] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

/** What credits move for. `desk` is the code of entries that move none. */
export const ENTRY_CODES = [
  'reward',
  'grant',
  'purchase',
  'sale',
  'transfer',
  'job',
  'inference',
  'fee',
  'burn',
  'iou',
  'desk',
] as const
export type EntryCode = (typeof ENTRY_CODES)[number]

/**
 * Immutable. What an entry does to its accounts:
 * `transfer` moves the amount from `from` to `to`; `pending` sets it aside until `expiresAtMs`; `post` moves the amount, at most what
 * `pendingId` set aside, and gives the rest back; `void` and `expire` give back the whole of it; `freeze` and `thaw` stop and
 * let on what goes from and to the account `from` (`to` is the academy's desk and the amount 0).
 */
export type LedgerEntry = {
  /** 0, 1, 2 … without a gap, in the order of commitment. */
  readonly index: number
  readonly kind: EntryKind
  /** By the ledger's clock, which never goes back. */
  readonly atMs: number
  readonly id: string
  readonly from: string
  readonly to: string
  readonly amountMicro: bigint
  readonly code: EntryCode
  /** The pending entry that a `post`, `void` or `expire` ends. */
  readonly pendingId?: string
  /** Of a `pending` one. */
  readonly expiresAtMs?: number
  readonly memo?: string
  /** With a memo: the log has the hash of both. */
  readonly memoSalt?: Uint8Array
  /** Of an entry that was read from the log: what its memo is bound to. */
  readonly memoHash?: string
}

const VERSION = 'academy-entry/1'
const VERSION_SALTED = 'academy-entry/2'
const LINES = 11
export const MEMO_SALT_BYTES = 16
const MEMO_DOMAIN = new TextEncoder().encode('academy-memo/1\n')
const HASH = /^[0-9a-f]{64}$/

/** Hex. */
export const memoHashOf = (memo: string, salt: Uint8Array): string =>
  bytesToHex(sha256.create().update(MEMO_DOMAIN).update(salt).update(new TextEncoder().encode(memo)).digest())

/** The codes whose memos link a payment with its verdict: they stand in the log as they are. */
export const isPublicMemo = (code: EntryCode): boolean => code === 'job' || code === 'fee'
const ABSENT = '-'

export function encodeEntry(entry: LedgerEntry): Uint8Array {
  const { index, kind, atMs, id, from, to, amountMicro, code, pendingId, expiresAtMs, memo, memoSalt } = entry
  const hash = memo !== undefined && memoSalt ? memoHashOf(memo, memoSalt) : entry.memoHash
  const last = hash ?? memo
  const head = [
    hash === undefined ? VERSION : VERSION_SALTED,
    index,
    kind,
    atMs,
    id,
    from,
    to,
    amountMicro,
    code,
    pendingId ?? ABSENT,
    expiresAtMs ?? ABSENT,
  ]
  return new TextEncoder().encode(head.join('\n') + (last === undefined ? '' : `\n${last}`))
}

/** The entry, or undefined when the bytes are not exactly what `encodeEntry` makes of one. */
export function decodeEntry(bytes: Uint8Array): LedgerEntry | undefined {
  const text = textOf(bytes)
  const lines = text?.split('\n') ?? []
  const isSalted = lines[0] === VERSION_SALTED
  if (lines.length < LINES || !(lines[0] === VERSION || isSalted)) return undefined
  if (isSalted && !(lines.length === LINES + 1 && HASH.test(lines[LINES]!))) return undefined
  const [, index, kind, atMs, id, from, to, amount, code, pendingId, expiresAt] = lines as [string, ...string[]]
  if (!WHOLE.test(index!) || !WHOLE.test(atMs!) || !WHOLE.test(amount!)) return undefined
  if (expiresAt !== ABSENT && !WHOLE.test(expiresAt!)) return undefined
  if (!isOneOf(ENTRY_KINDS, kind!) || !isOneOf(ENTRY_CODES, code!)) return undefined
  const entry: LedgerEntry = {
    index: Number(index),
    kind,
    atMs: Number(atMs),
    id: id!,
    from: from!,
    to: to!,
    amountMicro: BigInt(amount!),
    code,
    ...(pendingId === ABSENT ? {} : { pendingId: pendingId! }),
    ...(expiresAt === ABSENT ? {} : { expiresAtMs: Number(expiresAt) }),
    ...(lines.length === LINES
      ? {}
      : isSalted
        ? { memoHash: lines[LINES]! }
        : { memo: lines.slice(LINES).join('\n') }),
  }
  return Number.isSafeInteger(entry.index) && Number.isSafeInteger(entry.atMs) ? entry : undefined
}

const WHOLE = /^(0|[1-9]\d{0,18})$/

const isOneOf = <T extends string>(all: readonly T[], one: string): one is T =>
  (all as readonly string[]).includes(one)

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
