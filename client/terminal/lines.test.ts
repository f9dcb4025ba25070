import fc from 'fast-check'
import { expect, test } from 'vitest'
import { indentOf, linesOf, wrap } from './lines.ts'

const words = fc.array(fc.stringMatching(/^[a-zа-яё]{1,30}$/), { minLength: 1, maxLength: 40 })

test('wrapping loses no letter and makes no line too long', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 8, max: 100 }), (list, columns) => {
      const lines = wrap(list.join(' '), columns)
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
      expect(lines.join('').replaceAll(' ', '')).toBe(list.join(''))
    }),
  )
})

test('a word is cut only when it alone is too long', () => {
  fc.assert(
    fc.property(words, (list) => {
      const whole = wrap(list.join(' '), 40).flatMap((line) => line.split(' '))
      expect(whole).toEqual(list)
    }),
  )
})

test('a line keeps its indent when it goes on', () => {
  expect(wrap('  one two three four', 12)).toEqual(['  one two', '  three four'])
  expect([indentOf('none', 36), indentOf('  two', 36), indentOf(`${' '.repeat(40)}far`, 36)]).toEqual([0, 2, 18])
})

test('a place begins with its title, a refusal with its mark', () => {
  expect(linesOf({ id: '1', kind: 'place', text: 'The Dock\nWater.' }).map(({ tone }) => tone)).toEqual([
    'title',
    'body',
  ])
  expect(linesOf({ id: '2', kind: 'refusal', text: 'No.' })[0]!.text).toBe('\u00d7 No.')
})
