import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HISTORY_KEPT_COUNT } from '../limits.ts'
import { completed, dismissed, newEditor, newer, older, sharedStart, submitted, typed } from './line-editor.ts'

const type = (text: string, history: readonly string[] = []) => typed(newEditor(history), text, text.length)

describe('history', () => {
  test('the arrow up goes back line by line and stays at the oldest', () => {
    let editor = newEditor(['look', 'north'])
    editor = older(editor)
    expect(editor.text).toBe('north')
    editor = older(older(older(editor)))
    expect(editor.text).toBe('look')
  })

  test('the arrow down ends at the line one had been typing', () => {
    const editor = newer(newer(older(older(type('', ['look', 'north'])))))
    expect(editor.text).toBe('')
    expect(newer(editor)).toBe(editor)
  })

  test('only lines that begin like the one being typed are offered', () => {
    const editor = older(type('lo', ['look lamp', 'north', 'say hello']))
    expect(editor.text).toBe('look lamp')
    expect(newer(editor).text).toBe('lo')
  })

  test('a line sent twice is kept once, and an empty one not at all', () => {
    const once = submitted(type('look')).editor
    const twice = submitted(typed(once, 'look', 4)).editor
    expect(submitted(typed(twice, '   ', 3)).editor.history).toEqual(['look'])
  })

  test('any number of lines leaves at most the kept number, the newest last', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ minLength: 1 }).map((text) => `x${text.trim()}`),
          { maxLength: 400 },
        ),
        (lines) => {
          let editor = newEditor()
          for (const line of lines) editor = submitted(typed(editor, line, line.length)).editor
          expect(editor.history.length).toBeLessThanOrEqual(HISTORY_KEPT_COUNT)
          if (lines.length > 0) expect(editor.history.at(-1)).toBe(lines.at(-1)!.trim())
        },
      ),
    )
  })

  test('up and then as often down is where one was, whatever the history', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), fc.nat(20), (history, draft, steps) => {
        let editor = typed(newEditor(history), draft, draft.length)
        for (let i = 0; i < steps; i++) editor = older(editor)
        for (let i = 0; i <= history.length; i++) editor = newer(editor)
        expect(editor.text).toBe(draft)
      }),
    )
  })
})

describe('completion', () => {
  test('a single suggestion is put in, with a space after it', () => {
    const editor = completed(type('exa'), { start: 0, options: ['examine'] })
    expect(editor.text).toBe('examine ')
    expect(editor.cursor).toBe(8)
  })

  test('several give first what they share, then one after another, round and round', () => {
    const options = { start: 5, options: ['brass bell', 'brass key'] }
    let editor = completed(type('take b'), options)
    expect(editor.text).toBe('take brass ')
    editor = completed(editor, options)
    expect(editor.text).toBe('take brass bell')
    editor = completed(editor, options)
    expect(editor.text).toBe('take brass key')
    editor = completed(editor, options)
    expect(editor.text).toBe('take brass bell')
    expect(completed(editor, options, -1).text).toBe('take brass key')
  })

  test('what stands behind the cursor stays', () => {
    const editor = completed(typed(newEditor(), 'ta lamp', 2), { start: 0, options: ['take'] })
    expect(editor.text).toBe('take lamp')
  })

  test('nothing to suggest changes nothing, so that Tab moves on', () => {
    const editor = type('zzz')
    expect(completed(editor, { start: 0, options: [] })).toBe(editor)
  })

  test('escape puts the suggestions away first and the line only then', () => {
    const cycling = completed(type('l'), { start: 0, options: ['look', 'lock'] })
    const once = dismissed(cycling)
    expect(once.text).toBe('lo')
    expect(once.cycle).toBeUndefined()
    expect(dismissed(once).text).toBe('')
  })

  test('the shared start is a start of every option', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (options) => {
        const shared = sharedStart(options).toLowerCase()
        for (const option of options) expect(option.toLowerCase().startsWith(shared)).toBe(true)
      }),
    )
  })
})
