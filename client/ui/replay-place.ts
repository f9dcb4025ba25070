/** Where an agent was then: in words, and on the map where the place is known and it was wished. */
import { locale, t } from '../i18n.ts'
import type { Past } from '../replay/past.ts'
import type { Store } from '../state.ts'
import { button, el, glyph } from './el.ts'

export type ReplayPlace = {
  readonly node: HTMLElement
  /** The moment that is looked at; nothing, where nothing is open. */
  show(past: Past | undefined, turn: number): void
}

export function createReplayPlace(store: Store): ReplayPlace {
  let moment: { readonly past: Past; readonly turn: number } | undefined
  let isOnMap = false
  const words = el('span')
  const toggle = button({
    class: 'link',
    on: {
      click: () => {
        isOnMap = !isOnMap
        draw()
      },
    },
  })

  function placeThen(): { readonly id: string; readonly name: string } | undefined {
    const then = moment?.past.places[moment.turn]
    if (!then || then.id === '') return undefined
    const known = store.get().picture?.places.get(then.id)
    return { id: then.id, name: known?.name[locale()] ?? (then.name || then.id) }
  }

  function draw(): void {
    const then = placeThen()
    words.textContent = then ? t('replay.place', { place: then.name }) : t('replay.place.unknown')
    const isNear = then !== undefined && (store.get().picture?.places.has(then.id) ?? false)
    toggle.hidden = !isNear && !isOnMap
    toggle.textContent = t(isOnMap ? 'replay.place.hide' : 'replay.place.show')
    const mark =
      isOnMap && isNear && then && moment
        ? { place: then.id, text: t('replay.place.here', { name: moment.past.recording.self.name }) }
        : undefined
    const before = store.get().past
    if (before?.place !== mark?.place || before?.text !== mark?.text) store.set({ past: mark })
  }

  return {
    node: el('p', { class: 'replay-place' }, glyph('◊'), ' ', words, ' ', toggle),
    show(past, turn) {
      moment = past && { past, turn }
      draw()
    },
  }
}
