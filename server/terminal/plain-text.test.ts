import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainText } from './plain-text.ts'

test('emphasis, code and headings lose their signs; code keeps its own', () => {
  expect(plainText('## The *lamp*\nWrite **`me.say`** and *wait*: `a * b * c`.')).toBe(
    'The lamp\nWrite me.say and wait: a * b * c.',
  )
  expect(plainText('Then:\n```ts\nconst a = 2 ** 3 // `x` *y*\n```\nDone.')).toBe(
    'Then:\n  const a = 2 ** 3 // `x` *y*\nDone.',
  )
  expect(plainText('2 * 3 * 4, snake_case_name, **')).toBe('2 * 3 * 4, snake_case_name, **')
})

test('any text stays a text of as many letters and digits', () => {
  const letters = (text: string) => text.replaceAll(/[^\p{L}\p{N}]/gu, '').length
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '1', '*', '`', '#', ' ', '\n', 'я') }), (text) => {
      if (!/^```/m.test(text)) expect(letters(plainText(text))).toBe(letters(text))
    }),
  )
})
