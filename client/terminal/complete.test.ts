import { expect, test } from 'vitest'
import { complete, fromLines } from './complete.ts'

const words = {
  verbs: ['look', 'lock', 'north', 'смотреть', 'взять'],
  names: ['brass bell', 'lamp', 'ёлка', 'Площадь Фонарей'],
}
const at = (text: string) => complete(text, text.length, words)

test('the first word is completed from the verbs', () => {
  expect(at('lo')).toEqual({ start: 0, options: ['look', 'lock'] })
  expect(at('взя').options).toEqual(['взять'])
})

test('later words are completed from the names of what is here', () => {
  expect(at('take l')).toEqual({ start: 5, options: ['lamp'] })
})

test('a name is found by any of its words, and of several words', () => {
  expect(at('ring be').options).toEqual(['brass bell'])
  expect(at('ring brass b')).toEqual({ start: 5, options: ['brass bell'] })
})

test('a name after other words is found too', () => {
  expect(at('use oil with la')).toEqual({ start: 13, options: ['lamp'] })
})

test('after the verb and a space everything here is offered', () => {
  expect(at('take ').options).toEqual(words.names)
})

test('ё and е are one letter, and case does not count', () => {
  expect(at('взять елк').options).toEqual(['ёлка'])
  expect(at('идти площадь ф').options).toEqual(['Площадь Фонарей'])
})

test('an empty line offers nothing', () => {
  expect(at('').options).toEqual([])
})

test('whole lines from the node become endings of the line being typed', () => {
  expect(fromLines('взять жес', ['взять жестянку масла'])).toEqual({ start: 6, options: ['жестянку масла'] })
  expect(fromLines('take la', ['drop lamp'])).toBeUndefined()
  expect(fromLines('take', ['take lamp'])).toBeUndefined()
})
