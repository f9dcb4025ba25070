/** The list of keys, the few words one needs to begin, and what a program's actions cost. */
import { priceList } from '../../server/protocol/agent-api/index.ts'
import { locale } from '../i18n.ts'
import { openDialog } from './dialog.ts'
import { el } from './el.ts'

const KEYS = [
  ['Enter', 'ui.keys.enter'],
  ['\u2191 \u2193', 'ui.keys.history'],
  ['Tab', 'ui.keys.tab'],
  ['Esc', 'ui.keys.escape'],
  ['PgUp PgDn', 'ui.keys.page'],
  ['F1', 'ui.keys.help'],
  ['F2', 'ui.keys.prompt'],
  ['F4', 'ui.keys.map'],
  ['F6', 'ui.keys.next'],
  ['+ \u2212 0', 'ui.keys.zoom'],
] as const

const WORDS = ['ui.first.look', 'ui.first.go', 'ui.first.say', 'ui.first.take', 'ui.first.help'] as const

export function openHelp(): void {
  const row = (key: string, textKey: string) =>
    el(
      'div',
      { class: 'key-row' },
      el('dt', {}, ...key.split(' ').flatMap((one) => [el('kbd', {}, one), ' '])),
      el('dd', { t: textKey }),
    )
  const word = (key: string) =>
    el('div', { class: 'key-row' }, el('dt', {}, el('code', { t: key })), el('dd', { t: `${key}.does` }))
  const price = ({ action, text }: { readonly action: string; readonly text: string }) =>
    el('div', { class: 'key-row' }, el('dt', {}, el('code', {}, `me.${action}`)), el('dd', {}, text))
  openDialog(
    'ui.help.title',
    el('p', { t: 'ui.help.intro' }),
    el('dl', { class: 'keys' }, ...WORDS.map(word)),
    el('h3', { t: 'ui.help.keys' }),
    el('dl', { class: 'keys' }, ...KEYS.map(([key, textKey]) => row(key, textKey))),
    el('h3', { t: 'ui.help.prices' }),
    el('p', { t: 'ui.help.prices.how' }),
    el('dl', { class: 'keys' }, ...priceList(locale()).map(price)),
  )
}
