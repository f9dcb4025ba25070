import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appendOutput, compareIds, lastServerId, localOutput } from './outputs.ts'

const output = (id: number | bigint) => ({ id: String(id), kind: 'event' as const, text: `n${id}` })

test('a block that came already does not come again', () => {
  const list = appendOutput(appendOutput([], output(1)), output(2))
  expect(appendOutput(list, output(2))).toBe(list)
  expect(appendOutput(list, output(1))).toBe(list)
})

test('any interleaving of resends leaves each block once and in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 60 }), (starts) => {
      // After each break the node sends again from some earlier point.
      let list: ReturnType<typeof appendOutput> = []
      let reached = 0
      for (const start of starts) {
        for (let id = Math.min(start, reached) + 1; id <= reached + 1; id++) list = appendOutput(list, output(id))
        reached++
      }
      expect(list.map(({ id }) => Number(id))).toEqual(starts.map((_, at) => at + 1))
    }),
  )
})

test('M9 words from another node that are handed over once more are shown once, whatever their number', () => {
  const words = (id: number, message: string) => ({ ...output(id), data: { message } })
  const list = appendOutput(appendOutput([], words(1, 'ann 1')), words(2, 'ann 2'))
  expect(appendOutput(list, words(3, 'ann 1'))).toBe(list)
  expect(appendOutput(list, words(3, 'ben 1')).map(({ id }) => id)).toEqual(['1', '2', '3'])
})

test('the page\u2019s own lines never count as heard from the node', () => {
  const list = appendOutput(appendOutput([], output(7)), localOutput('echo', 'look'))
  expect(lastServerId(list)).toBe('7')
})

test('ids are ordered as numbers, also beyond what a number holds', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.bigInt({ min: 0n, max: 10n ** 30n }), (a, b) => {
      expect(Math.sign(compareIds(String(a), String(b)))).toBe(a < b ? -1 : a > b ? 1 : 0)
    }),
  )
})

test('the list is bounded, the newest stay', () => {
  let list: ReturnType<typeof appendOutput> = []
  for (let id = 1; id <= 50; id++) list = appendOutput(list, output(id), 10)
  expect(list.map(({ id }) => id)).toEqual(['41', '42', '43', '44', '45', '46', '47', '48', '49', '50'])
})
