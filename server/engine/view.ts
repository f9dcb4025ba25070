/** What commands and rules see of a zone. Chance and fresh ids are to be had only while an input or a tide is worked on. */
import { assert } from '../lib/assert.ts'
import { nextUint32 } from '../lib/random.ts'
import { evaluate } from './condition.ts'
import type { Store } from './store.ts'
import type { WorldDef, ZoneDef, ZoneView } from './types.ts'

/** The world as authored, which a reload replaces. */
export type Authored = { def: WorldDef; zone: ZoneDef }

export type ViewControl = {
  readonly view: ZoneView
  /** Begins a turn; ids made in it carry its mark. */
  begin(mark: string): void
  end(): void
}

export function createView(store: Store, authored: Authored): ViewControl {
  const { state } = store
  let mark: string | undefined
  let made = 0
  const conditionWorld = { ...pick(store), zoneVar: (key: string) => state.vars.get(key) }
  const view: ZoneView = {
    get def() {
      return authored.def
    },
    get zone() {
      return authored.zone
    },
    state,
    ...pick(store),
    holds: (condition, actor) => evaluate(condition, conditionWorld, actor),
    randomInt(n) {
      assert(mark !== undefined, 'chance is not for readers')
      const { value, state: next } = nextUint32(state.random)
      state.random = next
      return Math.floor((value / 0x1_0000_0000) * n)
    },
    freshId(prefix) {
      assert(mark !== undefined, 'fresh ids are not for readers')
      made++
      return `${prefix}#${mark}.${made}`
    },
  }
  return {
    view,
    begin(next) {
      mark = next
      made = 0
    },
    end() {
      mark = undefined
    },
  }
}

const pick = ({ charactersIn, itemsIn, itemsOf, itemsInside, itemsOfThing }: Store) => ({
  charactersIn,
  itemsIn,
  itemsOf,
  itemsInside,
  itemsOfThing,
})
