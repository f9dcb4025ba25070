import { expect, test } from 'vitest'
import type { MapCharacter } from '../state.ts'
import { drawn } from './sleepers.ts'

const one = (
  id: string,
  place: string,
  awake: boolean,
  kind: MapCharacter['kind'] = 'player',
): [string, MapCharacter] => [id, { id, place, awake, kind, name: { en: id, ru: id }, x: 0, y: 0, glyph: '' }]

test('the sleepers of a place are drawn as one, lanterns among them; whoever is awake, and oneself, as they are', () => {
  const characters = new Map([
    one('ann', 'dock', true),
    one('me', 'dock', false),
    one('sleeper', 'dock', false),
    one('another', 'dock', false),
    one('lantern', 'dock', false, 'agent'),
    one('keeper', 'dock', false, 'npc'),
    one('elsewhere', 'pier', false),
  ])
  expect([...drawn({ characters }, 'me').keys()]).toEqual(['ann', 'me', 'sleeper', 'keeper', 'elsewhere'])
})
