import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LOCALES } from '../protocol/ids.ts'
import { offerGuestName } from './guest-names.ts'
import { isWellFormedName, nameKey, normaliseName } from './names.ts'
import { nameProblem } from './talk-filter.ts'

describe('names', () => {
  test.each([
    'Wick-417',
    'Фитиль-417',
    'Анна',
    'Ёлка',
    'Bo',
    'Zoë',
    'Łukasz',
    'Їжак',
    'Мария-Анна-2',
    'a'.repeat(24),
  ])('N1 %s is a name', (name) => expect(isWellFormedName(name)).toBe(true))

  test.each([
    ...['', 'x', 'Я', 'a'.repeat(25), '7up', '-Ann', 'Ann-', 'An--na', 'An na', 'Ann_a', 'Ann!', 'Ann\u200b', '٣abc'],
    ...['Аnna', 'Pаvel', 'Ann-Анна', 'Ωmega', '王小明', '😀😀', '\u202eAnn', 'Ａnna', 'e\u0301\u0301a'],
  ])('N1 %j is none', (name) => expect(isWellFormedName(normaliseName(name))).toBe(false))

  test.each([
    ['Oscar', 'OSCAR'],
    ['Анна', 'АННА'],
    ['Zoë', 'Zoe'],
    ['Пётр', 'Петр'],
    ['Wick-417', 'wick417'],
    ['Wick-417', 'Wick-4l7'],
    ['Ivan', 'lvan'],
    ['Coco', 'C0c0'],
    ['Cop', 'Сор'],
    ['HAT', 'НАТ'],
    ['Mornay', 'Momay'],
  ])('N2 %s and %s are one name to the eye', (a, b) =>
    expect(nameKey(normaliseName(a))).toBe(nameKey(normaliseName(b))),
  )

  test.each([
    ['Anna', 'Anya'],
    ['Wick-417', 'Wick-418'],
    ['Маша', 'Миша'],
  ])('N2 %s and %s are two', (a, b) => expect(nameKey(a)).not.toBe(nameKey(b)))

  test('N2 the key of a key is the key, and composed and decomposed forms share it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(nameKey(text.normalize('NFD'))).toBe(nameKey(text.normalize('NFC')))
      }),
    )
  })

  test('N3 every offered name is well formed and passes the filter', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(fc.constantFrom(...LOCALES), fc.nat(20), chance, chance, (locale, attempt, a, b) => {
        const rolls = [a, b]
        expect(nameProblem(offerGuestName(locale, attempt, () => rolls.shift()!))).toBeUndefined()
      }),
    )
  })

  test.each(['Admin', 'ADMIN', 'Adm1n', 'moderat0r', 'Система', 'everyone', 'Все', 'Node', 'me'])(
    'N4 %s would pass for the node or a word of the commands',
    (name) => expect(nameProblem(name)).toBe('filtered'),
  )

  test.each(['Fuck-You', 'fuuuck', 'СуперХуй', 'Ху-й', 'Пиздюк', 'Suka', 'хуй-42'])('N5 %s is filtered', (name) =>
    expect(nameProblem(name)).toBe('filtered'),
  )

  test.each([
    'Scunthorpe',
    'Georgy',
    'Assel',
    'Dickens',
    'Хлебушек',
    'Команда',
    'Психолог',
    'Рубль',
    'Херсон',
    'Sukarno',
    'Hui',
  ])('N5 %s is not', (name) => expect(nameProblem(name)).toBeUndefined())
})
