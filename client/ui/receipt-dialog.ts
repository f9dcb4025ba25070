/** A receipt as people see it: whether it holds, each step of the reckoning, and what it says. From the node, or from a file. */
import type { LedgerEntry } from '../../server/protocol/ledger-entry.ts'
import { parseReceipt, type ReceiptFile } from '../../server/protocol/tlog/receipt.ts'
import { locale, t } from '../i18n.ts'
import { type Api, ApiError } from '../net/api.ts'
import { createKeep } from '../net/storage.ts'
import { openDialog } from './dialog.ts'
import { button, el, glyph } from './el.ts'
import { problemText } from './problem-text.ts'
import { inCredits } from './purse-credits.ts'
import { type Checked, checkReceipt } from './receipt-check.ts'

type Asking = Pick<Api, 'get'>
const keep = createKeep(() => localStorage)

/** The receipt of one of one's own transfers. */
export function openReceipt(api: Asking, transferId: string): void {
  show(api, () => api.get<ReceiptFile>(`/api/v1/ledger/receipt/${encodeURIComponent(transferId)}`).then(asRead))
}

/** A receipt that somebody kept or was given. */
export function openReceiptFile(api: Asking, file: File): void {
  show(api, async () => parseReceipt(await file.text()))
}

/** What came over the network is read as strictly as a file. */
const asRead = (receipt: ReceiptFile): ReceiptFile | undefined => parseReceipt(JSON.stringify(receipt))

/** Opens the browser's own choice of a file. */
export const receiptFileButton = (api: Asking): HTMLElement => {
  const input = el('input', {
    attrs: { type: 'file', accept: '.json,application/json', hidden: true },
    on: {
      change: () => {
        const file = input.files?.[0]
        input.value = ''
        if (file) openReceiptFile(api, file)
      },
    },
  })
  const press = button({ class: 'button', t: 'credits.receipt.fromFile', on: { click: () => input.click() } })
  return el('p', { class: 'receipt-file' }, press, input)
}

function show(api: Asking, load: () => Promise<ReceiptFile | undefined>): void {
  const body = el('div', { class: 'receipt' }, el('p', { t: 'credits.receipt.checking', attrs: { role: 'status' } }))
  openDialog('credits.receipt.title', body)
  void fill()

  async function fill(): Promise<void> {
    try {
      const receipt = await load()
      const checked = await checkReceipt(receipt, { api, keep })
      body.replaceChildren(...verdict(checked), ...(receipt ? [saveButton(receipt)] : []))
    } catch (error) {
      const text =
        error instanceof ApiError && error.status === 503 ? t('credits.receipt.flaw.not_yet') : problemText(error)
      body.replaceChildren(el('p', { class: 'form-problem', attrs: { role: 'alert' } }, text))
    }
  }
}

function verdict(checked: Checked): HTMLElement[] {
  if (!checked.ok) {
    const { reason, have, need } = checked
    return [
      el(
        'p',
        { class: 'receipt-verdict receipt-bad', attrs: { role: 'alert' } },
        glyph('\u2715'),
        t('credits.receipt.holdsNot'),
      ),
      el('p', {}, t(`credits.receipt.flaw.${reason}`, { have, need })),
    ]
  }
  return [
    el(
      'p',
      { class: 'receipt-verdict receipt-good', attrs: { role: 'status' } },
      glyph('\u2713'),
      t('credits.receipt.holds'),
    ),
    el('ol', { class: 'receipt-steps' }, ...steps(checked).map((text) => el('li', {}, text))),
    facts(checked.verdict.entry),
    el('p', { class: 'receipt-how', t: 'credits.receipt.how' }),
  ]
}

function steps({ verdict: found, standing, isFirst }: Checked & { ok: true }): readonly string[] {
  const { entry, checkpoint, policy, seenBy, hashes } = found
  const step = (name: string, params: Record<string, string | number> = {}) =>
    t(`credits.receipt.step.${name}`, params)
  return [
    step('entry', { index: entry.index }),
    step('included', { count: hashes, size: checkpoint.size }),
    step('signed', { origin: checkpoint.origin }),
    step(isFirst ? 'first' : 'known'),
    step(policy.quorum > 0 ? 'witnesses' : 'noWitness', { have: seenBy.length, need: policy.quorum }),
    ...(standing.kind === 'same'
      ? []
      : [step(standing.kind, standing.kind === 'consistent' ? { from: standing.from } : {})]),
  ]
}

function facts({ from, to, amountMicro, atMs, id, memo }: LedgerEntry): HTMLElement {
  const when = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' }).format(atMs)
  const rows: readonly (readonly [string, string])[] = [
    ['amount', t('credits.receipt.amountOf', { credits: inCredits(amountMicro) })],
    ['from', from],
    ['to', to],
    ['when', when],
    ...(memo === undefined || memo === '' ? [] : [['memo', memo] as const]),
    ['id', id],
  ]
  return el(
    'dl',
    { class: 'receipt-facts' },
    ...rows.flatMap(([name, value]) => [el('dt', {}, t(`credits.receipt.${name}`)), el('dd', {}, value)]),
  )
}

function saveButton(receipt: ReceiptFile): HTMLElement {
  const save = () => {
    const url = URL.createObjectURL(new Blob([`${JSON.stringify(receipt, null, 2)}\n`], { type: 'application/json' }))
    el('a', { attrs: { href: url, download: `receipt-${receipt.index}.json` } }).click()
    URL.revokeObjectURL(url)
  }
  return button({ class: 'button', t: 'credits.receipt.save', on: { click: save } })
}
