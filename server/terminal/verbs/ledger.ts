/** Credits: how many, and where they came from and went, a page at a time; as CSV, too. */
import type { Ledger } from '../../ledger/types.ts'
import { STATEMENT_CSV_TERMINAL_LINES, STATEMENT_LINES } from '../../limits.ts'
import { tellMemo } from '../../protocol/job-memo.ts'
import type { LedgerEntry } from '../../protocol/ledger-entry.ts'
import { statementCsv } from '../../protocol/statement-csv.ts'
import { no, type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'
import { subcommand } from '../subcommand.ts'

const ACTS = { csv: ['csv', 'table', 'таблица'] } as const

export const ledger: SessionVerb = {
  name: 'ledger',
  verbs: { en: ['ledger', 'balance', 'credits'], ru: ['кредиты', 'баланс', 'деньги', 'книга'] },
  async run(args, session) {
    const { ledger: book } = session.services
    if (!book) return no('no_ledger')
    const account = `player:${session.person().id}`
    const csv = subcommand(args, ACTS)
    const before = indexIn(csv?.[1] ?? args)
    if (csv) return asCsv({ book, session, account, before })
    const [balance, held, transfers] = await Promise.all([
      book.balance(account),
      book.account(account),
      book.statement(account, { limit: STATEMENT_LINES, before }),
    ])
    const setAside = held?.debitsPendingMicro ?? 0n
    const head = [
      session.words('ledger.balance', { balanceMicro: String(balance) }),
      ...(setAside > 0n
        ? [session.words('credits.held', { heldMicro: String(setAside), freeMicro: String(balance - setAside) })]
        : []),
      ...(held?.frozen ? [session.words('credits.frozen')] : []),
    ]
    if (transfers.length === 0) return reply(head.join('\n'))
    const last = transfers.at(-1)!.index
    const more =
      transfers.length === STATEMENT_LINES && last > 0 ? [session.words('credits.more', { before: `${last}` })] : []
    const lines = transfers.map((entry) => `  ${lineOf(entry, account, session)}`)
    return reply([...head, session.words('ledger.last'), ...lines, ...more].join('\n'))
  },
}

const indexIn = (text: string): number | undefined => (/^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined)

type Asked = {
  readonly book: Pick<Ledger, 'statement'>
  readonly session: SessionContext
  readonly account: string
  readonly before: number | undefined
}

/** What follows stands by itself, so that the lines above it can be taken as they are. */
async function asCsv({ book, session, account, before }: Asked): Promise<Reply> {
  const limit = STATEMENT_CSV_TERMINAL_LINES
  const entries = await book.statement(account, { limit, before })
  const lines = statementCsv(account, entries, session.person().id).trimEnd().replaceAll('\r\n', '\n')
  const last = entries.at(-1)?.index ?? 0
  const out = [line(lines)]
  if (entries.length === limit && last > 0) out.push(line(session.words('credits.moreCsv', { before: `${last}` })))
  return { out }
}
const line = (text: string) => ({ kind: 'system', text }) as const

function lineOf(
  { kind, to, amountMicro, code, memo }: LedgerEntry,
  account: string,
  session: SessionContext,
): string {
  const what = {
    way: to === account ? 'in' : 'out',
    amountMicro: String(amountMicro),
    code,
    memo: tellMemo(memo ?? '', (key, params) => session.words(key, params)),
  }
  return kind === 'transfer'
    ? session.words('ledger.line', what)
    : session.words('credits.line', { ...what, kind, purpose: session.words(`credits.code.${code}`) })
}
