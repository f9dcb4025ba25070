/** One new input applied to the books: the entry it comes to, or why not. Nothing is changed by what is refused. */
import { BALANCE_MAX_MICRO } from '../limits.ts'
import type { Book } from './book.ts'
import { BURNT, DESK, issues } from './names.ts'
import type {
  FreezeInput,
  LedgerAccount,
  LedgerInput,
  MintLimits,
  PendingInput,
  PostInput,
  Transfer,
  TransferInput,
  TransferRefusal,
  VoidInput,
} from './types.ts'

type Made = Transfer | TransferRefusal

export function post(book: Book, input: LedgerInput, limits: MintLimits): Made {
  switch (input.kind) {
    case 'pending':
      return setAside(book, input, limits)
    case 'post':
      return postPending(book, input)
    case 'void':
      return voidPending(book, input)
    case 'freeze':
    case 'thaw':
      return freeze(book, input)
    default:
      return transfer(book, input, limits)
  }
}

function transfer(book: Book, input: TransferInput, limits: MintLimits): Made {
  const refusal = barrier(book, input, limits)
  if (refusal) return refusal
  const { id, from, to, amountMicro, code, memo } = input
  book.add(from, 'debitsPostedMicro', amountMicro)
  book.add(to, 'creditsPostedMicro', amountMicro)
  mint(book, input)
  return book.write({ kind: 'transfer', id, from, to, amountMicro, code, ...noted(memo) })
}

function setAside(book: Book, input: PendingInput, limits: MintLimits): Made {
  const refusal = barrier(book, input, limits)
  if (refusal) return refusal
  const { id, from, to, amountMicro, code, memo, timeoutMs } = input
  book.add(from, 'debitsPendingMicro', amountMicro)
  book.add(to, 'creditsPendingMicro', amountMicro)
  mint(book, input)
  const expiresAtMs = book.atMs + timeoutMs
  return book.write({ kind: 'pending', id, from, to, amountMicro, code, expiresAtMs, ...noted(memo) })
}

function postPending(book: Book, { id, pendingId, amountMicro: wanted, memo }: PostInput): Made {
  const pending = openPending(book, pendingId)
  if (typeof pending === 'string') return pending
  const { from, to, amountMicro: whole, code } = pending
  const amountMicro = wanted ?? whole
  if (amountMicro > whole) return 'exceeds_pending_amount'
  if (book.account(from).frozen || book.account(to).frozen) return 'account_frozen'
  release(book, pending)
  book.add(from, 'debitsPostedMicro', amountMicro)
  book.add(to, 'creditsPostedMicro', amountMicro)
  return book.write({ kind: 'post', id, from, to, amountMicro, code, pendingId, ...noted(memo) })
}

function voidPending(book: Book, { id, pendingId, memo }: VoidInput): Made {
  const pending = openPending(book, pendingId)
  if (typeof pending === 'string') return pending
  const { from, to, amountMicro, code } = pending
  release(book, pending)
  return book.write({ kind: 'void', id, from, to, amountMicro, code, pendingId, ...noted(memo) })
}

function freeze(book: Book, { kind, id, account, memo }: FreezeInput): Made {
  if (account === DESK) return 'same_account'
  book.setFrozen(account, kind === 'freeze')
  return book.write({ kind, id, from: account, to: DESK, amountMicro: 0n, code: 'desk', ...noted(memo) })
}

const noted = (memo: string | undefined) => (memo === undefined ? {} : { memo })

function release(book: Book, { from, to, amountMicro }: Transfer): void {
  book.add(from, 'debitsPendingMicro', -amountMicro)
  book.add(to, 'creditsPendingMicro', -amountMicro)
}

const ENDED = {
  post: 'pending_already_posted',
  void: 'pending_already_voided',
  expire: 'pending_expired',
} as const

function openPending(book: Book, id: string): Transfer | TransferRefusal {
  const pending = book.entry(id)
  if (!pending) return 'pending_not_found'
  if (pending.kind !== 'pending') return 'not_pending'
  const end = book.endOf(id)
  if (end) return ENDED[end.kind as keyof typeof ENDED]
  // More may be due than one commit lets expire.
  return book.atMs < pending.expiresAtMs! ? pending : 'pending_expired'
}

type Movement = TransferInput | PendingInput

/** Why credits may not leave the one account for the other. */
function barrier(book: Book, { from, to, amountMicro }: Movement, limits: MintLimits): TransferRefusal | undefined {
  const payer = book.account(from)
  const payee = book.account(to)
  if (payer.frozen || payee.frozen) return 'account_frozen'
  if (from === BURNT) return 'insufficient_funds'
  if (!payer.mayGoNegative && availableOf(payer) < amountMicro) return 'insufficient_funds'
  if (payer.debitsPostedMicro + payer.debitsPendingMicro + amountMicro > BALANCE_MAX_MICRO) return 'bad_amount'
  if (payee.creditsPostedMicro + payee.creditsPendingMicro + amountMicro > BALANCE_MAX_MICRO) return 'bad_amount'
  if (!isMinting(from, to)) return undefined
  if (book.minted(to) + amountMicro > limits.accountDayMicro) return 'mint_limit'
  return book.minted('') + amountMicro > limits.dayMicro ? 'mint_limit' : undefined
}

/** What an account can spend: its balance less what is set aside. */
export const availableOf = (account: LedgerAccount): bigint =>
  account.creditsPostedMicro - account.debitsPostedMicro - account.debitsPendingMicro

export const balanceOf = (account: LedgerAccount): bigint => account.creditsPostedMicro - account.debitsPostedMicro

const isMinting = (from: string, to: string) => issues(from) && !issues(to)

/** Counted when it is promised, so that what is pending can always be posted. */
function mint(book: Book, { from, to, amountMicro }: Movement): void {
  if (!isMinting(from, to)) return
  book.mint(to, amountMicro)
  book.mint('', amountMicro)
}
