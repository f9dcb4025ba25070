/** Language, motion, size of the text, and how the terminal is drawn. Each takes effect at once. */
import { LOCALES, type Locale } from '../../server/protocol/ids.ts'
import type { Settings, Store } from '../state.ts'
import { openDialog } from './dialog.ts'
import { el } from './el.ts'

const TEXT_SIZES = [0.875, 1, 1.25, 1.5] as const
const MOTIONS = ['system', 'full', 'reduced'] as const
const DRAWINGS = ['auto', 'screen', 'list'] as const
export const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = { en: 'English', ru: 'Русский' }

type Choice<T> = { readonly value: T; readonly key?: string; readonly text?: string; readonly lang?: string }

export function openSettings(store: Store): void {
  const { settings, locale } = store.get()
  const set =
    <K extends keyof Settings>(key: K) =>
    (value: Settings[K]) =>
      store.set({ settings: { ...store.get().settings, [key]: value } })
  openDialog(
    'ui.settings.title',
    choices(
      'ui.settings.language',
      LOCALES.map((value) => ({ value, text: LANGUAGE_NAMES[value], lang: value })),
      locale,
      (value) => store.set({ locale: value }),
    ),
    choices(
      'ui.settings.textSize',
      TEXT_SIZES.map((value) => ({ value, key: `ui.settings.textSize.${value * 1000}` })),
      settings.textSize,
      set('textSize'),
    ),
    choices(
      'ui.settings.motion',
      MOTIONS.map((value) => ({ value, key: `ui.settings.motion.${value}` })),
      settings.motion,
      set('motion'),
    ),
    choices(
      'ui.settings.terminal',
      DRAWINGS.map((value) => ({ value, key: `ui.settings.terminal.${value}` })),
      settings.terminal,
      set('terminal'),
    ),
  )
}

let groups = 0

function choices<T>(
  titleKey: string,
  list: readonly Choice<T>[],
  chosen: T,
  onChoice: (value: T) => void,
): HTMLElement {
  const name = `choice-${++groups}`
  const option = ({ value, key, text, lang }: Choice<T>) =>
    el(
      'label',
      { class: 'choice', attrs: { lang } },
      el('input', {
        attrs: { type: 'radio', name, checked: value === chosen },
        on: { change: () => onChoice(value) },
      }),
      el('span', key ? { t: key } : {}, text),
    )
  return el('fieldset', { class: 'choices' }, el('legend', { t: titleKey }), ...list.map(option))
}
