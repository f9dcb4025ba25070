/** Credits as the rest of the node sees them: integer micro-credits, double entry, ids made by the caller. */
import type { EntryCode, LedgerEntry } from '../protocol/ledger-entry.ts'

export type { EntryCode, LedgerEntry }

/** `player:<id>`, `agent:<id>`, `node:<peer id>`, `owner:<key in hex>`, `shop:<npc>`, `academy:rewards`, `academy:grants` … */
export type AccountId = string

/**
 * `linked` joins an input with the next one of its batch: a chain of them, up to the first that is not linked, is posted as a
 * whole or not at all.
 */
type Named = {
  /** Made and stored by the caller before sending; at most 128 characters. Ids that begin with `expire:` are the ledger's own. */
  readonly id: string
  readonly memo?: string
  readonly linked?: boolean
}
type Movement = Named & {
  readonly from: AccountId
  readonly to: AccountId
  readonly amountMicro: bigint
  readonly code: EntryCode
}
export type TransferInput = Movement & { readonly kind?: 'transfer' }
/** Sets the amount aside for `to`, until it is posted, voided, or `timeoutMs` have passed by the ledger's clock. */
export type PendingInput = Movement & { readonly kind: 'pending'; readonly timeoutMs: number }
/** Moves what a pending transfer set aside, or a part of it; the rest goes back. */
export type PostInput = Named & { readonly kind: 'post'; readonly pendingId: string; readonly amountMicro?: bigint }
/** Gives back what a pending transfer set aside. */
export type VoidInput = Named & { readonly kind: 'void'; readonly pendingId: string }
type FrozenOr<Kind> = Named & { readonly kind: Kind; readonly account: AccountId }
/** Stops, or lets on, whatever goes from and to `account`; what it has pending may still be voided and expires. */
export type FreezeInput = FrozenOr<'freeze'> | FrozenOr<'thaw'>
export type LedgerInput = TransferInput | PendingInput | PostInput | VoidInput | FreezeInput

export type TransferResult =
  | { readonly status: 'created' | 'exists'; readonly transfer: Transfer }
  | { readonly status: 'refused'; readonly reason: TransferRefusal }
export type TransferRefusal =
  | 'insufficient_funds'
  | 'id_taken_by_other_transfer'
  | 'same_account'
  | 'bad_amount'
  | 'bad_code'
  | 'bad_timeout'
  | 'unknown_account'
  | 'bad_id'
  | 'bad_memo'
  | 'account_frozen'
  | 'mint_limit'
  | 'pending_not_found'
  /** The id names a transfer that set nothing aside. */
  | 'not_pending'
  | 'pending_already_posted'
  | 'pending_already_voided'
  | 'pending_expired'
  | 'exceeds_pending_amount'
  /** Another one of the chain was refused, so that this one is not posted either. */
  | 'linked_failed'
  /** The last of a batch is linked with nothing. */
  | 'linked_open'
export type Transfer = LedgerEntry

export type Ledger = {
  /**
   * Each input, or chain of linked ones, whole or not at all; results in order of the inputs. At most 1,000. Throws
   * `LedgerError` when too many wait, and when posting was stopped.
   */
  transfer(inputs: readonly LedgerInput[]): Promise<readonly TransferResult[]>
  /** What was credited less what was debited; a part of it may be set aside. */
  balance(account: AccountId): Promise<bigint>
  /** Undefined for an account that nothing ever came to. */
  account(account: AccountId): Promise<LedgerAccount | undefined>
  statement(account: AccountId, options?: { before?: number; limit?: number }): Promise<readonly Transfer[]>
  find(id: string): Promise<Transfer | undefined>
  /** Whether what `id` set aside is set aside still; undefined when it set nothing aside. */
  pending(id: string): Promise<PendingState | undefined>
  /** Entries in order from an index on, without a gap; once there, an entry never changes. */
  entries(fromIndex: number, limit: number): Promise<readonly Transfer[]>
  /** Hears the entries of each commit of this process, after it; nothing is waited for. */
  onCommitted(listener: (entries: readonly Transfer[]) => void): () => void
  /** Ends the pending transfers whose time is over; how many it ended. Every posting does so too. */
  expireDue(): Promise<number>
  /** Where credits came from and went, and that it comes to what there is. */
  supply(): Promise<Supply>
  /** From now on nothing is posted; `why` is told to whoever tries. */
  stop(why: string): void
  /** Replays every transfer: sum of balances is zero, no forbidden negative; what it found. */
  audit(): Promise<{ readonly transfers: number; readonly problems: readonly string[] }>
}
export type PendingState = 'open' | 'posted' | 'voided' | 'expired'

