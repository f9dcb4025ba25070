/** Names offered to guests: a thing of the harbour and a number, in the guest's language. */
import type { Locale } from '../protocol/ids.ts'

const THINGS: Readonly<Record<Locale, readonly string[]>> = {
  en: [
    'Tiller',
    'Ember',
    'Buoy',
    'Gull',
    'Spark',
    'Anchor',
    'Moth',
    'Pebble',
    'Beacon',
    'Drift',
    'Tallow',
    'Heron',
    'Rope',
    'Kelp',
  ],
  ru: [
    'Румпель',
    'Уголёк',
    'Буй',
    'Чайка',
    'Искра',
    'Якорь',
    'Галька',
    'Маяк',
    'Прилив',
    'Цапля',
    'Канат',
    'Парус',
    'Бакен',
    'Волна',
  ],
}

/** A name for the given try: the more tries before it were taken, the longer the number. `random` is in [0, 1). */
export function offerGuestName(locale: Locale, attempt: number, random: () => number): string {
  const things = THINGS[locale]
  const thing = things[Math.floor(random() * things.length)]!
  const digits = Math.min(3 + Math.floor(attempt / 2), 9)
  const low = 10 ** (digits - 1)
  return `${thing}-${low + Math.floor(random() * 9 * low)}`
}
