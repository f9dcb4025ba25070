import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { endWith } from './end.ts'
import { finish, json, jsonLine, row, say, words } from './print.ts'

/** Moves the cursor, sets the title of the window, rings; DEL and the upper controls, which JSON leaves as they are; text turned round. */
const EVIL = 'a\u001b[2J\u001b]0;x\u0007b\u007f\u009b31m\u202ec'

let shown: string[]
beforeEach(() => {
  shown = []
  for (const to of ['log', 'error'] as const)
    vi.spyOn(console, to).mockImplementation((line: string) => void shown.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/

describe('what a command prints', () => {
  test('nothing that the terminal obeys, whoever wrote it: words, lists, progress', () => {
    words(`${EVIL}\nnext`)
    say(EVIL)
    row(EVIL, 'more')
    for (const line of shown) expect(line).not.toMatch(OBEYED)
    expect(shown).toEqual(['a[2J]0;xb31mc\nnext', 'a[2J]0;xb31mc', 'a[2J]0;xb31mc\tmore'])
  })

  test('JSON keeps every sign, and shows by its number what the terminal would obey', () => {
    const plain = EVIL.replace('\u202e', '')
    json({ plain })
    jsonLine({ plain })
    for (const line of shown) {
      expect(line.replaceAll('\n', '')).not.toMatch(OBEYED)
      expect(JSON.parse(line)).toEqual({ plain })
    }
    expect(shown[1]).not.toContain('\n')
  })

  test('what others wrote begins no line and no cell of its own in a list', () => {
    row('lamp\nacademy\tsigned', 'by Ada')
    expect(shown).toEqual(['lamp academy signed\tby Ada'])
  })

  test('a finding that is not good ends the command with 1', () => {
    finish({ ok: true })
    expect(process.exitCode).toBeUndefined()
    finish({ ok: false, why: 'torn' })
    expect(process.exitCode).toBe(1)
  })

  test('an error that ends a command is plain as well, with a code or with a stack', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
    endWith(Object.assign(new Error(EVIL), { code: 'control_refused' }))
    expect(shown).toEqual(['a[2J]0;xb31mc'])
    endWith(new Error(EVIL))
    expect(shown[1]).toMatch(/^Error: a.* at /s)
    expect(shown[1]).not.toMatch(OBEYED)
    expect(exit).toHaveBeenCalledWith(1)
  })
})