/** TigerBeetle's four figures. The balance is posted credits less posted debits; what is available is less by the pending debits. */
export type LedgerAccount = {
  readonly id: AccountId
  /** For accounts that issue credits; the others' debits, pending ones included, never exceed their credits. */
  readonly mayGoNegative: boolean
  readonly debitsPendingMicro: bigint
  readonly debitsPostedMicro: bigint
  readonly creditsPendingMicro: bigint
  readonly creditsPostedMicro: bigint
  readonly frozen: boolean
}

/** From an issuing account to another one, back, to the burnt ones, between others, between issuing ones. */
export type Way = 'minted' | 'returned' | 'burnt' | 'moved' | 'inside'
export type Total = {
  readonly code: EntryCode
  readonly way: Way
  readonly entries: number
  readonly amountMicro: bigint
}
export type Supply = {
  readonly atMs: number
  readonly entries: number
  readonly totals: readonly Total[]
  readonly mintedMicro: bigint
  readonly returnedMicro: bigint
  readonly burntMicro: bigint
  /** Minted, less returned, less burnt. */
  readonly outstandingMicro: bigint
  /** The balances of all accounts but issuing and burnt ones: must be the same. */
  readonly heldMicro: bigint
  /** The part of it that is set aside. */
  readonly pendingMicro: bigint
  readonly mintedTodayMicro: bigint
  readonly limits: MintLimits
}
export type MintLimits = { readonly accountDayMicro: bigint; readonly dayMicro: bigint }

/** Where accounts and entries are kept. */
export type LedgerStore = {
  /**
   * Runs `decide` on what stands under what is asked for and keeps what it returns, all or nothing. Nobody else posts
   * meanwhile. Accounts not found are absent.
   */
  post(asked: LedgerAsked, decide: (found: LedgerFound) => LedgerChange): Promise<void>
  account(id: AccountId): Promise<LedgerAccount | undefined>
  /** Newest first, indexes below `before`. */
  statement(account: AccountId, before: number, limit: number): Promise<readonly Transfer[]>
  find(id: string): Promise<Transfer | undefined>
  /** The entry that ended a pending one. */
  endOf(pendingId: string): Promise<Transfer | undefined>
  /** Whether a pending entry's time is over. */
  hasDue(nowMs: number): Promise<boolean>
  /** Everything that is kept beside the entries, and how many entries there were at that very moment. */
  standing(): Promise<LedgerStanding>
  totals(day: number): Promise<LedgerTotals>
  /** Entries in order, from an index on: without a gap, and in the order in which they were committed. */
  page(fromIndex: number, limit: number): Promise<readonly Transfer[]>
}
export type LedgerAsked = {
  readonly ids: readonly string[]
  readonly pendingIds: readonly string[]
  readonly accounts: readonly AccountId[]
  /** Accounts that something is to be issued to. */
  readonly payees: readonly AccountId[]
  readonly nowMs: number
}
export type LedgerFound = {
  /** False when ids of new entries were not looked up: they are taken to be new. */
  readonly sure: boolean
  readonly transfers: ReadonlyMap<string, Transfer>
  /** Pending entry -> the one that ended it. */
  readonly ends: ReadonlyMap<string, Transfer>
  /** Pending entries whose time is over, oldest first. */
  readonly due: readonly Transfer[]
  readonly accounts: ReadonlyMap<AccountId, LedgerAccount>
  /** Issued today, by payee; "" is all together. */
  readonly minted: ReadonlyMap<AccountId, bigint>
  readonly nextIndex: number
  /** Now, or when the last entry was made if that is later. */
  readonly atMs: number
}
export type LedgerChange = {
  /** Something was refused for what the books hold, which is right only if its id does not stand already. */
  readonly doubtful: boolean
  readonly transfers: readonly Transfer[]
  readonly accounts: readonly LedgerAccount[]
  readonly opened: readonly Transfer[]
  /** Ids of pending entries that ended. */
  readonly ended: readonly string[]
  readonly minted: ReadonlyMap<AccountId, bigint>
  /** To be added. */
  readonly totals: readonly Total[]
}
export type LedgerStanding = {
  readonly entries: number
  readonly accounts: readonly LedgerAccount[]
  /** Ids of open pending entries. */
  readonly pending: readonly string[]
  readonly totals: readonly Total[]
  /** Day -> issued to all together. */
  readonly minted: ReadonlyMap<number, bigint>
}
export type LedgerTotals = {
  readonly entries: number
  readonly totals: readonly Total[]
  readonly heldMicro: bigint
  readonly burntMicro: bigint
  readonly pendingMicro: bigint
  readonly mintedTodayMicro: bigint
}
