/** A statement as comma-separated values (RFC 4180), for spreadsheets. */
import type { Transfer } from '../../../ledger/types.ts'

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

/** One line for each entry, in the order given, and a head. `change_micro` is what the entry did to the account's balance. */
export function statementCsv(account: string, entries: readonly (Transfer & { readonly shownId: string })[]): string {
  const lines = entries.map((entry) =>
    [
      entry.index,
      new Date(entry.atMs).toISOString(),
      entry.kind,
      entry.code,
      entry.shownId,
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

function changeOf(account: string, { kind, from, amountMicro }: Transfer): bigint {
  if (kind !== 'transfer' && kind !== 'post') return 0n
  return from === account ? -amountMicro : amountMicro
}

/** A number keeps its sign; any other text that a spreadsheet would take for a formula is made plain text. */
function field(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) && !/^-?\d+$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
