/** What the ledger throws: the caller may send the same batch again without harm. */

export class LedgerError extends Error {
  readonly code: 'ledger_overloaded' | 'batch_too_large' | 'ledger_stopped'

  /** What it is to a client of the surface: try again later. */
  readonly status = 503

  constructor(code: LedgerError['code'], message: string) {
    super(message)
    this.name = 'LedgerError'
    this.code = code
  }
}
