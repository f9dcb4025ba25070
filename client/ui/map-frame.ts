/** The window onto the map: its states before there is a picture, and the picture once its code has loaded. */
import { words } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import type { Keep } from '../net/storage.ts'
import type { Play } from '../play.ts'
import { stillMotion } from '../settings.ts'
import type { State, Store } from '../state.ts'
import { el } from './el.ts'

type Deps = {
  readonly store: Store
  readonly keep: Keep
  readonly api: Api
  readonly play: Play
  readonly type: (line: string) => void
}

export function createMapFrame({ store, keep, api, play, type }: Deps): HTMLElement {
  const state = el('p', { class: 'map-state', attrs: { role: 'status' } })
  const host = el('div', { class: 'map-host' })
  const node = el('div', { class: 'map-frame' }, host, state)
  let begun = false

  async function begin(): Promise<void> {
    begun = true
    const [{ createRoomLink }, { createMap }] = await Promise.all([
      import('../net/room.ts'),
      import('../game/map.ts'),
    ])
    const map = await createMap({ host, store, keep, type, stillMotion: () => stillMotion(store.get().settings) })
    const room = createRoomLink({
      api,
      url: location.origin,
      onPicture: (picture) => store.set({ picture }),
      onStatus: (mapStatus) => store.set({ mapStatus: map ? mapStatus : 'unsupported' }),
      onSpeech: (speech) => map?.speak(speech),
    })
    if (!map) store.set({ mapStatus: 'unsupported' })
    play.attachRoom(room)
  }

  // The terminal comes first: the map's code is asked for once the first words have arrived.
  store.watch(
    (now) => now.outputs.length > 0 || now.connection === 'online',
    (playing) => {
      if (playing && !begun) void begin().catch(() => store.set({ mapStatus: 'unsupported' }))
    },
  )
  store.watch(stateKey, (key) => {
    state.hidden = key === ''
    words(state, key)
  })
  return node
}

/** Words for the time without a picture; a picture that has stopped moving is still better than none. */
const stateKey = ({ mapStatus, picture }: State): string =>
  mapStatus === 'live' || (mapStatus === 'lost' && picture) ? '' : `ui.map.${mapStatus}`
