import { expect, test } from 'vitest'
import { type ExitState, formatExits, parseExits } from './state.ts'

test('exits in their compact form are read as they were, with doors and with names of any signs', () => {
  const exits: ExitState[] = [
    { direction: 'north', to: 'harbor:market', door: 'harbor:gate' },
    { direction: 'out', to: 'ferry:deck', name: { en: 'Deck; #1 > 2 = a|b', ru: 'Палуба' } },
    { direction: 'in', to: 'harbor:hut' },
  ]
  expect(parseExits(formatExits(exits))).toEqual(exits)
  expect(parseExits('')).toEqual([])
})
