/** The statement of one's account: an entry a line, older ones on demand, all of it as a file. */
import type { LedgerAccount, Transfer } from '../../server/protocol/api.ts'
import { tellMemo } from '../../server/protocol/job-memo.ts'
import { locale, t } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import { button, el } from './el.ts'
import { problemText } from './problem-text.ts'
import { inCredits } from './purse-credits.ts'

/** Lesson id -> its title: what the memo of a reward names. */
type Titles = ReadonlyMap<string, string>
type Door = Pick<Api, 'get' | 'text'>

export function statementOf(account: LedgerAccount, titles: Titles, api: Door): HTMLElement {
  if (account.statement.length === 0) return el('p', {}, t('panels.purse.empty'))
  const list = el('ul', { class: 'receipts' })
  const problem = el('p', { class: 'form-problem', attrs: { role: 'alert', hidden: true } })
  const tell = (error: unknown) => {
    problem.hidden = false
    problem.textContent = problemText(error)
  }
  let next = account.next
  const older = button({ class: 'button', t: 'credits.purse.older', on: { click: () => void more().catch(tell) } })
  const save = button({
    class: 'button',
    t: 'credits.purse.csv',
    on: { click: () => void saveCsv(api).catch(tell) },
  })

  function show(statement: readonly Transfer[]): void {
    list.append(...statement.map((one) => line(one, account.account, titles, api)))
    older.hidden = next === undefined
  }
  async function more(): Promise<void> {
    const page = await api.get<LedgerAccount>(`/api/v1/ledger/accounts/me?before=${next}`)
    next = page.next
    show(page.statement)
  }
  show(account.statement)
  return el('div', { class: 'statement' }, list, older, save, problem)
}

async function saveCsv(api: Door): Promise<void> {
  const csv = await api.text('/api/v1/ledger/accounts/me/statement.csv')
  // The mark at the beginning tells spreadsheets that it is UTF-8.
  const url = URL.createObjectURL(new Blob(['\ufeff', csv], { type: 'text/csv' }))
  el('a', { attrs: { href: url, download: t('credits.purse.csvName') } }).click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}

/** The reckoning is loaded when somebody wants it. */
const receipts = () => import('./receipt-dialog.ts')

/** Words of the panel's own for what people meet every day. */
const PLAIN: ReadonlySet<string> = new Set(['reward', 'grant', 'purchase', 'sale', 'transfer'])
const MOVES: ReadonlySet<string> = new Set(['transfer', 'post'])

function line(
  { id, kind, to, amountMicro, code, memo, atMs }: Transfer,
  own: string,
  titles: Titles,
  api: Door,
): HTMLElement {
  const sign = MOVES.has(kind) ? (to === own ? '+' : '−') : '·'
  const when = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(atMs)
  const about = memo === undefined ? '' : (titles.get(memo) ?? tellMemo(memo, t))
  const purpose = t(PLAIN.has(code) ? `panels.purse.${code}` : `credits.code.${code}`)
  const what = kind === 'transfer' ? purpose : `${purpose}, ${t(`credits.kind.${kind}`)}`
  return el(
    'li',
    {},
    el('span', { class: 'receipt-amount', attrs: { 'data-sign': sign } }, `${sign}${inCredits(amountMicro)}`),
    el('span', {}, `${what}${about === '' ? '' : `: ${about}`}`),
    el('time', { class: 'receipt-when', attrs: { datetime: new Date(atMs).toISOString() } }, when),
    el('code', { class: 'receipt-id', attrs: { title: t('panels.purse.receipt-id') } }, id),
    button(
      {
        class: 'button receipt-open',
        tLabel: 'credits.receipt.openOf',
        params: { id },
        on: { click: () => void receipts().then(({ openReceipt }) => openReceipt(api, id)) },
      },
      t('credits.receipt.open'),
    ),
  )
}
