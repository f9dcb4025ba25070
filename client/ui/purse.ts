/** One's credits at the top of the page, kept up to date; a press shows the receipts. */
import type { Me } from '../../server/protocol/api.ts'
import { onLocale, t } from '../i18n.ts'
import { PURSE_MOVED_MS, PURSE_REFRESH_MS } from '../limits.ts'
import { button, el, glyph } from './el.ts'
import type { PaneContext } from './panes.ts'
import { amountOf, inBrief } from './purse-credits.ts'
import { openPurse } from './purse-dialog.ts'
import { onCreditsMoved } from './purse-moved.ts'

/** Kinds of output after which the balance may be another: a lesson's reward, a purchase, a gift, what a lantern spends. */
const TELLING = ['lesson', 'event', 'system', 'agent']

export function createPurse({ store, api, onOutput }: Pick<PaneContext, 'store' | 'api' | 'onOutput'>): HTMLElement {
  let micro: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueMs = 0
  let asked = 0
  const amount = el('span')
  const node = button(
    { class: 'button purse-button', attrs: { hidden: true }, on: { click: () => openPurse(api) } },
    glyph('¤'),
    amount,
  )

  function draw(): void {
    node.hidden = micro === undefined
    if (micro === undefined) return
    const credits = inBrief(micro)
    amount.textContent = credits
    const words = t('panels.purse.open', { ...amountOf(micro), credits })
    node.setAttribute('aria-label', words)
    node.title = words
  }
  async function look(): Promise<void> {
    timer = undefined
    const turn = ++asked
    const me = await api.get<Me>('/api/v1/me').catch(() => undefined)
    if (turn !== asked) return
    if (me && me.player.id === store.get().player?.id) {
      micro = me.balanceMicro
      draw()
    } else if (store.get().connection === 'online') soon(PURSE_REFRESH_MS)
  }
  const soon = (ms: number): void => {
    const atMs = performance.now() + ms
    if (timer !== undefined && dueMs <= atMs) return
    clearTimeout(timer)
    dueMs = atMs
    timer = setTimeout(() => void look(), ms)
  }
  store.watch(
    ({ player, connection }) => (connection === 'online' ? player?.id : undefined),
    (id) => id !== undefined && soon(0),
  )
  onOutput(({ kind }) => TELLING.includes(kind) && soon(kind === 'lesson' ? 0 : PURSE_REFRESH_MS))
  onCreditsMoved(() => soon(PURSE_MOVED_MS))
  onLocale(draw)
  return node
}
