/** Credits: how many, and where they came from and went, a page at a time. */
import { STATEMENT_LINES } from '../../limits.ts'
import { tellMemo } from '../../protocol/job-memo.ts'
import type { LedgerEntry } from '../../protocol/ledger-entry.ts'
import { no, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'

export const ledger: SessionVerb = {
  name: 'ledger',
  verbs: { en: ['ledger', 'balance', 'credits'], ru: ['кредиты', 'баланс', 'деньги', 'книга'] },
  async run(args, session) {
    const { ledger: book } = session.services
    if (!book) return no('no_ledger')
    const account = `player:${session.person().id}`
    const before = /^\d{1,15}$/.test(args.trim()) ? Number(args) : undefined
    const [balance, held, transfers] = await Promise.all([
      book.balance(account),
      book.account(account),
      book.statement(account, { limit: STATEMENT_LINES, ...(before === undefined ? {} : { before }) }),
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
