/** The places around you: as signs on a grid, and as a list with the first step to each. */
import type { PlaceDef, ZoneView } from '../engine/types.ts'
import { MAP_RADIUS_STEPS } from '../limits.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { Direction, Locale, PlaceId } from '../protocol/ids.ts'
import { seenExits } from './exits.ts'
import { render } from './render.ts'
import { placeName } from './words.ts'

type Reached = {
  readonly place: PlaceDef
  readonly steps: number
  readonly first?: Direction
  readonly seen: boolean
  /** Reached by the compass alone, so that it stands on the same sheet of paper. */
  readonly flat: boolean
  readonly ways: readonly (readonly [Direction, PlaceId])[]
}

const seenKey = (place: PlaceId): string => `seen:${place}`
const hasSeen = (me: CharacterRecord, place: PlaceId): boolean =>
  place === me.place || me.vars[seenKey(place)] === true

/** Breadth first through places one has been to; a place never visited is known, what lies behind it is not. */
function reach(world: ZoneView, me: CharacterRecord): readonly Reached[] {
  const found = new Map<PlaceId, Reached>()
  let ring: { id: PlaceId; flat: boolean; first?: Direction }[] = [{ id: me.place, flat: true }]
  for (let steps = 0; steps <= MAP_RADIUS_STEPS && ring.length > 0; steps++) {
    const next: typeof ring = []
    for (const { id, flat, first } of ring) {
      const place = world.def.places.get(id)
      if (!place || found.has(id)) continue
      const seen = hasSeen(me, id)
      const ways = seen ? seenExits(world, me, id).map(({ exit }) => [exit.direction, exit.to] as const) : []
      found.set(id, { place, steps, seen, flat, ways, ...(first && { first }) })
      for (const [direction, to] of ways)
        next.push({ id: to, flat: flat && isCompass(direction), first: first ?? direction })
    }
    ring = next
  }
  return [...found.values()]
}

const STEP: Readonly<Record<Direction, readonly [number, number, string]>> = {
  north: [0, -1, '|'],
  south: [0, 1, '|'],
  east: [1, 0, '-'],
  west: [-1, 0, '-'],
  northeast: [1, -1, '/'],
  southwest: [-1, 1, '/'],
  southeast: [1, 1, '\\'],
  northwest: [-1, -1, '\\'],
  up: [0, 0, '^'],
  down: [0, 0, 'v'],
  in: [0, 0, '+'],
  out: [0, 0, '+'],
}
const isCompass = (direction: Direction): boolean => STEP[direction][0] !== 0 || STEP[direction][1] !== 0

/** Places two columns and rows apart, the ways between them on the cells between. */
function grid(me: CharacterRecord, reached: readonly Reached[]): string {
  const cells = new Map<string, string>()
  const here = reached[0]!.place.at
  const put = (x: number, y: number, sign: string) =>
    void (!/[@o]/.test(cells.get(`${x},${y}`) ?? '') && cells.set(`${x},${y}`, sign))
  for (const { place, seen, flat, ways } of reached) {
    if (!flat || place.at[2] !== here[2]) continue
    const [x, y] = [(place.at[0] - here[0]) * 4, (place.at[1] - here[1]) * 2]
    put(x, y, place.id === me.place ? '@' : seen ? 'o' : '.')
    for (const [direction] of ways) {
      const [dx, dy, sign] = STEP[direction]
      if (dx || dy) put(x + dx * 2, y + dy, sign)
      else put(x + 1, y, sign)
    }
  }
  return draw(cells)
}

function draw(cells: ReadonlyMap<string, string>): string {
  const points = [...cells.keys()].map((key) => key.split(',').map(Number) as [number, number])
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const rows: string[] = []
  for (let y = top; y <= bottom; y++) {
    let row = ''
    for (let x = left; x <= right; x++) row += cells.get(`${x},${y}`) ?? ' '
    rows.push(row.trimEnd())
  }
  return rows.filter((row) => row !== '').join('\n')
}

export function listMap(world: ZoneView, me: CharacterRecord, locale: Locale): string {
  const lines = reach(world, me).map(({ place, steps, first, seen }) =>
    first
      ? render(locale, 'map.line', { place: place.id, steps, direction: first, seen: seen ? 'yes' : 'no' }, world)
      : render(locale, 'map.here', { place: place.id }, world),
  )
  return [render(locale, 'map.list_head'), ...lines.map((l) => `  ${l}`)].join('\n')
}

export function describeMap(world: ZoneView, me: CharacterRecord, locale: Locale): string {
  const reached = reach(world, me)
  if (reached.length === 0) return render(locale, 'place.nowhere')
  return [placeName(world, me.place, locale), grid(me, reached), render(locale, 'map.legend')].join('\n')
}
