/** What owners are trusted with, drawn from verified outcomes of work and from nothing else. */

/** An owner's Ed25519 public key in lower-case hex. */
export type OwnerId = string

/** `right`: paid and verified; `wrong`: shown to be wrong; `late`: not done in time. */
export type Result = 'right' | 'wrong' | 'late'

export type Outcome = {
  /** Made from the work it is about: told again, it counts once. */
  readonly id: string
  /** Who worked. */
  readonly owner: OwnerId
  /** Who paid. */
  readonly counterparty: OwnerId
  /** Kind of task, `sum`, `render` … */
  readonly kind: string
  readonly result: Result
  /** What the work was worth. */
  readonly valueMicro: bigint
  /** What the academy took of it and neither of the two has any more: the ground of credit. */
  readonly feeMicro: bigint
  /** What shows it: the id of the entry or the verdict. */
  readonly evidence: string
  readonly atMs: number
}
/** Value and fee as they count, after the caps. */
export type Counted = { readonly countedMicro: bigint; readonly creditMicro: bigint }

export type Sum = Counted & { readonly count: number }
/** A figure and what it is made of, each part decayed to now. */
export type Figure = {
  readonly kind: string
  /** 0…1000: right / (right + 20 wrong + 2 late + 20 credits). */
  readonly scorePermille: number
  readonly right: Sum
  readonly wrong: Sum
  readonly late: Sum
}
/** What an owner can owe to one creditor. */
export type CreditTowards = { readonly creditor: OwnerId; readonly limitMicro: bigint }
/**
 * An owner has credit with those it worked for, and with each of them alone: half of the fees behind right work for them, less
 * whatever was wrong; at most 100 credits each. So creditors that cannot hear of each other cannot be promised the same twice.
 */
export type Credit = {
  /** With all creditors together. */
  readonly limitMicro: bigint
  readonly towards: readonly CreditTowards[]
  /** Defaulted and not repaid. */
  readonly owedMicro: bigint
  /** The limit, or nothing while something is owed. */
  readonly availableMicro: bigint
}
export type Why = {
  readonly owner: OwnerId
  readonly atMs: number
  readonly figures: readonly Figure[]
  readonly credit: Credit
  /** Newest first, each with what counted of it. */
  readonly outcomes: readonly (Outcome & Counted)[]
}

export type Trust = {
  /** Counts a verified outcome once; false when it was counted before, or is work for oneself. */
  record(outcome: Outcome): Promise<boolean>
  of(owner: OwnerId, kind: string): Promise<Figure>
  credit(owner: OwnerId): Promise<Credit>
  /** What that creditor may take promises for. */
  creditWith(owner: OwnerId, creditor: OwnerId): Promise<Pick<Credit, 'limitMicro' | 'owedMicro' | 'availableMicro'>>
  why(owner: OwnerId): Promise<Why>
}

export type DaySum = Sum & { readonly kind: string; readonly day: number; readonly result: Result }

export type PairDay = { readonly counterparty: OwnerId; readonly day: number; readonly creditMicro: bigint }

export type TrustStore = {
  /** All or nothing; `decide` hears what that counterparty has given that owner on that day. False when the outcome stands already. */
  record(outcome: Outcome, day: number, decide: (given: Counted) => Counted): Promise<boolean>
  days(owner: OwnerId, fromDay: number): Promise<readonly DaySum[]>
  /** Fees behind right work, by who paid for it. */
  pairs(owner: OwnerId, fromDay: number): Promise<readonly PairDay[]>
  outcomes(owner: OwnerId, limit: number): Promise<readonly (Outcome & Counted)[]>
}
