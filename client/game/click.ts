/** What a click on a tile means: the command it types, and the words shown before one clicks. */

import type { Locale } from '../../server/protocol/ids.ts'
import { PLACE_TILES } from '../../server/protocol/state.ts'
import type { MapPlace, Picture } from '../state.ts'
import { type Chart, tileIndex } from './chart.ts'
import { drawn } from './sleepers.ts'

export type Target =
  | { readonly kind: 'look'; readonly name: string }
  | { readonly kind: 'go'; readonly direction: string; readonly name: string }

type Where = { readonly chart: Chart; readonly picture: Picture; readonly me: string; readonly locale: Locale }

export function targetAt({ chart, picture, me, locale }: Where, x: number, y: number): Target | undefined {
  const here = picture.characters.get(me)?.place
  if (!here) return undefined
  const who = [...drawn(picture, me)].find(
    ([id, one]) => id !== me && one.place === here && one.x === x && one.y === y,
  )
  if (who) return { kind: 'look', name: who[1].name[locale] }
  const item = [...picture.items.values()].find((one) => one.place === here && one.x === x && one.y === y)
  if (item) return { kind: 'look', name: item.name[locale] }
  const go = (direction: string, to: string): Target => ({
    kind: 'go',
    direction,
    name: picture.places.get(to)?.name[locale] ?? '',
  })
  const way = chart.ways.get(tileIndex(chart, x, y))?.find(({ from }) => from === here)
  if (way) return go(way.direction, way.to)
  const place = chart.places.find((one) => covers(one, x, y))
  if (!place || place.id === here) return undefined
  const first = firstStep(picture, new Set(chart.places.map(({ id }) => id)), here, place.id)
  return first && go(first.direction, place.id)
}

const covers = (place: MapPlace, x: number, y: number): boolean =>
  x >= place.x && x < place.x + PLACE_TILES.width && y >= place.y && y < place.y + PLACE_TILES.height

/** The way out that begins the shortest walk through known places. */
function firstStep(
  picture: Picture,
  known: ReadonlySet<string>,
  from: string,
  to: string,
): MapPlace['exits'][number] | undefined {
  const exits = picture.places.get(from)?.exits ?? []
  const queue = exits.map((exit) => ({ at: exit.to, first: exit }))
  const seen = new Set([from])
  for (const { at, first } of queue) {
    if (at === to) return first
    if (seen.has(at) || !known.has(at)) continue
    seen.add(at)
    for (const exit of picture.places.get(at)?.exits ?? []) queue.push({ at: exit.to, first })
  }
  return undefined
}
