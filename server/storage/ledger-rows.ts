/** Rows of the ledger's tables, and what they become. */
import type { EntryCode, LedgerAccount, Total, Transfer, Way } from '../ledger/types.ts'

export const ENTRY = `e.id, e.index, e.kind, e."from", e."to", e."amountMicro", e.code, e.memo, e."memoSalt", e."atMs", e."pendingId", e."expiresAtMs"`
export const SELECT_ACCOUNT = `SELECT id, "mayGoNegative", "debitsPendingMicro", "debitsPostedMicro", "creditsPendingMicro", "creditsPostedMicro", frozen FROM "LedgerAccount"`

/** `pg` hands out bigint columns as text. */
export type AccountRow = {
  id: string
  mayGoNegative: boolean
  debitsPendingMicro: string
  debitsPostedMicro: string
  creditsPendingMicro: string
  creditsPostedMicro: string
  frozen: boolean
}
export type EntryRow = {
  id: string
  index: string
  kind: Transfer['kind']
  from: string
  to: string
  amountMicro: string
  code: string
  memo: string | null
  memoSalt: Buffer | null
  atMs: string
  pendingId: string | null
  expiresAtMs: string | null
}
export type TotalRow = { code: string; way: string; entries: string; amountMicro: string }
export type MintedRow = { day: number; account: string; amountMicro: string }

export const toAccount = (row: AccountRow): LedgerAccount => ({
  id: row.id,
  mayGoNegative: row.mayGoNegative,
  debitsPendingMicro: BigInt(row.debitsPendingMicro),
  debitsPostedMicro: BigInt(row.debitsPostedMicro),
  creditsPendingMicro: BigInt(row.creditsPendingMicro),
  creditsPostedMicro: BigInt(row.creditsPostedMicro),
  frozen: row.frozen,
})

export const toEntry = ({ memo, memoSalt, pendingId, expiresAtMs, ...row }: EntryRow): Transfer => ({
  kind: row.kind,
  id: row.id,
  from: row.from,
  to: row.to,
  amountMicro: BigInt(row.amountMicro),
  code: row.code as EntryCode,
  ...(memo === null ? {} : { memo }),
  ...(memoSalt === null ? {} : { memoSalt: new Uint8Array(memoSalt) }),
  ...(pendingId === null ? {} : { pendingId }),
  ...(expiresAtMs === null ? {} : { expiresAtMs: Number(expiresAtMs) }),
  index: Number(row.index),
  atMs: Number(row.atMs),
})

export const toTotal = ({ code, way, entries, amountMicro }: TotalRow): Total => ({
  code: code as EntryCode,
  way: way as Way,
  entries: Number(entries),
  amountMicro: BigInt(amountMicro),
})
