/** Puts the person's settings into effect and keeps them for the next visit. */
import type { Keep } from './net/storage.ts'
import type { Settings, Store } from './state.ts'

const stillQuery = '(prefers-reduced-motion: reduce)'

/** Whether things should stand still: the person's choice, or the device's. */
export const stillMotion = ({ motion }: Settings): boolean =>
  motion === 'reduced' || (motion === 'system' && matchMedia(stillQuery).matches)

export function applySettings(store: Store, keep: Keep): void {
  const root = document.documentElement
  const apply = (settings: Settings) => {
    root.dataset.motion = stillMotion(settings) ? 'still' : 'full'
    root.style.fontSize = `${settings.textSize * 100}%`
  }
  store.watch(
    (state) => state.settings,
    (settings) => {
      apply(settings)
      keep.write('academy.settings', settings)
    },
  )
  store.watch(
    (state) => state.locale,
    (locale) => keep.write('academy.locale', locale),
  )
  matchMedia(stillQuery).addEventListener('change', () => apply(store.get().settings))
}
