/** The bar at the top: where one is, how the connection stands, and the few buttons of the page itself. */

import { LOCALES } from '../../server/protocol/ids.ts'
import { locale, onLocale, words } from '../i18n.ts'
import type { Connection, State, Store } from '../state.ts'
import { button, el, glyph } from './el.ts'
import { LANGUAGE_NAMES } from './settings-dialog.ts'

type Actions = {
  readonly help: () => void
  readonly settings: () => void
  readonly keepProgress: () => void
  readonly account: () => void
}

/** The state is told by a word and by the shape of the mark, not by colour alone. */
const MARKS: Readonly<Record<Connection, 'ring' | 'dot' | 'cross'>> = {
  starting: 'ring',
  online: 'dot',
  reconnecting: 'ring',
  offline: 'cross',
  elsewhere: 'cross',
  kicked: 'cross',
  banned: 'cross',
  signedOut: 'cross',
  failed: 'cross',
}

export function createTopbar(store: Store, purse: HTMLElement, actions: Actions): HTMLElement {
  const place = el('p', { class: 'topbar-place' })
  const link = el('span', { class: 'link-word' })
  const status = el(
    'p',
    { class: 'topbar-link', attrs: { role: 'status' } },
    el('span', { class: 'link-mark', attrs: { 'aria-hidden': 'true' } }),
    link,
  )
  const keep = button(
    { class: 'button button-keep', on: { click: actions.keepProgress } },
    glyph('\u2193'),
    el('span', { t: 'ui.topbar.keep' }),
  )
  const name = button({ class: 'button button-name', tTitle: 'ui.topbar.account', on: { click: actions.account } })

  const zoneWord = el('span', { class: 'topbar-zone' })
  const placeWord = el('span')
  place.append(zoneWord, placeWord)
  const showPlace = () => {
    const { zone, here } = whereabouts(store.get())
    zoneWord.textContent = zone && `${zone} \u00b7 `
    placeWord.textContent = here
  }
  store.watch((state) => JSON.stringify(whereabouts(state)), showPlace)
  onLocale(showPlace)
  store.watch(
    (state) => state.connection,
    (connection) => {
      words(link, `ui.connection.${connection}`)
      status.dataset.mark = MARKS[connection]
    },
  )
  store.watch(
    (state) => state.player,
    (player) => {
      keep.hidden = !player?.guest
      name.hidden = !player
      name.textContent = player?.name ?? ''
    },
  )

  return el(
    'header',
    { class: 'topbar' },
    el(
      'h1',
      { class: 'topbar-title' },
      glyph('', 'lamp-mark'),
      el('span', { class: 'topbar-name' }, 'CodeCraft Academy'),
    ),
    place,
    status,
    el(
      'div',
      { class: 'topbar-actions' },
      purse,
      keep,
      name,
      language(store),
      button(
        {
          class: 'icon-button',
          tLabel: 'ui.topbar.settings',
          tTitle: 'ui.topbar.settings',
          on: { click: actions.settings },
        },
        glyph('', 'gear'),
      ),
      button(
        { class: 'icon-button', tLabel: 'ui.topbar.help', tTitle: 'ui.topbar.help', on: { click: actions.help } },
        glyph('?'),
      ),
    ),
  )
}

function whereabouts({ picture, player, locale }: State): { readonly zone: string; readonly here: string } {
  const place = picture?.places.get(picture.characters.get(player?.id ?? '')?.place ?? '')
  return picture && place ? { zone: picture.name[locale], here: place.name[locale] } : { zone: '', here: '' }
}

function language(store: Store): HTMLElement {
  const choice = (one: (typeof LOCALES)[number]) =>
    button(
      {
        class: 'language',
        attrs: { lang: one, title: LANGUAGE_NAMES[one] },
        on: { click: () => store.set({ locale: one }) },
      },
      one.toUpperCase(),
    )
  const choices = LOCALES.map(choice)
  const mark = () => {
    for (const node of choices) node.setAttribute('aria-pressed', String(node.lang === locale()))
  }
  mark()
  onLocale(mark)
  return el('div', { class: 'languages', tLabel: 'ui.settings.language', attrs: { role: 'group' } }, ...choices)
}
