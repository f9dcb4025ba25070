import { describe, expect, test } from 'vitest'
import { climb, codeLinesAllowed, rungOf } from './ladder.ts'
import type { Ladder } from './types.ts'

const lesson = (done: number, attempts = 0) => ({
  tasks: [0, 1, 2].map((n) => ({ text: '', done: n < done })),
  attempts,
})

describe('the hint ladder', () => {
  test('MT1 goes from a question to a small step, two questions on each rung, and no further', () => {
    let ladder: Ladder | undefined
    const rungs = Array.from({ length: 12 }, () => rungOf((ladder = climb(ladder, lesson(0)))))
    expect(rungs.slice(0, 8)).toEqual([
      'question',
      'question',
      'concept',
      'concept',
      'place',
      'place',
      'step',
      'step',
    ])
    expect(new Set(rungs.slice(8))).toEqual(new Set(['step']))
    expect(codeLinesAllowed('question')).toBe(0)
  })

  test('MT2 a task done leads back to the first rung, an attempt changes nothing', () => {
    let ladder: Ladder | undefined
    for (let n = 0; n < 5; n++) ladder = climb(ladder, lesson(0))
    expect(rungOf(ladder!)).toBe('place')
    ladder = climb(ladder, lesson(0, 7))
    expect(rungOf(ladder)).toBe('place')
    ladder = climb(ladder, lesson(1, 7))
    expect(rungOf(ladder)).toBe('question')
  })
})
