import { describe, expect, test } from 'vitest'
import { PLACE_TILES, parseExits } from '../../server/protocol/state.ts'
import type { MapPlace, Picture } from '../state.ts'
import { HARBOUR_DOORS, HARBOUR_PLACES } from '../testing/archipelago.ts'
import { chartOf, isWalkable, tileAt, tileIndex } from './chart.ts'
import { targetAt } from './click.ts'
import { walk } from './walk.ts'

const places = new Map(
  HARBOUR_PLACES.map((place): [string, MapPlace] => [
    place.id,
    { ...place, name: { en: place.nameEn, ru: place.nameRu }, exits: parseExits(place.exits) },
  ]),
)
const me = {
  id: 'me',
  name: { en: 'Me', ru: 'Я' },
  kind: 'player' as const,
  place: 'harbor:square',
  x: 24,
  y: 14,
  glyph: '',
  awake: true,
}
const picture: Picture = {
  zone: 'harbor',
  name: { en: 'First Light', ru: 'Первый Свет' },
  places,
  characters: new Map([['me', me]]),
  items: new Map(),
  doors: new Map(Object.entries(HARBOUR_DOORS)),
}
const everything = new Set(places.keys())
const whole = chartOf(picture, 0, everything)
const middle = (id: string) => ({ x: places.get(id)!.x + 4, y: places.get(id)!.y + 2 })

describe('the chart', () => {
  test('joins every pair of places that an exit joins by a way one can walk, except through a closed door', () => {
    for (const place of whole.places) {
      for (const exit of place.exits) {
        if (!whole.places.some(({ id }) => id === exit.to) || exit.direction === 'in' || exit.direction === 'out')
          continue
        expect(walk(whole, middle(place.id), middle(exit.to)), `${place.id} ${exit.direction}`).toBeDefined()
      }
    }
  })

  test('shows wholly what one has seen, dimly what a way out shows, and nothing else', () => {
    const chart = chartOf(picture, 0, new Set(['harbor:dock']))
    const shown = new Map(chart.places.map(({ id, dim }) => [id, dim]))
    expect(shown).toEqual(
      new Map([
        ['harbor:dock', false],
        ['harbor:pier', true],
        ['harbor:square', true],
      ]),
    )
    const mill = places.get('harbor:mill')!
    expect(tileAt(chart, mill.x + 3, mill.y + 3)).toEqual({ kind: 'sea' })
  })

  test('puts walls around what is indoors and a doorway where the way leads', () => {
    const store = places.get('harbor:warehouse')!
    expect(tileAt(whole, store.x - 1, store.y + 1)!.kind).toBe('wall')
    expect(tileAt(whole, store.x + 4, store.y + PLACE_TILES.height)).toMatchObject({ kind: 'door', state: 'locked' })
  })

  test('keeps levels apart', () => {
    expect(chartOf(picture, 1, everything).places.map(({ id }) => id)).toEqual(['harbor:lamproom'])
    const tower = places.get('harbor:lighthouse')!
    expect(tileAt(whole, tower.x + 7, tower.y)).toMatchObject({ kind: 'way', glyph: '<' })
  })

  test('leaves every tile of a place walkable, since people may stand on any', () => {
    for (const place of whole.places) {
      for (let y = 0; y < PLACE_TILES.height; y++) {
        for (let x = 0; x < PLACE_TILES.width; x++)
          expect(isWalkable(tileAt(whole, place.x + x, place.y + y)!)).toBe(true)
      }
    }
  })

  test('knows no tile outside itself', () => {
    expect(tileIndex(whole, whole.left - 1, whole.top)).toBe(-1)
    expect(tileIndex(whole, whole.left, whole.top + whole.height)).toBe(-1)
  })
})

describe('a click', () => {
  const at = (x: number, y: number) => targetAt({ chart: whole, picture, me: 'me', locale: 'en' }, x, y)

  test('on a neighbouring place means the way to it', () => {
    expect(at(middle('harbor:dock').x, middle('harbor:dock').y)).toEqual({
      kind: 'go',
      direction: 'south',
      name: 'The Ferry Dock',
    })
  })
  test('on a place further off means the first step to it', () => {
    expect(at(middle('harbor:boathouse').x, middle('harbor:boathouse').y)).toMatchObject({
      kind: 'go',
      direction: 'south',
    })
  })
  test('on the ground one stands on, or on the sea, means nothing', () => {
    expect(at(me.x + 1, me.y)).toBeUndefined()
    expect(at(-20, -10)).toBeUndefined()
  })
})

test('a walk is the shortest there is and goes tile by tile', () => {
  const route = walk(whole, middle('harbor:square'), middle('harbor:dock'))!
  expect(route).toHaveLength(PLACE_TILES.stepY)
  expect(route.at(-1)).toEqual(middle('harbor:dock'))
  expect(walk(whole, middle('harbor:square'), middle('harbor:square'))).toEqual([])
  expect(walk(whole, middle('harbor:square'), { x: -20, y: -10 })).toBeUndefined()
})
