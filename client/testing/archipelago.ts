/** A small piece of harbour for tests and screenshots of the page: places, people and things as the zone room would send them. */

import type { Direction } from '../../server/protocol/ids.ts'
import { formatExits, PLACE_TILES } from '../../server/protocol/state.ts'

type PlaceSpec = readonly [
  id: string,
  at: readonly [number, number, number],
  en: string,
  ru: string,
  terrain: string,
  light: number,
  exits: string,
]

const PLACES: readonly PlaceSpec[] = [
  ['dock', [2, 3, 0], 'The Ferry Dock', 'Паромный причал', 'quay', 0, 'north:square east:pier'],
  ['pier', [3, 3, 0], 'The Long Pier', 'Длинный пирс', 'deck', 0, 'west:dock east:boathouse'],
  ['boathouse', [4, 3, 0], 'The Boathouse', 'Лодочный сарай', 'inside', 0, 'west:pier'],
  [
    'square',
    [2, 2, 0],
    'Lantern Square',
    'Площадь Фонарей',
    'street',
    1,
    'south:dock north:hill west:lane east:market',
  ],
  ['lane', [1, 2, 0], 'Ropemakers Lane', 'Канатный переулок', 'street', 0, 'east:square in:keeper'],
  ['keeper', [0, 2, 0], 'The Keeper’s House', 'Дом смотрителя', 'inside', 1, 'out:lane'],
  ['market', [3, 2, 0], 'The Small Market', 'Малый рынок', 'street', 0, 'west:square north:warehouse east:mill'],
  ['warehouse', [3, 1, 0], 'The Warehouse', 'Склад', 'inside', 0, 'south:market'],
  ['mill', [4, 2, 0], 'The Mill Yard', 'Мельничный двор', 'machine', 0, 'west:market'],
  ['hill', [2, 1, 0], 'The Hill Path', 'Тропа на холм', 'grass', 0, 'south:square north:lighthouse'],
  ['lighthouse', [2, 0, 0], 'The Great Lighthouse', 'Большой маяк', 'stone', 2, 'south:hill up:lamproom'],
  ['lamproom', [2, 0, 1], 'The Lamp Room', 'Фонарная', 'stone', 3, 'down:lighthouse'],
  ['wood', [1, 1, 0], 'The Bent Wood', 'Кривой лес', 'wood', 0, 'east:hill'],
  ['beach', [1, 3, 0], 'The Grey Beach', 'Серый берег', 'sand', 0, 'east:dock'],
]

const DOORS: Readonly<Record<string, string>> = {
  'market>warehouse': 'harbor:gate',
  'warehouse>market': 'harbor:gate',
}

const exitsOf = (id: string, spec: string) =>
  formatExits(
    spec.split(' ').map((part) => {
      const [direction, to] = part.split(':') as [Direction, string]
      return { direction, to: `harbor:${to}`, door: DOORS[`${id}>${to}`] }
    }),
  )

export const HARBOUR_PLACES = PLACES.map(([id, [x, y, z], nameEn, nameRu, terrain, light, exits]) => ({
  id: `harbor:${id}`,
  nameEn,
  nameRu,
  x: x * PLACE_TILES.stepX,
  y: y * PLACE_TILES.stepY,
  z,
  terrain,
  light,
  exits: exitsOf(id, exits),
}))

const tile = (id: string, dx: number, dy: number) => {
  const place = HARBOUR_PLACES.find((one) => one.id === `harbor:${id}`)!
  return { place: place.id, x: place.x + dx, y: place.y + dy }
}

export const HARBOUR_ITEMS = {
  'item:harbor:lamp#1': {
    thing: 'harbor:lamp',
    nameEn: 'quay lamp',
    nameRu: 'портовый фонарь',
    glyph: 'i',
    state: 'lit',
    light: 6,
    fixed: true,
    ...tile('dock', 6, 1),
  },
  'item:harbor:lamp#2': {
    thing: 'harbor:lamp',
    nameEn: 'square lamp',
    nameRu: 'фонарь на площади',
    glyph: 'i',
    state: 'lit',
    light: 7,
    fixed: true,
    ...tile('square', 4, 2),
  },
  'item:harbor:lamp#3': {
    thing: 'harbor:lamp',
    nameEn: 'pier lamp',
    nameRu: 'фонарь на пирсе',
    glyph: 'i',
    state: 'dark',
    light: 0,
    fixed: true,
    ...tile('pier', 4, 1),
  },
  'item:harbor:hearth#1': {
    thing: 'harbor:hearth',
    nameEn: 'hearth',
    nameRu: 'очаг',
    glyph: 'n',
    state: 'lit',
    light: 4,
    fixed: true,
    ...tile('keeper', 2, 2),
  },
  'item:harbor:crate#1': {
    thing: 'harbor:crate',
    nameEn: 'crate',
    nameRu: 'ящик',
    glyph: '=',
    state: '',
    light: 0,
    fixed: false,
    ...tile('dock', 2, 3),
  },
  'item:harbor:bell#1': {
    thing: 'harbor:bell',
    nameEn: 'brass bell',
    nameRu: 'медный колокол',
    glyph: 'b',
    state: '',
    light: 0,
    fixed: true,
    ...tile('pier', 6, 3),
  },
  'item:harbor:lamp#9': {
    thing: 'harbor:lamp',
    nameEn: 'great lamp',
    nameRu: 'большая лампа',
    glyph: '*',
    state: 'lit',
    light: 9,
    fixed: true,
    ...tile('lighthouse', 4, 2),
  },
}

export const HARBOUR_CHARACTERS = {
  'npc:harbor:keeper#1': {
    name: 'keeper',
    nameRu: 'смотритель',
    kind: 'npc',
    glyph: 'K',
    awake: true,
    ...tile('dock', 4, 1),
  },
  'npc:harbor:gull#1': { name: 'gull', nameRu: 'чайка', kind: 'npc', glyph: 'v', awake: true, ...tile('pier', 2, 2) },
  agent_1: { name: 'Glim', nameRu: '', kind: 'agent', glyph: '', awake: true, ...tile('square', 6, 3) },
  player_mira: { name: 'Mira', nameRu: '', kind: 'player', glyph: '', awake: true, ...tile('square', 2, 1) },
}

export const HARBOUR_DOORS = { 'harbor:gate': { closed: true, locked: true } }
export const HARBOUR_START = tile('dock', 3, 2)
