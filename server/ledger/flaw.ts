/** What is wrong with an input whatever the books hold. */
import {
  ACCOUNT_ID_MAX_CHARS,
  PENDING_ID_MAX_CHARS,
  PENDING_TIMEOUT_MAX_MS,
  TRANSFER_ID_MAX_CHARS,
  TRANSFER_MAX_MICRO,
  TRANSFER_MEMO_MAX_CHARS,
} from '../limits.ts'
import { ENTRY_CODES } from '../protocol/ledger-entry.ts'
import { EXPIRE } from './names.ts'
import type { LedgerInput, TransferRefusal } from './types.ts'

const ACCOUNT = /^(player|agent|node|owner|shop|academy):[\x21-\x7e]+$/
const PRINTABLE = /^[\x21-\x7e]+$/
const CODES: ReadonlySet<string> = new Set(ENTRY_CODES.filter((code) => code !== 'desk'))

/** A reason that needs no look at the books. */
export function flaw(input: LedgerInput): TransferRefusal | undefined {
  const { id, memo } = input
  if (!isId(id, TRANSFER_ID_MAX_CHARS) || id.startsWith(EXPIRE)) return 'bad_id'
  if (memo !== undefined && !isStorable(memo)) return 'bad_memo'
  if (input.kind === 'post' || input.kind === 'void') {
    if (!isId(input.pendingId, TRANSFER_ID_MAX_CHARS)) return 'pending_not_found'
    const amountMicro = input.kind === 'post' ? input.amountMicro : undefined
    return amountMicro === undefined || isAmount(amountMicro) ? undefined : 'bad_amount'
  }
  if (input.kind === 'freeze' || input.kind === 'thaw')
    return isAccount(input.account) ? undefined : 'unknown_account'
  if (!isAccount(input.from) || !isAccount(input.to)) return 'unknown_account'
  if (input.from === input.to) return 'same_account'
  if (!isAmount(input.amountMicro)) return 'bad_amount'
  if (!CODES.has(input.code)) return 'bad_code'
  if (input.kind !== 'pending') return undefined
  if (id.length > PENDING_ID_MAX_CHARS) return 'bad_id'
  return isTimeout(input.timeoutMs) ? undefined : 'bad_timeout'
}

const isId = (id: string, maxChars: number) => id.length <= maxChars && PRINTABLE.test(id)
const isAccount = (id: string) => id.length <= ACCOUNT_ID_MAX_CHARS && ACCOUNT.test(id)
const isAmount = (micro: bigint) => micro > 0n && micro <= TRANSFER_MAX_MICRO
const isTimeout = (ms: number) => Number.isInteger(ms) && ms > 0 && ms <= PENDING_TIMEOUT_MAX_MS

/** PostgreSQL keeps neither the character zero nor half a surrogate pair. */
const isStorable = (text: string) =>
  text.length <= TRANSFER_MEMO_MAX_CHARS && !text.includes('\0') && text.isWellFormed()
