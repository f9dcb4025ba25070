/** A statement as comma-separated values (RFC 4180), for spreadsheets. */
import type { LedgerEntry } from './ledger-entry.ts'

const COLUMNS = [
  'index',
  'at',
  'kind',
  'code',
  'id',
  'from',
  'to',
  'amount_micro',
  'change_micro',
  'pending_id',
  'memo',
]

/** People's transfer ids live apart, so that nobody can take the id of another's transfer or of a reward. */
export const ownPrefix = (player: string): string => `by:${player}:`
/** An id as the one who reads it calls it. */
export const shownId = (id: string, player: string): string =>
  id.startsWith(ownPrefix(player)) ? id.slice(ownPrefix(player).length) : id

/**
 * One line for each entry, in the order given, and a head. `change_micro` is what the entry did to the account's balance; `reader` is
 * the person whose own ids are told as they chose them.
 */
export function statementCsv(account: string, entries: readonly LedgerEntry[], reader: string): string {
  const lines = entries.map((entry) =>
    [
      entry.index,
      new Date(entry.atMs).toISOString(),
      entry.kind,
      entry.code,
      shownId(entry.id, reader),
      entry.from,
      entry.to,
      entry.amountMicro,
      changeOf(account, entry),
      entry.pendingId ?? '',
      entry.memo ?? '',
    ]
      .map((value) => field(String(value)))
      .join(','),
  )
  return [COLUMNS.join(','), ...lines, ''].join('\r\n')
}

function changeOf(account: string, { kind, from, amountMicro }: LedgerEntry): bigint {
  if (kind !== 'transfer' && kind !== 'post') return 0n
  return from === account ? -amountMicro : amountMicro
}

/** A number keeps its sign; any other text that a spreadsheet would take for a formula is made plain text. */
function field(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) && !/^-?\d+$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
