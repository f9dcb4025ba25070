/** One's credits at the top of the page, kept up to date; a press shows the receipts. */
import type { Me } from '../../server/protocol/api.ts'
import { onLocale, t } from '../i18n.ts'
import { PURSE_REFRESH_MS } from '../limits.ts'
import { button, el, glyph } from './el.ts'
import type { PaneContext } from './panes.ts'
import { inCredits } from './purse-credits.ts'
import { openPurse } from './purse-dialog.ts'

/** Kinds of output after which the balance may be another: a lesson's reward, a purchase, a gift. */
const TELLING = ['lesson', 'event', 'system']

export function createPurse({ store, api, onOutput }: Pick<PaneContext, 'store' | 'api' | 'onOutput'>): HTMLElement {
  let micro: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const amount = el('span')
  const node = button(
    { class: 'button purse-button', attrs: { hidden: true }, on: { click: () => openPurse(api) } },
    glyph('¤'),
    amount,
  )

  function draw(): void {
    node.hidden = micro === undefined
    if (micro === undefined) return
    amount.textContent = inCredits(micro)
    const words = t('panels.purse.open', { credits: inCredits(micro) })
    node.setAttribute('aria-label', words)
    node.title = words
  }
  async function look(): Promise<void> {
    timer = undefined
    const me = await api.get<Me>('/api/v1/me').catch(() => undefined)
    if (!me || me.player.id !== store.get().player?.id) return
    micro = me.balanceMicro
    draw()
  }
  const soon = (ms: number): void => {
    if (timer !== undefined && ms > 0) return
    clearTimeout(timer)
    timer = setTimeout(() => void look(), ms)
  }
  store.watch(
    ({ player, connection }) => (connection === 'online' ? player?.id : undefined),
    (id) => id !== undefined && soon(0),
  )
  onOutput(({ kind }) => TELLING.includes(kind) && soon(kind === 'lesson' ? 0 : PURSE_REFRESH_MS))
  onLocale(draw)
  return node
}
