/** What one has earned: the balance, the badges, and a receipt for each movement of credits. */

import type { z } from 'zod'
import type { Badges, LedgerAccount } from '../../server/protocol/api.ts'
import { t } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import { openDialog } from './dialog.ts'
import { el, glyph } from './el.ts'
import { problemText } from './problem-text.ts'
import { amountOf, inCredits } from './purse-credits.ts'
import { creditsMoved } from './purse-moved.ts'
import { statementOf } from './purse-statement.ts'
import { supplySection } from './purse-supply.ts'

type Badge = z.infer<typeof Badges>['badges'][number]

/** The reckoning is loaded when somebody wants it. */
const receipts = () => import('./receipt-dialog.ts')

export function openPurse(api: Pick<Api, 'get' | 'text'>): void {
  const body = el('div', { class: 'purse' }, el('p', { t: 'ui.pane.loading', attrs: { role: 'status' } }))
  openDialog('panels.purse.title', body)
  creditsMoved()
  void fill()

  async function fill(): Promise<void> {
    try {
      const [account, { badges }, lessons] = await Promise.all([
        api.get<LedgerAccount>('/api/v1/ledger/accounts/me'),
        api.get<{ badges: readonly Badge[] }>('/api/v1/badges'),
        api.get<{ lessons: readonly { id: string; title: string }[] }>('/api/v1/lessons'),
      ])
      const titles = new Map(lessons.lessons.map(({ id, title }) => [id, title]))
      body.replaceChildren(
        el('p', { class: 'purse-balance' }, t('panels.purse.balance', amountOf(account.balanceMicro))),
        ...heldLines(account),
        ...badgeList(badges),
        el('h3', {}, t('panels.purse.receipts')),
        statementOf(account, titles, api),
        (await receipts()).receiptFileButton(api),
        supplySection(api),
      )
    } catch (error) {
      body.replaceChildren(el('p', { class: 'form-problem', attrs: { role: 'alert' } }, problemText(error)))
    }
  }
}

/** What is promised and not yet paid, either way; that the account is frozen. */
const heldLines = ({ setAsideMicro, availableMicro, comingMicro, frozen }: LedgerAccount): HTMLElement[] => [
  ...(frozen ? [el('p', { class: 'form-problem' }, t('credits.frozen'))] : []),
  ...(setAsideMicro === '0'
    ? []
    : [el('p', {}, t('credits.purse.held', { held: inCredits(setAsideMicro), free: inCredits(availableMicro) }))]),
  ...(comingMicro === '0' ? [] : [el('p', {}, t('credits.purse.coming', { credits: inCredits(comingMicro) }))]),
]

const badgeList = (badges: readonly Badge[]): HTMLElement[] =>
  badges.length === 0
    ? []
    : [
        el('h3', {}, t('panels.purse.badges')),
        el(
          'ul',
          { class: 'badges' },
          ...badges.map(({ name, text }) =>
            el('li', {}, glyph('●'), el('span', {}, el('strong', {}, name), text === '' ? '' : ` ${text}`)),
          ),
        ),
      ]
