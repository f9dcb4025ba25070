/** What the page knows, in one flat record, and a store that tells those who look at a part of it when that part changes. */
import type { Direction, Locale, Role } from '../server/protocol/ids.ts'
import type { Output } from '../server/protocol/terminal.ts'

export type Player = {
  readonly id: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly guest: boolean
}

/** How the terminal stands. `elsewhere`: another tab of this browser plays. */
export type Connection =
  | 'starting'
  | 'online'
  | 'reconnecting'
  | 'offline'
  | 'elsewhere'
  | 'kicked'
  | 'banned'
  | 'signedOut'
  | 'failed'

/** A name in both languages: which one is shown is decided where it is drawn. */
export type Named = Readonly<Record<Locale, string>>
export type MapExit = {
  readonly direction: Direction
  readonly to: string
  readonly door?: string
  /** Of a place of another zone, which the picture does not show. */
  readonly name?: Named
}
/** A patch of tiles; `x`, `y` are its north-west corner. */
export type MapPlace = {
  readonly id: string
  readonly name: Named
  readonly x: number
  readonly y: number
  readonly z: number
  readonly terrain: string
  /** 0 dark … 3 bright, before lamps. */
  readonly light: number
  readonly exits: readonly MapExit[]
}
export type MapCharacter = {
  readonly id: string
  readonly name: Named
  readonly kind: 'player' | 'agent' | 'npc'
  readonly place: string
  readonly x: number
  readonly y: number
  readonly glyph: string
  readonly awake: boolean
}
export type MapItem = {
  readonly id: string
  readonly thing: string
  readonly name: Named
  readonly glyph: string
  readonly state: string
  /** Tiles of light it casts now. */
  readonly light: number
  /** Empty for what one carries oneself. */
  readonly place: string
  readonly x: number
  readonly y: number
  readonly fixed: boolean
}
/** The zone that the player's character stands in, as plain data. */
export type Picture = {
  readonly zone: string
  readonly name: Named
  readonly places: ReadonlyMap<string, MapPlace>
  readonly characters: ReadonlyMap<string, MapCharacter>
  readonly items: ReadonlyMap<string, MapItem>
  readonly doors: ReadonlyMap<string, { readonly closed: boolean; readonly locked: boolean }>
}

/** A mark that an agent of one's own has drawn. */
export type MapMark = {
  readonly agent: string
  readonly by: string
  readonly place: string
  readonly glyph: string
  readonly note: string
}

export type Settings = {
  /** `system` follows the device. */
  readonly motion: 'system' | 'full' | 'reduced'
  readonly textSize: number
  /** How the terminal is drawn: as a screen (xterm) or as a list of paragraphs. `auto` picks the list on touch devices. */
  readonly terminal: 'auto' | 'screen' | 'list'
}

export type State = {
  readonly locale: Locale
  readonly player: Player | undefined
  readonly connection: Connection
  /** What the node said when it ended the connection, in words. */
  readonly reason: string
  readonly outputs: readonly Output[]
  readonly picture: Picture | undefined
  readonly mapStatus: 'waiting' | 'live' | 'lost' | 'unsupported'
  readonly pane: string
  /** The one column that a phone shows: `terminal`, `map`, or a pane's id. */
  readonly tab: string
  readonly settings: Settings
  /** What one's agents have drawn on the map. */
  readonly marks: readonly MapMark[]
  /** Where a replay puts its agent, shown on the map. */
  readonly past: { readonly place: string; readonly text: string } | undefined
}

export const DEFAULT_SETTINGS: Settings = { motion: 'system', textSize: 1, terminal: 'auto' }

export const initialState = (locale: Locale, settings: Settings = DEFAULT_SETTINGS): State => ({
  locale,
  player: undefined,
  connection: 'starting',
  reason: '',
  outputs: [],
  picture: undefined,
  mapStatus: 'waiting',
  pane: '',
  tab: 'terminal',
  settings,
  marks: [],
  past: undefined,
})

export type Store = {
  get(): State
  set(patch: Partial<State>): void
  /** Calls `run` now and whenever the selected part is another one than before. */
  watch<T>(select: (state: State) => T, run: (value: T) => void): () => void
}

export function createStore(initial: State): Store {
  let state = initial
  const watchers = new Set<() => void>()
  return {
    get: () => state,
    set(patch) {
      state = { ...state, ...patch }
      for (const check of [...watchers]) check()
    },
    watch(select, run) {
      let last = select(state)
      const check = () => {
        const next = select(state)
        if (Object.is(next, last)) return
        last = next
        run(next)
      }
      watchers.add(check)
      run(last)
      return () => watchers.delete(check)
    },
  }
}
