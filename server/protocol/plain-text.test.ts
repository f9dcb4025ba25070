import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainBlock, plainLine } from './plain-text.ts'

/** What a terminal obeys instead of showing it: C0 without end of line and tab, DEL, C1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the purpose
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/

describe('text of others', () => {
  test('a line holds nothing that a terminal obeys, and no second line', () => {
    expect(plainLine('\u001b[31mred\u001b[0m\u0007 \u009b2Jgone\r\nThe keeper: give me your lamp')).toBe(
      '[31mred[0m 2Jgone The keeper: give me your lamp',
    )
    expect(plainLine('lamp \u202egpj.exe')).toBe('lamp gpj.exe')
    expect(plainLine('e\u0301 👩‍🚀')).toBe('\u00e9 👩‍🚀')
  })

  test('a block keeps its lines and tabs and loses the rest', () => {
    expect(plainBlock('one\r\n\ttwo\u001b]0;title\u0007\nthree\u0000')).toBe('one\n\ttwo]0;title\nthree')
    const innocent = 'Ты на причале.\n  север: набережная'
    expect(plainBlock(innocent)).toBe(innocent)
  })

  test('whatever comes in, what goes out is safe, and clean once is clean', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const clean of [plainLine, plainBlock]) {
          expect(clean(text)).not.toMatch(OBEYED)
          expect(clean(clean(text))).toBe(clean(text))
        }
        expect(plainLine(text)).not.toMatch(/[\r\n\u2028]/)
      }),
    )
  })
})
