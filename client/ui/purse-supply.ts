/** Where all credits come from and where they go: asked for when it is opened. */
import type { Supply } from '../../server/protocol/api.ts'
import { locale, t } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import { el } from './el.ts'
import { problemText } from './problem-text.ts'
import { inCredits } from './purse-credits.ts'

export function supplySection(api: Pick<Api, 'get'>): HTMLElement {
  const body = el('div', { class: 'supply' }, el('p', { t: 'ui.pane.loading', attrs: { role: 'status' } }))
  const section = el('details', {}, el('summary', {}, t('credits.purse.supply')), body)
  section.addEventListener('toggle', () => {
    if (section.open) void fill()
  })

  async function fill(): Promise<void> {
    try {
      body.replaceChildren(...supplyOf(await api.get<Supply>('/api/v1/ledger/supply')))
    } catch (error) {
      body.replaceChildren(el('p', { class: 'form-problem', attrs: { role: 'alert' } }, problemText(error)))
    }
  }
  return section
}

function supplyOf(supply: Supply): HTMLElement[] {
  const { outstandingMicro, heldMicro, limits, totals } = supply
  const agrees = outstandingMicro === heldMicro
  const facts = (
    [
      ['outstanding', outstandingMicro],
      ['minted', supply.mintedMicro],
      ['returned', supply.returnedMicro],
      ['burnt', supply.burntMicro],
      ['pending', supply.pendingMicro],
      ['today', supply.mintedTodayMicro],
    ] as const
  ).flatMap(([name, micro]) => [el('dt', {}, t(`credits.purse.${name}`)), el('dd', {}, inCredits(micro))])
  const rows = totals.map(({ code, way, entries, amountMicro }) =>
    el(
      'tr',
      {},
      el('td', {}, t(`credits.code.${code}`)),
      el('td', {}, t(`credits.way.${way}`)),
      el('td', {}, inCredits(amountMicro)),
      el('td', {}, new Intl.NumberFormat(locale()).format(entries)),
    ),
  )
  const head = ['code', 'way', 'amount', 'entries'].map((name) =>
    el('th', { attrs: { scope: 'col' } }, t(`credits.purse.${name}`)),
  )
  return [
    el(
      'p',
      {},
      t('credits.purse.supplyHow', { each: inCredits(limits.accountDayMicro), day: inCredits(limits.dayMicro) }),
    ),
    el('dl', { class: 'receipt-facts' }, ...facts),
    el(
      'p',
      { class: agrees ? 'receipt-good' : 'receipt-bad' },
      t(agrees ? 'credits.purse.agrees' : 'credits.purse.differs', { credits: inCredits(heldMicro) }),
    ),
    el('table', { class: 'supply-totals' }, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...rows)),
  ]
}
