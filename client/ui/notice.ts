/** What the page says when it cannot play: a quiet strip while it tries again, a card where the person must choose. */
import type { Connection, Store } from '../state.ts'
import { button, el } from './el.ts'

type Actions = {
  readonly retry: () => void
  readonly playHere: () => void
  readonly signIn: () => void
  readonly newGuest: () => void
}

const STRIPS: readonly Connection[] = ['reconnecting', 'offline']
/** States in which nothing can be typed. */
export const CARDS: readonly Connection[] = ['elsewhere', 'kicked', 'banned', 'signedOut', 'failed']

export function createNotice(store: Store, actions: Actions): HTMLElement {
  const node = el('div', { class: 'notice', attrs: { role: 'status' } })
  const buttons: Partial<Record<Connection, readonly (readonly [string, () => void])[]>> = {
    offline: [['ui.notice.retry', actions.retry]],
    elsewhere: [['ui.notice.playHere', actions.playHere]],
    kicked: [['ui.notice.comeBack', actions.playHere]],
    signedOut: [
      ['ui.notice.signIn', actions.signIn],
      ['ui.notice.newGuest', actions.newGuest],
    ],
    failed: [['ui.notice.retry', actions.retry]],
  }
  const action = ([key, run]: readonly [string, () => void]) =>
    button({ class: 'button button-main', t: key, on: { click: run } })

  store.watch(
    (state) => state.connection,
    (connection) => {
      const card = CARDS.includes(connection)
      node.hidden = !card && !STRIPS.includes(connection)
      node.className = card ? 'notice notice-card' : 'notice notice-strip'
      // A phone shows one column: this one, when there is something to decide.
      if (card) store.set({ tab: 'terminal' })
      const reason = store.get().reason
      const content = el(
        'div',
        { class: 'notice-body' },
        card && el('h2', { t: `ui.notice.${connection}.title` }),
        el('p', { t: `ui.notice.${connection}` }),
        card && reason !== '' && el('blockquote', {}, reason),
        el('div', { class: 'notice-actions' }, ...(buttons[connection] ?? []).map(action)),
      )
      node.replaceChildren(...(node.hidden ? [] : [content]))
    },
  )
  return node
}
